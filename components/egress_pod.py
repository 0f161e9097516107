"""The pod of the egress proxy: squid as the container's own command."""

from __future__ import annotations

import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels, selector_labels
from components.machines import MACHINE_SELECTOR
from components.pod_security import container_security, pod_security, scratch
from components.squid_conf import LOG, RUN, SHUTDOWN_SECONDS, SPOOL
from settings import EgressSettings

NAME = "egress-proxy"
CONF_FOLDER = "/etc/egress-proxy"
CONF_FILE = "squid.conf"

# The user `proxy` of the Debian and Ubuntu packages.
USER = 13

core = kubernetes.core.v1


def egress_pod(settings: EgressSettings, config_map: str) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The pod template, with the configuration from the given ConfigMap."""
    folders = {"run": RUN, "log": LOG, "spool": SPOOL}
    return core.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=kubernetes_labels(NAME)),
        spec=core.PodSpecArgs(
            service_account_name=NAME,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=pod_security(USER),
            termination_grace_period_seconds=SHUTDOWN_SECONDS + 10,
            node_selector=MACHINE_SELECTOR,
            topology_spread_constraints=[
                core.TopologySpreadConstraintArgs(
                    max_skew=1,
                    topology_key="kubernetes.io/hostname",
                    # Without a hard rule auto-provisioning makes one machine for all of them.
                    when_unsatisfiable="DoNotSchedule",
                    # Pods of a new version are spread among themselves, so that a rollout needs no extra machine.
                    match_label_keys=["pod-template-hash"],
                    label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=selector_labels(NAME)),
                )
            ],
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
