"""The kubeconfig of a GKE cluster, in the two forms that its control plane can be reached by."""

from __future__ import annotations

import json

HINT = (
    "Install gke-gcloud-auth-plugin: https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl"
)


def kubeconfig_for_dns_name(*, cluster: str, dns_name: str) -> str:
    """JSON for the DNS endpoint. It carries no CA: the endpoint's certificate is signed by a public one."""
    return _kubeconfig(cluster, {"server": f"https://{dns_name}"})


def kubeconfig_for_address(*, cluster: str, address: str, ca_certificate: str) -> str:
    """JSON for the IP endpoint. `address` is a host, with a port if it is not 443; `ca_certificate` is base64."""
    return _kubeconfig(cluster, {"server": f"https://{address}", "certificate-authority-data": ca_certificate})


def _kubeconfig(cluster: str, endpoint: dict[str, str]) -> str:
    credentials = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "gke-gcloud-auth-plugin",
        "installHint": HINT,
        "interactiveMode": "Never",
        "provideClusterInfo": True,
    }
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": cluster,
            "clusters": [{"name": cluster, "cluster": endpoint}],
            "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": cluster}}],
            "users": [{"name": cluster, "user": {"exec": credentials}}],
        }
    )
