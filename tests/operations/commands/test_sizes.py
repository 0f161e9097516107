"""An update that would change claim templates never begins, and one that takes nodes away says what they leave."""

import io
from dataclasses import replace
from typing import Any, cast

import pytest

from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.commands.preview import judged_preview
from operations.commands.up import up
from operations.errors import DeclinedError, OperationError
from operations.facts import CLUSTER, STATEFUL_SET, Action, Failure, Operation, Run, StackResource
from tests.operations.sets import URN, inputs, replaced

RESIZED = replaced(inputs("50Gi"), inputs("60Gi"))


def said(console: Console) -> str:
    assert isinstance(console.rich.file, io.StringIO)
    return console.rich.file.getvalue()


@pytest.mark.parametrize("accepted", ["[]", '["volumes"]', '["cluster", "volumes"]'])
@pytest.mark.parametrize("plain", [up, lambda engine, console, confirmed: judged_preview(engine, console)])
def test_a_plain_update_never_changes_a_size(fake: Any, console: Console, plain: Any, accepted: str) -> None:
    fake.settings = {"p2p-nodes:accept_replacement": accepted}
    fake.runs = {"preview": Run(succeeded=True, operations=(RESIZED,))}
    with pytest.raises(OperationError, match=r"make grow-disks STACK=dev SIZE=60Gi"):
        plain(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview"]


def test_nor_what_new_disks_are_filled_from(fake: Any, console: Console) -> None:
    fake.settings = {"p2p-nodes:accept_replacement": '["volumes"]'}
    fake.runs = {"preview": Run(succeeded=True, operations=(replaced(inputs(), inputs(snapshot="last-night")),))}
    with pytest.raises(OperationError, match=r"make grow-disks STACK=dev SIZE=50Gi"):
        up(cast(Engine, fake), console, confirmed=True)
    assert fake.calls == ["preview"]


def test_another_kind_of_disks_is_a_loss_that_can_be_accepted(fake: Any, console: Console) -> None:
    path = "spec.volumeClaimTemplates[0].spec.storageClassName"
    change = replace(replaced(inputs(), inputs(storage_class="balanced")), paths=(path,), forced_by=(path,))
    fake.runs = {"preview": Run(succeeded=True, operations=(change,))}
    with pytest.raises(OperationError, match="accept_replacement"):
        up(cast(Engine, fake), console, confirmed=True)
    fake.settings = {"p2p-nodes:accept_replacement": '["volumes"]'}
    up(cast(Engine, fake), console, confirmed=True)
    assert fake.calls[-1] == "up"


def test_a_plugin_that_fails_at_it_is_explained_too(fake: Any, console: Console) -> None:
    words = "spec: Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden"
    failed = Run(succeeded=False, operations=(RESIZED,), failures=(Failure(urn=URN, message=words),))
    fake.runs = {"preview": failed}
    with pytest.raises(OperationError, match=r"make grow-disks STACK=dev SIZE=60Gi"):
        up(cast(Engine, fake), console, confirmed=True)


def test_another_cluster_may_come_with_other_disks(fake: Any, console: Console) -> None:
    cluster = Operation(urn=f"urn:pulumi:dev::p2p-nodes::{CLUSTER}::p2p", action=Action.REPLACE)
    fake.settings = {"p2p-nodes:accept_replacement": '["cluster", "volumes"]'}
    fake.held = (StackResource(urn=URN, type=STATEFUL_SET, id="n", custom=True),)
    fake.runs = {"preview": Run(succeeded=True, operations=(cluster, RESIZED))}
    judged_preview(cast(Engine, fake), console)


def test_scaling_down_is_told_before_anybody_confirms(fake: Any, console: Console) -> None:
    fewer = Operation(
        urn=URN,
        action=Action.UPDATE,
        paths=("spec.replicas",),
        before=inputs(replicas=3),
        after=inputs(replicas=2),
    )
    fake.runs = {"preview": Run(succeeded=True, operations=(fewer,))}
    with pytest.raises(DeclinedError):
        up(cast(Engine, fake), console, confirmed=False)
    assert "stays claim data-p2p-node-2" in said(console)
