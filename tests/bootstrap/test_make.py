"""One command for both worlds: with a project it is meant for Google Cloud, without one for the sandbox."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.program_mocks import ROOT


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        ([], "python -m sandbox bootstrap"),
        (["LOCATION=US"], "python -m sandbox bootstrap --location US"),
        (["PROJECT=p"], "python -m operations bootstrap p"),
        (["PROJECT=p", "LOCATION=US", "ARGS=--yes"], "python -m operations bootstrap p --location US --yes"),
    ],
)
def test_what_make_runs(arguments: list[str], command: str) -> None:
    assert f".venv/bin/{command}" in shown(*arguments)


def test_what_somebody_has_in_the_environment_leads_nobody_to_google_cloud() -> None:
    assert ".venv/bin/python -m sandbox bootstrap" in shown(PROJECT="p2p-nodes-prod", LOCATION="US")
    assert ".venv/bin/python -m sandbox bootstrap" in shown("-e", PROJECT="p2p-nodes-prod", LOCATION="US")


def shown(*arguments: str, **environment: str) -> list[str]:
    """The commands that `make bootstrap` would run, whatever the caller's own make was told."""
    make = ["make", "-n", "--no-print-directory", "-C", str(ROOT), "-o", ".venv/.installed", "bootstrap", *arguments]
    environment = {"PATH": os.environ["PATH"], **environment}
    ran = subprocess.run(make, env=environment, capture_output=True, text=True, check=True)
    return [" ".join(line.split()) for line in ran.stdout.splitlines()]
