"""What is autoscaled in this cluster, read from the API server: the sandbox does not know the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from operations.errors import OperationError
from sandbox.dataplane.api_server import ApiRefused, ApiServer
from sandbox.vertical_autoscaling.scene import mebibytes

AUTOSCALERS = "/apis/autoscaling.k8s.io/v1/verticalpodautoscalers"
MODE = "Recreate"
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Target:
    """A StatefulSet with a VerticalPodAutoscaler of the same namespace. Memory in MiB."""

    namespace: str
    stateful_set: str
    autoscaler: str
    replicas: int
    request_mib: float
    """What the StatefulSet's own template asks for."""
    most_mib: float | None
    """What the autoscaler may ask for at most; None without a bound."""

    @property
    def pods(self) -> str:
        """Path of the namespace's pods."""
        return f"/api/v1/namespaces/{self.namespace}/pods"

    @property
    def events(self) -> str:
        """Path of the namespace's Events."""
        return f"/api/v1/namespaces/{self.namespace}/events"

    @property
    def autoscalers(self) -> str:
        """Path of the namespace's autoscalers."""
        return f"/apis/autoscaling.k8s.io/v1/namespaces/{self.namespace}/verticalpodautoscalers"


def find(server: ApiServer, *, needed_mib: float) -> Target:
    """The autoscaled StatefulSet. Raises ApiUnreachable.

    Raises:
        OperationError: there is none, or its autoscaler cannot show what the demonstration is about.
    """
    found = [item for item in server.get(AUTOSCALERS)["items"] if item["spec"]["targetRef"]["kind"] == "StatefulSet"]
    if not found:
        raise OperationError("No stack is up in this sandbox. Run `make up` first, then this again.")
    autoscaler = found[0]
    metadata, spec = autoscaler["metadata"], autoscaler["spec"]
    where = f"The VerticalPodAutoscaler {metadata['namespace']}/{metadata['name']}"
    mode = (spec.get("updatePolicy") or {}).get("updateMode")
    if mode != MODE:
        raise OperationError(
            f"{where} has the mode {mode}; the demonstration is about {MODE}. Nothing was changed. Set "
            "node.vertical_autoscaling.mode in Pulumi.sandbox.yaml, run `make up`, then this again."
        )
    stateful_set = _stateful_set(server, metadata["namespace"], spec["targetRef"]["name"])
    target = Target(
        namespace=metadata["namespace"],
        stateful_set=spec["targetRef"]["name"],
        autoscaler=metadata["name"],
        replicas=stateful_set["spec"]["replicas"],
        request_mib=_request(stateful_set["spec"]["template"]),
        most_mib=_most(spec),
    )
    if target.most_mib is not None and target.most_mib < needed_mib:
        raise OperationError(
            f"{where} allows at most {target.most_mib:.0f} MiB, and usage is to grow to {needed_mib:.0f} MiB: the "
            "request could not follow. Nothing was changed. Give a profile that stays below, or raise the bound."
        )
    return target


def _stateful_set(server: ApiServer, namespace: str, name: str) -> Json:
    try:
        return server.get(f"/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}")
    except ApiRefused as refusal:
        raise OperationError(f"The autoscaled StatefulSet {namespace}/{name}: {refusal}. Run `make up`.") from refusal


def _request(pod: Json) -> float:
    return sum(mebibytes(container["resources"]["requests"]["memory"]) for container in pod["spec"]["containers"])


def _most(spec: Json) -> float | None:
    policies = (spec.get("resourcePolicy") or {}).get("containerPolicies") or [{}]
    most = (policies[0].get("maxAllowed") or {}).get("memory")
    return None if most is None else mebibytes(most)
