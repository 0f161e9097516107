"""The cluster, through the official Kubernetes client."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any, TypeVar

import yaml
from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException
from urllib3.exceptions import HTTPError

from operations.errors import OperationError, UnreachableError
from operations.facts import CloudBacked, LoadBalancer, Volume

T = TypeVar("T")
TIMEOUT = (5, 30)
"""Seconds to connect, and to read."""
REFUSED = (401, 403)
"""HTTP statuses that say who asks is not let in. The client asks without a name when a credential plugin failed."""


class Cluster:
    """Reads one cluster. An unreachable one is an `OperationError` that names its address."""

    def __init__(self, kubeconfig: str) -> None:
        """`kubeconfig` is YAML or JSON text; its exec plugin is run as kubectl would run it."""
        loaded = yaml.safe_load(kubeconfig)
        self.server: str = loaded["clusters"][0]["cluster"]["server"]
        require_credential_plugins(loaded)
        try:
            self.api = config.new_client_from_config_dict(loaded)  # type: ignore[no-untyped-call]
        except ConfigException as error:
            raise OperationError(f"Cannot sign in to the cluster at {self.server}: {error}") from error

    def cloud_backed(self) -> CloudBacked:
        """Volumes and load balancers, which live on in the cloud when the cluster goes first."""
        core = client.CoreV1Api(self.api)
        volumes = self.ask(lambda: core.list_persistent_volume(_request_timeout=TIMEOUT).items)
        services = self.ask(lambda: core.list_service_for_all_namespaces(_request_timeout=TIMEOUT).items)
        return CloudBacked(
            volumes=tuple(volume_of(volume) for volume in volumes if volume.spec and volume.spec.csi),
            load_balancers=tuple(load_balancer_of(service) for service in services if backed(service)),
        )

    def ask(self, question: Callable[[], T]) -> T:
        """The answer to a question that changes nothing.

        Raises:
            UnreachableError: there is none.
            OperationError: the cluster does not let in who asks.
        """
        try:
            return question()
        except ApiException as error:
            if error.status in REFUSED:
                raise OperationError(
                    f"The cluster at {self.server} refuses your login: {error.reason}. Nothing was changed by this "
                    "question. Sign in again (`gcloud auth login`) and run the command again."
                ) from error
            raise UnreachableError(f"the cluster at {self.server} does not answer: {error.reason}") from error
        except HTTPError as error:
            raise UnreachableError(f"the cluster at {self.server} does not answer: {error}") from error


def require_credential_plugins(kubeconfig: dict[str, Any]) -> None:
    """Refuses a kubeconfig whose credential plugin is missing: the client would only log that, and ask anonymously."""
    for user in kubeconfig.get("users") or []:
        command = (user["user"].get("exec") or {}).get("command")
        if command and shutil.which(command) is None:
            raise OperationError(
                f"The kubeconfig signs in with {command}, which is not on PATH. Nothing was changed. Install it "
                "(`gcloud components install gke-gcloud-auth-plugin`) and run the command again."
            )


def backed(service: Any) -> bool:
    """Whether the cloud holds a load balancer for this Service, also while it is being deleted."""
    return bool(service.spec.type == "LoadBalancer")


def volume_of(volume: Any) -> Volume:
    """The plain form of a PersistentVolume."""
    claim = volume.spec.claim_ref
    return Volume(
        name=volume.metadata.name,
        disk=volume.spec.csi.volume_handle,
        claim=f"{claim.namespace}/{claim.name}" if claim else "",
        reclaim_policy=volume.spec.persistent_volume_reclaim_policy,
    )


def load_balancer_of(service: Any) -> LoadBalancer:
    """The plain form of a LoadBalancer Service."""
    ingress = service.status.load_balancer.ingress if service.status.load_balancer else None
    return LoadBalancer(
        namespace=service.metadata.namespace,
        name=service.metadata.name,
        address=(ingress[0].ip or ingress[0].hostname) if ingress else "",
    )
