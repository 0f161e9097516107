"""An engine and a cluster whose disks grow, for tests of the command."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from operations.disks import Claim, Live
from operations.facts import Action, Operation, Run
from operations.node_sets import node_set
from tests.operations.sets import URN, inputs, replaced

GIB = 2**30
RESIZED = replaced(inputs("50Gi"), inputs("60Gi"))
CREATED = Operation(urn=URN, action=Action.CREATE, after=inputs("60Gi"))
SAME = Operation(urn=URN, action=Action.SAME, before=inputs("60Gi"), after=inputs("60Gi"))
CLAIM = Claim(
    name="data-p2p-node-0", requested=50 * GIB, capacity=50 * GIB, phase="Bound", storage_class="ssd", in_use=True
)


def template_of(declared: dict[str, Any]) -> object:
    return declared["spec"]["template"]


class World:
    """An engine and a cluster that belong together, and what was done to them, in order."""

    def __init__(self, engine: Any) -> None:
        self.engine, self.calls = engine, engine.calls
        self.live = Live(
            stateful_set=node_set(inputs("50Gi")),
            uid="u",
            claims=(CLAIM, replace(CLAIM, name="data-p2p-node-1")),
            observed=True,
            pods={"p2p-node-0": "a", "p2p-node-1": "b"},
            owners={"p2p-node-0": "u", "p2p-node-1": "u"},
            revisions={"p2p-node-0": "", "p2p-node-1": ""},
            expandable=frozenset({"ssd"}),
        )
        self.killed_at = ""
        self.runs: object = template_of(inputs())
        self.declared = inputs("60Gi")
        self.shows(RESIZED)

    def shows(self, *operations: Operation) -> None:
        self.engine.runs = {**self.engine.runs, "preview": Run(succeeded=True, operations=operations)}

    def did(self, what: str) -> None:
        if what.startswith(self.killed_at or "nothing"):
            raise KeyboardInterrupt
        self.calls.append(what)

    def grow(self, claim: str, size: int) -> None:
        self.did(f"grow {claim}")
        claims = (replace(one, requested=size, capacity=size) if one.name == claim else one for one in self.live.claims)
        self.live = replace(self.live, claims=tuple(claims))

    def release(self, uid: str) -> None:
        self.did(f"release {uid}")
        self.live = replace(self.live, stateful_set=None, uid="")

    def read_again(self, urns: list[str], *, notice: object) -> None:
        self.did(f"read {' '.join(urns)}")
        self.shows(replace(CREATED, after=self.declared))

    def pod_templates(self, declared: dict[str, Any]) -> tuple[object, object]:
        assert self.live.pods, "without pods there may be no namespace to ask in"
        return self.runs, template_of(declared)

    def up(self, listener: object) -> Run:
        self.did("up")
        self.live = replace(
            self.live, stateful_set=node_set(self.declared), uid="v", owners=dict.fromkeys(self.live.pods, "v")
        )
        self.shows(replace(SAME, before=self.declared, after=self.declared))
        return Run(succeeded=True)
