"""Every namespace that keeps data is covered by a backup plan that takes the volumes along.

Decided: a namespace keeps data if a StatefulSet with claim templates or a claim of its own is in it. A plan counts if
it is not deactivated, includes volume data (absent means false to Google) and selects the namespace by `allNamespaces`,
by name, or by a label that the stack's Namespace object has; selected applications do not count, for they leave out
what nobody listed. Which cluster a plan is for is not known in a first preview and is not compared. Nothing is said
where the stack has no GKE cluster: the plan is then another stack's, beside the cluster.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from guardrails.backups import PLAN, is_deactivated
from guardrails.claims import claims
from guardrails.clusters import CLUSTER
from guardrails.control import PRODUCTION_ALONE, Finding, Parameters, Placed, Severity, Source, StackControl, Unjudged
from guardrails.fields import Field
from guardrails.objects import namespace, object_name
from guardrails.plain import Plain, quoted
from guardrails.resource import Resource, Stack


def judge(stack: Stack, _: Parameters) -> Iterator[Placed]:
    """One finding for each StatefulSet or claim in a namespace without a plan."""
    if not stack.of_type(CLUSTER):
        return
    said: set[tuple[str, Unjudged]] = set()
    for resource in {one.urn: one for one, _ in claims(stack)}.values():
        name = namespace(resource)
        if isinstance(name, Unjudged):
            yield resource, name
            continue
        answers = [(plan, _covers(plan, name, stack)) for plan in stack.of_type(PLAN)]
        if any(answer is None for _, answer in answers):
            continue
        in_doubt = [(plan, answer) for plan, answer in answers if isinstance(answer, Unjudged)]
        for plan, unjudged in in_doubt:
            if (plan.urn, unjudged) not in said:
                said.add((plan.urn, unjudged))
                yield plan, unjudged
        if not in_doubt:
            yield resource, _finding(name, [(plan, answer) for plan, answer in answers if isinstance(answer, str)])


def _finding(name: Field, answers: list[tuple[Resource, str]]) -> Finding:
    of_plans = "; ".join(f"{plan.title} {answer}" for plan, answer in answers)
    return Finding(
        path=name.path,
        found=f"{quoted(name.value)}, whose volumes no backup plan keeps ({of_plans or 'the stack has none'})",
        allowed="a namespace that an active BackupPlan selects, with backupConfig.includeVolumeData true",
        fix="declare a gcp.gkebackup.BackupPlan with allNamespaces and includeVolumeData for the cluster",
    )


def _covers(plan: Resource, name: Field, stack: Stack) -> Unjudged | str | None:
    """None where the plan covers the namespace, else why not, or what is not known."""
    if is_deactivated(plan):
        return "is deactivated"
    root = Field.root(plan)
    config = root.object_at("backupConfig")
    if isinstance(config, Unjudged):
        return config
    volumes, everything = config.at("includeVolumeData"), config.at("allNamespaces")
    if isinstance(volumes, Field) and volumes.value is not True:
        return "leaves volume data out"
    selected = Field(path="", value=True) if _is_true(everything) else _selects(config, name, stack)
    if isinstance(selected, Field) and selected.value is False:
        return everything if isinstance(everything, Unjudged) else "does not select the namespace"
    for field in (selected, volumes, root.at("deactivated")):
        if isinstance(field, Unjudged):
            return field
    return None


def _is_true(field: Field | Unjudged) -> bool:
    return isinstance(field, Field) and field.value is True


def _selects(config: Field, name: Field, stack: Stack) -> Field | Unjudged:
    """Whether the namespace is selected by its name or by a label, as a field with the value true or false."""
    in_doubt: list[Unjudged] = []
    for one in _elements(config, "selectedNamespaces", "namespaces"):
        if isinstance(one, Unjudged):
            in_doubt.append(one)
        elif one.value == name.value:
            return Field(path=one.path, value=True)
    labels = _labels(name, stack)
    for one in _elements(config, "selectedNamespaceLabels", "resourceLabels"):
        pair = [one] if isinstance(one, Unjudged) else [one.at("key"), one.at("value")]
        unknown = [part for part in pair if isinstance(part, Unjudged)]
        if unknown:
            in_doubt.append(unknown[0])
        elif tuple(part.value for part in pair if isinstance(part, Field)) in labels:
            return Field(path=config.path, value=True)
    return in_doubt[0] if in_doubt else Field(path=config.path, value=False)


def _elements(config: Field, *keys: str) -> Iterator[Field | Unjudged]:
    field = config.at(*keys)
    if isinstance(field, Unjudged):
        yield field
    else:
        yield from field.elements()


def _labels(name: Field, stack: Stack) -> list[tuple[Plain, ...]]:
    for resource in stack.of_kind("core", "Namespace"):
        if object_name(resource) == Field(path="metadata.name", value=name.value):
            labels = Field.root(resource).at("metadata", "labels")
            return list(labels.value.items()) if isinstance(labels, Field) and isinstance(labels.value, dict) else []
    return []


CONTROL: Final = StackControl(
    id="backup-plan-covers",
    title="Every namespace that keeps data is backed up with its volumes",
    reason=(
        '"We recommend that every cluster has at least one backup plan." A plan backs up what it selects, and the data '
        "in volumes only where includeVolumeData says so; without it a restore brings back empty disks."
    ),
    source=Source(
        title="Google Cloud, Backup for GKE: Plan a set of backups",
        url="https://cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/how-to/backup-plan",
    ),
    severity=Severity.CRITICAL,
    levels=PRODUCTION_ALONE,
    parameters=Parameters(),
    remediation=(
        "Declare a BackupPlan for the cluster with backupConfig.allNamespaces (or the namespace in selectedNamespaces) "
        "and backupConfig.includeVolumeData true."
    ),
    judge=judge,
)
