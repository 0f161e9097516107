from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.controlplane.commands import NAMES, PORT_NAMES, ControlPlaneSettings, commands
from sandbox.controlplane.front_proxy import FrontProxy
from sandbox.controlplane.pki import Pki
from sandbox.toolchain import ResolvedTool, Toolset

TOOLS = Toolset(
    tools={
        name: ResolvedTool(name=name, path=Path("/tools") / name, version="v1.0.0", origin="cache", seconds=0.0)
        for name in NAMES
    }
)
PORTS = dict(zip(PORT_NAMES, range(20_001, 20_006), strict=True))


def made(service_range: str = "10.20.0.0/20") -> dict[str, dict[str, str]]:
    settings = ControlPlaneSettings(
        folder=Path("/cp"),
        toolset=TOOLS,
        pki=Pki(folder=Path("/pki")),
        front_proxy=FrontProxy(folder=Path("/front-proxy")),
        ports=PORTS,
        service_range=service_range,
    )
    result = {}
    for command in commands(settings):
        assert command.argv[0] == f"/tools/{command.name}"
        flags = [argument.removeprefix("--").partition("=") for argument in command.argv[1:]]
        assert len({name for name, _, _ in flags}) == len(flags), "a flag is given twice"
        result[command.name] = {name: value for name, _, value in flags}
    return result


def test_the_order_of_start() -> None:
    assert tuple(made()) == ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")


@pytest.mark.parametrize("name", ["kube-apiserver", "kube-controller-manager", "kube-scheduler"])
def test_every_server_listens_on_loopback_at_its_port(name: str) -> None:
    flags = made()[name]
    assert (flags["bind-address"], flags["secure-port"]) == ("127.0.0.1", str(PORTS[name]))


def test_etcd_listens_on_loopback_and_asks_for_certificates() -> None:
    flags = made()["etcd"]
    assert flags["listen-client-urls"] == f"https://127.0.0.1:{PORTS['etcd']}"
    assert flags["listen-peer-urls"] == f"https://127.0.0.1:{PORTS['etcd-peer']}"
    assert (flags["client-cert-auth"], flags["peer-client-cert-auth"]) == ("true", "true")
    assert made()["kube-apiserver"]["etcd-servers"] == flags["advertise-client-urls"]


def test_nobody_is_authorized_without_rbac_and_no_default_admission_is_turned_off() -> None:
    flags = made()["kube-apiserver"]
    assert flags["authorization-mode"] == "Node,RBAC"
    assert "disable-admission-plugins" not in flags
    assert "AlwaysAllow" not in str(flags)


def test_controllers_use_their_own_accounts() -> None:
    flags = made()["kube-controller-manager"]
    assert flags["use-service-account-credentials"] == "true"
    assert "controllers" not in flags
    assert "system:kube-controller-manager.kubeconfig" in flags["kubeconfig"]


def test_the_service_range_is_given_on() -> None:
    assert made("10.99.0.0/20")["kube-apiserver"]["service-cluster-ip-range"] == "10.99.0.0/20"


def test_names_in_headers_are_believed_of_the_front_proxy_alone() -> None:
    flags = made()["kube-apiserver"]
    assert flags["requestheader-allowed-names"] == "front-proxy-client"
    assert flags["requestheader-client-ca-file"] == "/front-proxy/ca.crt"
    assert flags["requestheader-client-ca-file"] != flags["client-ca-file"]
    assert flags["proxy-client-cert-file"] == "/front-proxy/front-proxy-client.crt"
