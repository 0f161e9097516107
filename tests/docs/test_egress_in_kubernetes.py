"""What docs/egress.md says of images that bring the firewall rule and of kubectl, asked of a real API server."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import Any

import pytest

from components.labels import kubernetes_labels
from components.pod_security import NAMESPACE_LABELS
from sandbox.controlplane.api import Answer, Api
from sandbox.layout import CHECKOUT, Layout
from sandbox.toolchain import resolve

pytestmark = pytest.mark.controlplane

DOCUMENT = (CHECKOUT / "docs" / "egress.md").read_text(encoding="utf-8")
NAMESPACE = "firewall-test"
RESTRICTED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 1000,
    "seccompProfile": {"type": "RuntimeDefault"},
}
RULE_NEEDS = {**RESTRICTED, "capabilities": {"drop": ["ALL"], "add": ["NET_ADMIN"]}}


@pytest.fixture(scope="module")
def api(controlplane: Layout) -> Api:
    place = json.loads(controlplane.endpoint.read_text())
    found = Api(int(place["host"].rpartition(":")[2]), controlplane.controlplane / "pki" / "ca.crt", place["token"])
    labels = {**kubernetes_labels("p2p-node"), **NAMESPACE_LABELS}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE, "labels": labels}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}
    assert found.apply(f"/api/v1/namespaces/{NAMESPACE}", namespace).status < 300
    assert found.apply(f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default", account).status < 300
    return found


def pod(api: Api, name: str, security: dict[str, Any]) -> Answer:
    container = {"name": "devops-assignment", "image": "atactr/devops-assignment:1.0.0", "securityContext": security}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": {"containers": [container]}}
    return api.apply(f"/api/v1/namespaces/{NAMESPACE}/pods/{name}", body)


def test_the_restricted_standard_refuses_what_the_rule_needs(api: Api) -> None:
    refused = pod(api, "adds", RULE_NEEDS)
    assert refused.status == 403
    message = refused.json["message"]
    assert 'violates PodSecurity "restricted:latest"' in message
    said = message.partition('restricted:latest": ')[2]
    assert said in " ".join(DOCUMENT.split()), f"docs/egress.md quotes something else than: {said}"


def test_it_refuses_what_the_assignment_started_it_with(api: Api) -> None:
    refused = pod(api, "privileged", {"privileged": True})
    assert refused.status == 403
    assert "privileged" in refused.json["message"]


def test_without_the_capability_the_same_image_is_admitted(api: Api) -> None:
    assert pod(api, "bare", RESTRICTED).status == 201


def test_the_api_server_is_the_first_address_of_the_services(api: Api) -> None:
    """So that `no_proxy` can be computed (components/proxy_environment.py)."""
    service = api.get("/api/v1/namespaces/default/services/kubernetes").json
    assert service["spec"]["clusterIP"] == "10.20.0.1", "the control plane's service range is 10.20.0.0/20"


@pytest.mark.parametrize("command", dict.fromkeys(re.findall(r"^kubectl [^|\n]*", DOCUMENT, re.MULTILINE)))
def test_kubectl_takes_the_commands(command: str, controlplane: Layout) -> None:
    """There is no proxy here: that is what it has to say, not that a flag is unknown."""
    kubectl = resolve(["kubectl"]).path("kubectl")
    words = [str(kubectl), "--kubeconfig", str(controlplane.kubeconfig), *shlex.split(command)[1:]]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    nothing = (0, "No resources found in egress-proxy namespace.")
    nowhere = (1, 'Error from server (NotFound): namespaces "egress-proxy" not found')
    assert (said.returncode, said.stderr.strip()) == (nowhere if " POD " in command else nothing)
