"""The pack may not import the settings, and must say the same of machines and disks."""

from __future__ import annotations

import pytest
from guardrails.machine_disks import DISKS, family_of

from settings.machines import FAMILIES, MACHINES, Machine


def test_table_is_that_of_the_settings() -> None:
    assert {family: set(disks) for family, disks in DISKS.items()} == {
        name: set(family.disks) for name, family in FAMILIES.items()
    }


@pytest.mark.parametrize("machine", MACHINES.values(), ids=lambda machine: machine.name)
def test_family_is_told_from_the_machine_type(machine: Machine) -> None:
    assert family_of(machine.name) == machine.family


def test_custom_machines_without_a_family_are_n1() -> None:
    assert family_of("custom-4-8192") == "n1"
    assert family_of("n2-custom-4-8192") == "n2"
