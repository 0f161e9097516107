"""When objects count as ready: judgements on objects as controllers leave them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.plugins.kubernetes.readiness import Around, judge, pod_problems
from sandbox.plugins.kubernetes.tokens import Kind
from sandbox.plugins.kubernetes.values import Object

SET = Kind(api_version="apps/v1", name="StatefulSet")
DEPLOYMENT = Kind(api_version="apps/v1", name="Deployment")
SERVICE = Kind(api_version="v1", name="Service")
CLAIM = Kind(api_version="v1", name="PersistentVolumeClaim")
POD = Kind(api_version="v1", name="Pod")
JOB = Kind(api_version="batch/v1", name="Job")
ADDRESS = {"loadBalancer": {"ingress": [{"ip": "203.0.113.1"}]}}


def workload(spec: Object, **status: Any) -> Object:
    return {"metadata": {"generation": 2}, "spec": spec, "status": {"observedGeneration": 2, **status}}


def revisions(current: str, update: str) -> Object:
    return {"currentRevision": current, "updateRevision": update}


def slices(*ready: bool | None) -> Around:
    endpoints = [{"conditions": {} if one is None else {"ready": one}} for one in ready]
    return Around(endpoint_slices=[{"endpoints": endpoints}, {"endpoints": None}])


def condition(kind: str, status: str, **more: str) -> Object:
    return {"status": {"phase": "Pending", "conditions": [{"type": kind, "status": status, **more}]}}


@pytest.mark.parametrize(
    ("kind", "obj", "around", "waiting_for"),
    [
        (SET, workload({"replicas": 2}, replicas=2, readyReplicas=2, **revisions("a", "a")), Around(), ""),
        (
            SET,
            workload({"replicas": 2}, replicas=2, readyReplicas=1),
            Around(),
            "2 pods to be ready (1 ready, 2 exist)",
        ),
        (SET, workload({"replicas": 0}, replicas=0), Around(), ""),
        (SET, workload({"replicas": 1}, replicas=1, readyReplicas=1, **revisions("a", "b")), Around(), "new revision"),
        (
            SET,
            workload(
                {"replicas": 2, "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 1}}},
                replicas=2,
                readyReplicas=2,
                updatedReplicas=1,
                **revisions("a", "b"),
            ),
            Around(),
            "",
        ),
        (
            SET,
            workload(
                {"replicas": 1, "updateStrategy": {"type": "OnDelete"}},
                replicas=1,
                readyReplicas=1,
                **revisions("a", "b"),
            ),
            Around(),
            "",
        ),
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
        (SERVICE, {"spec": {"type": "LoadBalancer", "clusterIP": "10.0.0.1"}, "status": {}}, Around(), "address"),
        (SERVICE, {"spec": {"type": "LoadBalancer", "selector": {"a": "b"}}, "status": ADDRESS}, slices(True), ""),
        (
            SERVICE,
            {"spec": {"type": "LoadBalancer", "selector": {"a": "b"}}, "status": ADDRESS},
            slices(False),
            "1 are",
        ),
        (SERVICE, {"spec": {"clusterIP": "None", "selector": {"a": "b"}}}, slices(False), ""),
        (SERVICE, {"spec": {"type": "ExternalName", "selector": {"a": "b"}}}, slices(False), ""),
        (SERVICE, {"spec": {"clusterIP": "10.0.0.1"}}, slices(False), ""),
        (SERVICE, {"spec": {"selector": {"a": "b"}}}, slices(False, None, True), "endpoints to be ready (1 are not)"),
        (SERVICE, {"spec": {"selector": {"a": "b"}}}, Around(), ""),
        (CLAIM, {"status": {"phase": "Bound"}}, Around(), ""),
        (CLAIM, {"status": {"phase": "Pending"}}, Around(), "a volume to be bound"),
        (CLAIM, {}, Around(storage_class={"volumeBindingMode": "Immediate"}), "a volume to be bound"),
        (CLAIM, {}, Around(storage_class={"volumeBindingMode": "WaitForFirstConsumer"}), ""),
        (POD, condition("Ready", "True"), Around(), ""),
        (POD, {"status": {"phase": "Succeeded"}}, Around(), ""),
        (POD, {"status": {"phase": "Running"}}, Around(), "the pod to be ready"),
        (JOB, condition("Complete", "True"), Around(), ""),
        (JOB, {"status": {"active": 1}}, Around(), "the job to complete"),
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
