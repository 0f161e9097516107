from __future__ import annotations

from typing import Any

import pytest

from tests.settings.configurations import assert_only_mistake, load, mistakes

REFUSED = [
    *((family, "pd-ssd", "hyperdisk-balanced") for family in ("n4", "c4")),
    *((family, "hyperdisk-balanced", "pd-balanced, pd-ssd") for family in ("e2", "n1", "n2", "n2d")),
]


def stack(*, families: list[str], boot: str, claims: str, pool: str) -> dict[str, Any]:
    limits = {"max_cpu_cores": 200, "max_memory_gb": 1000}
    return {
        "machines": {"families": families},
        "storage": {"disk_type": claims},
        "cluster": {
            "system_pool": {"machine_type": pool},
            "auto_provisioning": {"boot_disk_type": boot, **limits},
        },
    }


@pytest.mark.parametrize(("family", "disk", "attached"), REFUSED)
def test_a_boot_disk_that_the_machines_cannot_attach(family: str, disk: str, attached: str) -> None:
    others = attached.split(", ")[0]
    # C3 attaches all of them: only the auto-provisioned family is at fault.
    assert_only_mistake(
        stack(families=[family], boot=disk, claims=others, pool="c3-standard-4"),
        key="cluster.auto_provisioning.boot_disk_type",
        got=f'"{disk}", which machines of the family {family} cannot attach',
        allowed=f"{family} attaches {attached}",
        advice="change the disk type, or take the family out of machines.families",
    )


@pytest.mark.parametrize(("family", "disk", "attached"), REFUSED)
def test_a_claim_that_the_machines_cannot_attach(family: str, disk: str, attached: str) -> None:
    others = attached.split(", ")[0]
    assert_only_mistake(
        stack(families=[family], boot=others, claims=disk, pool="c3-standard-4"),
        key="storage.disk_type",
        got=f'"{disk}", which machines of the family {family} cannot attach',
        allowed=f"{family} attaches {attached}",
        advice="change the disk type, or take the family out of machines.families",
    )


@pytest.mark.parametrize(
    ("pool", "disk", "able"),
    [
        ("e2-standard-4", "hyperdisk-balanced", "n4, c3, c4"),
        ("n1-standard-4", "hyperdisk-balanced", "n4, c3, c4"),
        ("n4-standard-4", "pd-ssd", "e2, n1, n2, n2d, c3"),
        ("c4-standard-4", "pd-balanced", "e2, n1, n2, n2d, c3"),
    ],
)
def test_a_system_pool_that_cannot_boot(pool: str, disk: str, able: str) -> None:
    assert_only_mistake(
        stack(families=["c3"], boot=disk, claims=disk, pool=pool),
        key="cluster.system_pool.machine_type",
        got=f'"{pool}", which cannot boot from {disk}',
        allowed=f"a machine of a family that can: {able}",
        advice="cluster.auto_provisioning.boot_disk_type",
    )


def test_one_family_of_several_that_cannot() -> None:
    found = mistakes(stack(families=["n2", "n4", "c4"], boot="pd-ssd", claims="pd-ssd", pool="e2-standard-4"))
    assert sorted(found) == ["cluster.auto_provisioning.boot_disk_type", "storage.disk_type"]
    assert all("family n4, c4 cannot" in mistake.got for mistake in found.values())


@pytest.mark.parametrize(
    ("families", "disk", "pool"),
    [
        (["e2", "n1", "n2", "n2d", "c3"], "pd-ssd", "e2-standard-4"),
        (["n4", "c4", "c3"], "hyperdisk-balanced", "n4-standard-4"),
        (["c3"], "pd-balanced", "c3-standard-4"),
    ],
)
def test_what_goes_together(families: list[str], disk: str, pool: str) -> None:
    load(stack(families=families, boot=disk, claims=disk, pool=pool))


def test_a_family_that_is_listed_twice() -> None:
    assert_only_mistake(
        {"machines": {"families": ["e2", "n2", "e2"]}},
        key="machines.families[2]",
        got='"e2", for the second time',
        allowed="each family once",
        advice="remove it",
    )


def key(location: str) -> str:
    return f"projects/a-project/locations/{location}/keyRings/disks/cryptoKeys/ssd"


def test_a_key_of_another_region() -> None:
    assert_only_mistake(
        {"storage": {"encryption_key": key("us-central1")}},
        key="storage.encryption_key",
        got="a key in us-central1",
        allowed="a key in europe-west1",
        advice="name a key of this region",
    )


@pytest.mark.parametrize("location", ["us", "asia"])
def test_a_key_of_another_continent(location: str) -> None:
    assert_only_mistake(
        {"storage": {"encryption_key": key(location)}},
        key="storage.encryption_key",
        got=f"a key in {location}",
        allowed="a key in europe-west1, in a multi-region around it, or in global",
        advice="name a key of this region",
    )


@pytest.mark.parametrize("location", ["europe-west1", "europe", "global", "eur4"])
def test_keys_that_may_encrypt_disks_here(location: str) -> None:
    assert load({"storage": {"encryption_key": key(location)}}).storage.encryption_key == key(location)
