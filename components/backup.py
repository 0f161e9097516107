"""Backups of the cluster: what is in it, and what is on its volumes."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.cluster import Cluster
from components.platform import Platform
from settings import StackSettings


@dataclass(frozen=True, kw_only=True)
class BackupArgs:
    """The cluster that is backed up, and all settings of the stack: they decide where backups are kept."""

    platform: Platform
    cluster: Cluster
    settings: StackSettings


class Backup(pulumi.ComponentResource):
    """Gives `plan_id`, None where no backups are made."""

    plan_id: pulumi.Output[str] | None

    def __init__(self, name: str, args: BackupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:Backup", name, {}, opts)
        self.plan_id = self._plan(name, args).id if args.settings.backup.enabled else None
        self.register_outputs({"plan_id": self.plan_id})

    def _plan(self, name: str, args: BackupArgs) -> gcp.gkebackup.BackupPlan:
        settings = args.settings.backup
        return gcp.gkebackup.BackupPlan(
            f"{name}-plan",
            name=args.platform.name,
            project=args.platform.project,
            location=args.settings.backup_location,
            cluster=args.cluster.cluster_id,
            backup_config=gcp.gkebackup.BackupPlanBackupConfigArgs(
                all_namespaces=True,
                # Google leaves both out unless told otherwise: a restore would bring back empty disks.
                include_volume_data=True,
                include_secrets=True,
            ),
            backup_schedule=gcp.gkebackup.BackupPlanBackupScheduleArgs(
                paused=False,
                rpo_config=gcp.gkebackup.BackupPlanBackupScheduleRpoConfigArgs(
                    target_rpo_minutes=settings.recovery_point_minutes
                ),
            ),
            # Not `locked`: that can never be undone, not even to keep backups for longer.
            retention_policy=gcp.gkebackup.BackupPlanRetentionPolicyArgs(
                backup_retain_days=settings.retain_days, backup_delete_lock_days=settings.delete_lock_days
            ),
            labels=args.platform.labels,
            opts=pulumi.ResourceOptions(parent=self, protect=args.platform.protect),
        )
