"""The pod of a p2p node: one container, its disk, and nothing that could tear its database."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components import node_key, node_probes, node_snapshot
from components.labels import kubernetes_labels, selector_labels
from components.names import NODE
from components.node_flags import node_arguments
from components.node_priority import CLASS as PRIORITY
from components.placement import a_machine_of_its_own
from components.platform import Platform
from components.pod_security import container_security, pod_security, scratch
from settings import NodeSettings

USER = 1000
DATA = "data"

core = kubernetes.core.v1


def p2p_pod(
    *,
    platform: Platform,
    settings: NodeSettings,
    environment: Mapping[str, pulumi.Input[str]],
    service_account: str,
    machines: Mapping[str, str],
) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The pod template; `environment` is added to the container as it is."""
    return core.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=kubernetes_labels(NODE)),
        spec=core.PodSpecArgs(
            service_account_name=service_account,
            automount_service_account_token=False,
            # Seven variables for each Service of the namespace, and there is a Service for each pod.
            enable_service_links=False,
            security_context=pod_security(USER),
            termination_grace_period_seconds=settings.termination_grace_seconds,
            node_selector=machines,
            priority_class_name=PRIORITY,
            affinity=a_machine_of_its_own(NODE),
            topology_spread_constraints=[
                core.TopologySpreadConstraintArgs(
                    max_skew=1,
                    topology_key="topology.kubernetes.io/zone",
                    # Only preferred: a disk never leaves its zone, and while another zone is down a hard rule would
                    # keep a restarted node from going back to its disk.
                    when_unsatisfiable="ScheduleAnyway",
                    label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=selector_labels(NODE)),
                )
            ],
            init_containers=node_snapshot.containers(
                settings.snapshot.archive, environment=environment, volume=DATA, path="/data"
            )
            or None,
            containers=[_container(platform, settings, environment)],
            volumes=[
                scratch("tmp"),
                *node_key.volumes(NODE, settings),
                *node_snapshot.volumes(NODE, settings.snapshot.archive),
            ],
        ),
    )


def _container(
    platform: Platform, settings: NodeSettings, environment: Mapping[str, pulumi.Input[str]]
) -> kubernetes.core.v1.ContainerArgs:
    resources = settings.resources
    return core.ContainerArgs(
        name=NODE,
        image=settings.image,
        # The binary itself gets SIGTERM, and every flag reaches it: the start scripts of images pass neither on.
        command=[settings.binary],
        args=node_arguments(name=platform.name, settings=settings, key_file=node_key.key_file(platform, settings)),
        env=[
            core.EnvVarArgs(
                name="POD_NAME",
                value_from=core.EnvVarSourceArgs(field_ref=core.ObjectFieldSelectorArgs(field_path="metadata.name")),
            ),
            *(core.EnvVarArgs(name=name, value=value) for name, value in environment.items()),
        ],
        ports=[core.ContainerPortArgs(name=name, container_port=port) for name, port in settings.listening.items()],
        startup_probe=node_probes.startup(settings),
        liveness_probe=node_probes.liveness(),
        readiness_probe=node_probes.readiness(settings),
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": f"{resources.cpu_millicores}m", "memory": f"{resources.memory_mib}Mi"},
            limits={"memory": f"{resources.memory_limit_mib}Mi"},
        ),
        # The image is documented to run under any user id, so it can write nowhere but to /data and /tmp already.
        security_context=container_security(),
        volume_mounts=[
            core.VolumeMountArgs(name=DATA, mount_path="/data"),
            core.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 a path inside the container
            *node_key.mounts(settings),
        ],
    )
