"""The same objects, judged by the real engine as a stack's and by `check --manifests` as files: the same verdicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from guardrails.control import Environment

from operations.adapters.manifest_judging import judged
from operations.adapters.manifests import read
from tests.policies import test_pack
from tests.policies.case_files import in_a_month

pytestmark = pytest.mark.engine

analyze = test_pack.analyze


def _workload(kind: str, name: str, pod: dict[str, Any], **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"app": name}}, "spec": pod}
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": name, "namespace": "p2p", "labels": {"app": name}},
        "spec": {"selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    }


OBJECTS: list[dict[str, Any]] = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "p2p"}},
    _workload(
        "StatefulSet",
        "node",
        {"containers": [{"name": "node", "image": "atactr/automata:latest", "ports": [{"containerPort": 30333}]}]},
        replicas=2,
        serviceName="node",
        volumeClaimTemplates=[{"metadata": {"name": "data"}, "spec": {"resources": {"requests": {"storage": "50Gi"}}}}],
    ),
    _workload("Deployment", "proxy", {"hostNetwork": True, "containers": [{"name": "proxy", "image": "squid"}]}),
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "node", "namespace": "p2p"},
        "spec": {"type": "NodePort", "externalIPs": ["192.0.2.1"], "ports": [{"port": 9944}, {"port": 30333}]},
    },
    {
        "apiVersion": "autoscaling.k8s.io/v1beta2",
        "kind": "VerticalPodAutoscaler",
        "metadata": {"name": "node", "namespace": "p2p"},
        "spec": {"targetRef": {"kind": "StatefulSet", "name": "node"}, "updatePolicy": {"updateMode": "Off"}},
    },
    {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": "exempt",
            "annotations": {
                "guardrails-exempt-image-immutable-tag": f"{in_a_month()}: the vendor has no other tag",
                "guardrails-exempt-no-such-control": f"{in_a_month()}: a mistake",
            },
        },
        "spec": {"containers": [{"name": "a", "image": "busybox:latest"}, {"name": "b", "image": 7}]},
    },
    {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "ssd"},
        "provisioner": "pd.csi.storage.gke.io",
        "parameters": {"type": "pd-ssd"},
    },
]


def test_the_engine_and_the_files_give_the_same_verdicts(analyze: test_pack.Analyze, tmp_path: Path) -> None:
    (tmp_path / "all.yaml").write_text(yaml.safe_dump_all(OBJECTS[:-1]))
    (tmp_path / "ssd.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": OBJECTS[-1:]}))
    manifests = read(tmp_path)
    from_files = {
        (one.rule.id, "advisory" if one.is_note else one.level.value, f"{one.rule.title}\n{one.text}")
        for one in judged(manifests, Environment.PRODUCTION)
    }
    analysis = analyze([(one.type, one.name, one.props) for one in manifests.resources])
    by_the_engine = {(one["policyName"], one["enforcementLevel"], one["message"]) for one in analysis.events}
    assert by_the_engine == from_files
    assert {"image-immutable-tag", "service-not-through-nodes", "exemption-valid"} <= {id_ for id_, _, _ in from_files}
