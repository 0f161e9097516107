"""The command lines of the four processes. Pure: settings in, commands out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.controlplane.front_proxy import CLIENT, FrontProxy
from sandbox.controlplane.pki import Pki
from sandbox.controlplane.processes import Command
from sandbox.toolchain import Toolset

ETCD = "etcd"
ETCD_PEER = "etcd-peer"
API_SERVER = "kube-apiserver"
CONTROLLER_MANAGER = "kube-controller-manager"
SCHEDULER = "kube-scheduler"
NAMES = (ETCD, API_SERVER, CONTROLLER_MANAGER, SCHEDULER)
PORT_NAMES = (ETCD, ETCD_PEER, API_SERVER, CONTROLLER_MANAGER, SCHEDULER)

# On top of Kubernetes' own defaults, which stay on: what GKE adds by default.
# DenyServiceExternalIPs: on for new GKE clusters since 1.21 (gcloud's --enable-service-externalips turns it off).
# NodeRestriction goes with the Node authorizer, which GKE uses.
_GKE_ADMISSION = "NodeRestriction,DenyServiceExternalIPs"


@dataclass(frozen=True, kw_only=True)
class ControlPlaneSettings:
    """What the processes are started with. `service_range` is the CIDR of cluster IPs, as on the cluster."""

    folder: Path
    toolset: Toolset
    pki: Pki
    front_proxy: FrontProxy
    ports: Mapping[str, int]
    service_range: str


def commands(settings: ControlPlaneSettings) -> tuple[Command, ...]:
    """The four commands in order of start."""
    arguments = {
        ETCD: _etcd(settings),
        API_SERVER: _api_server(settings),
        CONTROLLER_MANAGER: _controller_manager(settings),
        SCHEDULER: _scheduler(settings),
    }
    return tuple(_command(name, settings.toolset, arguments[name]) for name in NAMES)


def kubeconfig_path(pki: Pki, user: str) -> Path:
    """The kubeconfig of a component, beside its token."""
    return pki.folder / f"{user}.kubeconfig"


def _command(name: str, toolset: Toolset, arguments: list[str]) -> Command:
    return Command(name=name, argv=(str(toolset.path(name)), *(f"--{argument}" for argument in arguments)))


def _url(settings: ControlPlaneSettings, port: str) -> str:
    return f"https://127.0.0.1:{settings.ports[port]}"


def _etcd(settings: ControlPlaneSettings) -> list[str]:
    pki = settings.pki
    tls = [f"cert-file={pki.certificate('server')}", f"key-file={pki.key('server')}", f"trusted-ca-file={pki.ca}"]
    return [
        "name=sandbox",
        f"data-dir={settings.folder / 'etcd'}",
        f"listen-client-urls={_url(settings, ETCD)}",
        f"advertise-client-urls={_url(settings, ETCD)}",
        f"listen-peer-urls={_url(settings, ETCD_PEER)}",
        f"initial-advertise-peer-urls={_url(settings, ETCD_PEER)}",
        f"initial-cluster=sandbox={_url(settings, ETCD_PEER)}",
        # Loopback is shared with every user of the machine, and etcd holds the Secrets.
        *tls,
        "client-cert-auth=true",
        *(f"peer-{argument}" for argument in tls),
        "peer-client-cert-auth=true",
        # A sandbox may lose its data with the machine; waiting for the disk at every write costs more than that.
        "unsafe-no-fsync=true",
        "log-level=warn",
    ]


def _api_server(settings: ControlPlaneSettings) -> list[str]:
    pki = settings.pki
    return [
        "bind-address=127.0.0.1",
        f"secure-port={settings.ports[API_SERVER]}",
        # The Endpoints of the `kubernetes` Service may not be loopback addresses, and no pod runs to use them.
        "advertise-address=127.0.0.1",
        "endpoint-reconciler-type=none",
        f"etcd-servers={_url(settings, ETCD)}",
        f"etcd-cafile={pki.ca}",
        f"etcd-certfile={pki.certificate('etcd-client')}",
        f"etcd-keyfile={pki.key('etcd-client')}",
        f"tls-cert-file={pki.certificate('server')}",
        f"tls-private-key-file={pki.key('server')}",
        f"client-ca-file={pki.ca}",
        f"token-auth-file={pki.tokens}",
        "authorization-mode=Node,RBAC",
        f"enable-admission-plugins={_GKE_ADMISSION}",
        "allow-privileged=true",
        f"service-cluster-ip-range={settings.service_range}",
        "service-account-issuer=https://kubernetes.default.svc.cluster.local",
        f"service-account-key-file={pki.service_account_key}",
        f"service-account-signing-key-file={pki.service_account_key}",
        # For aggregated APIs, as GKE has one of metrics.
        f"proxy-client-cert-file={settings.front_proxy.certificate}",
        f"proxy-client-key-file={settings.front_proxy.key}",
        f"requestheader-client-ca-file={settings.front_proxy.ca}",
        f"requestheader-allowed-names={CLIENT}",
        "requestheader-username-headers=X-Remote-User",
        "requestheader-group-headers=X-Remote-Group",
        "requestheader-extra-headers-prefix=X-Remote-Extra-",
        "profiling=false",
    ]


def _controller_manager(settings: ControlPlaneSettings) -> list[str]:
    pki = settings.pki
    return [
        f"kubeconfig={kubeconfig_path(pki, 'system:kube-controller-manager')}",
        *_server(settings, CONTROLLER_MANAGER),
        "leader-elect=false",
        # RBAC grants each controller's rights to its own service account, not to the controller manager.
        "use-service-account-credentials=true",
        f"service-account-private-key-file={pki.service_account_key}",
        f"root-ca-file={pki.ca}",
        f"cluster-signing-cert-file={pki.ca}",
        f"cluster-signing-key-file={pki.ca_key}",
        # A claim whose volume was not there yet is looked at again after this long, 15 s by default.
        "pvclaimbinder-sync-period=2s",
        "kube-api-qps=200",
        "kube-api-burst=400",
        "profiling=false",
    ]


def _scheduler(settings: ControlPlaneSettings) -> list[str]:
    return [
        f"kubeconfig={kubeconfig_path(settings.pki, 'system:kube-scheduler')}",
        *_server(settings, SCHEDULER),
        "leader-elect=false",
        "profiling=false",
    ]


def _server(settings: ControlPlaneSettings, name: str) -> list[str]:
    return [
        "bind-address=127.0.0.1",
        f"secure-port={settings.ports[name]}",
        f"tls-cert-file={settings.pki.certificate('server')}",
        f"tls-private-key-file={settings.pki.key('server')}",
    ]
