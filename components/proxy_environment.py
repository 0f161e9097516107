"""Environment variables that send a workload's HTTP and HTTPS through the egress proxy.

What clients make of `no_proxy` differs; docs/egress.md has the table. Two lowest common denominators shape it: wget and
Python's urllib know no ranges, so that what must never be asked of the proxy stands there by itself as well; and urllib
compares an IPv6 address with its brackets.
"""

from __future__ import annotations

from settings import NetworkSettings

MACHINE = ("localhost", "127.0.0.1", "::1", "[::1]")
CLUSTER = (".svc", ".cluster.local")
API_SERVER = ("kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local")
# A workload asks the metadata server for its own identity; through a proxy it would ask for the proxy's. The last two
# are its address where there is no IPv4, which every pod of this cluster has.
METADATA_SERVER = (
    "169.254.169.254", "metadata", "metadata.google.internal", "metadata.goog", "fd20:ce::254", "[fd20:ce::254]",
)  # fmt: skip


def no_proxy(network: NetworkSettings) -> str:
    """What is reached without the proxy, separated by commas: the pod itself, the cluster and the metadata server.

    The API server is the first address of the services: that of the Service `kubernetes`
    (https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/). Its private endpoint is an address
    of the nodes' subnet, as the cluster names no other.
    """
    ranges = (network.services_range, network.pods_range, network.nodes_range)
    api_server = str(network.services_range[1])
    return ",".join([*MACHINE, *CLUSTER, *API_SERVER, api_server, *METADATA_SERVER, *map(str, ranges)])


def proxy_environment(*, url: str, network: NetworkSettings) -> dict[str, str]:
    """The three variables in both cases: curl and wget read `http_proxy` alone, other programs `HTTP_PROXY`."""
    lower = {"http_proxy": url, "https_proxy": url, "no_proxy": no_proxy(network)}
    return {**lower, **{name.upper(): value for name, value in lower.items()}}
