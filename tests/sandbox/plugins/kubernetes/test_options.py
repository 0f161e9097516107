"""The provider's configuration and its kubeconfig."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental import provider

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.kubeconfig import active_cluster, connect, parse_kubeconfig
from sandbox.plugins.kubernetes.options import NOT_YET_KNOWN, Options, is_other_cluster, read_options
from sandbox.plugins.kubernetes.provider import KubernetesPlugin
from sandbox.plugins.kubernetes.values import UNKNOWN, Object, plain_map, to_property


def kubeconfig(server: str = "https://127.0.0.1:1", user: Object | None = None) -> str:
    return json.dumps(
        {
            "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": server}}, {"name": "d", "cluster": {"server": "other"}}],
            "contexts": [
                {"name": "x", "context": {"cluster": "c", "user": "u", "namespace": "n"}},
                {"name": "y", "context": {"cluster": "d", "user": "u"}},
            ],
            "users": [{"name": "u", "user": user or {"token": "t"}}],
        }
    )


@pytest.mark.parametrize(
    ("inputs", "why"),
    [
        ({}, "never uses the current kubectl context"),
        ({"kubeconfig": ""}, "never uses the current kubectl context"),
        ({"kubeconfig": "{}", "renderYamlToDirectory": "x"}, "renderYamlToDirectory"),
        ({"kubeconfig": "{}", "enableServerSideApply": "false"}, "only does server-side apply"),
    ],
)
def test_what_is_not_served_is_refused_by_name(inputs: Object, why: str) -> None:
    with pytest.raises(ResourceRefused, match=why):
        read_options(inputs)


def test_flags_come_as_json_text() -> None:
    options = read_options({"kubeconfig": "k", "enableSecretMutable": "true", "upsertExistingObjects": True})
    assert options.secrets_mutable
    assert options.upsert
    assert not options.config_maps_mutable


@pytest.mark.parametrize(
    ("old", "new", "other"),
    [
        ({}, {}, False),
        ({}, {"kubeconfig": kubeconfig(user={"token": "new"})}, False),
        ({}, {"kubeconfig": kubeconfig("https://elsewhere")}, True),
        ({}, {"context": "y"}, True),
        ({}, {"kubeconfig": NOT_YET_KNOWN}, True),
        ({"cluster_identifier": "a"}, {"cluster_identifier": "a", "kubeconfig": kubeconfig("https://moved")}, False),
        ({"cluster_identifier": "a"}, {"cluster_identifier": "a", "kubeconfig": NOT_YET_KNOWN}, False),
        ({"cluster_identifier": "a"}, {"cluster_identifier": "b"}, True),
        ({"cluster_identifier": "a"}, {"cluster_identifier": "b", "kubeconfig": NOT_YET_KNOWN}, True),
        ({}, {"cluster_identifier": "a"}, False),
        ({"cluster_identifier": "a"}, {}, False),
        ({}, {"cluster_identifier": "a", "kubeconfig": kubeconfig("https://elsewhere")}, True),
        ({"cluster_identifier": "a"}, {"kubeconfig": NOT_YET_KNOWN}, True),
    ],
)
def test_another_cluster_means_other_objects(old: Any, new: Any, other: bool) -> None:
    same = {"kubeconfig": kubeconfig()}
    assert is_other_cluster(Options(**{**same, **old}), Options(**{**same, **new})) is other


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/no/such/file", "/no/such/file cannot be read"),
        ("a: [", "cannot be read"),
        ("a: [\n", "not valid YAML"),
        ("{}", "names no cluster"),
        ('{"clusters": [{"name": "c"}]}', "has no context named ''"),
    ],
)
def test_a_kubeconfig_that_leads_nowhere(text: str, why: str) -> None:
    with pytest.raises(ResourceRefused, match=why):
        active_cluster(parse_kubeconfig(text))


def test_context_cluster_and_namespace_override(tmp_path: Path) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(kubeconfig())
    config = parse_kubeconfig(str(path))
    assert active_cluster(config).namespace == "n"
    assert active_cluster(config, context="y").server == "other"
    assert active_cluster(config, cluster="d", namespace="m").server == "other"
    assert active_cluster(config, namespace="m").namespace == "m"


def test_an_exec_plugin_gives_the_token(tmp_path: Path) -> None:
    answer = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "from-it"}}
    script = tmp_path / "credentials"
    script.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n")
    script.chmod(0o755)
    client = connected({"command": str(script)})
    headers: dict[str, str] = {}
    client.update_params_for_auth(headers, [], ["BearerToken"], "/", "GET", None)
    assert headers == {"authorization": "Bearer from-it"}


def test_an_exec_plugin_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceRefused, match=r"credential plugin .*no-such-plugin failed"):
        connected({"command": str(tmp_path / "no-such-plugin")})


def connected(exec_: Object) -> Any:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never", **exec_}}
    config = parse_kubeconfig(kubeconfig(user=user))
    return connect(config, active_cluster(config), cluster="", connections=2)


def check_config(inputs: Object) -> provider.CheckResponse:
    properties = {key: to_property(value) for key, value in inputs.items()}
    return asyncio.run(KubernetesPlugin().check_config(provider.CheckRequest("", {}, properties, b"")))


def test_an_unknown_kubeconfig_becomes_a_known_one_so_that_the_engine_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_SCHEMAS", str(tmp_path))
    (tmp_path / "swagger.json").write_text("{}")
    answer = check_config({"kubeconfig": UNKNOWN, "namespace": UNKNOWN, "context": "x"})
    assert plain_map(answer.inputs or {}) == {"kubeconfig": NOT_YET_KNOWN, "context": "x"}
    assert not answer.failures


@pytest.mark.parametrize(
    ("identifier", "replaces"),
    [("a", []), (UNKNOWN, ["clusterIdentifier", "kubeconfig"]), ("b", ["clusterIdentifier", "kubeconfig"])],
)
def test_an_unknown_kubeconfig_of_the_same_cluster_replaces_nothing(identifier: Any, replaces: list[str]) -> None:
    checked = check_config({"kubeconfig": UNKNOWN, "clusterIdentifier": identifier}).inputs or {}
    olds = {"kubeconfig": to_property(kubeconfig()), "clusterIdentifier": to_property("a")}
    answer = asyncio.run(KubernetesPlugin().diff_config(provider.DiffRequest("", "", olds, checked, [])))
    assert (answer.changes, answer.replaces) == (True, replaces)


def test_without_schemas_an_unknown_cluster_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SCHEMAS", os.devnull)
    failures = check_config({"kubeconfig": UNKNOWN}).failures or []
    assert ["SANDBOX_SCHEMAS" in failure.reason for failure in failures] == [True]
