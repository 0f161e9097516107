from __future__ import annotations

import pulumi
import pytest
from pulumi_gcp.container import outputs

from components.control_plane import reported_dns_name

Endpoints = outputs.ClusterControlPlaneEndpointsConfig
DnsEndpoint = outputs.ClusterControlPlaneEndpointsConfigDnsEndpointConfig


def test_the_dns_name_that_google_reports() -> None:
    reported = Endpoints(dns_endpoint_config=DnsEndpoint(endpoint="gke-1.europe-west1.gke.goog"))
    assert reported_dns_name(reported) == "gke-1.europe-west1.gke.goog"


@pytest.mark.parametrize("reported", [Endpoints(), Endpoints(dns_endpoint_config=DnsEndpoint())])
def test_without_a_dns_name_the_message_says_what_to_do(reported: Endpoints) -> None:
    with pytest.raises(pulumi.RunError, match=r"set p2p-nodes:cluster\.control_plane_access to ip"):
        reported_dns_name(reported)
