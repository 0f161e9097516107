"""Private DNS for Google's APIs: machines without a public address reach them on addresses that stay inside Google."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
import pulumi_gcp as gcp

from components.platform import Platform

# https://cloud.google.com/vpc/docs/configure-private-google-access#config-options
ADDRESSES = {
    "private": ["199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11"],
    "restricted": ["199.36.153.4", "199.36.153.5", "199.36.153.6", "199.36.153.7"],
}
# The APIs themselves, images in both registries, and control planes by DNS name.
DOMAINS = ("googleapis.com", "gcr.io", "pkg.dev", "gke.goog")
TTL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class PrivateGoogleApisArgs:
    """`addresses` are `restricted` where VPC Service Controls guard the project."""

    platform: Platform
    network_id: pulumi.Input[str]
    addresses: Literal["private", "restricted"]


class PrivateGoogleApis(pulumi.ComponentResource):
    """One private zone a domain, with an address for the domain itself and an alias for everything below it."""

    def __init__(self, name: str, args: PrivateGoogleApisArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("p2p-nodes:platform:PrivateGoogleApis", name, {}, opts)
        for domain in DOMAINS:
            self._zone(name, domain, args)
        self.register_outputs({})

    def _zone(self, name: str, domain: str, args: PrivateGoogleApisArgs) -> None:
        label = domain.replace(".", "-")
        zone = gcp.dns.ManagedZone(
            f"{name}-{label}",
            name=f"{args.platform.name}-{label}",
            dns_name=f"{domain}.",
            description=f"{domain} on the {args.addresses} addresses of Google's APIs.",
            visibility="private",
            private_visibility_config=gcp.dns.ManagedZonePrivateVisibilityConfigArgs(
                networks=[
                    gcp.dns.ManagedZonePrivateVisibilityConfigNetworkArgs(network_url=args.network_id)
                ]
            ),
            labels=args.platform.labels,
            opts=pulumi.ResourceOptions(parent=self),
        )  # fmt: skip
        # googleapis.com itself is a website; its APIs have a name of their own that the others are aliases of.
        target = f"{args.addresses}.{domain}." if domain == "googleapis.com" else f"{domain}."
        here = pulumi.ResourceOptions(parent=self, depends_on=[zone])
        gcp.dns.RecordSet(
            f"{name}-{label}-address",
            managed_zone=zone.name,
            name=target,
            type="A",
            ttl=TTL_SECONDS,
            rrdatas=ADDRESSES[args.addresses],
            opts=here,
        )
        gcp.dns.RecordSet(
            f"{name}-{label}-alias",
            managed_zone=zone.name,
            name=f"*.{domain}.",
            type="CNAME",
            ttl=TTL_SECONDS,
            rrdatas=[target],
            opts=here,
        )
