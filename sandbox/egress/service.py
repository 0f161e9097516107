"""One address before several proxies, by the rules that kube-proxy writes: a new connection goes to one at random."""

from __future__ import annotations

from collections.abc import Sequence

from sandbox.egress.namespaces import Namespace
from sandbox.egress.proxy import Proxy

_RESTORE = ("iptables-restore", "--noflush")


class Service:
    """DNAT in the namespace of the client. Open connections stay where they are when the set of proxies changes."""

    def __init__(self, client: Namespace, address: str, port: int, proxies: Sequence[Proxy], *, chain: str) -> None:
        """Begins with these proxies; `chain` names the two chains (nat and filter) that it has for itself."""
        self.address, self.port = address, port
        self._client, self._chain = client, chain
        self._proxies: list[Proxy] = []
        # New ones alone, as kube-proxy has it: the filter may see the address that an open connection was made to.
        jump = f"-A OUTPUT -d {address}/32 -p tcp --dport {port} -m conntrack --ctstate NEW -j {chain}"
        lines = ["*nat", f":{chain} -", jump, "COMMIT", "*filter", f":{chain} -", jump, "COMMIT"]
        client.batch(lines, program=_RESTORE)
        self._set(proxies)

    @property
    def url(self) -> str:
        """As workloads name it in `http_proxy`."""
        return f"http://{self.address}:{self.port}"

    def take_out(self, proxy: Proxy) -> None:
        """No new connection to this one, as when a pod is not ready or ends."""
        self._set([one for one in self._proxies if one is not proxy])

    def put_in(self, proxy: Proxy) -> None:
        """New connections to this one, too, as when a pod became ready."""
        self._set([*self._proxies, proxy])

    def _set(self, proxies: Sequence[Proxy]) -> None:
        # All at once, as kube-proxy does: the restored chain takes the place of the old one.
        self._client.batch(rules(self._chain, [(one.address, one.port) for one in proxies]), program=_RESTORE)
        self._proxies = list(proxies)


def rules(chain: str, backends: Sequence[tuple[str, int]]) -> list[str]:
    """Input of `iptables-restore --noflush`: one backend in n at random; without one, connections are refused."""
    targets = []
    for number, (address, port) in enumerate(backends):
        left = len(backends) - number
        share = f" -m statistic --mode random --probability {1 / left:.10f}" if left > 1 else ""
        targets.append(f"-A {chain} -p tcp{share} -j DNAT --to-destination {address}:{port}")
    refusal = [] if backends else [f"-A {chain} -p tcp -j REJECT --reject-with tcp-reset"]
    return ["*nat", f":{chain} -", *targets, "COMMIT", "*filter", f":{chain} -", *refusal, "COMMIT"]
