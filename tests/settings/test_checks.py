from __future__ import annotations

from typing import Any

import pytest

from components.labels import google_labels
from settings import StackSettings, descriptions
from settings.checks import CHECKS, MOST_LABELS, OWN_LABELS
from tests.settings.configurations import assert_only_mistake, load, mistakes

PORTS = "node.ports"
SCALING = "node.vertical_autoscaling"


@pytest.mark.parametrize(
    ("scaling", "key", "got", "advice"),
    [
        ({"min_memory_mib": 20000}, f"{SCALING}.min_memory_mib", "20000, above max_memory_mib 16384", "lower the min"),
        (
            {"min_cpu_millicores": 5000},
            f"{SCALING}.min_cpu_millicores",
            "5000, above max_cpu_millicores 4000",
            "lower the min",
        ),
        (
            {"max_cpu_millicores": 400},
            "node.resources.cpu_millicores",
            "500, outside the bounds of the vertical autoscaling, 250 to 400",
            "change the request or the bounds",
        ),
        (
            {"min_memory_mib": 3000},
            "node.resources.memory_mib",
            "2048, outside the bounds of the vertical autoscaling, 3000 to 16384",
            "change the request or the bounds",
        ),
    ],
)
def test_bounds_that_contradict_the_requests(scaling: dict[str, int], key: str, got: str, advice: str) -> None:
    assert_only_mistake({"node": {"vertical_autoscaling": scaling}}, key=key, got=got, allowed="m", advice=advice)


@pytest.mark.parametrize("scaling", [{"min_memory_mib": 20000}, {"max_cpu_millicores": 400}])
def test_bounds_bind_nobody_where_nothing_scales(scaling: dict[str, int]) -> None:
    load({"node": {"vertical_autoscaling": {"enabled": False, **scaling}}})
    assert mistakes({"node": {"vertical_autoscaling": {"enabled": True, **scaling}}})


def test_auto_is_refused_with_the_reason() -> None:
    assert_only_mistake(
        {"node": {"vertical_autoscaling": {"mode": "Auto"}}},
        key=f"{SCALING}.mode",
        got='"Auto"',
        allowed="(Auto is deprecated since VPA 1.5 and meant Recreate)",
        advice="correct the value",
    )


def test_a_memory_limit_below_the_request() -> None:
    assert_only_mistake(
        {"node": {"resources": {"memory_mib": 8192}}},
        key="node.resources.memory_limit_mib",
        got="4096, with memory_mib 8192",
        allowed="at least 10240, a quarter above the request",
        advice="raise the limit or lower the request",
    )
    assert_only_mistake(
        {"node": {"resources": {"memory_mib": 8192}, "vertical_autoscaling": {"mode": "Off"}}},
        key="node.resources.memory_limit_mib",
        got="4096, with memory_mib 8192",
        allowed="at least 8192",
        advice="raise the limit or lower the request",
    )


@pytest.mark.parametrize(
    ("ports", "key", "got", "advice"),
    [
        ({"p2p": 9944}, f"{PORTS}.rpc", "9944, which p2p has already", "change rpc or p2p"),
        ({"http": 9944}, f"{PORTS}.http", "9944, which rpc has already", "change http or rpc"),
        ({"http": 30333}, f"{PORTS}.http", "30333, which p2p has already", "change http or p2p"),
    ],
)
def test_ports_that_collide(ports: dict[str, int], key: str, got: str, advice: str) -> None:
    assert_only_mistake(
        {"node": {"ports": ports}}, key=key, got=got, allowed="a port of its own for each", advice=advice
    )


def test_three_ports_of_one_number_are_two_mistakes() -> None:
    assert list(mistakes({"node": {"ports": {"p2p": 9000, "rpc": 9000, "http": 9000}}})) == [
        f"{PORTS}.http",
        f"{PORTS}.rpc",
    ]


BY_ADDRESS = {"control_plane_access": "ip", "external_access": False}


@pytest.mark.parametrize(
    ("cluster", "key", "got", "allowed", "advice"),
    [
        (
            {"authorized_networks": ["10.0.0.0/24", "10.1.0.0/24"]},
            "cluster.authorized_networks",
            "2 ranges, with control_plane_access dns",
            "no ranges: behind the DNS name IAM decides",
            "remove them, or set control_plane_access to ip",
        ),
        (
            {"external_access": False},
            "cluster.external_access",
            "false, with control_plane_access dns",
            "true: without it the DNS name serves",
            "set it to true, then IAM decides (container.clusters.connect)",
        ),
        (
            {"control_plane_access": "ip"},
            "cluster.external_access",
            "true, with control_plane_access ip",
            "false: the private address never answers outside",
            "remove it, or set control_plane_access to dns",
        ),
        (
            {**BY_ADDRESS, "authorized_networks": ["10.0.0.0/24", "0.0.0.0/0"]},
            "cluster.authorized_networks[1]",
            '"0.0.0.0/0", which is every address',
            "the ranges that administrators connect from",
            "name those ranges",
        ),
    ],
)
def test_ways_into_the_control_plane_that_exclude_each_other(
    cluster: dict[str, object], key: str, got: str, allowed: str, advice: str
) -> None:
    assert_only_mistake({"cluster": cluster}, key=key, got=got, allowed=allowed, advice=advice)


KEY_RULE = "a key of 1 to 63 lower-case letters, digits, hyphens and underscores that starts with a letter"
VALUE_RULE = "a value of at most 63 lower-case letters, digits, hyphens and underscores"
TAKEN = "a key that neither Google (goog...) nor the program (part-of, platform, environment, managed-by) has taken"


@pytest.mark.parametrize(
    ("label", "value", "allowed", "advice"),
    [
        ("Team", "chain", KEY_RULE, "correct it"),
        ("1st", "chain", KEY_RULE, "correct it"),
        ("", "chain", KEY_RULE, "correct it"),
        ("cost center", "chain", KEY_RULE, "correct it"),
        ("a" * 64, "chain", KEY_RULE, "correct it"),
        ("team", "Chain", VALUE_RULE, "correct it"),
        ("team", "chain@example.org", VALUE_RULE, "correct it"),
        ("team", "a" * 64, VALUE_RULE, "correct it"),
        ("team", "chain\n", VALUE_RULE, "correct it"),
        ("goog-team", "chain", TAKEN, "choose another key"),
        ("google", "chain", TAKEN, "choose another key"),
        *((label, "chain", TAKEN, "choose another key") for label in OWN_LABELS),
    ],
)
def test_labels_that_google_cloud_would_refuse(label: str, value: str, allowed: str, advice: str) -> None:
    assert_only_mistake(
        {"labels": {label: value}}, key=f"labels.{label}", got=f"{label}: ", allowed=allowed, advice=advice
    )


def test_more_labels_than_google_cloud_takes() -> None:
    labels = {f"label-{number}": "" for number in range(61)}
    load({"labels": dict(list(labels.items())[:60])})
    assert_only_mistake(
        {"labels": labels}, key="labels", got="61 labels", allowed="at most 60", advice="4 of which the program sets"
    )


def test_the_labels_that_are_not_a_user_s_are_those_that_the_program_sets() -> None:
    own = google_labels(platform="p2p-nodes-dev", environment="development", others={})
    assert sorted(own) == sorted(OWN_LABELS)
    assert len(own) + MOST_LABELS == 64


@pytest.mark.parametrize(
    "given",
    [
        {"cluster": {**BY_ADDRESS, "authorized_networks": ["0.0.0.0/1"]}},
        {"cluster": {"control_plane_access": "dns", "external_access": True}},
        {"egress": {"allowed_domains": ["example.org", "www.example.org", ".notexample.org", ".example.com"]}},
        {"network": {"nodes_range": "10.10.0.0/20", "pods_range": "10.10.16.0/20"}},
        {"node": {"resources": {"memory_mib": 1024, "memory_limit_mib": 1280}}},
        {
            "node": {
                "resources": {"memory_mib": 1024, "memory_limit_mib": 1024},
                "vertical_autoscaling": {"enabled": False},
            }
        },
        {"node": {"ports": {"p2p": 1024, "rpc": 1025, "http": 65535}}},
        {"labels": {"team": "chain-ops_1", "a": "", "b" * 63: "c" * 63}},
    ],
)
def test_settings_at_the_edge_of_what_fits(given: dict[str, Any]) -> None:
    load(given)


def test_what_a_check_needs_are_settings_or_sections() -> None:
    paths = {path[:end] for path, _ in descriptions.leaves(StackSettings) for end in range(1, len(path) + 1)}
    assert [need for check in CHECKS for need in check.needs if tuple(need.split(".")) not in paths] == []
