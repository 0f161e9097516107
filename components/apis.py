"""The Google APIs that the program uses, enabled by it."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from settings import NodeSettings, StackSettings


def needed_apis(stack: StackSettings) -> list[str]:
    """Service names, sorted. Cloud Resource Manager is not among them: enabling needs it itself (README, step 3)."""
    wanted = {
        "compute": True,
        "container": True,
        "iam": True,
        "iamcredentials": True,
        "logging": True,
        "monitoring": True,
        "dns": (stack.network.google_apis != "public" and not stack.network.shared_vpc.used)
        or _own_records(stack.node, stack.project),
        "cloudkms": stack.cluster.secrets_encryption,
        "pubsub": stack.cluster.upgrade_notifications,
        "gkebackup": stack.cluster.backup_agent,
        "containersecurity": stack.cluster.security_posture != "disabled",
        "secretmanager": stack.cluster.secret_manager,
        "binaryauthorization": stack.cluster.binary_authorization == "enforced",
    }
    return sorted(f"{name}.googleapis.com" for name, is_wanted in wanted.items() if is_wanted)


def _own_records(node: NodeSettings, project: str) -> bool:
    """Whether the nodes' names are in a zone of the stack's own project."""
    return node.exposure == "per-pod" and node.dns.project in ("", project)


@dataclass(frozen=True, kw_only=True)
class GoogleApisArgs:
    """All settings of the stack: they decide which APIs are used."""

    settings: StackSettings


class GoogleApis(pulumi.ComponentResource):
    """Enables APIs and leaves them enabled on destroy: another stack of the project may need them.

    Gives each as `enabled`, by the first part of its name.
    """

    enabled: dict[str, gcp.projects.Service]

    def __init__(self, name: str, args: GoogleApisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:GoogleApis", name, {}, opts)
        self.enabled = {
            service.partition(".")[0]: gcp.projects.Service(
                f"{name}-{service.partition('.')[0]}",
                project=args.settings.project,
                service=service,
                disable_on_destroy=False,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for service in needed_apis(args.settings)
        }
        self.register_outputs({})
