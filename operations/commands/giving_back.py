"""The first half of everything that takes a cluster away: its objects go, and with them what they held in the cloud."""

from __future__ import annotations

import time
from collections.abc import Iterable

from operations.adapters.cluster import Cluster
from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.adapters.listener import Listener
from operations.commands.waiting import answered
from operations.errors import OperationError, UnreachableError
from operations.facts import CloudBacked, Volume
from operations.plans import teardown

GONE_WITHIN = 15 * 60.0
"""Seconds that disks and load balancers have to go. Deleting a Google Cloud disk or forwarding rule takes seconds to a
few minutes; what has not gone after this needs a person."""
POLL = 1.0
"""Seconds between two looks at the cluster."""


def look(
    engine: Engine, plan: teardown.Teardown, console: Console, *, during: str
) -> tuple[Cluster | None, CloudBacked]:
    """The cluster, if there is one to ask, and what it holds in the cloud. `during` is `destroy` or `update`.

    A cluster that cannot be asked stops the command as long as objects of it are left. When none is left, an earlier
    run has waited for what they held, and the cluster may be half deleted: that is said, and the command goes on.
    """
    nothing = CloudBacked(volumes=(), load_balancers=())
    if not plan.has_cluster:
        return None, nothing
    try:
        cluster = connected(engine)
        return cluster, cluster.cloud_backed()
    except UnreachableError as error:
        if plan.kubernetes_first:
            raise OperationError(
                f"The {during} of stack {engine.name} cannot begin: {error}. Nothing was changed. Restore access and "
                "run the command again. Only if `gcloud container clusters describe` finds no such cluster: take its "
                "objects out of the state with "
                f"`PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh --stack {engine.name}`, "
                "and look by hand for the disks and forwarding rules that it left."
            ) from error
        console.say(
            f"not checked: {error}. No object of the cluster is left in the state; look for disks and forwarding rules "
            "that it may have left, in the console or with `gcloud compute disks list`."
        )
        return None, nothing


def connected(engine: Engine) -> Cluster:
    """The stack's cluster, not asked yet."""
    kubeconfig = engine.kubeconfig()
    if kubeconfig is None:
        raise UnreachableError("the state has no kubeconfig for the cluster")
    return Cluster(kubeconfig)


def give_back(
    engine: Engine,
    console: Console,
    plan: teardown.Teardown,
    cluster: Cluster | None,
    held: CloudBacked,
    *,
    during: str,
) -> CloudBacked:
    """Deletes the cluster's objects, waits for what they held to go, and returns what the cluster still holds then.

    Raises:
        OperationError: an object could not be deleted, or something did not go in time; the cluster is kept.
    """
    if plan.kubernetes_first:
        with console.phase("Kubernetes objects go") as listener:
            objects = engine.destroy(listener, targets=plan.kubernetes_first)
        if not objects.succeeded:
            raise OperationError(kept(engine, during, "a Kubernetes object could not be deleted"))
    if cluster:
        with console.phase("disks and load balancers go") as listener:
            held = wait_until_given_back(cluster, engine, listener, during=during)
    return held


def wait_until_given_back(cluster: Cluster, engine: Engine, listener: Listener, *, during: str) -> CloudBacked:
    """Waits until the cluster holds nothing in the cloud that should go, and returns what it holds then."""
    deadline = time.monotonic() + GONE_WITHIN
    while True:
        try:
            held = answered(cluster.cloud_backed, listener, poll=POLL)
        except UnreachableError as error:
            raise OperationError(kept(engine, during, str(error))) from error
        remaining = teardown.remaining(held)
        if remaining.nothing:
            return held
        if time.monotonic() > deadline:
            still = f"after {GONE_WITHIN / 60:.0f} minutes there are still {remaining}"
            raise OperationError(kept(engine, during, still))
        listener.waits(str(remaining))
        time.sleep(POLL)


def report_retained(volumes: Iterable[Volume], console: Console) -> None:
    """Lists the disks that stay, so that nobody has to find them on the bill."""
    for volume in volumes:
        console.say(f"kept: disk {volume.disk} of claim {volume.claim} (reclaim policy {volume.reclaim_policy})")


def kept(engine: Engine, during: str, what: str) -> str:
    """An error that says what is still there."""
    return (
        f"The {during} of stack {engine.name} stopped: {what}. The cluster and what is left of the stack are kept. "
        "Mend the cause and run the same command again: it continues from there."
    )
