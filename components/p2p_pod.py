"""The pod of a p2p node: one container, its disk, and nothing that could tear its database."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components.labels import kubernetes_labels, selector_labels
from components.placement import a_machine_of_its_own
from components.pod_security import container_security, pod_security, scratch
from settings import NodeSettings

USER = 1000
DATA = "data"

core = kubernetes.core.v1


def ports(settings: NodeSettings) -> dict[str, int]:
    """Ports by name. Only p2p is published outside the cluster.

    Of the defaults, 30333 is what the image's entrypoint is known to set, the others are Substrate's of its time; the
    entrypoint takes no others (see `node_arguments`).
    """
    return {"p2p": settings.ports.p2p, "websocket": settings.ports.websocket, "http": settings.ports.http}


def node_arguments(platform: str) -> list[str]:
    """The original's arguments, with a name of its own for each pod of each stack.

    Kubernetes replaces `$(POD_NAME)`. Substrate refuses names of 64 characters and more, and any with a dot or an at
    sign: the platform's name has at most 24 characters and the pod's at most 12.

    The network's guide runs this very image with `--node-type full --name NAME` and a disk at /data, under any user id.
    That guide (Automata's "Run Full Node") is all that is documented. What the entrypoint makes of it is inferred from
    github.com/automata-network/automata, Dockerfile and scripts/run-node.sh, which nothing ties to this tag:
    `--port=30333 --base-path=/data --rpc-cors=all --rpc-external --ws-external`. The script knows `--node-type`,
    `--chain` and `--name`, and loops for ever on any other argument: nothing else is passed, and the settings of ports
    only repeat what it listens on.
    """
    return ["--node-type", "full", "--name", f"{platform}-$(POD_NAME)"]


def p2p_pod(
    *,
    platform: str,
    settings: NodeSettings,
    environment: Mapping[str, pulumi.Input[str]],
    service_account: str,
    machines: Mapping[str, str],
) -> kubernetes.core.v1.PodTemplateSpecArgs:
    """The pod template; `environment` is added to the container as it is."""
    return core.PodTemplateSpecArgs(
        metadata=kubernetes.meta.v1.ObjectMetaArgs(labels=kubernetes_labels("p2p-node")),
        spec=core.PodSpecArgs(
            service_account_name=service_account,
            automount_service_account_token=False,
            # Seven variables for each Service of the namespace, and there is a Service for each pod.
            enable_service_links=False,
            security_context=pod_security(USER),
            termination_grace_period_seconds=settings.termination_grace_seconds,
            node_selector=machines,
            affinity=a_machine_of_its_own("p2p-node"),
            topology_spread_constraints=[
                core.TopologySpreadConstraintArgs(
                    max_skew=1,
                    topology_key="topology.kubernetes.io/zone",
                    # Only preferred: a disk never leaves its zone, and while another zone is down a hard rule would
                    # keep a restarted node from going back to its disk.
                    when_unsatisfiable="ScheduleAnyway",
                    label_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=selector_labels("p2p-node")),
                )
            ],
            containers=[_container(platform, settings, environment)],
            volumes=[scratch("tmp")],
        ),
    )


def _container(
    platform: str, settings: NodeSettings, environment: Mapping[str, pulumi.Input[str]]
) -> kubernetes.core.v1.ContainerArgs:
    resources = settings.resources
    return core.ContainerArgs(
        name="p2p-node",
        image=settings.image,
        args=node_arguments(platform),
        env=[
            core.EnvVarArgs(
                name="POD_NAME",
                value_from=core.EnvVarSourceArgs(field_ref=core.ObjectFieldSelectorArgs(field_path="metadata.name")),
            ),
            *(core.EnvVarArgs(name=name, value=value) for name, value in environment.items()),
        ],
        ports=[core.ContainerPortArgs(name=name, container_port=port) for name, port in ports(settings).items()],
        # Inferred, never seen of this image: Substrate of its time (2021, client/rpc-servers) answers GET /health on
        # the HTTP port of its two-port RPC and has no /health/readiness; the kubelet reaches it if the entrypoint
        # passes `--rpc-external` (all addresses) and `--rpc-cors=all` (any Host header, thus the pod's address). Where
        # that is wrong, nodes run and have peers but are never ready. There is no liveness probe on purpose: a node
        # that syncs for days is slow to answer, and killing it starts it over.
        readiness_probe=core.ProbeArgs(
            http_get=core.HTTPGetActionArgs(path="/health", port="http"), period_seconds=30, timeout_seconds=5
        ),
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": f"{resources.cpu_millicores}m", "memory": f"{resources.memory_mib}Mi"},
            limits={"memory": f"{resources.memory_limit_mib}Mi"},
        ),
        # The image is documented to run under any user id, so it can write nowhere but to /data and /tmp already.
        security_context=container_security(),
        volume_mounts=[
            core.VolumeMountArgs(name=DATA, mount_path="/data"),
            core.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108 a path inside the container
        ],
    )
