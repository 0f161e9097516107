"""The pod of the egress proxy: squid as the container's own command."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels
from components.placement import a_machine_of_its_own
from components.pod_security import container_security, pod_security, scratch
from components.squid_conf import LOG, RUN, SHUTDOWN_SECONDS, SPOOL
from settings import EgressSettings

NAME = "egress-proxy"
CONF_FOLDER = "/etc/egress-proxy"
CONF_FILE = "squid.conf"

# The user `proxy` of the Debian and Ubuntu packages.
USER = 13

core = kubernetes.core.v1


def egress_pod(
    settings: EgressSettings, *, config_map: str, machines: Mapping[str, str]
) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The pod template, with the configuration from the given ConfigMap, on the given machines."""
    folders = {"run": RUN, "log": LOG, "spool": SPOOL}
    return core.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=kubernetes_labels(NAME)),
        spec=core.PodSpecArgs(
            service_account_name=NAME,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=pod_security(USER),
            termination_grace_period_seconds=SHUTDOWN_SECONDS + 10,
            node_selector=machines,
            # Pods of a new version are kept apart among themselves, so that a rollout needs no extra machine.
            affinity=a_machine_of_its_own(NAME, among=["pod-template-hash"]),
            containers=[_container(settings, folders)],
            volumes=[
                core.VolumeArgs(name="conf", config_map=core.ConfigMapVolumeSourceArgs(name=config_map)),
                *(scratch(name) for name in folders),
            ],
        ),
    )


def _container(settings: EgressSettings, folders: dict[str, str]) -> kubernetes.core.v1.ContainerArgs:
    answers = core.TCPSocketActionArgs(port="proxy")
    return core.ContainerArgs(
        name="squid",
        image=settings.image,
        # Not the image's entrypoint, which tails log files and takes the SIGTERM that squid should get.
        command=["squid", "-N", "-f", f"{CONF_FOLDER}/{CONF_FILE}"],
        ports=[core.ContainerPortArgs(name="proxy", container_port=settings.port)],
        readiness_probe=core.ProbeArgs(tcp_socket=answers, period_seconds=5),
        liveness_probe=core.ProbeArgs(tcp_socket=answers, period_seconds=10, failure_threshold=6),
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "256Mi"}
        ),
        security_context=container_security(),
        volume_mounts=[
            core.VolumeMountArgs(name="conf", mount_path=CONF_FOLDER, read_only=True),
            *(core.VolumeMountArgs(name=name, mount_path=path) for name, path in folders.items()),
        ],
    )
