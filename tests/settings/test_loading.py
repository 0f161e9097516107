from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from pydantic import ValidationError

import settings
from settings import StackSettings, descriptions
from tests.settings.configurations import RIGHT, load, mistakes


def test_a_project_a_way_in_and_names_are_all_it_takes_and_defaults_are_the_safe_ones() -> None:
    loaded = settings.load(RIGHT)
    assert loaded.environment == "production"
    assert loaded.protect is True
    assert loaded.region == "europe-west1"
    assert loaded.cluster.deletion_protection is True
    assert loaded.cluster.secrets_encryption is True
    assert loaded.accept_replacement == ()
    assert loaded.storage.reclaim_policy == "Retain"
    assert loaded.egress.allowed_domains == ()
    assert (loaded.node.replicas, loaded.node.disk_gib) == (2, 50)


def test_a_project_alone_lacks_a_way_in_and_names() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.load({"project": "a-project"})
    keys = [mistake.key for mistake in caught.value.mistakes]
    assert keys == ["p2p-nodes:cluster.external_access", "p2p-nodes:node.dns.zone"]


def test_what_is_written_arrives() -> None:
    loaded = load(
        {
            "region": "us-central1",
            "network": {"pods_range": "10.128.0.0/14"},
            "node": {"replicas": 3},
            "egress": {"allowed_domains": [".example.org", "example.com"]},
        }
    )
    assert loaded.network.pods_range == IPv4Network("10.128.0.0/14")
    assert loaded.node.replicas == 3
    assert loaded.egress.allowed_domains == (".example.org", "example.com")


def test_settings_cannot_be_changed_afterwards() -> None:
    loaded = settings.load(RIGHT)
    with pytest.raises(ValidationError):
        loaded.node.replicas = 5  # type: ignore[misc]


def test_a_missing_project_is_one_mistake_with_its_command() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.load({key: value for key, value in RIGHT.items() if key != "project"})
    (mistake,) = caught.value.mistakes
    assert (mistake.key, mistake.got) == ("p2p-nodes:project", "nothing")
    assert mistake.advice == "pulumi config set p2p-nodes:project VALUE"
    assert str(caught.value).startswith("1 mistake in the settings of this stack; nothing was created or changed.\n")


def test_forty_four_mistakes_in_one_file_are_reported_at_once() -> None:
    wrong: dict[str, object] = {
        "project": "x",
        "region": "moon",
        "environment": "test",
        "labels": {"Team": "chain", "goog": "le"},
        "protect": "false",
        "accept_replacement": ["everything"],
        "netwerk": {},
        "network": {
            "nodes_range": "n", "pods_range": "p", "services_range": "s", "nat_min_ports_per_machine": 3,
            "flow_log_percent": 101, "google_apis": "open", "shared_vpc": {"network": "Shared"},
        },
        "machines": {"families": ["m4"]},
        "cluster": {
            "control_plane_access": "vpn",
            "external_access": "yes",
            "release_channel": "x",
            "deletion_protection": 1,
            "maintenance": {"hours": 3, "exclusions": [{"name": "A"}]},
            "system_pool": {"machine_type": "E2", "machines_per_zone": 0},
            "auto_provisioning": {"max_cpu_cores": "8", "max_memory_gb": 1, "boot_disk_gb": 1},
        },
        "storage": {"reclaim_policy": "Recycle", "disk_type": "pd-standard"},
        "node": {
            "image": "",
            "replicas": -1,
            "disk_gib": 1,
            "termination_grace_seconds": 1,
            "resources": {"cpu_millicores": 0, "memory_mib": 0, "memory_limit_mib": 0},
            "vertical_autoscaling": {"mode": "On"},
            "ports": {"p2p": 9944},
        },
        "egress": {"image": "squid", "replicas": 0, "port": 99999, "allowed_domains": ["-"]},
    }  # fmt: skip
    found = mistakes(wrong)
    assert len(found) == 44
    assert list(found) == sorted(found)
    assert {"labels.Team", "labels.goog", "node.ports.rpc"} <= set(found), "also those across settings"


@pytest.mark.parametrize(("path", "field"), list(descriptions.leaves(StackSettings)), ids=lambda value: str(value)[:60])
def test_an_unknown_key_is_found_on_every_level(path: tuple[str, ...], field: object) -> None:
    *sections, name = path
    config: dict[str, object] = {f"{name}_": 1}
    for section in reversed(sections):
        config = {section: config}
    found = mistakes(config)
    mistake = found[".".join([*sections, f"{name}_"])]
    assert mistake.got == f"an unknown key {name}_"
    assert name in mistake.allowed.split(", ")
    assert mistake.advice == f"rename it to {name}"


def test_what_a_misspelled_key_means_is_not_judged_by_its_default() -> None:
    misspelled = {"network": {"node_range": "10.64.0.0/20", "pods_range": "10.10.0.0/16"}}
    assert list(mistakes(misspelled)) == ["network.node_range"]


def test_a_mistake_hides_only_the_checks_that_would_read_it() -> None:
    found = mistakes(
        {
            "environment": "prod",
            "cluster": {"release_channel": "x", "maintenance": {"hours": 4}, "zones": ["europe-west1-b"]},
            "node": {"replicas": 0, "ports": {"p2p": 9944}},
        }
    )
    assert list(found) == [
        "cluster.maintenance.hours",
        "cluster.release_channel",
        "cluster.zones",
        "environment",
        "node.ports.rpc",
        "node.replicas",
    ]


def test_what_cannot_be_read_counts_as_right() -> None:
    cluster = {"external_access": True}
    node = {"exposure": "none"}
    loaded = settings.load(
        {"cluster": cluster, "node": node}, unreadable=[("project",), ("node", "replicas"), ("network",)]
    )
    assert loaded.node.replicas == 2
    # No check says anything about it: production needs its key, whatever `environment` is here.
    unencrypted = {"cluster": {**cluster, "secrets_encryption": False}, "project": "a-project", "node": node}
    settings.load(unencrypted, unreadable=[("environment",)])


def test_a_wrong_number_does_not_hide_an_overlap_elsewhere() -> None:
    found = mistakes({"node": {"replicas": 0}, "network": {"pods_range": "10.10.0.0/16"}})
    assert sorted(found) == ["network.pods_range", "node.replicas"]


def test_the_message_reads_well() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        load({"node": {"replicas": "2"}})
    assert str(caught.value) == (
        "1 mistake in the settings of this stack; nothing was created or changed.\n"
        "  p2p-nodes:node.replicas\n"
        '    got      "2"\n'
        "    allowed  whole number from 1 to 1000 (nodes)\n"
        "    do       write a number, without quotes"
    )


def test_a_value_that_would_fill_the_screen_is_cut() -> None:
    (mistake,) = mistakes({"node": "x" * 10_000}).values()
    assert len(mistake.got) == 120
