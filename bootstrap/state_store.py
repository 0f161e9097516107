"""The bucket for state, the key for secrets, and the APIs that both need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from bootstrap.existing import PURPOSE, Existing
from bootstrap.state_settings import KEY, KEY_LOCATIONS, KEY_RING, BootstrapSettings

DAY = 24 * 60 * 60
ENABLING = ("serviceusage.googleapis.com", "cloudresourcemanager.googleapis.com")
"""What enabling an API needs itself: the call that enables it, and the project that the provider looks up after it."""
ROTATION = f"{90 * DAY}s"
DESTRUCTION = f"{30 * DAY}s"
"""How long the destruction of a key version can be undone."""


@dataclass(frozen=True, kw_only=True)
class StateStoreArgs:
    """`existing` is adopted, the rest is made."""

    settings: BootstrapSettings
    existing: Existing
    labels: Mapping[str, str]


class StateStore(pulumi.ComponentResource):
    """Gives `backend_url` (`gs://BUCKET`) and `secrets_provider` (`gcpkms://KEY`), as Pulumi takes them."""

    backend_url: pulumi.Output[str]
    secrets_provider: pulumi.Output[str]

    def __init__(self, name: str, args: StateStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:StateStore", name, {}, opts)
        enabling = [self._api(name, args, service) for service in ENABLING]
        storage = self._api(name, args, "storage.googleapis.com", after=enabling)
        cloudkms = self._api(name, args, "cloudkms.googleapis.com", after=enabling)
        bucket = self._bucket(name, args, storage)
        key = self._key(name, args, cloudkms)
        self.backend_url = pulumi.Output.concat("gs://", bucket.name)
        self.secrets_provider = pulumi.Output.concat("gcpkms://", key.id)
        self.register_outputs({"backend_url": self.backend_url, "secrets_provider": self.secrets_provider})

    def _api(
        self, name: str, args: StateStoreArgs, service: str, after: list[gcp.projects.Service] | None = None
    ) -> gcp.projects.Service:
        project = args.settings.project
        there = f"{project}/{service}" if args.existing.complete else None
        return gcp.projects.Service(
            f"{name}-{service.partition('.')[0]}",
            project=project,
            service=service,
            disable_on_destroy=False,
            opts=pulumi.ResourceOptions(parent=self, import_=there, depends_on=after),
        )

    def _bucket(self, name: str, args: StateStoreArgs, api: gcp.projects.Service) -> gcp.storage.Bucket:
        history = args.settings.history
        return gcp.storage.Bucket(
            f"{name}-bucket",
            name=args.settings.bucket,
            project=args.settings.project,
            location=args.settings.location,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=gcp.storage.BucketVersioningArgs(enabled=True),
            # Both conditions must hold: a version goes when it is old and enough newer ones are there.
            lifecycle_rules=[
                gcp.storage.BucketLifecycleRuleArgs(
                    action=gcp.storage.BucketLifecycleRuleActionArgs(type="Delete"),
                    condition=gcp.storage.BucketLifecycleRuleConditionArgs(
                        days_since_noncurrent_time=history.days_kept, num_newer_versions=history.versions_kept
                    ),
                )
            ],
            soft_delete_policy=gcp.storage.BucketSoftDeletePolicyArgs(
                retention_duration_seconds=history.soft_delete_days * DAY
            ),
            force_destroy=False,
            labels=args.labels,
            opts=self._kept(args.existing.bucket, api),
        )

    def _key(self, name: str, args: StateStoreArgs, api: gcp.projects.Service) -> gcp.kms.CryptoKey:
        ring = gcp.kms.KeyRing(
            f"{name}-key-ring",
            name=KEY_RING,
            project=args.settings.project,
            location=KEY_LOCATIONS[args.settings.location],
            opts=self._kept(args.existing.key_ring, api),
        )
        # Only a new key takes the period of its versions' destruction; an adopted one keeps its own.
        return gcp.kms.CryptoKey(
            f"{name}-key",
            name=KEY,
            key_ring=ring.id,
            purpose=PURPOSE,
            rotation_period=ROTATION,
            destroy_scheduled_duration=DESTRUCTION,
            labels=args.labels,
            opts=pulumi.ResourceOptions.merge(
                self._kept(args.existing.key, api), pulumi.ResourceOptions(ignore_changes=["destroyScheduledDuration"])
            ),
        )

    def _kept(self, there: str | None, api: gcp.projects.Service) -> pulumi.ResourceOptions:
        """Adopted where it is there, and protected: with it goes every stack's state or every stack's secrets."""
        return pulumi.ResourceOptions(parent=self, import_=there, protect=True, depends_on=[api])
