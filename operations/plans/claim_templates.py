"""A StatefulSet whose new claims would get another size or source: what an update cannot do, and what to run instead.

Claim templates are immutable. The official plugin would replace the StatefulSet: every pod would die, and the claims
that are there would stay as they are. Other changes of a template ask for other disks, and are judged as losses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from operations.facts import Action, Failure, Operation
from operations.node_sets import Template, gib, node_set

SIZE_SETTING = "p2p-nodes:node.disk_gib"
"""The setting that says how large the nodes' disks are; a test holds both against the settings."""
SOURCE_SETTING = "p2p-nodes:node.snapshot.volume_snapshot"
"""The setting that says what new ones are filled from."""
FORBIDDEN = "updates to statefulset spec for fields other than"
"""How the API server refuses another claim template: kubernetes, pkg/apis/apps/validation."""


@dataclass(frozen=True, kw_only=True)
class TemplateChange:
    """One claim template that would get another size or source."""

    operation: Operation
    template: str
    before: Template
    after: Template

    @property
    def shrinks(self) -> bool:
        """Whether the new size is the smaller one."""
        return self.after.size < self.before.size


def changed(changes: Iterable[Operation]) -> tuple[TemplateChange, ...]:
    """The claim templates whose size or source would change."""
    return tuple(
        TemplateChange(operation=change, template=name, before=template, after=templates[name])
        for change in changes
        if change.before and change.after
        for templates in [node_set(change.after).templates]
        for name, template in node_set(change.before).templates.items()
        if templates.get(name, template) != template
    )


def refusal(stack: str, changes: Iterable[TemplateChange]) -> str:
    """The error for a plain update that would change claim templates."""
    listed = tuple(changes)
    lines = "\n".join(
        f"  {one.operation.type} {one.operation.name}, claims of {one.template}: {one.before.text} to {one.after.text}"
        for one in listed
    )
    head = (
        f"The update of stack {stack} would replace what holds the nodes, because their claim template changes, "
        f"and does not begin. Nothing was changed.\n{lines}\n"
    )
    if shrinking := [one for one in listed if one.shrinks]:
        sizes = ", ".join(sorted({gib(one.before.size) for one in shrinking}))
        return f"{head}Volumes cannot shrink. Set {SIZE_SETTING} in Pulumi.{stack}.yaml back to {sizes}."
    sizes = ", ".join(sorted({gib(one.after.size) for one in listed}))
    return (
        f"{head}Every pod would stop, and no claim that is there would change. With the pods left in place, it is done "
        f"by `{command(stack, sizes)}`, before any other change."
    )


def command(stack: str, size: str) -> str:
    """The command that changes claim templates, for disks of `size`, such as `60 GiB`."""
    return f"make grow-disks STACK={stack} SIZE={size.removesuffix(' GiB')}Gi"


def is_refused_in_place(failures: Iterable[Failure]) -> bool:
    """Whether a preview failed because a plugin asked the API server to change a claim template in place.

    The official plugin does so before a replacement: https://github.com/pulumi/pulumi-kubernetes/issues/3984
    """
    return any(FORBIDDEN in failure.message for failure in failures)


def others(changes: Iterable[Operation], nodes: str) -> tuple[Operation, ...]:
    """The changes that are more than another size or source of new claims, or the StatefulSet `nodes` made again.

    What it would be made of is not looked at: there is nothing in the state to compare it with.
    """
    return tuple(change for change in changes if not _of_claims_alone(change, nodes))


def _of_claims_alone(change: Operation, nodes: str) -> bool:
    # Outputs are only told.
    if change.type == "pulumi:pulumi:Stack" or (change.urn == nodes and change.action is Action.CREATE):
        return True
    return bool(change.before and change.after) and _blanked(change.before) == _blanked(change.after)


def _blanked(inputs: object) -> object:
    """The inputs without the size and the source of every claim template."""
    match inputs:
        case {"spec": {"volumeClaimTemplates": [*templates], **spec}, **rest}:
            return {**rest, "spec": {**spec, "volumeClaimTemplates": [_kind_of_claims(one) for one in templates]}}
        case _:
            return inputs


def _kind_of_claims(template: dict[str, object]) -> object:
    match template:
        case {"spec": {"resources": {"requests": {"storage": _, **requests}, **resources}, **spec}, **rest}:
            spec.pop("dataSource", None)
            return {**rest, "spec": {**spec, "resources": {**resources, "requests": requests}}}
        case _:
            return template
