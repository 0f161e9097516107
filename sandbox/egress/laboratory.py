"""A cluster's network and an internet in namespaces of this machine, joined by a router that leads nowhere else."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sandbox.egress.errors import LaboratoryError
from sandbox.egress.names import Names, served
from sandbox.egress.namespaces import Namespace
from sandbox.egress.proxy import Proxy
from sandbox.egress.roots import SquidRoot
from sandbox.egress.service import Service
from sandbox.egress.web import PLAIN, TLS, Web

RULE = ("iptables", "-A", "OUTPUT", "-p", "tcp", "--dport", "80", "-j", "DROP")
"""The assignment's very rule, in the client's namespace."""
CLIENT, STRANGER, DNS = "10.64.0.10", "10.99.0.10", "10.72.0.10"
SERVICES = "10.72.1.{}"
PROXIES = "10.64.1.{}"
ALLOWED, DENIED = "5.5.5.10", "5.5.5.11"
UNREACHABLE = "203.0.113.10"
"""Packets to it are lost, as to a server that is down."""
WEB = (
    ALLOWED, DENIED, "5.5.5.12", "10.128.0.20", "10.72.0.1", "100.64.0.20", "169.254.169.254", "169.254.169.252",
    "172.16.0.20", "192.168.0.20",
    "2600:5::10", "2600:5::11", "fd00:ec2::254", "fd00::20", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1",
)  # fmt: skip
"""Addresses of the web server that are its own; packets to any other address reach it, too, on the same ports."""

_GATEWAY, _WEB_SIDE = "192.0.2.1", "192.0.2.2"
_TRANSPARENT = {socket.AF_INET: (socket.IPPROTO_IP, 19), socket.AF_INET6: (socket.IPPROTO_IPV6, 75)}
_SEARCH = "egress.svc.cluster.local svc.cluster.local cluster.local google.internal"
_POD = {
    "resolv.conf": f"search {_SEARCH}\nnameserver {DNS}\noptions ndots:5\n",
    "hosts": "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\n"
    "fe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n",
    "hostname": "egress-proxy\n",
    "nsswitch.conf": "hosts: files dns\n",
}
"""What kubelet mounts into a pod of policy ClusterFirst, but for nsswitch.conf, which is the image's."""


class Laboratory:
    """See `laboratory`, which makes one."""

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        """Sets the namespaces up; `stack` takes them down."""
        self._folder, self._stack = folder, stack
        self._pod, commands = folder / "pod", folder / "commands"
        for place, files in ((self._pod, _POD), (commands, _COMMANDS)):
            place.mkdir(parents=True)
            for name, text in files.items():
                (place / name).write_text(text, encoding="ascii")
        self._commands = commands
        self._proxies: dict[int, tuple[Namespace, Proxy | None]] = {}
        self._services = 0
        self._router = self._namespace("")
        self._router.kernel({"ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1"})
        self._router.batch([f"route add blackhole {UNREACHABLE}/32"])
        self.names = Names()
        self._serve_names(self._member("dns", DNS))
        self.web = Web(folder / "web")
        self._stack.callback(self.web.close)
        self._serve_web(self._internet())
        self.stranger = self._member("stranger", STRANGER)
        self.client = self._member("client", CLIENT)
        self.client.batch([], program=RULE)

    @property
    def ca_file(self) -> Path:
        """Certificate of the authority that the web server's certificates are from; PEM."""
        return self.web.ca_file

    def proxy(self, conf: str, *, squid: SquidRoot, number: int = 1, files: Mapping[str, str] | None = None) -> Proxy:
        """Starts squid with this configuration as the pod runs it, and waits until it listens.

        `files` lie beside squid.conf in /etc/egress-proxy, by relative name. `number`, 1 to 250, decides its address;
        one number has one running proxy. Raises LaboratoryError if it does not start or the number is taken.
        """
        namespace, earlier = self._proxies.get(number, (None, None))
        if earlier is not None and earlier.running():
            raise LaboratoryError(f"proxy {number} runs already")
        if namespace is None:
            namespace = self._member(f"proxy{number}", PROXIES.format(number), f"2600:64::{number:x}")
            # What attackers look for beside a proxy: services that trust whoever is on the same machine.
            for family, loopback in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                self._listen(namespace, family, loopback)
            self._proxies[number] = (namespace, None)
        proxy = Proxy(namespace, self._folder / f"proxy{number}", conf, squid, files or {}, self._pod)
        self._stack.callback(proxy.close)
        self._proxies[number] = (namespace, proxy)
        return proxy

    def service(self, proxies: Sequence[Proxy]) -> Service:
        """One address before several proxies, as kube-proxy gives it to the client's namespace."""
        self._services += 1
        address = SERVICES.format(self._services)
        return Service(self.client, address, proxies[0].port, proxies, chain=f"SERVICE-{self._services}")

    def host(self, name: str, address: str) -> Namespace:
        """A further machine with this IPv4 address; one of the pods' range is a client without a firewall.

        `name`, up to 15 characters, is that of its cable.
        """
        return self._member(name, address)

    def _namespace(self, address: str) -> Namespace:
        namespace = Namespace(self._commands, address=address)
        self._stack.callback(namespace.close)
        # Where the host has IPv6 switched off, new namespaces may begin so.
        namespace.kernel({"ipv6/conf/all/disable_ipv6": "0", "ipv6/conf/default/disable_ipv6": "0"})
        return namespace

    def _member(self, name: str, address: str, address6: str = "") -> Namespace:
        member = self._namespace(address)
        addresses = [f"{address}/32", *([f"{address6}/128"] if address6 else [])]
        self._join(member, name, addresses)
        self._router.batch([f"route add {one} dev {name}" for one in addresses])
        return member

    def _join(self, member: Namespace, name: str, addresses: Sequence[str]) -> None:
        """A cable from the router to the member; the router's end is called `name`."""
        self._router.batch([
            f"link add {name} type veth peer name eth0 netns {member.path}",
            f"address add {_GATEWAY}/32 dev {name}",
            f"link set {name} addrgenmode none up",
            f"address add fe80::1/64 dev {name} nodad",
        ])  # fmt: skip
        member.batch([
            "link set eth0 addrgenmode none up",
            "address add fe80::2/64 dev eth0 nodad",
            *(f"address add {one} dev eth0{' nodad' if ':' in one else ''}" for one in addresses),
            f"route add default via {_GATEWAY} dev eth0 onlink",
            "route add default via fe80::1 dev eth0",
        ])  # fmt: skip

    def _internet(self) -> Namespace:
        """Everything that is not a member's: explicit addresses, and by a rule of its own every other one."""
        internet = self._namespace("")
        self._join(internet, "web", [f"{_WEB_SIDE}/32", *(f"{one}/{128 if ':' in one else 32}" for one in WEB)])
        # A rule's family is what the command says; it takes ::/0 for any IPv4 address, and says nothing.
        for family, anything in (("-4", "0.0.0.0/0"), ("-6", "::/0")):
            lines = ["rule add iif eth0 lookup 100", f"route add local {anything} dev lo table 100"]
            internet.batch(lines, program=("ip", family, "-batch", "-"))
        self._router.batch([
            f"route add default via {_WEB_SIDE} dev web onlink",
            "route add default via fe80::2 dev web",
        ])  # fmt: skip
        return internet

    def _serve_names(self, namespace: Namespace) -> None:
        udp = namespace.new_socket(socket.AF_INET, socket.SOCK_DGRAM)
        tcp = namespace.new_socket(socket.AF_INET)
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for bound in (udp, tcp):
            bound.bind((DNS, 53))
        self._stack.enter_context(served(self.names, udp, tcp))

    def _serve_web(self, namespace: Namespace) -> None:
        for family, anywhere in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):  # noqa: S104
            self._listen(namespace, family, anywhere)

    def _listen(self, namespace: Namespace, family: socket.AddressFamily, address: str) -> None:
        for port in (*PLAIN, *TLS):
            listening = namespace.new_socket(family)
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            # An answer may come from an address that is nobody's here.
            listening.setsockopt(*_TRANSPARENT[family], 1)
            listening.bind((address, port))
            self.web.serve(listening, tls=port in TLS)


_COMMANDS = {"resolv.conf": f"nameserver {DNS}\n", "nsswitch.conf": _POD["nsswitch.conf"]}
"""Of a workload outside of Kubernetes: each name is asked for as it is."""


@contextlib.contextmanager
def laboratory(folder: Path) -> Iterator[Laboratory]:
    """A laboratory in a new folder, which stays; processes, mounts and namespaces go, whatever happens.

    Needs root on Linux, iproute2, iptables and util-linux. Raises LaboratoryError, after it has cleared up, if the
    kernel refuses or a program fails.
    """
    with contextlib.ExitStack() as stack:
        try:
            made = Laboratory(folder, stack)
        except OSError as error:
            raise LaboratoryError(f"the laboratory cannot be set up: {error}") from error
        yield made
