"""When objects count as ready: judgements on objects as controllers leave them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.plugins.kubernetes.readiness import judge, pod_problems
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object
from sandbox.plugins.kubernetes.verdicts import Around

SET = Kind(api_version="apps/v1", name="StatefulSet")
DEPLOYMENT = Kind(api_version="apps/v1", name="Deployment")
CLAIM = Kind(api_version="v1", name="PersistentVolumeClaim")
POD = Kind(api_version="v1", name="Pod")
JOB = Kind(api_version="batch/v1", name="Job")
QUOTA = Kind(api_version="v1", name="ResourceQuota")
CONTROLLER = Kind(api_version="v1", name="ReplicationController")
SECRET = Kind(api_version="v1", name="Secret")
TOKEN = "kubernetes.io/service-account-token"


def workload(spec: Object, **status: Any) -> Object:
    return {"metadata": {"generation": 2}, "spec": spec, "status": {"observedGeneration": 2, **status}}


PARTITION = {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}
BY_HAND = {"type": "OnDelete"}


def stateful_set(wanted: int, strategy: Object | None = None, *, generation: int = 2, **status: Any) -> Object:
    """All `wanted` pods ready at one revision, but for what `status` says."""
    counts = dict.fromkeys(("replicas", "readyReplicas", "currentReplicas", "updatedReplicas"), wanted)
    revisions = {"currentRevision": "a", "updateRevision": "a"}
    return {
        "metadata": {"generation": generation},
        "spec": {"replicas": wanted, **({"updateStrategy": strategy} if strategy else {})},
        "status": {"observedGeneration": generation, **counts, **revisions, **status},
    }


def condition(kind: str, status: str, **more: str) -> Object:
    return {"status": {"phase": "Pending", "conditions": [{"type": kind, "status": status, **more}]}}


@pytest.mark.parametrize(
    ("kind", "obj", "around", "waiting_for"),
    [
        (SET, stateful_set(2), Around(), ""),
        (SET, stateful_set(0), Around(), ""),
        (SET, stateful_set(2, readyReplicas=1), Around(), "2 pods to be ready (1 ready, 2 exist)"),
        (SET, stateful_set(2, replicas=3), Around(), "2 pods to be ready (2 ready, 3 exist)"),
        (SET, stateful_set(2, currentReplicas=1), Around(), "2 pods to be at the new revision (2 are)"),
        (SET, stateful_set(1, updateRevision="b", updatedReplicas=0), Around(), "at the new revision (0 are)"),
        (SET, stateful_set(1, currentRevision="", updateRevision=""), Around(), "at the new revision"),
        (
            SET,
            stateful_set(2, PARTITION, updatedReplicas=1, currentReplicas=1, updateRevision="b"),
            Around(),
            "2 pods to be at the new revision (1 are; updateStrategy.rollingUpdate.partition 1 keeps others back)",
        ),
        (SET, stateful_set(1, BY_HAND, currentReplicas=0, updateRevision="b"), Around(), ""),
        (SET, stateful_set(1, BY_HAND, readyReplicas=0, updateRevision="b"), Around(), "1 pods to be ready"),
        (SET, stateful_set(1, BY_HAND, generation=1, updateRevision="b"), Around(), "at the new revision"),
        (SET, {"metadata": {"generation": 3}, "status": {"observedGeneration": 2}}, Around(), "to see the change"),
        (SET, {"metadata": {"generation": 1}}, Around(), "to see the change"),
        (DEPLOYMENT, workload({"replicas": 1}, replicas=1, updatedReplicas=1, availableReplicas=1), Around(), ""),
        (
            DEPLOYMENT,
            workload({"replicas": 1}, replicas=2, updatedReplicas=1, availableReplicas=1),
            Around(),
            "2 exist",
        ),
        (DEPLOYMENT, workload({"replicas": 1}, replicas=1, updatedReplicas=1), Around(), "0 available"),
        (CLAIM, {"status": {"phase": "Bound"}}, Around(), ""),
        (CLAIM, {"status": {"phase": "Pending"}}, Around(), "a volume to be bound"),
        (CLAIM, {}, Around(storage_class={"volumeBindingMode": "Immediate"}), "a volume to be bound"),
        (CLAIM, {}, Around(storage_class={"volumeBindingMode": "WaitForFirstConsumer"}), ""),
        (POD, condition("Ready", "True"), Around(), ""),
        (POD, {"status": {"phase": "Succeeded"}}, Around(), ""),
        (POD, {"status": {"phase": "Running"}}, Around(), "the pod to be ready"),
        (JOB, condition("Complete", "True"), Around(), ""),
        (JOB, {"status": {"active": 1}}, Around(), "the job to complete"),
        (QUOTA, {"spec": {"hard": {"pods": "2"}}, "status": {"hard": {"pods": "2"}}}, Around(), ""),
        (QUOTA, {"spec": {"hard": {"pods": "2"}}, "status": {"hard": {"pods": "1"}}}, Around(), "its limits"),
        (QUOTA, {"spec": {"hard": {"pods": "2"}}, "status": {}}, Around(), "its limits to be in force"),
        (CONTROLLER, {"spec": {"replicas": 2}, "status": {"availableReplicas": 2}}, Around(), ""),
        (CONTROLLER, {"spec": {"replicas": 2}, "status": {}}, Around(), "2 pods to be available (0 are)"),
        (CONTROLLER, {"spec": {"replicas": 0}, "status": {"replicas": 0}}, Around(), ""),
        (SECRET, {"type": "Opaque"}, Around(), ""),
        (SECRET, {"type": TOKEN}, Around(), "the token of its service account"),
        (SECRET, {"type": TOKEN, "data": {"token": "dA=="}}, Around(), ""),
        (Kind(api_version="v1", name="ConfigMap"), {}, Around(), ""),
        (Kind(api_version="example.org/v1", name="Service"), {}, Around(), ""),
    ],
)
def test_judgements(kind: Kind, obj: Object, around: Around, waiting_for: str) -> None:
    judged = judge(kind, obj, around)
    assert waiting_for in judged.waiting_for
    assert bool(waiting_for) == bool(judged.waiting_for)


def test_a_failed_job_is_not_waited_for_any_longer() -> None:
    judged = judge(JOB, condition("Failed", "True", message="BackoffLimitExceeded"), Around())
    assert judged.hopeless
    assert "BackoffLimitExceeded" in judged.waiting_for


def test_pods_are_reported_with_the_reason_that_says_most() -> None:
    def pod(name: str, **status: Any) -> Object:
        return {"metadata": {"name": name}, "status": {"phase": "Pending", **status}}

    waiting = {"name": "c", "state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes"}
    lines = pod_problems(
        [
            pod("well", conditions=[{"type": "Ready", "status": "True"}]),
            pod("image", containerStatuses=[waiting]),
            pod("nodes", conditions=[unscheduled]),
            pod("new"),
        ]
    )
    assert lines == [
        "pod image: container c ImagePullBackOff: no such image",
        "pod nodes: Unschedulable: 0/1 nodes",
        "pod new: Pending",
    ]


def test_a_hundred_broken_pods_do_not_fill_the_screen() -> None:
    pods = [{"metadata": {"name": str(number)}} for number in range(100)]
    assert pod_problems(pods)[-1] == "and 95 more pods that are not ready"
    assert len(pod_problems(pods)) == 6
