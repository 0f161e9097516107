"""`destroy`: takes a stack down and leaves nothing in the cloud that nobody owns."""

from __future__ import annotations

import time

from operations.adapters.cluster import Cluster
from operations.adapters.console import Console
from operations.adapters.engine import Engine
from operations.adapters.events import Listener
from operations.errors import OperationError, UnreachableError
from operations.facts import CloudBacked, Run, Volume, name_of
from operations.plans import teardown

GONE_WITHIN = 15 * 60.0
"""Seconds that disks and load balancers have to go. Deleting a Google Cloud disk or forwarding rule takes seconds to a
few minutes; what has not gone after this needs a person."""
SILENT_WITHIN = 120.0
"""Seconds for which a cluster may give no answer while it is waited for."""
POLL = 1.0
"""Seconds between two looks at the cluster."""


def destroy(engine: Engine, console: Console, *, confirmed: bool) -> tuple[Volume, ...]:
    """Destroys the stack in an order that lets the cluster give back its disks and load balancers.

    Returns:
        The volumes whose disks stay, because their reclaim policy says so.

    Raises:
        OperationError: a step failed or something did not go in time; the cluster is kept, so that it can be repeated.
        DeclinedError: the operator did not confirm.
    """
    plan = teardown.plan(engine.resources())
    require_nothing_protected(plan, engine)
    with console.phase("preview of the destroy") as listener:
        doomed = engine.preview_destroy(listener)
    require(doomed, f"The preview of the destroy of stack {engine.name} failed. Nothing was changed.")
    console.changes(doomed.changes)
    cluster, held = look(engine, plan, console)
    console.volumes(held.volumes)
    if doomed.changes and not confirmed:
        console.confirm(f"Destroy stack {engine.name} and everything listed?")

    if plan.kubernetes_first:
        with console.phase("Kubernetes objects go") as listener:
            objects = engine.destroy(listener, targets=plan.kubernetes_first)
        require(objects, kept(engine, "a Kubernetes object could not be deleted"))
    if cluster:
        with console.phase("disks and load balancers go") as listener:
            held = wait_until_given_back(cluster, engine, listener)
    with console.phase("the platform goes") as listener:
        rest = engine.destroy(listener)
    require(rest, kept(engine, "a resource could not be deleted"))
    return teardown.retained(held)


def look(engine: Engine, plan: teardown.Teardown, console: Console) -> tuple[Cluster | None, CloudBacked]:
    """The cluster, if there is one to ask, and what it holds in the cloud.

    A cluster that cannot be asked stops the destroy as long as objects of it are left. When none is left, an earlier
    destroy has waited for what they held, and the cluster may be half deleted: that is said, and the destroy goes on.
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
                f"Stack {engine.name} cannot be destroyed: {error}. Nothing was changed. Restore access and run the "
                "command again. Only if `gcloud container clusters describe` finds no such cluster: take its objects "
                f"out of the state with `PULUMI_K8S_DELETE_UNREACHABLE=true pulumi refresh --stack {engine.name}`, "
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


def require_nothing_protected(plan: teardown.Teardown, engine: Engine) -> None:
    """Refuses before anything goes, when something would refuse at the end."""
    if plan.refused:
        names = ", ".join(f"{resource.type} {name_of(resource.urn)}" for resource in plan.refused)
        raise OperationError(
            f"Stack {engine.name} is protected against deletion: {names}. Nothing was changed. If it is to go, set "
            f"p2p-nodes:cluster.deletion_protection to false in Pulumi.{engine.name}.yaml (for `protect`: "
            f"`pulumi state unprotect`), run `make up STACK={engine.name}`, and destroy again."
        )


def wait_until_given_back(cluster: Cluster, engine: Engine, listener: Listener) -> CloudBacked:
    """Waits until the cluster holds nothing in the cloud that should go, and returns what it holds then."""
    deadline = time.monotonic() + GONE_WITHIN
    answered = time.monotonic()
    while True:
        try:
            held = cluster.cloud_backed()
        except UnreachableError as error:
            # A regional control plane stays reachable while it is resized; a network hiccup is no reason to stop.
            if time.monotonic() - answered > SILENT_WITHIN:
                raise OperationError(kept(engine, str(error))) from error
            listener.waits("an answer of the cluster")
        else:
            answered = time.monotonic()
            remaining = teardown.remaining(held)
            if remaining.nothing:
                return held
            if answered > deadline:
                raise OperationError(kept(engine, f"after {GONE_WITHIN / 60:.0f} minutes there are still {remaining}"))
            listener.waits(str(remaining))
        time.sleep(POLL)


def report_retained(volumes: tuple[Volume, ...], console: Console) -> None:
    """Lists the disks that stay, so that nobody has to find them on the bill."""
    for volume in volumes:
        console.say(f"kept: disk {volume.disk} of claim {volume.claim} (reclaim policy {volume.reclaim_policy})")


def require(run: Run, message: str) -> None:
    """Stops with `message` when `run` failed."""
    if not run.succeeded:
        raise OperationError(message)


def kept(engine: Engine, what: str) -> str:
    """An error that says what is still there."""
    return (
        f"The destroy of stack {engine.name} stopped: {what}. The cluster and what is left of the stack are kept. "
        "Mend the cause and run the same command again: it continues from there."
    )
