"""How the control plane of a private cluster is reached, as arguments of the cluster and as its kubeconfig."""

from __future__ import annotations

import pulumi
import pulumi_gcp as gcp

from components.kubeconfig import kubeconfig_for_address, kubeconfig_for_dns_name
from settings import ClusterSettings


def endpoints(settings: ClusterSettings) -> gcp.container.ClusterControlPlaneEndpointsConfigArgs:
    """The DNS endpoint or the IP endpoint, never both."""
    by_dns = settings.control_plane_access == "dns"
    return gcp.container.ClusterControlPlaneEndpointsConfigArgs(
        dns_endpoint_config=gcp.container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
            # Google means any user's traffic by it, from inside a VPC too; IAM decides who gets in. settings/checks.py
            # wants it acknowledged wherever the DNS name is the way in.
            allow_external_traffic=settings.external_access,
            # Only Google identities: a Kubernetes token or certificate that leaks is of no use outside the cluster.
            enable_k8s_tokens_via_dns=False,
            enable_k8s_certs_via_dns=False,
        ),
        ip_endpoints_config=gcp.container.ClusterControlPlaneEndpointsConfigIpEndpointsConfigArgs(enabled=not by_dns),
    )


def authorized_networks(
    settings: ClusterSettings,
) -> gcp.container.ClusterMasterAuthorizedNetworksConfigArgs | None:
    """Who may reach the private address, besides the cluster's own machines; None without an IP endpoint."""
    if settings.control_plane_access == "dns":
        return None
    blocks = [
        gcp.container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(cidr_block=str(one))
        for one in settings.authorized_networks
    ]
    return gcp.container.ClusterMasterAuthorizedNetworksConfigArgs(
        cidr_blocks=blocks or None, gcp_public_cidrs_access_enabled=False, private_endpoint_enforcement_enabled=True
    )


def kubeconfig(cluster: gcp.container.Cluster, settings: ClusterSettings) -> pulumi.Output[str]:
    """The kubeconfig as a secret; unknown until the cluster exists."""
    if settings.control_plane_access == "dns":
        dns_name = cluster.control_plane_endpoints_config.apply(reported_dns_name)
        text = pulumi.Output.all(cluster.name, dns_name).apply(
            lambda known: kubeconfig_for_dns_name(cluster=known[0], dns_name=known[1])
        )
    else:
        certificate = cluster.master_auth.apply(lambda authority: authority.cluster_ca_certificate or "")
        text = pulumi.Output.all(cluster.name, cluster.endpoint, certificate).apply(
            lambda known: kubeconfig_for_address(cluster=known[0], address=known[1], ca_certificate=known[2])
        )
    return pulumi.Output.secret(text)


def reported_dns_name(endpoints: gcp.container.outputs.ClusterControlPlaneEndpointsConfig) -> str:
    """The DNS name that Google Cloud gave the control plane.

    Raises pulumi.RunError where there is none: a kubeconfig without a server would send clients to localhost.
    """
    dns = endpoints.dns_endpoint_config
    if dns is None or dns.endpoint is None:
        raise pulumi.RunError(
            "Google Cloud reports no DNS endpoint for the cluster; nothing inside it was changed. Check with "
            "`gcloud container clusters describe`, or set p2p-nodes:cluster.control_plane_access to ip."
        )
    return dns.endpoint
