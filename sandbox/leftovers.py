"""What a destroy left behind, in places where no error would show it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kubernetes import client, config
from kubernetes.client.exceptions import ApiException
from urllib3.exceptions import HTTPError

from operations.adapters.engine import Engine
from operations.errors import OperationError
from sandbox.bootstrapping import owned
from sandbox.layout import Layout
from sandbox.simulator.store import Store
from sandbox.simulator.survival import outlives_its_stack

TIMEOUT = (2, 10)
"""Seconds to connect, and to read."""
BUILT_IN = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})
"""Namespaces that the API server makes itself."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """What of the program the API server may hold, as the Kubernetes client reads it.

    What is inside a namespace goes with it, so namespaces are looked for. The CSIDriver that the data plane registers
    is the cluster's own and stays.
    """

    namespaces: list[Any]
    storage_classes: list[Any]
    volumes: list[Any]
    services: list[Any]

    def kept_disks(self) -> set[str]:
        """Disks of volumes that are kept on purpose, also by an earlier destroy."""
        return {
            volume.spec.csi.volume_handle
            for volume in self.volumes
            if volume.spec.csi and volume.spec.persistent_volume_reclaim_policy != "Delete"
        }

    def left(self, kept: Collection[str]) -> Iterator[str]:
        """What should be gone. `kept` are the disks that stay."""
        for namespace in self.namespaces:
            if namespace.metadata.name not in BUILT_IN:
                yield f"namespace {namespace.metadata.name}"
        for storage_class in self.storage_classes:
            yield f"storage class {storage_class.metadata.name}"
        for volume in self.volumes:
            if not (volume.spec.csi and volume.spec.csi.volume_handle in kept):
                yield f"volume {volume.metadata.name}"
        for service in self.services:
            if service.spec.type == "LoadBalancer" or service.status.load_balancer.ingress:
                yield f"load balancer {service.metadata.namespace}/{service.metadata.name}"


def require_nothing_left(layout: Layout, engine: Engine, retained: Collection[str]) -> None:
    """Looks in the state, in the simulator and in the API server. `retained` are the disks that this destroy kept.

    Raises:
        OperationError: something is left, or the API server does not answer.
    """
    held = read(layout.kubeconfig)
    kept = {*retained, *held.kept_disks(), *owned(layout)}
    left = [f"in the state: {resource.urn}" for resource in engine.resources()]
    store = Store(layout)
    unowned = [record.id for record in store.all() if record.id not in kept and not outlives_its_stack(record)]
    left += [f"in the simulator: {identity}" for identity in unowned]
    records = ", ".join(str(store.file(identity)) for identity in unowned) or "none now"
    left += [f"in the API server: {found}" for found in held.left(kept)]
    if left:
        raise OperationError(
            "The destroy left something behind:\n  "
            + "\n  ".join(left)
            + '\nWhat you made by hand, remove by hand: `make kubectl ARGS="delete namespace NAME"`. What is only '
            f"in the simulator belongs to no state any more: move its record away ({records})."
        )


def read(kubeconfig: Path) -> Held:
    """Asks the API server.

    Raises:
        OperationError: it does not answer.
    """
    try:
        api = config.new_client_from_config(str(kubeconfig))  # type: ignore[no-untyped-call]
        core, storage = client.CoreV1Api(api), client.StorageV1Api(api)
        return Held(
            namespaces=core.list_namespace(_request_timeout=TIMEOUT).items,
            storage_classes=storage.list_storage_class(_request_timeout=TIMEOUT).items,
            volumes=core.list_persistent_volume(_request_timeout=TIMEOUT).items,
            services=core.list_service_for_all_namespaces(_request_timeout=TIMEOUT).items,
        )
    except (HTTPError, ApiException, OSError, config.ConfigException) as error:
        raise OperationError(
            f"The stack is destroyed, but the API server does not answer, so what is left in it is not known: "
            f"{error}. Run `make destroy` again: it starts what is missing and looks again."
        ) from error
