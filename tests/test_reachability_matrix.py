"""What the NetworkPolicies of each stack let through is what tests/inventories/reachability.yaml says, and no more."""

from __future__ import annotations

import json
import runpy
from collections.abc import Mapping
from copy import deepcopy
from functools import cache
from typing import Any

import pytest

from settings import NodeSettings
from tests import reachability_matrix as matrices
from tests.components.port_sets import ports
from tests.components.reachability import Cluster
from tests.inventory import laid_over
from tests.program_mocks import ROOT, World, run, stack_config

STACKS = sorted(path.name.split(".")[1] for path in ROOT.glob("Pulumi.*.yaml"))
VARIANTS = matrices.variants()
AS_IT_STANDS = next(iter(VARIANTS))


@cache
def world(stack: str, variant: str = AS_IT_STANDS) -> World:
    config = stack_config(stack)
    for key, value in VARIANTS[variant].settings.items():
        given = json.loads(config.get(f"p2p-nodes:{key}", "{}"))
        config[f"p2p-nodes:{key}"] = json.dumps(laid_over(given, value))
    return run(lambda: runpy.run_path(str(ROOT / "__main__.py")), stack=stack, config=config)


def found(cluster: Cluster) -> matrices.Matrix:
    return matrices.found_matrix(cluster, matrices.parties(world("sandbox")))


def _assert_same(written: matrices.Matrix, found: matrices.Matrix) -> None:
    lines = matrices.differences(written, found)
    assert not lines, "\n".join(["tests/inventories/reachability.yaml says otherwise:", *lines])


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_sandbox_opens_what_is_written(variant: str) -> None:
    here = world("sandbox", variant)
    _assert_same(VARIANTS[variant].matrix, matrices.found_matrix(matrices.cluster(here), matrices.parties(here)))


@pytest.mark.parametrize("stack", [stack for stack in STACKS if stack != "sandbox"])
def test_every_stack_opens_the_same(stack: str) -> None:
    here = world(stack)
    _assert_same(VARIANTS[AS_IT_STANDS].matrix, matrices.found_matrix(matrices.cluster(here), matrices.parties(here)))


def test_only_those_who_are_described_are_in_the_matrix() -> None:
    known = matrices.parties(world("sandbox")).keys()
    for name, variant in VARIANTS.items():
        assert set(matrices.names(variant.matrix)) <= known, name


def test_a_variant_that_changes_nothing_says_so_and_no_other() -> None:
    for name, one in matrices.document()["variants"].items():
        assert bool(one["changes"]) == (VARIANTS[name].matrix != VARIANTS[AS_IT_STANDS].matrix), name


def _policies() -> list[dict[str, Any]]:
    return [deepcopy(dict(one)) for one in matrices.cluster(world("sandbox")).policies]


def _broken() -> dict[str, Cluster]:
    """The sandbox's policies, each time with one of them gone, or one rule of one of them."""
    namespaces = matrices.cluster(world("sandbox")).namespaces
    broken: dict[str, list[dict[str, Any]]] = {}
    for place, policy in enumerate(_policies()):
        name = f"{policy['metadata']['namespace']}/{policy['metadata']['name']}"
        broken[f"without {name}"] = [one for other, one in enumerate(_policies()) if other != place]
        for direction in ("ingress", "egress"):
            for rule in range(len(policy["spec"].get(direction, []))):
                broken[f"without {name} {direction} {rule}"] = (policies := _policies())
                del policies[place]["spec"][direction][rule]
                broken[f"with every port in {name} {direction} {rule}"] = (policies := _policies())
                policies[place]["spec"][direction][rule].pop("ports", None)
                broken[f"with everybody in {name} {direction} {rule}"] = (policies := _policies())
                for side in ("from", "to"):
                    policies[place]["spec"][direction][rule].pop(side, None)
        broken[f"with ingress alone in {name}"] = (policies := _policies())
        policies[place]["spec"]["policyTypes"] = ["Ingress"]
    return {name: Cluster(policies=policies, namespaces=namespaces) for name, policies in broken.items()}


# What these take away the other end's policy has too, or it is open to everybody already.
HARMLESS = {
    "with every port in p2p-node/p2p-node egress 1",
    "with every port in p2p-node/p2p-node egress 2",
    "with every port in egress-proxy/egress-proxy ingress 0",
    "with everybody in p2p-node/p2p-node ingress 0",
}


def test_whatever_is_taken_from_the_policies_shows() -> None:
    written = VARIANTS[AS_IT_STANDS].matrix
    unseen = {name for name, cluster in _broken().items() if not matrices.differences(written, found(cluster))}
    assert unseen == HARMLESS


def test_a_difference_says_who_whom_and_what() -> None:
    policies = [one for one in _policies() if one["metadata"]["name"] != "default-deny"]
    cluster = Cluster(policies=policies, namespaces=matrices.cluster(world("sandbox")).namespaces)
    lines = matrices.differences(VARIANTS[AS_IT_STANDS].matrix, found(cluster))
    assert "another pod among the nodes -> peer: written nothing, found every port" in lines
    assert "peer -> another pod beside the proxy: written nothing, found every port" in lines


def _first_ports_only(value: Any) -> Any:
    """The policies as Cilium before 1.16 took them: cilium/cilium#28684."""
    if isinstance(value, Mapping):
        return {key: _first_ports_only(one) for key, one in value.items() if key != "endPort"}
    return [_first_ports_only(one) for one in value] if isinstance(value, list) else value


def test_nodes_have_peers_where_ranges_are_not_understood() -> None:
    cluster = matrices.cluster(world("sandbox"))
    old = Cluster(policies=_first_ports_only(list(cluster.policies)), namespaces=cluster.namespaces)
    usual = ports("TCP", NodeSettings().ports.p2p, NodeSettings().ports.p2p)
    assert found(old)["p2p-node", "peer"] & usual == usual
