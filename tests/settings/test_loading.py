from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network

import pytest
from pydantic import ValidationError

import settings

PROJECT = {"project": "a-project"}


def mistakes(config: Mapping[str, object]) -> dict[str, settings.Mistake]:
    with pytest.raises(settings.SettingsError) as caught:
        settings.load({**PROJECT, **config})
    return {mistake.key.removeprefix("p2p-nodes:"): mistake for mistake in caught.value.mistakes}


def test_a_project_is_all_it_takes_and_defaults_are_the_safe_ones() -> None:
    loaded = settings.load(PROJECT)
    assert loaded.region == "europe-west1"
    assert loaded.cluster.deletion_protection is True
    assert loaded.cluster.external_access is False
    assert loaded.storage.reclaim_policy == "Retain"
    assert loaded.egress.allowed_domains == ()
    assert (loaded.node.replicas, loaded.node.disk_gib) == (2, 50)


def test_what_is_written_arrives() -> None:
    loaded = settings.load(
        {
            **PROJECT,
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
    loaded = settings.load(PROJECT)
    with pytest.raises(ValidationError):
        loaded.node.replicas = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("config", "key", "got", "allowed", "advice"),
    [
        ({"node": {"replicas": "2"}}, "node.replicas", '"2"', "whole number from 1 to 1000", "without quotes"),
        ({"node": {"replicas": 0}}, "node.replicas", "0", "from 1 to 1000 (nodes)", "default"),
        ({"node": {"replicas": 1001}}, "node.replicas", "1001", "from 1 to 1000", "default"),
        ({"node": {"replicas": 2.5}}, "node.replicas", "2.5", "whole number", "default"),
        ({"node": {"replicas": True}}, "node.replicas", "true", "whole number", "default"),
        ({"node": {"replicas": None}}, "node.replicas", "null", "whole number", "default"),
        ({"node": {"termination_grace_seconds": 60}}, "node.termination_grace_seconds", "60", "61", "default"),
        ({"node": {"image": "automata"}}, "node.image", '"automata"', "a tag or a digest", "default"),
        ({"node": "small"}, "node", '"small"', "a mapping of settings", "Pulumi.<stack>.yaml"),
        ({"node": [1]}, "node", "[1]", "a mapping of settings", "Pulumi.<stack>.yaml"),
        ({"node": {"replcas": 3}}, "node.replcas", "unknown key replcas", "replicas", "rename it to replicas"),
        ({"nodes": {}}, "nodes", "unknown key nodes", "node, ", "rename it to node"),
        ({"zzz": "1"}, "zzz", "unknown key zzz", "project", "remove it"),
        ({"egress": {"port": 80}}, "egress.port", "80", "from 1024 to 65535", "default"),
        # The image takes no other ports than its own: there is nothing to set.
        ({"node": {"ports": {"p2p": 30334}}}, "node.ports", "unknown key ports", "replicas", "remove it"),
        *(
            (
                {"cluster": {"system_pool": {"machine_type": refused}}},
                "cluster.system_pool.machine_type",
                f'"{refused}"',
                "e2-standard-2, e2-standard-4",
                "default",
            )
            for refused in ("n4-standard-2", "c4-standard-2", "c4a-standard-1", "m4-megamem-28", "e2-medium", "e2")
        ),
        ({"region": "europe-west1-b"}, "region", '"europe-west1-b"', "not a zone", "default"),
        ({"project": "A"}, "project", '"A"', "Google Cloud project id", "correct the value"),
        ({"cluster": {"release_channel": "fast"}}, "cluster.release_channel", '"fast"', "RAPID, REGULAR", "default"),
        ({"cluster": {"deletion_protection": "no"}}, "cluster.deletion_protection", '"no"', "true or", "quotes"),
        ({"network": {"nodes_range": "10.10.0.1/20"}}, "network.nodes_range", "10.10.0.1/20", "CIDR", "default"),
        ({"network": {"nodes_range": "fd00::/64"}}, "network.nodes_range", "fd00::/64", "IPv4 range", "default"),
        (
            {"network": {"nat_min_ports_per_machine": 100}},
            "network.nat_min_ports_per_machine",
            "100",
            "power of two",
            "default",
        ),
        (
            {"node": {"vertical_autoscaling": {"mode": "Auto"}}},
            "node.vertical_autoscaling.mode",
            '"Auto"',
            "Auto is deprecated since VPA 1.5 and meant Recreate",
            "default",
        ),
        (
            {"egress": {"allowed_domains": ["example.org", "org", "*.example.org"]}},
            "egress.allowed_domains[1]",
            '"org"',
            "a leading dot includes its subdomains",
            "default",
        ),
        ({"egress": {"replicas": 1}}, "egress.replicas", "1", "from 2 to 20", "default"),
        (
            {"cluster": {"authorized_networks": ["10.0.0.0/33"]}},
            "cluster.authorized_networks[0]",
            '"10.0.0.0/33"',
            "IPv4 range",
            "default",
        ),
    ],
)
def test_a_mistake_says_where_what_and_what_to_do(
    config: dict[str, object], key: str, got: str, allowed: str, advice: str
) -> None:
    mistake = mistakes(config)[key]
    assert got in mistake.got
    assert allowed in mistake.allowed
    assert advice in mistake.advice


def test_a_missing_project_is_one_mistake_with_its_command() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.load({})
    (mistake,) = caught.value.mistakes
    assert (mistake.key, mistake.got) == ("p2p-nodes:project", "nothing")
    assert mistake.advice == "pulumi config set p2p-nodes:project VALUE"
    assert str(caught.value).startswith("1 mistake in the settings of this stack; nothing was created or changed.\n")


def test_thirty_mistakes_in_one_file_are_reported_at_once() -> None:
    wrong: dict[str, object] = {
        "project": "x",
        "region": "moon",
        "network": {"nodes_range": "n", "pods_range": "p", "services_range": "s", "nat_min_ports_per_machine": 3},
        "cluster": {
            "control_plane_access": "vpn",
            "external_access": "yes",
            "release_channel": "x",
            "deletion_protection": 1,
            "system_pool": {"machine_type": "E2", "machines_per_zone": 0},
            "auto_provisioning": {"max_cpu_cores": "8", "max_memory_gb": 1, "boot_disk_gb": 1},
        },
        "storage": {"reclaim_policy": "Recycle"},
        "node": {
            "image": "",
            "replicas": -1,
            "disk_gib": 1,
            "termination_grace_seconds": 1,
            "resources": {"cpu_millicores": 0, "memory_mib": 0, "memory_limit_mib": 0},
            "vertical_autoscaling": {"mode": "On"},
        },
        "egress": {"image": "squid", "replicas": 0, "port": 99999, "allowed_domains": ["-"]},
    }
    found = mistakes(wrong)
    assert len(found) == 28
    assert list(found) == sorted(found)


def test_a_wrong_number_does_not_hide_an_overlap_elsewhere() -> None:
    found = mistakes({"node": {"replicas": 0}, "network": {"pods_range": "10.10.0.0/16"}})
    assert sorted(found) == ["network.pods_range", "node.replicas"]


def test_the_message_reads_well() -> None:
    with pytest.raises(settings.SettingsError) as caught:
        settings.load({**PROJECT, "node": {"replicas": "2"}})
    assert str(caught.value) == (
        "1 mistake in the settings of this stack; nothing was created or changed.\n"
        "  p2p-nodes:node.replicas\n"
        '    got      "2"\n'
        "    allowed  whole number from 1 to 1000 (nodes)\n"
        "    do       write it without quotes"
    )


def test_a_value_that_would_fill_the_screen_is_cut() -> None:
    (mistake,) = mistakes({"node": "x" * 10_000}).values()
    assert len(mistake.got) == 120
