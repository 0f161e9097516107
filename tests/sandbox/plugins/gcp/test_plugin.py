"""The plugin's answers to the engine."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental import provider
from pulumi.provider.experimental.provider import PropertyDiffKind

from sandbox.layout import Layout
from sandbox.plugins.failures import OperationCancelled, ResourceRefused
from sandbox.plugins.gcp.plugin import GcpSimulator
from sandbox.plugins.gcp.values import plain, wired
from sandbox.plugins.requests import DeleteRequest, DiffRequest, ReadRequest, UpdateRequest
from sandbox.simulator.paths import UNKNOWN
from sandbox.simulator.store import Store

NETWORK = "gcp:compute/network:Network"
CLUSTER = "gcp:container/cluster:Cluster"
ID = "projects/p/global/networks/net"


def urn(token: str, name: str = "net") -> str:
    """The URN of a component's child: its type carries the parent's."""
    return f"urn:pulumi:sandbox::p2p-nodes::p2p-nodes:platform:Network${token}::{name}"


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("SANDBOX_SPEED", "1000000")
    return Layout(root=tmp_path)


@pytest.fixture
def plugin(layout: Layout) -> GcpSimulator:
    found = GcpSimulator(layout=layout)
    configured = {"project": "p", "region": "europe-west4"}
    answer = run(found.configure(provider.ConfigureRequest({}, wired(configured), True, True)))
    assert answer.supports_preview
    assert not answer.accept_secrets, "the engine keeps secrets; a plugin that accepts them must keep them itself"
    return found


def run(work: Any) -> Any:
    return asyncio.run(work)


def create(plugin: GcpSimulator, token: str, inputs: dict[str, Any], *, preview: bool = False) -> Any:
    return run(plugin.create(provider.CreateRequest(urn(token), wired(inputs), 0, preview)))


def diff(plugin: GcpSimulator, token: str, old: dict[str, Any], new: dict[str, Any], id: str = ID, **more: Any) -> Any:
    request = DiffRequest(urn(token), id, wired(more.get("state", {})), wired(new), more.get("ignored", []))
    request.old_inputs = wired(old)
    return run(plugin.diff(request))


def test_check_gives_a_name_and_gathers_failures(plugin: GcpSimulator) -> None:
    request = provider.CheckRequest(urn(NETWORK), {}, wired({"mtu": "x", "nmae": 1}), b"seed")
    answer = run(plugin.check(request))
    assert plain(answer.inputs)["name"].startswith("net-")
    assert {failure.property for failure in answer.failures} == {"mtu", "nmae"}


def test_create_preview_then_create_then_read(plugin: GcpSimulator, layout: Layout) -> None:
    previewed = create(plugin, NETWORK, {"name": "net"}, preview=True)
    assert previewed.resource_id is None
    assert plain(previewed.properties)["selfLink"] is UNKNOWN
    assert Store(layout).all() == []

    made = create(plugin, NETWORK, {"name": "net", "mtu": 1500})
    assert made.resource_id == ID
    assert plain(made.properties)["selfLink"] == f"https://www.googleapis.com/compute/v1/{ID}"
    assert plain(made.properties)["id"] == ID
    found = run(plugin.read(ReadRequest(urn(NETWORK), ID, made.properties, wired({"name": "net", "mtu": 1500}))))
    assert found.resource_id == ID
    assert plain(found.inputs) == {"name": "net", "mtu": 1500}

    Store(layout).delete(ID)
    assert run(plugin.read(ReadRequest(urn(NETWORK), ID, {}, {}))).resource_id == ""


def test_update_and_its_preview(plugin: GcpSimulator) -> None:
    old = {"name": "net"}
    made = create(plugin, NETWORK, old)
    request = UpdateRequest(urn(NETWORK), ID, made.properties, wired({**old, "mtu": 1500}), 0, [], True)
    request.old_inputs = wired(old)
    planned = plain(run(plugin.update(request)).properties)
    request.preview = False
    updated = plain(run(plugin.update(request)).properties)
    assert updated["mtu"] == 1500
    assert {**planned, "id": ID} == updated, "nothing of this is left for the update to tell"


@pytest.mark.parametrize(
    ("old", "new", "kinds", "replaces", "before"),
    [
        ({"name": "net"}, {"name": "net"}, {}, [], False),
        ({"name": "net"}, {"name": "net", "mtu": 1500}, {"mtu": PropertyDiffKind.ADD}, [], False),
        (
            {"name": "net", "description": "a"},
            {"name": "net", "description": "b"},
            {"description": PropertyDiffKind.UPDATE_REPLACE},
            ["description"],
            True,
        ),
        ({"name": "net"}, {"name": "other"}, {"name": PropertyDiffKind.UPDATE_REPLACE}, ["name"], False),
        (
            {"name": "net-0000000", "description": "a"},
            {"name": "net-0000000"},
            {"description": PropertyDiffKind.DELETE_REPLACE},
            ["description"],
            False,
        ),
    ],
)
def test_diff(
    plugin: GcpSimulator, old: dict[str, Any], new: dict[str, Any], kinds: Any, replaces: list[str], before: bool
) -> None:
    answer = diff(plugin, NETWORK, old, new)
    assert answer.changes is bool(kinds)
    assert {path: change.kind for path, change in answer.detailed_diff.items()} == kinds
    assert answer.replaces == replaces
    assert answer.delete_before_replace is before, "two resources cannot have one name"


def test_references_in_other_words_are_no_change(plugin: GcpSimulator) -> None:
    subnetwork = "gcp:compute/subnetwork:Subnetwork"
    old, new = {"name": "s", "network": "net"}, {"name": "s", "network": ID}
    assert diff(plugin, subnetwork, old, new).changes is False


def test_a_diff_is_against_what_google_answered_and_leaves_out_what_is_ignored(plugin: GcpSimulator) -> None:
    cluster = "gcp:container/cluster:Cluster"
    given = {"loggingConfig": {"enableComponents": ["WORKLOADS", "SYSTEM_COMPONENTS"]}}
    state = {"loggingConfig": {"enableComponents": ["SYSTEM_COMPONENTS", "WORKLOADS"]}}
    assert set(diff(plugin, cluster, given, given, state=state).detailed_diff) == {
        "loggingConfig.enableComponents[0]",
        "loggingConfig.enableComponents[1]",
    }
    assert diff(plugin, cluster, given, given).changes is False
    assert diff(plugin, cluster, given, given, state=state, ignored=["loggingConfig"]).changes is False


def test_delete(plugin: GcpSimulator, layout: Layout) -> None:
    create(plugin, NETWORK, {"name": "net"})
    for _ in range(2):
        run(plugin.delete(DeleteRequest(urn(NETWORK), ID, {}, timeout=0)))
    assert Store(layout).all() == []


@pytest.mark.parametrize(
    ("token", "inputs", "says"),
    [
        ("gcp:bigquery/dataset:Dataset", {}, "gcp:bigquery/dataset:Dataset is not simulated"),
        ("gcp:compute/subnetwork:Subnetwork", {"name": "s", "network": "none"}, "Error 404"),
        (CLUSTER, {"name": "c", "network": "net"}, "the control plane is not running"),
    ],
)
def test_refusals_are_expected_failures(plugin: GcpSimulator, token: str, inputs: dict[str, Any], says: str) -> None:
    create(plugin, NETWORK, {"name": "net"})
    with pytest.raises(ResourceRefused, match=says):
        create(plugin, token, inputs)


def test_a_senseless_speed_is_an_expected_failure(plugin: GcpSimulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_SPEED", "fast")
    with pytest.raises(ResourceRefused, match="SANDBOX_SPEED"):
        create(plugin, NETWORK, {"name": "net"})


def test_a_corrupt_store_is_an_expected_failure(plugin: GcpSimulator, layout: Layout) -> None:
    create(plugin, NETWORK, {"name": "net"})
    path = next(Store(layout).folder.glob("*.json"))
    path.write_text("{")
    with pytest.raises(ResourceRefused, match=path.name):
        run(plugin.read(ReadRequest(urn(NETWORK), ID, {}, {})))


def test_invokes_are_refused_by_name(plugin: GcpSimulator) -> None:
    with pytest.raises(ResourceRefused, match="gcp:organizations/getClientConfig:getClientConfig is not simulated"):
        run(plugin.invoke(provider.InvokeRequest("gcp:organizations/getClientConfig:getClientConfig", {})))


def test_invokes_are_answered_from_the_store_and_the_provider_s_project(plugin: GcpSimulator) -> None:
    create(plugin, "gcp:storage/bucket:Bucket", {"name": "b", "location": "EU"})
    told = run(plugin.invoke(provider.InvokeRequest("gcp:storage/getBuckets:getBuckets", {})))
    assert [bucket["name"] for bucket in plain(told.return_value)["buckets"]] == ["b"]
    assert plain(told.return_value)["id"] == "p"


def test_provider_config(plugin: GcpSimulator) -> None:
    request = provider.CheckRequest(urn("pulumi:providers:gcp"), {}, wired({"projct": "p"}), b"")
    answer = run(plugin.check_config(request))
    assert [failure.property for failure in answer.failures] == ["projct"]
    same, other = wired({"project": "p"}), wired({"project": "q"})
    assert run(plugin.diff_config(provider.DiffRequest("", "", same, same, []))).changes is False
    assert run(plugin.diff_config(provider.DiffRequest("", "", same, other, []))).changes is True


def test_cancel_ends_the_wait_and_leaves_nothing(
    plugin: GcpSimulator, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_SPEED", "0.001")

    async def cancelled() -> None:
        work = asyncio.ensure_future(
            plugin.create(provider.CreateRequest(urn(NETWORK), wired({"name": "net"}), 0, False))
        )
        await asyncio.sleep(0.05)
        await plugin.cancel()
        await work

    with pytest.raises(OperationCancelled, match="create of network net was cancelled"):
        run(cancelled())
    assert Store(layout).all() == []


def test_secret_outputs_are_marked(plugin: GcpSimulator, layout: Layout) -> None:
    layout.controlplane.mkdir()
    layout.endpoint.write_text(json.dumps({"server": "s", "host": "h", "ca_pem": "c", "token": "t"}))
    create(plugin, NETWORK, {"name": "net"})
    made = create(plugin, CLUSTER, {"name": "c", "network": "net"})
    auth: Any = made.properties["masterAuth"].value
    assert auth["clientKey"].is_secret
    assert not auth["clusterCaCertificate"].is_secret
    assert made.properties["effectiveLabels"].is_secret
