"""When an object counts as ready: pure judgements on objects, after the official plugin's awaiters.

Source: pulumi-kubernetes, provider/pkg/await (statefulset.go, deployment.go, daemonset.go, service.go, awaiters.go,
job.go, pod.go, ingress.go) as of v4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object, at


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`waiting_for` empty means ready. `hopeless` means that waiting longer cannot help."""

    waiting_for: str = ""
    hopeless: bool = False


@dataclass(frozen=True, kw_only=True)
class Around:
    """What a judgement needs to know besides the object itself."""

    endpoint_slices: list[Object] = field(default_factory=list)
    storage_class: Object | None = None


READY = Verdict()


def _stateful_set(obj: Object, around: Around) -> Verdict:
    del around
    spec, status = at(obj, "spec", default={}), at(obj, "status", default={})
    wanted = at(spec, "replicas", default=1)
    ready, exist = status.get("readyReplicas", 0), status.get("replicas", 0)
    if _unseen(obj):
        return Verdict(waiting_for="the StatefulSet controller to see the change")
    if exist != wanted or ready != wanted:
        return Verdict(waiting_for=f"{wanted} pods to be ready ({ready} ready, {exist} exist)")
    if at(spec, "updateStrategy", "type") == "OnDelete":
        return READY
    partition = at(spec, "updateStrategy", "rollingUpdate", "partition", default=0)
    updated = status.get("updatedReplicas", 0)
    if status.get("currentRevision") != status.get("updateRevision") and updated < wanted - partition:
        return Verdict(waiting_for=f"{wanted - partition} pods to be at the new revision ({updated} are)")
    if not partition and status.get("currentRevision") != status.get("updateRevision"):
        return Verdict(waiting_for="status.currentRevision to become the new revision")
    return READY


def _deployment(obj: Object, around: Around) -> Verdict:
    del around
    status = at(obj, "status", default={})
    wanted = at(obj, "spec", "replicas", default=1)
    updated, exist, available = (status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas"))
    if _unseen(obj):
        return Verdict(waiting_for="the Deployment controller to see the change")
    if updated < wanted or available < updated or exist > updated:
        late = _condition(obj, "Progressing")
        why = f"; {late['message']}" if late.get("reason") == "ProgressDeadlineExceeded" else ""
        return Verdict(
            waiting_for=f"{wanted} updated pods to be available ({updated} updated, {available} available, "
            f"{exist} exist){why}"
        )
    return READY


def _daemon_set(obj: Object, around: Around) -> Verdict:
    del around
    status = at(obj, "status", default={})
    wanted, updated, available = (
        status.get(key, 0) for key in ("desiredNumberScheduled", "updatedNumberScheduled", "numberAvailable")
    )
    if _unseen(obj):
        return Verdict(waiting_for="the DaemonSet controller to see the change")
    if at(obj, "spec", "updateStrategy", "type") != "OnDelete" and updated < wanted:
        return Verdict(waiting_for=f"{wanted} pods to be at the new revision ({updated} are)")
    if available < wanted:
        return Verdict(waiting_for=f"{wanted} pods to be available ({available} are)")
    return READY


def _service(obj: Object, around: Around) -> Verdict:
    spec = at(obj, "spec", default={})
    balancer = spec.get("type") == "LoadBalancer"
    if balancer and not at(obj, "status", "loadBalancer", "ingress"):
        return Verdict(waiting_for="a load balancer's address (status.loadBalancer.ingress)")
    # Headless and ExternalName Services and those without a selector have no pods to wait for.
    if spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None" or not spec.get("selector"):
        return READY
    unready = sum(
        at(endpoint, "conditions", "ready", default=True) is False
        for part in around.endpoint_slices
        for endpoint in part.get("endpoints") or []
    )
    # No endpoint at all is ready since v4.16 (pull request 3142): only those that are not ready are waited for.
    if unready:
        return Verdict(waiting_for=f"its endpoints to be ready ({unready} are not)")
    return READY


def _claim(obj: Object, around: Around) -> Verdict:
    phase = at(obj, "status", "phase", default="Pending")
    if phase == "Bound":
        return READY
    if around.storage_class and around.storage_class.get("volumeBindingMode") == "WaitForFirstConsumer":
        return READY
    return Verdict(waiting_for=f"a volume to be bound to the claim (phase {phase})", hopeless=phase == "Lost")


def _volume(obj: Object, around: Around) -> Verdict:
    del around
    phase = at(obj, "status", "phase", default="Pending")
    return READY if phase in ("Available", "Bound") else Verdict(waiting_for=f"the volume to be available ({phase})")


def _pod(obj: Object, around: Around) -> Verdict:
    del around
    phase = at(obj, "status", "phase", default="Pending")
    if phase == "Succeeded" or _condition(obj, "Ready").get("status") == "True":
        return READY
    return Verdict(waiting_for=f"the pod to be ready (phase {phase})", hopeless=phase == "Failed")


def _job(obj: Object, around: Around) -> Verdict:
    del around
    if _condition(obj, "Complete").get("status") == "True" or at(obj, "spec", "suspend") is True:
        return READY
    failed = _condition(obj, "Failed")
    if failed.get("status") == "True":
        return Verdict(waiting_for=f"the job to complete; it failed: {failed.get('message', '')}", hopeless=True)
    done = at(obj, "status", "succeeded", default=0)
    return Verdict(waiting_for=f"the job to complete ({done} pods succeeded)")


def _ingress(obj: Object, around: Around) -> Verdict:
    del around
    if at(obj, "status", "loadBalancer", "ingress"):
        return READY
    return Verdict(waiting_for="an address (status.loadBalancer.ingress)")


def _definition(obj: Object, around: Around) -> Verdict:
    # Not in the official plugin, which retries each custom resource instead.
    del around
    if _condition(obj, "Established").get("status") == "True":
        return READY
    return Verdict(waiting_for="the API server to serve the new kind")


def _unseen(obj: Object) -> bool:
    return int(at(obj, "status", "observedGeneration", default=0)) < int(at(obj, "metadata", "generation", default=0))


def _condition(obj: Object, kind: str) -> Object:
    for entry in at(obj, "status", "conditions", default=[]):
        if entry.get("type") == kind:
            return dict(entry)
    return {}


JUDGES: Mapping[tuple[str, str], Callable[[Object, Around], Verdict]] = {
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "DaemonSet"): _daemon_set,
    ("", "Service"): _service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "PersistentVolume"): _volume,
    ("", "Pod"): _pod,
    ("batch", "Job"): _job,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
}


def judge(kind: Kind, obj: Object, around: Around) -> Verdict:
    """Whether `obj` is ready; kinds that nobody waits for always are."""
    judge_of_kind = JUDGES.get((kind.group, kind.name))
    return judge_of_kind(obj, around) if judge_of_kind else READY


def pod_problems(pods: list[Object], *, limit: int = 5) -> list[str]:
    """One line for each pod that is not ready, with the scheduler's or the kubelet's own reason; at most `limit`."""
    lines = []
    for pod in pods:
        if _condition(pod, "Ready").get("status") == "True" or at(pod, "status", "phase") == "Succeeded":
            continue
        lines.append(f"pod {at(pod, 'metadata', 'name')}: {_pod_problem(pod)}")
    if len(lines) > limit:
        lines[limit:] = [f"and {len(lines) - limit} more pods that are not ready"]
    return lines


def _pod_problem(pod: Object) -> str:
    for status in at(pod, "status", "containerStatuses", default=[]):
        for state in ("waiting", "terminated"):
            if reason := at(status, "state", state, "reason"):
                message = at(status, "state", state, "message", default="")
                return f"container {status.get('name')} {reason}" + (f": {message}" if message else "")
    for kind in ("PodScheduled", "Ready"):
        condition = _condition(pod, kind)
        if condition.get("status") == "False":
            reason = condition.get("reason") or f"not {kind}"
            return f"{reason}: {condition['message']}" if condition.get("message") else str(reason)
    return str(at(pod, "status", "phase", default="Pending"))
