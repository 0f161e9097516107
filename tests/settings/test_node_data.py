"""Settings of what a node begins with, is known by and is reached under, one value at a time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.settings.configurations import load, mistakes

DIGEST = "0123456789abcdef" * 4


def nested(path: str, value: object) -> dict[str, Any]:
    config: Any = value
    for name in reversed(path.split(".")):
        config = {name: config}
    return {"node": config}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("binary", ["/usr/local/bin/automata", "/opt/node-1.2/bin/polkadot"]),
        ("node_key.identity_of", ["", "prod", "Prod_2.a"]),
        ("node_key.secrets_project", [""]),
        ("snapshot.volume_snapshot", ["", "last-night", "p2p-node-0.2026-11-24"]),
        ("dns.domain", ["nodes.example.org", "a.b", "1.example"]),
        ("dns.zone", ["nodes", "n-1"]),
        ("dns.project", ["", "a-project"]),
        ("dns.ttl_seconds", [30, 86_400]),
        ("access.rpc_namespaces", [[], ["apps", "team-1"]]),
        ("startup_minutes", [5, 1440]),
    ],
)
def test_what_is_taken(path: str, values: list[Any]) -> None:
    for value in values:
        load(nested(path, value))


@pytest.mark.parametrize(
    "archive",
    [
        {"bucket": "a-bucket", "object": "contextfree.tar", "sha256": DIGEST},
        {"bucket": "a.bucket_1", "object": "2026-11-24/contextfree.tar.gz", "sha256": DIGEST},
        {"bucket": "abc", "object": "a.tar.xz", "sha256": DIGEST, "image": f"python@sha256:{DIGEST}"},
    ],
)
def test_archives_that_are_taken(archive: dict[str, str]) -> None:
    loaded = load({"node": {"snapshot": {"archive": archive}}}).node.snapshot.archive
    assert loaded.used is True
    assert load({}).node.snapshot.archive.used is False


@pytest.mark.parametrize(
    ("path", "values", "allowed"),
    [
        ("binary", ["automata", "", "/bin/sh -c automata", "/bin/a;b"], "an absolute path"),
        ("profile", ["", "one-port"], "one of single-port, two-port"),
        ("exposure", ["", "shared", "public"], "one of per-pod, none"),
        ("startup_minutes", [4, 1441], "from 5 to 1440 (minutes)"),
        ("node_key.source", ["secret", "file"], "one of volume, secret-manager"),
        ("node_key.identity_of", ["a/b", "a b", "x" * 101], "empty, or the name of a stack"),
        ("node_key.secrets_project", ["Project", "a"], "the id of a Google Cloud project"),
        ("snapshot.volume_snapshot", ["Last", "-a", "a-", "a/b"], "empty, or the name of a VolumeSnapshot"),
        ("snapshot.archive.bucket", ["gs://a-bucket", "A", "ab"], "without gs://"),
        ("snapshot.archive.object", ["a.zip", "/a.tar", "a b.tar", "a.tar.lz4"], "ends in .tar, .tar.gz or .tar.xz"),
        ("snapshot.archive.sha256", [DIGEST.upper(), DIGEST[1:], f"sha256:{DIGEST}"], "as sha256sum prints them"),
        ("snapshot.archive.image", ["python", ""], "a tag or a digest"),
        ("dns.zone", ["Nodes", "-n", "n.example", "1n", "n" * 64], "63 lower-case letters, digits and hyphens"),
        (
            "dns.domain",
            [
                "nodes",
                "nodes.example.org.",
                ".example.org",
                "Nodes.example.org",
                "a..b",
                "a_b.example",
                f"{'a' * 64}.org",
            ],
            "without a dot at either end",
        ),
        ("dns.project", ["Project"], "project that owns the zone"),
        ("dns.ttl_seconds", [29, 86_401], "from 30 to 86400 (seconds)"),
        ("vertical_autoscaling.enabled", ["yes"], "true or false"),
    ],
)
def test_what_is_not_taken(path: str, values: list[Any], allowed: str) -> None:
    for value in values:
        found = mistakes(nested(path, value))
        assert f"node.{path}" in found
        assert allowed in found[f"node.{path}"].allowed


@pytest.mark.parametrize("name", ["Apps", "", "a.b", "a" * 64, "-a"])
@pytest.mark.parametrize("setting", ["rpc_namespaces", "metrics_namespaces"])
def test_what_is_no_namespace(setting: str, name: str) -> None:
    found = mistakes(nested(f"access.{setting}", [name]))
    assert list(found) == [f"node.access.{setting}[0]"]
    assert "the name of a namespace" in found[f"node.access.{setting}[0]"].allowed


@pytest.mark.parametrize("ports", ["0", "-", "1-", "80,443", "a", "", "01", "1:2", "123456"])
def test_what_are_no_ports(ports: str) -> None:
    found = mistakes(nested("access.peer_ports", [ports]))
    assert list(found) == ["node.access.peer_ports[0]"]
    assert "a port or a range with both ends" in found["node.access.peer_ports[0]"].allowed
