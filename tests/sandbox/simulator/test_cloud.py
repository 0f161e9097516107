"""The life of every simulated type."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from sandbox.layout import Layout
from sandbox.simulator.catalogue import rows
from sandbox.simulator.check import problems
from sandbox.simulator.cloud import Cloud
from sandbox.simulator.errors import Refused
from sandbox.simulator.paths import UNKNOWN
from sandbox.simulator.store import Store
from sandbox.simulator.survival import survives
from tests.sandbox.simulator.lives import APIS, KINDS, LIVES, Make, token, until


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_every_type_has_a_life() -> None:
    assert {token(kind) for kind in KINDS} == set(rows())


@pytest.mark.parametrize(("kind", "inputs", "change", "replacement"), LIVES, ids=KINDS)
def test_life(
    cloud: Cloud, make: Make, kind: str, inputs: dict[str, Any], change: dict[str, Any], replacement: dict[str, Any]
) -> None:
    made = until(make, kind)
    entry = cloud.catalogue.entry(made.type)
    assert list(problems(cloud.catalogue.types, entry.schema.outputs, made.outputs)) == [], "outputs are pulumi_gcp's"
    assert json.loads(json.dumps(made.outputs)) == made.outputs, "plain data, nothing unknown"

    found = cloud.read(made.type, made.id, inputs)
    assert found == (made, inputs), "a refresh changes nothing"
    assert cloud.diff(made.type, inputs, found[1]) == []

    assert [c for c in cloud.diff(made.type, inputs, {**inputs, **change}) if c.reference] == []
    if change:
        updated = run(cloud.update(made.type, kind, made.id, {**inputs, **change}))
        assert updated.id == made.id
        assert all(cloud.store.get(made.id).outputs[key] is not None for key in change)  # type: ignore[union-attr]
    replacing = cloud.diff(made.type, inputs, {**inputs, **replacement})
    assert any(c.reference for c in replacing)

    stays = survives(entry.row, cloud.store.get(made.id) or made)
    run(cloud.delete(made.type, kind, made.id))
    assert (cloud.read(made.type, made.id, inputs) is not None) is stays
    run(cloud.delete(made.type, kind, made.id))  # gone already


@pytest.mark.parametrize("kind", KINDS)
def test_preview_creates_nothing_and_knows_the_inputs(cloud: Cloud, make: Make, kind: str) -> None:
    for k, inputs, _, _ in LIVES[: KINDS.index(kind) + 1]:
        planned = cloud.plan(token(k), inputs)
        assert all(planned[key] is not None for key in inputs)
        assert UNKNOWN in planned.values() or k in ("Service", "KeyRing")
    assert cloud.store.all() == []


def test_drift_shows_at_the_program_s_own_paths_only(cloud: Cloud, make: Make) -> None:
    subnet = until(make, "Subnetwork")
    drifted = {**subnet.outputs, "ipCidrRange": "10.0.0.0/8", "purpose": "PRIVATE_NAT"}
    cloud.store.put(replace(subnet, outputs=drifted))
    found = cloud.read(subnet.type, subnet.id, subnet.inputs)
    assert found is not None
    assert found[1] == {**subnet.inputs, "ipCidrRange": "10.0.0.0/8"}


def test_an_import_reads_what_the_simulator_knows(cloud: Cloud, make: Make) -> None:
    network = make("Network", name="net")
    assert cloud.read(network.type, network.id) == (network, {"name": "net"})
    assert cloud.read(token("Router"), network.id) is None


def test_an_update_of_what_is_gone_says_so(cloud: Cloud, make: Make) -> None:
    network = make("Network", name="net")
    cloud.store.delete(network.id)
    with pytest.raises(Refused, match="Error 404"):
        run(cloud.update(network.type, "net", network.id, {"name": "net"}))


def test_everything_survives_a_restart(cloud: Cloud, make: Make, layout: Layout) -> None:
    until(make, KINDS[-1])
    again = replace(cloud, store=Store(layout))
    assert again.store.all() == cloud.store.all()
    assert len(again.store.all()) == len(LIVES) + len(APIS)


def test_same_name(cloud: Cloud) -> None:
    network = token("Network")
    assert cloud.same_name(network, "net", "projects/simulated/global/networks/given", {"name": "given"}) is True
    made_up = {"name": "net-0123abc"}
    assert cloud.same_name(network, "net", "projects/simulated/global/networks/net-0123abc", made_up) is False
    assert cloud.same_name(network, "net", "projects/simulated/global/networks/given", {"name": UNKNOWN}) is False
