"""The key that Kubernetes Secrets are encrypted with."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp

from components.apis import GoogleApis
from components.platform import Platform
from settings import ClusterSettings

ROTATION = "7776000s"
"""90 days, as Google recommends: https://cloud.google.com/kms/docs/key-rotation#how_often_to_rotate_keys"""


@dataclass(frozen=True, kw_only=True)
class SecretsKeyArgs:
    """`apis` must be enabled before Google has a service agent. The settings say whether a key is wanted at all."""

    platform: Platform
    apis: GoogleApis
    settings: ClusterSettings


class SecretsKey(pulumi.ComponentResource):
    """Gives `key_id` (None without a key), which GKE's service agent may use once `granted` is there."""

    key_id: pulumi.Output[str] | None
    granted: list[pulumi.Resource]

    def __init__(self, name: str, args: SecretsKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:SecretsKey", name, {}, opts)
        self.key_id, self.granted = None, []
        if args.settings.secrets_encryption:
            self._create(name, args)
        self.register_outputs({"key_id": self.key_id})

    def _create(self, name: str, args: SecretsKeyArgs) -> None:
        # The provider makes the name up, with random digits: key rings cannot be deleted, and a stack that is destroyed
        # and made again, as in a recovery, would find its name taken for ever.
        ring = gcp.kms.KeyRing(
            f"{name}-ring",
            project=args.platform.project,
            location=args.platform.region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        key = gcp.kms.CryptoKey(
            f"{name}-secrets",
            name="kubernetes-secrets",
            key_ring=ring.id,
            purpose="ENCRYPT_DECRYPT",
            rotation_period=ROTATION,
            labels=args.platform.labels,
            # Without the key the cluster cannot read its own Secrets any more.
            opts=pulumi.ResourceOptions(parent=self, protect=args.platform.protect),
        )
        # Not after any API: in the preview that enables it the number would be unknown, and with it to whom the key is
        # granted, which no control could judge.
        project = gcp.organizations.get_project_output(
            project_id=args.platform.project, opts=pulumi.InvokeOutputOptions(parent=self)
        )
        # https://cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets#grant_permission_to_use_the_key
        grant = gcp.kms.CryptoKeyIAMMember(
            f"{name}-grant",
            crypto_key_id=key.id,
            role="roles/cloudkms.cryptoKeyEncrypterDecrypter",
            member=project.number.apply(
                lambda number: f"serviceAccount:service-{number}@container-engine-robot.iam.gserviceaccount.com"
            ),
            # The service agent is made together with the API.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.apis.enabled["container"]]),
        )
        self.key_id, self.granted = key.id, [grant]
