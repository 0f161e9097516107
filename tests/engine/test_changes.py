"""What the settings table says that a change does is what the engine's own preview says."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pulumi
import pulumi_gcp as gcp
import pytest
from pydantic import BaseModel

from operations.errors import OperationError
from operations.facts import Run
from operations.plans.effects import effects
from settings import StackSettings, descriptions
from settings.documentation import TOGGLES
from settings.fields import Changes
from tests.engine.changes import CASES, GIVEN
from tests.engine.running import RunningStack, running_stack

SEED = os.environ["CHANGES_SEED"]
"""Which settings are tried: `all`, their names with commas between, or a number, which chooses a sample beside the
switches of docs/node.md."""
SAMPLE = 10


def statements(model: type[BaseModel] = StackSettings, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str | None]]:
    """Every setting by its dotted key, with what its marker says that a change of it does."""
    for name, field in model.model_fields.items():
        inner = descriptions.section(field)
        if inner is not None:
            yield from statements(inner, (*path, name))
        else:
            marker = next((entry for entry in field.metadata if isinstance(entry, Changes)), None)
            yield ".".join((*path, name)), marker.effect if marker else None


SAID = dict(statements())


def chosen(seed: str) -> list[str]:
    """The settings to try: all, those that are named, or a sample and what a team may switch.

    Those of a shared network are not among them: they are tried whenever the stack has moved into one.

    Raises:
        ValueError: a name is no setting's, or one that the sandbox cannot show.
    """
    tried = [key for key, case in CASES.items() if case.given != "shared" and not case.unseen]
    if seed == "all":
        sample = tried
    elif seed.isdecimal():
        others = [key for key in tried if key not in TOGGLES]
        sample = [*TOGGLES, *random.Random(seed).sample(others, SAMPLE)]  # noqa: S311 - no secret
    else:
        sample = seed.split(",")
    if wrong := set(sample) - set(tried):
        raise ValueError(f"CHANGES_SEED: no settings that can be tried: {', '.join(sorted(wrong))}")
    return sorted(sample, key=lambda key: (CASES[key].given != "sandbox", tried.index(key)))


def contradiction(key: str, preview: Run) -> str:
    """How the engine contradicts the settings table; empty when it does not."""
    failures = "; ".join(failure.message for failure in preview.failures)
    if not preview.succeeded:
        return f"{key}: the preview fails: {failures} {[violation.message for violation in preview.violations]}"
    engine = ", ".join(effects(preview.changes))
    print(f"{key}: {engine}")
    listed = "".join(f"\n    {one.action} {one.type} {one.name} {', '.join(one.paths)}" for one in preview.changes)
    return "" if engine == SAID[key] else f"{key}: the table says {SAID[key]!r}, the engine {engine!r}{listed}"


def contradictions(stack: RunningStack, keys: list[str]) -> list[str]:
    """What the engine says otherwise than the table, setting by setting."""
    found = []
    for key in keys:
        case = CASES[key]
        if stack.given != GIVEN[case.given]:
            stack.bring_to(GIVEN[case.given])
        found.append(contradiction(key, stack.preview({**case.also, key: case.to})))
    return [text for text in found if text]


def what_others_have() -> None:
    """A zone that nodes can move into, and a bucket with archives; a stack makes neither itself."""
    google = gcp.Provider("others", project="p2p-nodes-sandbox", region="europe-west1")
    opts = pulumi.ResourceOptions(provider=google)
    gcp.dns.ManagedZone("other-nodes", name="other-nodes", dns_name="nodes.example.org.", opts=opts)
    gcp.storage.Bucket("archives", name="p2p-nodes-archives", location="europe-west1", opts=opts)


@pytest.fixture(scope="module")
def stack(engine_on_path: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    with running_stack(tmp_path_factory.mktemp("changes")) as brought_up:
        brought_up.other_stack("others", what_others_have)
        yield brought_up


def test_every_setting_has_a_statement_and_a_case() -> None:
    assert sorted(key for key, effect in SAID.items() if effect is None) == []
    assert sorted(SAID) == sorted(CASES)


def test_a_number_chooses_a_sample_that_stays_and_every_switch() -> None:
    assert chosen("1") == chosen("1")
    assert len(set(chosen("1"))) == len(chosen("1")) == SAMPLE + len(TOGGLES)
    assert set(TOGGLES) < set(chosen("1"))
    assert chosen("1") != chosen("2")


def test_settings_are_named_and_those_of_the_sandbox_come_first() -> None:
    assert chosen("recovery.primary_region,node.image") == ["node.image", "recovery.primary_region"]
    assert set(chosen("1")) < set(chosen("all"))


@pytest.mark.parametrize("seed", ["node.imagee", "node.image,", "2026-W48", "", "project", "node.image,project"])
def test_what_is_no_setting_s_name_is_refused(seed: str) -> None:
    with pytest.raises(ValueError, match="no settings that can be tried"):
        chosen(seed)


@pytest.mark.engine
def test_the_engine_does_what_the_table_says(stack: RunningStack) -> None:
    found = contradictions(stack, chosen(SEED))
    assert not found, f"CHANGES_SEED={SEED}\n" + "\n".join(found)


def host_networks() -> None:
    """Networks of other projects that a stack can move into."""
    for project, network, subnets in (
        ("p2p-nodes-host", "shared", ("shared-a", "shared-b")),
        ("p2p-nodes-host", "second", ("second",)),
        ("p2p-nodes-other-host", "other", ("other",)),
    ):
        google = gcp.Provider(f"{project}-{network}", project=project, region="europe-west1")
        opts = pulumi.ResourceOptions(provider=google)
        vpc = gcp.compute.Network(network, name=network, auto_create_subnetworks=False, opts=opts)
        for position, subnet in enumerate(subnets):
            ranges = {"pods": 64, "services": 40, "more-pods": 68, "more-services": 44}
            gcp.compute.Subnetwork(
                subnet,
                name=subnet,
                network=vpc.id,
                ip_cidr_range=f"10.{10 + position}.0.0/20",
                secondary_ip_ranges=[
                    gcp.compute.SubnetworkSecondaryIpRangeArgs(
                        range_name=name, ip_cidr_range=f"10.{second + 100 * position}.0.0/16"
                    )
                    for name, second in ranges.items()
                ],
                opts=opts,
            )


@pytest.mark.engine
def test_a_cluster_is_replaced_only_with_an_acknowledgement(stack: RunningStack) -> None:
    stack.other_stack("host", host_networks)
    shared = GIVEN["shared"]
    with pytest.raises(OperationError, match=r"replaces gcp:container/cluster:Cluster cluster, because of"):
        stack.bring_to(shared)
    assert stack.engine.resources(), "a refused update took something away"
    assert stack.preview({}).changes == ()

    stack.bring_to({**shared, "accept_replacement": ["cluster", "volumes"]})
    assert "effect: replaces the cluster" in stack.said()
    assert "Take it out of Pulumi.sandbox.yaml" in stack.said()
    stack.bring_to(shared)
    assert stack.preview({}).changes == ()

    found = contradictions(stack, [key for key, case in CASES.items() if case.given == "shared"])
    assert not found, "\n".join(found)
