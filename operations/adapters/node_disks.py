"""The StatefulSet of the nodes and its claims on the cluster: looking, growing, and taking the set off its pods."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from kubernetes import client
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from operations.adapters.cluster import TIMEOUT, Cluster
from operations.disks import Claim, Live
from operations.errors import OperationError, UnreachableError
from operations.node_sets import bytes_of, node_set

MANAGER = "p2p-nodes-grow-disks"
"""Whom the API server notes as the owner of the field."""
REVISION = "controller-revision-hash"
"""The label that says by which revision a StatefulSet's pod runs."""


class Part(Enum):
    """What can be looked at by itself."""

    SET = "set"
    CLAIMS = "claims"
    PODS = "pods"
    CLASSES = "storage classes"


@dataclass(frozen=True, kw_only=True)
class NodeDisks:
    """The claims that the StatefulSet `name` makes of its claim template `template`."""

    cluster: Cluster
    namespace: str
    name: str
    template: str

    def look(self, *parts: Part) -> Live:
        """What there is now; where `parts` are given, of these alone.

        Raises UnreachableError, and OperationError where the login is refused.
        """
        apps, core = client.AppsV1Api(self.cluster.api), client.CoreV1Api(self.cluster.api)
        storage = client.StorageV1Api(self.cluster.api)
        # A list of one or none: that there is none is an answer here, and no error.
        questions: Mapping[Part, Callable[[], Any]] = {
            Part.SET: lambda: apps.list_namespaced_stateful_set(
                self.namespace, field_selector=f"metadata.name={self.name}", _request_timeout=TIMEOUT
            ),
            Part.CLAIMS: lambda: core.list_namespaced_persistent_volume_claim(self.namespace, _request_timeout=TIMEOUT),
            Part.PODS: lambda: core.list_namespaced_pod(self.namespace, _request_timeout=TIMEOUT),
            Part.CLASSES: lambda: storage.list_storage_class(_request_timeout=TIMEOUT),
        }
        found = {part: self._plain(questions[part]) for part in parts or Part}
        sets, claims, pods, classes = (found.get(part, []) for part in Part)
        return live(sets, claims, pods, classes, name=self.name, template=self.template)

    def grow(self, claim: str, size: int) -> None:
        """Makes a claim ask for `size` bytes. Raises OperationError where that is refused."""
        body = {"spec": {"resources": {"requests": {"storage": f"{size // 2**30}Gi"}}}}
        core = client.CoreV1Api(self.cluster.api)
        self._write(
            f"growing claim {claim}",
            lambda: core.patch_namespaced_persistent_volume_claim(
                claim, self.namespace, body, field_manager=MANAGER, _request_timeout=TIMEOUT
            ),
        )

    def release(self, uid: str) -> None:
        """Deletes the StatefulSet, if it is still the one with this UID, and leaves its pods and claims in place."""
        options = client.V1DeleteOptions(
            propagation_policy="Orphan", preconditions=client.V1Preconditions(uid=uid), api_version="v1"
        )
        apps = client.AppsV1Api(self.cluster.api)
        self._write(
            f"deleting StatefulSet {self.name}",
            lambda: apps.delete_namespaced_stateful_set(
                self.name, self.namespace, body=options, _request_timeout=TIMEOUT
            ),
        )

    def pod_templates(self, declared: Mapping[str, Any]) -> tuple[object, object]:
        """The pod template that the pods run by, and the one that `declared`, a StatefulSet, would give them.

        The first is that of the newest ControllerRevision, which outlives its StatefulSet, and None where there is
        none. The second has the API server's defaults, by a dry run: a new StatefulSet rolls no pod if both are equal.
        https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
        """
        apps = client.AppsV1Api(self.cluster.api)
        revisions = self._plain(
            lambda: apps.list_namespaced_controller_revision(self.namespace, _request_timeout=TIMEOUT)
        )
        mine = [one for one in revisions if re.fullmatch(rf"{re.escape(self.name)}-[0-9a-z]+", of(one))]
        newest = max(mine, key=lambda one: int(one["revision"]), default=None)
        # Under another name, as the set itself may still be there. Raw, as the client drops fields that it is too old
        # for.
        metadata = {"generateName": f"{self.name}-", "labels": (declared.get("metadata") or {}).get("labels")}
        body: Any = {**declared, "metadata": metadata}
        answer = self._write(
            f"a dry run of StatefulSet {self.name}",
            lambda: apps.create_namespaced_stateful_set(
                self.namespace,
                body,
                dry_run="All",
                _preload_content=False,
                _request_timeout=TIMEOUT,
            ),
        )
        # A revision is a patch, and says so in its template.
        runs = newest and {key: value for key, value in newest["data"]["spec"]["template"].items() if key != "$patch"}
        return runs, json.loads(answer.data)["spec"]["template"]

    def _plain(self, question: Callable[[], Any]) -> list[dict[str, Any]]:
        answer = self.cluster.ask(question)
        return list(self.cluster.api.sanitize_for_serialization(answer)["items"])

    def _write(self, what: str, request: Callable[[], Any]) -> Any:
        try:
            return request()
        except ApiException as error:
            raise OperationError(f"The cluster refuses {what}: {message(error)}") from error
        except HTTPError as error:
            raise UnreachableError(f"the cluster at {self.cluster.server} does not answer: {error}") from error


def live(
    sets: list[dict[str, Any]],
    claims: list[dict[str, Any]],
    pods: list[dict[str, Any]],
    classes: list[dict[str, Any]],
    *,
    name: str,
    template: str,
) -> Live:
    """The facts in lists of objects, under Kubernetes' own names."""
    own = re.compile(rf"{re.escape(name)}-[0-9]+")
    mine = [pod for pod in pods if own.fullmatch(pod["metadata"]["name"])]
    used = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in mine
        if (pod.get("status") or {}).get("phase") == "Running"
        for volume in pod["spec"].get("volumes") or []
        if volume.get("persistentVolumeClaim")
    }
    found = [claim for claim in claims if re.fullmatch(rf"{re.escape(template)}-{own.pattern}", of(claim))]
    there = sets[0] if sets else {}
    status = there.get("status") or {}
    return Live(
        stateful_set=node_set(there) if there else None,
        uid=there["metadata"]["uid"] if there else "",
        leaving=bool(there and there["metadata"].get("deletionTimestamp")),
        claims=tuple(claim_of(claim, in_use=of(claim) in used) for claim in sorted(found, key=ordinal)),
        observed=bool(there) and status.get("observedGeneration") == there["metadata"].get("generation"),
        update_revision=status.get("updateRevision") or "",
        pods={of(pod): pod["metadata"]["uid"] for pod in mine},
        owners={of(pod): owner_of(pod) for pod in mine},
        revisions={of(pod): (pod["metadata"].get("labels") or {}).get(REVISION) or "" for pod in mine},
        expandable=frozenset(of(one) for one in classes if one.get("allowVolumeExpansion")),
    )


def claim_of(claim: Mapping[str, Any], *, in_use: bool) -> Claim:
    """The plain form of a claim."""
    status = claim.get("status") or {}
    conditions = {one["type"]: one.get("message") or "" for one in status.get("conditions") or []}
    return Claim(
        name=of(claim),
        requested=bytes_of(claim["spec"]["resources"]["requests"]["storage"]),
        capacity=bytes_of((status.get("capacity") or {}).get("storage") or "0"),
        phase=status.get("phase") or "Pending",
        storage_class=claim["spec"].get("storageClassName") or "",
        file_system_waits="FileSystemResizePending" in conditions,
        in_use=in_use,
        trouble="; ".join(text for type_, text in conditions.items() if type_.endswith("Error")),
    )


def owner_of(pod: Mapping[str, Any]) -> str:
    """The UID of what controls a pod; empty for nobody."""
    owners = [one["uid"] for one in pod["metadata"].get("ownerReferences") or [] if one.get("controller")]
    return str(owners[0]) if owners else ""


def of(thing: Mapping[str, Any]) -> str:
    """The name of an object."""
    return str(thing["metadata"]["name"])


def ordinal(claim: Mapping[str, Any]) -> int:
    """The number of the pod that a claim is for."""
    return int(of(claim).rpartition("-")[2])


def message(error: ApiException) -> str:
    """The API server's own words."""
    try:
        return str(json.loads(error.body or "")["message"])
    except (ValueError, KeyError, TypeError):
        return str(error.reason)
