"""A workload's own Google identity, by Workload Identity Federation for GKE: without a key or, as yet, a role."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_gcp as gcp


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityArgs:
    """`account` has at most 30 characters; it is what pods of `namespace` under `service_account` are to Google."""

    project: str
    account: str
    display_name: str
    namespace: str
    service_account: str


class WorkloadIdentity(pulumi.ComponentResource):
    """Gives `annotations` for the Kubernetes service account, and the `email` of the Google identity.

    It needs the cluster, whose project has the pool then.
    """

    email: str
    annotations: dict[str, str]

    def __init__(self, name: str, args: WorkloadIdentityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:WorkloadIdentity", name, {}, opts)
        here = pulumi.ResourceOptions(parent=self)
        account = gcp.serviceaccount.Account(
            f"{name}-account", account_id=args.account, display_name=args.display_name, opts=here
        )
        gcp.serviceaccount.IAMMember(
            f"{name}-user",
            service_account_id=account.name,
            role="roles/iam.workloadIdentityUser",
            member=f"serviceAccount:{args.project}.svc.id.goog[{args.namespace}/{args.service_account}]",
            opts=here,
        )
        # The address from the names, not from the account's output: a first preview shows it, and policies see it.
        self.email = f"{args.account}@{args.project}.iam.gserviceaccount.com"
        self.annotations = {"iam.gke.io/gcp-service-account": self.email}
        self.register_outputs({"annotations": self.annotations})
