"""When an object counts as ready: pure judgements on objects, after the official plugin's awaiters.

Source: pulumi-kubernetes, provider/pkg/await (statefulset.go, deployment.go, daemonset.go, awaiters.go, job.go,
pod.go) as of v4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sandbox.plugins.kubernetes.endpoints import ingress, service
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object, at
from sandbox.plugins.kubernetes.verdicts import READY, Around, Verdict, condition


def _stateful_set(obj: Object, around: Around) -> Verdict:
    del around
    spec, status = at(obj, "spec", default={}), at(obj, "status", default={})
    wanted = at(spec, "replicas", default=1)
    ready, exist = status.get("readyReplicas", 0), status.get("replicas", 0)
    if _unseen(obj):
        return Verdict(waiting_for="the StatefulSet controller to see the change")
    if exist != wanted or ready != wanted:
        return Verdict(waiting_for=f"{wanted} pods to be ready ({ready} ready, {exist} exist)")
    # Pods that wait to be deleted by hand stay at the old revision; nothing else may, a partition's least of all.
    by_hand = at(spec, "updateStrategy", "type") == "OnDelete"
    if by_hand and int(at(obj, "metadata", "generation", default=0)) > 1:
        return READY
    current, new = status.get("currentRevision"), status.get("updateRevision")
    if not current or current != new or status.get("currentReplicas", 0) != wanted:
        held = at(spec, "updateStrategy", "rollingUpdate", "partition", default=0)
        why = f"; updateStrategy.rollingUpdate.partition {held} keeps others back" if held else ""
        updated = status.get("updatedReplicas", 0)
        return Verdict(waiting_for=f"{wanted} pods to be at the new revision ({updated} are{why})")
    return READY


def _deployment(obj: Object, around: Around) -> Verdict:
    del around
    status = at(obj, "status", default={})
    wanted = at(obj, "spec", "replicas", default=1)
    updated, exist, available = (status.get(key, 0) for key in ("updatedReplicas", "replicas", "availableReplicas"))
    if _unseen(obj):
        return Verdict(waiting_for="the Deployment controller to see the change")
    if updated < wanted or available < updated or exist > updated:
        late = condition(obj, "Progressing")
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
    if phase == "Succeeded" or condition(obj, "Ready").get("status") == "True":
        return READY
    return Verdict(waiting_for=f"the pod to be ready (phase {phase})", hopeless=phase == "Failed")


def _job(obj: Object, around: Around) -> Verdict:
    del around
    if condition(obj, "Complete").get("status") == "True" or at(obj, "spec", "suspend") is True:
        return READY
    failed = condition(obj, "Failed")
    if failed.get("status") == "True":
        return Verdict(waiting_for=f"the job to complete; it failed: {failed.get('message', '')}", hopeless=True)
    done = at(obj, "status", "succeeded", default=0)
    return Verdict(waiting_for=f"the job to complete ({done} pods succeeded)")


def _quota(obj: Object, around: Around) -> Verdict:
    del around
    if at(obj, "spec", "hard", default={}) == at(obj, "status", "hard"):
        return READY
    return Verdict(waiting_for="its limits to be in force (status.hard)")


def _replication_controller(obj: Object, around: Around) -> Verdict:
    del around
    wanted, available = at(obj, "spec", "replicas", default=1), at(obj, "status", "availableReplicas", default=0)
    return READY if wanted == available else Verdict(waiting_for=f"{wanted} pods to be available ({available} are)")


def _secret(obj: Object, around: Around) -> Verdict:
    del around
    if obj.get("type") != "kubernetes.io/service-account-token" or obj.get("data"):
        return READY
    return Verdict(waiting_for="the token of its service account")


def _definition(obj: Object, around: Around) -> Verdict:
    # Not in the official plugin, which retries each custom resource instead.
    del around
    if condition(obj, "Established").get("status") == "True":
        return READY
    return Verdict(waiting_for="the API server to serve the new kind")


def _unseen(obj: Object) -> bool:
    return int(at(obj, "status", "observedGeneration", default=0)) < int(at(obj, "metadata", "generation", default=0))


JUDGES: Mapping[tuple[str, str], Callable[[Object, Around], Verdict]] = {
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "Deployment"): _deployment,
    ("apps", "DaemonSet"): _daemon_set,
    ("", "Service"): service,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "PersistentVolume"): _volume,
    ("", "Pod"): _pod,
    ("batch", "Job"): _job,
    ("networking.k8s.io", "Ingress"): ingress,
    ("", "ResourceQuota"): _quota,
    ("", "ReplicationController"): _replication_controller,
    ("", "Secret"): _secret,
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
        if condition(pod, "Ready").get("status") == "True" or at(pod, "status", "phase") == "Succeeded":
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
        found = condition(pod, kind)
        if found.get("status") == "False":
            reason = found.get("reason") or f"not {kind}"
            return f"{reason}: {found['message']}" if found.get("message") else str(reason)
    return str(at(pod, "status", "phase", default="Pending"))
