"""Our controls against the API server's own admission: every pod is judged by both, check by check."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import urllib3
from guardrails.control import Control, Finding, Rule, Unjudged
from guardrails.controls.pods import BASELINE, RESTRICTED
from guardrails.pod_security import VERSION
from guardrails.resource import Resource

from sandbox.controlplane import Endpoint, read_endpoint
from sandbox.layout import Layout
from tests.policies.controls.pods import samples
from tests.policies.controls.pods.changes import Pod

SEED: Final = int(os.environ.get("PODS_SEED", "1"))
"""Which combinations of changes are tried. The same ones every time, unless the environment says otherwise."""
COMBINATIONS: Final = 250
LEVELS: Final[dict[str, tuple[Rule[Any], ...]]] = {"baseline": BASELINE, "restricted": (*BASELINE, *RESTRICTED)}
# How the API server calls its checks, by the control of ours; where restricted has another one, that one as well.
REASONS: Final = {
    "pod-privileged": ("privileged",),
    "pod-host-namespaces": ("host namespaces",),
    "pod-host-path-volumes": ("hostPath volumes", "restricted volume types"),
    "pod-host-ports": ("hostPort",),
    "pod-host-probes": ("probe or lifecycle host",),
    "pod-capabilities-added": ("non-default capabilities", "unrestricted capabilities"),
    "pod-seccomp-profile": ("seccompProfile",),
    "pod-apparmor-profile": ("forbidden AppArmor profile",),
    "pod-selinux-options": ("seLinuxOptions",),
    "pod-proc-mount": ("procMount",),
    "pod-sysctls": ("forbidden sysctls",),
    "pod-windows-host-process": ("hostProcess",),
    "pod-run-as-non-root": ("runAsNonRoot != true",),
    "pod-run-as-user": ("runAsUser=0",),
    "pod-privilege-escalation": ("allowPrivilegeEscalation != false",),
    "pod-capabilities-dropped": ("unrestricted capabilities",),
    "pod-seccomp-profile-set": ("seccompProfile",),
    "pod-proc-mount-masked": ("procMount",),
    "pod-volume-types": ("restricted volume types",),
}
_VIOLATES: Final = re.compile(r'violates PodSecurity "\w+:(?P<version>v[\d.]+)": (?P<checks>.*)', re.DOTALL)


@dataclass(kw_only=True)
class Comparison:
    """What both said of the pods so far."""

    judged: int = 0
    skipped: int = 0
    fired: set[str] = field(default_factory=set)
    disagreements: list[str] = field(default_factory=list)

    def add(self, level: str, pod: Pod, answer: str | None) -> None:
        """Compares our verdict with the server's; None is a pod that it refused for another reason."""
        if answer is None:
            self.skipped += 1
            return
        self.judged += 1
        outcomes = {
            control.id: list(control.judge(Resource(type="kubernetes:core/v1:Pod", name="p", urn="p", props=pod), None))
            for control in LEVELS[level]
            if isinstance(control, Control)
        }
        found = {id_ for id_, of_one in outcomes.items() if any(isinstance(one, Finding) for one in of_one)}
        unjudged = [one for of_one in outcomes.values() for one in of_one if isinstance(one, Unjudged)]
        self.fired |= found
        ours = {REASONS[id_][-1 if level == "restricted" else 0] for id_ in found}
        theirs = set(reasons(answer))
        if ours != theirs or unjudged:
            said = f"ours {sorted(ours)}, theirs {sorted(theirs)}, unjudged {unjudged}"
            self.disagreements.append(f"{level}: {said}\n{json.dumps(pod)}")


def reasons(answer: str) -> Iterator[str]:
    """The checks that the server names: each is followed by its details in brackets."""
    if not answer:
        return
    violations = _VIOLATES.search(answer)
    assert violations, answer
    assert violations["version"] == VERSION
    known = {name for names in REASONS.values() for name in names}
    for name in known:
        if re.search(rf"(?:^|\), ){re.escape(name)}s? \(", violations["checks"]):
            yield name


@dataclass(frozen=True, kw_only=True)
class Server:
    """The API server, asked without a client that would refuse malformed pods by itself."""

    endpoint: Endpoint
    pool: urllib3.PoolManager

    def send(self, method: str, path: str, body: object, query: str = "") -> tuple[int, str]:
        """The status and, of a refusal, the message."""
        kind = "strategic-merge-patch+json" if method == "PATCH" else "json"
        headers = {"Authorization": f"Bearer {self.endpoint.token}", "Content-Type": f"application/{kind}"}
        url = f"{self.endpoint.server}/api/v1/namespaces{path}{query}"
        answer = self.pool.request(method, url, body=json.dumps(body), headers=headers)
        return answer.status, str(answer.json().get("message", ""))

    def make(self, path: str, body: object) -> None:
        """Creates an object for good."""
        status, message = self.send("POST", path, body)
        assert status == 201, message

    def verdict(self, method: str, path: str, body: object) -> str | None:
        """Of a dry run: nothing for a yes, the text of a no of the standard's, None for any other no."""
        status, message = self.send(method, path, body, "?dryRun=All&fieldValidation=Strict")
        assert status in (200, 201, 400, 403, 422), message
        if status in (400, 422):
            return None
        return message if status == 403 else ""


@pytest.fixture(scope="module")
def server(controlplane: Layout) -> Iterator[Server]:
    """The API server, with a namespace for each level that enforces it."""
    endpoint = read_endpoint(controlplane.endpoint)
    server = Server(endpoint=endpoint, pool=urllib3.PoolManager(ca_cert_data=endpoint.ca_pem))
    prefix = "pod-security.kubernetes.io/enforce"
    for level in LEVELS:
        labels = {prefix: level, f"{prefix}-version": VERSION}
        server.make("", {"metadata": {"name": f"judged-{level}", "labels": labels}})
        server.make(f"/judged-{level}/serviceaccounts", {"metadata": {"name": "judged"}})
    yield server
    for level in LEVELS:
        server.send("DELETE", f"/judged-{level}", {})


def with_identity(pod: Pod, name: str) -> Pod:
    """The pod under a name, and with an account that is there."""
    return {
        **pod,
        "metadata": {**pod["metadata"], "name": name},
        "spec": {**pod["spec"], "serviceAccountName": "judged"},
    }


def compared(server: Server, pods: Iterable[Pod]) -> Comparison:
    """What both say of pods that are about to be created."""
    comparison = Comparison()
    for pod in pods:
        named = with_identity(pod, "asked")
        for level in LEVELS:
            comparison.add(level, named, server.verdict("POST", f"/judged-{level}/pods", named))
    return comparison


@pytest.mark.controlplane
def test_case_files_agree_with_the_api_server(server: Server) -> None:
    comparison = compared(server, samples.from_cases())
    assert comparison.disagreements == []
    assert comparison.judged > comparison.skipped


@pytest.mark.controlplane
def test_mutations_agree_with_the_api_server(server: Server) -> None:
    print(f"PODS_SEED={SEED}")
    comparison = compared(server, samples.mutated(SEED, COMBINATIONS))
    assert comparison.disagreements == []
    assert comparison.judged > 3 * comparison.skipped
    # With the node's users, the API server's validation refuses an unmasked /proc before admission sees it.
    assert comparison.fired == {*REASONS} - {"pod-proc-mount"}


@pytest.mark.controlplane
def test_ephemeral_containers_agree_with_the_api_server(server: Server) -> None:
    pod = with_identity(samples.restricted_pod(), "debugged")
    for level in LEVELS:
        server.make(f"/judged-{level}/pods", pod)
    comparison = Comparison()
    for container in samples.ephemeral():
        whole = {**pod, "spec": {**pod["spec"], "ephemeralContainers": [container]}}
        change = {"spec": {"ephemeralContainers": [container]}}
        for level in LEVELS:
            path = f"/judged-{level}/pods/debugged/ephemeralcontainers"
            comparison.add(level, whole, server.verdict("PATCH", path, change))
    assert comparison.disagreements == []
    assert comparison.judged > comparison.skipped
    assert {"pod-privileged", "pod-capabilities-dropped", "pod-run-as-non-root"} <= comparison.fired
