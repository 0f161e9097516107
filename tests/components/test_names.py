from __future__ import annotations

import re

import pytest

from components.names import platform_name


@pytest.mark.parametrize("stack", ["dev", "sandbox", "prod", "dr", "staging-2"])
def test_a_plain_stack_name_is_kept(stack: str) -> None:
    assert platform_name(stack) == f"p2p-nodes-{stack}"


@pytest.mark.parametrize("stack", ["Dev", "team.prod", "a" * 100, "_", "-x-", "development-of-anna"])
def test_any_stack_name_becomes_one_that_google_accepts(stack: str) -> None:
    name = platform_name(stack)
    assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name)
    assert len(name) <= 24


def test_stacks_that_look_alike_do_not_share_a_name() -> None:
    stacks = ["dev", "Dev", "DEV", "team.prod", "team-prod", "team_prod", "development-of-anna", "development-of-otto"]
    assert len({platform_name(stack) for stack in stacks}) == len(stacks)
