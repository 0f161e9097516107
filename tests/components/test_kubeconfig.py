from __future__ import annotations

import json
from typing import Any

import pytest

from components.kubeconfig import kubeconfig_for_address, kubeconfig_for_dns_name

BY_NAME = kubeconfig_for_dns_name(cluster="p2p", dns_name="gke-1.europe-west1.gke.goog")
BY_ADDRESS = kubeconfig_for_address(cluster="p2p", address="127.0.0.1:6443", ca_certificate="Q0E=")


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        (BY_NAME, {"server": "https://gke-1.europe-west1.gke.goog"}),
        (BY_ADDRESS, {"server": "https://127.0.0.1:6443", "certificate-authority-data": "Q0E="}),
    ],
)
def test_a_ca_goes_with_an_address_and_not_with_a_name(text: str, endpoint: dict[str, str]) -> None:
    assert json.loads(text)["clusters"] == [{"name": "p2p", "cluster": endpoint}]


@pytest.mark.parametrize("text", [BY_NAME, BY_ADDRESS])
def test_credentials_come_from_the_plugin_and_never_lie_in_the_file(text: str) -> None:
    config: dict[str, Any] = json.loads(text)
    assert config["current-context"] == "p2p"
    assert config["contexts"] == [{"name": "p2p", "context": {"cluster": "p2p", "user": "p2p"}}]
    (user,) = config["users"]
    assert user["name"] == "p2p"
    assert list(user["user"]) == ["exec"]
    plugin = user["user"]["exec"]
    assert plugin["apiVersion"] == "client.authentication.k8s.io/v1beta1"
    assert plugin["command"] == "gke-gcloud-auth-plugin"
    assert plugin["provideClusterInfo"] is True
    assert "https://" in plugin["installHint"]
