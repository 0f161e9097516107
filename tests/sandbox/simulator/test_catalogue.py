"""The table of types: complete, cited, and in step with pulumi_gcp."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.simulator import delays
from sandbox.simulator.catalogue import Catalogue, TypeNotSimulated, rows
from sandbox.simulator.extraction import package_folder
from sandbox.simulator.facts import FACTS
from sandbox.simulator.paths import leaves
from sandbox.simulator.rules import Row
from sandbox.simulator.schema import Properties, Schema

EVERY = pytest.mark.parametrize("row", rows().values(), ids=list(rows()))

USED_BY_THE_PROGRAM = {
    "gcp:compute/network:Network",
    "gcp:compute/subnetwork:Subnetwork",
    "gcp:compute/router:Router",
    "gcp:compute/routerNat:RouterNat",
    "gcp:container/cluster:Cluster",
    "gcp:container/nodePool:NodePool",
    "gcp:serviceaccount/account:Account",
    "gcp:projects/iAMMember:IAMMember",
    "gcp:projects/service:Service",
    "gcp:serviceaccount/iAMMember:IAMMember",
    "gcp:compute/firewall:Firewall",
    "gcp:dns/managedZone:ManagedZone",
    "gcp:dns/recordSet:RecordSet",
    "gcp:pubsub/topic:Topic",
    "gcp:gkebackup/backupPlan:BackupPlan",
    "gcp:logging/metric:Metric",
}
# Referred to already; the row comes with the bootstrap program.
COMING = {"gcp:kms/cryptoKey:CryptoKey"}


def exists(schema: Schema, properties: Properties, pattern: str) -> bool:
    """Whether pulumi_gcp has a property at `pattern`."""
    head, _, rest = pattern.removesuffix(".**").partition(".")
    listed = head.endswith("[*]")
    if (prop := properties.get(head.removesuffix("[*]"))) is None:
        return False
    kind = prop.type.items if listed else prop.type
    if kind is None:
        return False
    return not rest or (kind.class_name is not None and exists(schema, schema.fields(kind.class_name), rest))


def test_what_the_program_uses_is_there() -> None:
    assert set(rows()) >= USED_BY_THE_PROGRAM


@EVERY
def test_token_is_pulumi_gcps(row: Row) -> None:
    assert f"'{row.token}'" in (package_folder() / row.file).read_text(encoding="utf-8")


@EVERY
def test_every_path_is_an_input_of_pulumi_gcp(catalogue: Catalogue, row: Row) -> None:
    inputs = catalogue.entry(row.token).schema.inputs
    paths = [rule.path for rule in row.immutables]
    paths += [path for rule in row.normalised for path in (rule.path, *rule.when)]
    paths += [path for rule in row.conflicts for path in (rule.path, rule.other)]
    paths += [path for rule in row.one_of for path in rule.paths]
    paths += [path for rule in row.needed for path in (rule.path, rule.other)]
    paths += [rule.path for rule in row.patterns]
    paths += [path for rule in row.keyed for path in (rule.path, rule.keys)]
    paths += [rule.path for rule in row.references]
    paths += [rule.path for rule in row.conditionals]
    paths += [rule.path for rule in row.required]
    paths += [row.survives.path] if row.survives and row.survives.path else []
    paths += [*row.sets, *([row.protection] if row.protection else []), *(r.among for r in row.required)]
    assert [path for path in paths if not exists(catalogue.types, inputs, path)] == []


@EVERY
def test_every_rule_has_a_reference_to_a_source(catalogue: Catalogue, row: Row) -> None:
    entry = catalogue.entry(row.token)
    cited = [rule.reference for rule in entry.immutables]
    cited += [rule.reference for rule in entry.conflicts]
    cited += [rule.reference for rule in row.required]
    cited += [rule.reference for rule in row.one_of]
    cited += [rule.reference for rule in row.needed]
    cited += [rule.reference for rule in row.patterns]
    cited += [rule.reference for rule in row.keyed]
    cited += [rule.reference for rule in row.conditionals]
    cited += [row.computed]
    cited += [row.survives.reference] if row.survives else []
    for reference in cited:
        pinned = re.search(r"(hashicorp|GoogleCloudPlatform|pulumi)/[\w-]+, .+ at [0-9a-f]{40}", reference)
        assert pinned or "docstring of" in reference, reference


@EVERY
def test_every_normalisation_has_the_issue_that_reported_it(row: Row) -> None:
    for rule in row.normalised:
        assert re.fullmatch(r"[\w-]+/[\w-]+#[1-9]\d*|pulumi_gcp, docstring of .+: .+", rule.issue), rule.path


@EVERY
def test_every_output_is_pulumi_gcps_and_every_fact_is_known(catalogue: Catalogue, row: Row) -> None:
    outputs = catalogue.entry(row.token).schema.outputs
    given = {"project", "region", "location", "id", "email", "cluster_location", "cluster_name"}
    for path, value in filled_in(row):
        assert exists(catalogue.types, outputs, path), path
        for name in re.findall(r"\{(\w+)\}", value) if isinstance(value, str) else []:
            assert name in FACTS or name in given, name
    left = row.survives.left if row.survives else ()
    there = [path for one in (*row.given.values(), row.assumed or {}) for path in one]
    for path in [*row.secrets, *left, *there]:
        assert exists(catalogue.types, outputs, path), path


def filled_in(row: Row) -> Iterator[tuple[str, Any]]:
    """Every output that the table gives."""
    for outputs in (row.outputs, *(conditional.outputs for conditional in row.conditionals)):
        for path, value in leaves(outputs):
            yield re.sub(r"\[[^\]]+\]", "", path), value


@EVERY
def test_every_operation_has_a_delay_with_its_source(row: Row) -> None:
    for operation in ("create", "delete"):
        assert delays.table()[row.token, operation].source


def test_references_lead_to_simulated_types() -> None:
    for row in rows().values():
        for reference in row.references:
            assert reference.to in rows() or reference.to in COMING


def test_an_unknown_type_is_refused_by_name(catalogue: Catalogue) -> None:
    with pytest.raises(TypeNotSimulated) as refused:
        catalogue.entry("gcp:bigquery/dataset:Dataset")
    assert str(refused.value).startswith("gcp:bigquery/dataset:Dataset is not simulated")
    assert all(token in str(refused.value) for token in rows())
