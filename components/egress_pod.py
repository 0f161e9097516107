"""The pod of the egress proxy: squid as the container's own command."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels
from components.placement import a_machine_of_its_own, rather_another_zone
from components.pod_security import container_security, pod_security, scratch
from components.squid_access import CONF_FOLDER, HEALTH_PATH
from components.squid_conf import CONF_FILE, LOG, RUN, SPOOL
from settings import EgressSettings

NAME = "egress-proxy"

# The user `proxy` of the Debian and Ubuntu packages.
USER = 13

# New connections stop here before squid does: by then every machine has heard that the pod is no endpoint any more.
PRE_STOP_SECONDS = 10
# squid takes a second or two longer than it is told to.
MARGIN_SECONDS = 10

core = kubernetes.core.v1


def egress_pod(
    settings: EgressSettings, *, config_map: str, machines: Mapping[str, str]
) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The pod template, with the configuration from the given ConfigMap, on the given machines.

    A pod that is deleted ends within `drain_seconds` and the two constants above.
    """
    folders = {"run": RUN, "log": LOG, "spool": SPOOL}
    return core.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=kubernetes_labels(NAME)),
        spec=core.PodSpecArgs(
            service_account_name=NAME,
            automount_service_account_token=False,
            enable_service_links=False,
            security_context=pod_security(USER),
            termination_grace_period_seconds=PRE_STOP_SECONDS + settings.drain_seconds + MARGIN_SECONDS,
            node_selector=machines,
            # Pods of a new version are kept apart among themselves, so that a rollout needs no extra machine.
            affinity=a_machine_of_its_own(NAME, among=["pod-template-hash"]),
            topology_spread_constraints=rather_another_zone(NAME, among=["pod-template-hash"]),
            containers=[_container(settings, folders)],
            volumes=[
                core.VolumeArgs(name="conf", config_map=core.ConfigMapVolumeSourceArgs(name=config_map)),
                *(scratch(name) for name in folders),
            ],
        ),
    )


def _container(settings: EgressSettings, folders: dict[str, str]) -> kubernetes.core.v1.ContainerArgs:
    # The kernel takes connections for a squid that hangs; only squid itself answers a request.
    asked = core.HTTPGetActionArgs(path=HEALTH_PATH, port="proxy")
    return core.ContainerArgs(
        name="squid",
        image=settings.image,
        # Not the image's entrypoint, which tails log files and takes the SIGTERM that squid should get.
        command=["squid", "-N", "-f", f"{CONF_FOLDER}/{CONF_FILE}"],
        ports=[core.ContainerPortArgs(name="proxy", container_port=settings.port)],
        startup_probe=core.ProbeArgs(http_get=asked, period_seconds=1, timeout_seconds=1, failure_threshold=60),
        readiness_probe=core.ProbeArgs(http_get=asked, period_seconds=5, timeout_seconds=3, failure_threshold=2),
        # A restart ends every tunnel. A proxy that is merely full does not answer either, and gets no new connection
        # as it is not ready: it has five minutes to empty.
        liveness_probe=core.ProbeArgs(http_get=asked, period_seconds=10, timeout_seconds=5, failure_threshold=30),
        # The kubelet's own pause, as the image may have no `sleep`: from Kubernetes 1.30 on.
        lifecycle=core.LifecycleArgs(
            pre_stop=core.LifecycleHandlerArgs(sleep=core.SleepActionArgs(seconds=PRE_STOP_SECONDS))
        ),
        # Every tunnel that `max_filedescriptors` allows, filled, is a third of the limit (make benchmark-egress); a
        # download whose client does not read takes twice a tunnel. The rest is for the kernel's socket buffers.
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": "100m", "memory": "128Mi"}, limits={"memory": "1024Mi"}
        ),
        security_context=container_security(),
        volume_mounts=[
            core.VolumeMountArgs(name="conf", mount_path=CONF_FOLDER, read_only=True),
            *(core.VolumeMountArgs(name=name, mount_path=path) for name, path in folders.items()),
        ],
    )
