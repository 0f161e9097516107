"""The manifests with which this project began: every known flaw is found, by the control that is there for it."""

from __future__ import annotations

from pathlib import Path

import pytest
from guardrails.control import Environment, Finding

from operations.adapters.manifest_judging import judged
from operations.adapters.manifests import read

FOLDER = Path(__file__).parent / "fixtures" / "assignment"

_POD = "spec.template.spec"
_CONTAINER = f"{_POD}.containers[0].securityContext"
FLAWS = [
    pytest.param("vertical-autoscaler-mode", "autoscaler", "spec.updatePolicy.updateMode", id="the autoscaler is off"),
    pytest.param("api-version-served", "autoscaler", "apiVersion", id="and asks for a removed API version"),
    pytest.param("workload-disruption-budget", "node", "", id="no disruption budget covers the nodes"),
    pytest.param("storage-class-used", "storage", "metadata.name", id="no claim uses the class for SSDs"),
    pytest.param(
        "claim-on-ssd", "node", "spec.volumeClaimTemplates[0].spec.storageClassName", id="and the claims name none"
    ),
    pytest.param("load-balancer-p2p-only", "services", "spec.ports[1].port", id="the world can call RPC over HTTP"),
    pytest.param("load-balancer-p2p-only", "services", "spec.ports[2].port", id="and over WebSocket"),
    pytest.param("pod-run-as-non-root", "node", f"{_POD}.securityContext.runAsNonRoot", id="not restricted: root"),
    pytest.param("pod-seccomp-profile-set", "node", f"{_POD}.securityContext.seccompProfile.type", id="seccomp"),
    pytest.param("pod-capabilities-dropped", "node", f"{_CONTAINER}.capabilities.drop", id="capabilities"),
    pytest.param("pod-privilege-escalation", "node", f"{_CONTAINER}.allowPrivilegeEscalation", id="escalation"),
]

FOUND = read(FOLDER)
STOPPING = [
    (one.rule.id, Path(FOUND.places[one.resource.urn].file).stem, one.outcome.path)
    for one in judged(FOUND, Environment.PRODUCTION)
    if one.stops and isinstance(one.outcome, Finding)
]


@pytest.mark.parametrize(("control", "file", "path"), FLAWS)
def test_each_flaw_stops_the_check(control: str, file: str, path: str) -> None:
    paths = [found for id_, place, found in STOPPING if (id_, place) == (control, file)]
    assert paths
    assert not path or path in paths


def test_what_is_right_about_them_is_not_found() -> None:
    """The image has a version as its tag, a user is given, and memory and processor are limited."""
    assert {id_ for id_, _, _ in STOPPING}.isdisjoint({"image-immutable-tag", "pod-run-as-user", "pod-privileged"})
