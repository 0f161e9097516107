"""Settings of the nodes that are wrong together."""

from __future__ import annotations

from typing import Any

import pytest

from settings.node_checks import LONGEST_DOMAIN, LONGEST_POD, MOST_SECRETS
from tests.settings.configurations import Config, assert_only_mistake, load, mistakes

SUBSTRATE = "node.substrate"
PEER = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN"
ARCHIVE = {"bucket": "a-bucket", "object": "contextfree.tar.gz", "sha256": "0f" * 32}


@pytest.mark.parametrize(
    ("node", "key", "got", "allowed", "advice"),
    [
        (
            {"profile": "single-port", "ports": {"http": 9934}},
            "node.ports.http",
            "9934, with profile single-port",
            "one port, node.ports.rpc",
            "remove it, or set node.profile to two-port",
        ),
        (
            {"substrate": {"state_pruning": "archive-canonical"}},
            f"{SUBSTRATE}.state_pruning",
            '"archive-canonical", with profile two-port',
            'empty, "archive", or a number',
            "choose archive; or set node.profile to single-port",
        ),
        (
            {"substrate": {"blocks_pruning": "archive"}},
            f"{SUBSTRATE}.blocks_pruning",
            '"archive", with profile two-port',
            "empty, or a number of blocks",
            "keeps all blocks by itself",
        ),
        (
            {"substrate": {"blocks_pruning": "archive-canonical"}},
            f"{SUBSTRATE}.blocks_pruning",
            '"archive-canonical", with profile two-port',
            "empty, or a number of blocks",
            "keeps all blocks by itself",
        ),
        (
            {"substrate": {"sync": "warp", "state_pruning": "archive"}},
            f"{SUBSTRATE}.sync",
            "warp, with state_pruning archive",
            "full: an archive executes every block",
            "remove it, or state_pruning",
        ),
        (
            {"profile": "single-port", "substrate": {"sync": "fast", "state_pruning": "archive-canonical"}},
            f"{SUBSTRATE}.sync",
            "fast, with state_pruning archive-canonical",
            "full",
            "remove it",
        ),
        (
            {"substrate": {"rpc_cors": ["https://a.example", "all"]}},
            f"{SUBSTRATE}.rpc_cors",
            "all, and 1 more",
            '"all" alone',
            "remove all, or the others",
        ),
        (
            {"substrate": {"telemetry": False, "telemetry_urls": ["wss://telemetry.example.org/submit/ 0"]}},
            f"{SUBSTRATE}.telemetry_urls",
            "1 servers, with telemetry false",
            "none",
            "set telemetry to true",
        ),
        (
            {"node_key": {"secrets_project": "a-project"}},
            "node.node_key.secrets_project",
            '"a-project", with source volume',
            "nothing",
            "set source to secret-manager",
        ),
        (
            {"snapshot": {"volume_snapshot": "last", "archive": ARCHIVE}},
            "node.snapshot.volume_snapshot",
            '"last", beside an archive',
            "a VolumeSnapshot or an archive",
            "remove one of the two",
        ),
    ],
)
def test_settings_that_exclude_each_other(node: Config, key: str, got: str, allowed: str, advice: str) -> None:
    assert_only_mistake({"node": node}, key=key, got=got, allowed=allowed, advice=advice)


@pytest.mark.parametrize(
    ("given", "missing", "got"),
    [
        (["bucket"], "object", "with bucket given"),
        (["bucket", "object"], "sha256", "with bucket and object given"),
        (["sha256"], "bucket", "with sha256 given"),
    ],
)
def test_an_archive_that_is_half_described(given: list[str], missing: str, got: str) -> None:
    assert_only_mistake(
        {"node": {"snapshot": {"archive": {name: ARCHIVE[name] for name in given}}}},
        key=f"node.snapshot.archive.{missing}",
        got=got,
        allowed="bucket, object and sha256 together, or none of them",
        advice="say which archive it is, and its checksum",
    )


@pytest.mark.parametrize(
    ("dns", "missing"),
    [
        ({"zone": "", "domain": ""}, "zone"),
        ({"zone": "nodes", "domain": ""}, "domain"),
        ({"zone": "", "domain": "nodes.example.org"}, "zone"),
    ],
)
def test_nodes_that_nobody_could_call_by_name(dns: Config, missing: str) -> None:
    assert_only_mistake(
        {"node": {"dns": dns}},
        key=f"node.dns.{missing}",
        got="nothing, with exposure per-pod",
        allowed="a zone of Cloud DNS and a domain in it",
        advice="set node.dns.zone and node.dns.domain; or set node.exposure to none, and nodes only dial out",
    )
    load({"node": {"dns": dns, "exposure": "none"}})


def test_a_domain_leaves_room_for_the_pod_s_name() -> None:
    longest = ".".join(["a" * 63] * 3 + ["b" * (LONGEST_DOMAIN - 1 - LONGEST_POD - 3 * 64)])
    load({"node": {"dns": {"domain": longest}}})
    assert_only_mistake(
        {"node": {"dns": {"domain": f"{longest}b"}}},
        key="node.dns.domain",
        got=f"{LONGEST_DOMAIN - LONGEST_POD} characters",
        allowed=f"at most {LONGEST_DOMAIN - 1 - LONGEST_POD}",
        advice="choose a shorter domain",
    )


@pytest.mark.parametrize("environment", ["production", "recovery"])
def test_spot_machines_where_nothing_may_be_lost(environment: str) -> None:
    recovery = {"recovery": {"primary_region": "europe-west4"}} if environment == "recovery" else {}
    assert_only_mistake(
        {"environment": environment, "machines": {"spot": True}, **recovery},
        key="machines.spot",
        got=f"true, with environment {environment}",
        allowed="a node has 15, and needs up to 60 for its database",
        advice="remove it",
    )


@pytest.mark.parametrize("environment", ["development", "staging"])
def test_spot_machines_where_nodes_may_sync_again(environment: str) -> None:
    assert load({"environment": environment, "machines": {"spot": True}}).machines.spot is True


def test_listeners_of_one_port_by_profile() -> None:
    both: dict[str, Any] = {"ports": {"prometheus": 9933}}
    found = mistakes({"node": both})
    assert list(found) == ["node.ports.prometheus"]
    assert found["node.ports.prometheus"].got == "9933, which http has already"
    # Nothing listens on the port for HTTP.
    load({"node": {**both, "profile": "single-port"}})


@pytest.mark.parametrize(
    "node",
    [
        {"profile": "single-port", "ports": {"http": 9933}},
        {"profile": "single-port", "substrate": {"state_pruning": "archive-canonical", "blocks_pruning": "archive"}},
        {"substrate": {"state_pruning": "archive", "blocks_pruning": "1000"}},
        {"substrate": {"sync": "warp", "state_pruning": "256"}},
        {"substrate": {"telemetry": False}},
        {"node_key": {"identity_of": "prod"}},
        {"substrate": {"telemetry": True}, "access": {"peer_ports": ["1-65535"]}},
        {"substrate": {"telemetry": True, "telemetry_urls": ["ws://192.0.2.1:8000/submit 9"]}},
        {"snapshot": {"archive": ARCHIVE}},
        {"snapshot": {"volume_snapshot": "last.night"}},
    ],
)
def test_settings_that_go_together(node: Config) -> None:
    load({"node": node})


KEYS: Config = {"source": "secret-manager", "secrets_project": "a-project"}
DRIVER: Config = {"external_access": True, "secret_manager": True}


def test_keys_in_secret_manager_need_what_mounts_them() -> None:
    found = mistakes({"node": {"node_key": KEYS}})
    assert list(found) == ["cluster.secret_manager"]
    load({"cluster": DRIVER, "node": {"node_key": KEYS}})


def test_keys_in_secret_manager_are_few() -> None:
    roomy = {"max_cpu_cores": 1000, "max_memory_gb": 4000}
    at_most = {"cluster": {**DRIVER, "auto_provisioning": roomy}, "node": {"node_key": KEYS, "replicas": MOST_SECRETS}}
    load(at_most)
    found = mistakes({**at_most, "node": {"node_key": KEYS, "replicas": MOST_SECRETS + 1}})
    assert list(found) == ["node.node_key.source"]
    assert found["node.node_key.source"].got == '"secret-manager", with 51 nodes'


@pytest.mark.parametrize(
    ("substrate", "key", "port"),
    [
        ({"bootnodes": [f"/dns4/boot.example.org/tcp/443/wss/p2p/{PEER}"]}, "bootnodes[0]", 443),
        ({"bootnodes": [f"/ip4/192.0.2.1/tcp/70000/p2p/{PEER}"]}, "bootnodes[0]", 70_000),
        ({"telemetry": True}, "telemetry", 443),
        ({"telemetry": True, "telemetry_urls": ["wss://t.example.org/submit/ 0"]}, "telemetry_urls[0]", 443),
        ({"telemetry": True, "telemetry_urls": ["ws://t.example.org/submit/ 0"]}, "telemetry_urls[0]", 80),
    ],
)
def test_whom_the_network_policy_would_keep_a_node_from(substrate: Config, key: str, port: int) -> None:
    found = mistakes({"node": {"substrate": substrate}})
    assert list(found) == [f"{SUBSTRATE}.{key}"]
    assert found[f"{SUBSTRATE}.{key}"].got.endswith(f", on port {port}")
