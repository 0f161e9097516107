"""When a node counts as started, alive and ready: never so that one which only syncs is killed.

`/health` answers 200 as soon as RPC is served, whatever the node does; `/health/readiness`, which binaries with one RPC
port have, only when it has peers and is synced. https://github.com/paritytech/polkadot-sdk/pull/4802
"""

from __future__ import annotations

import pulumi_kubernetes as kubernetes

from settings import NodeSettings

core = kubernetes.core.v1

PERIOD_SECONDS = 10
ALIVE = "/health"
READY = "/health/readiness"


def startup(settings: NodeSettings) -> kubernetes.core.v1.ProbeArgs:
    """Room to open, repair or convert a large database. Until it succeeds the other probes are not asked."""
    return core.ProbeArgs(
        http_get=_health(settings, ALIVE),
        period_seconds=PERIOD_SECONDS,
        timeout_seconds=5,
        failure_threshold=settings.startup_minutes * 60 // PERIOD_SECONDS,
    )


def liveness() -> kubernetes.core.v1.ProbeArgs:
    """A node that has not answered for ten minutes hangs. One that syncs is slow to answer, but does.

    The metrics have a server of their own. RPC, which the other probes ask, refuses whoever comes when its clients have
    taken all connections: that is no reason to kill it.
    """
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path="/metrics", port="prometheus"),
        period_seconds=60,
        timeout_seconds=30,
        failure_threshold=10,
    )


def readiness(settings: NodeSettings) -> kubernetes.core.v1.ProbeArgs:
    """Synced and with peers, where the binary can say so; else that it answers."""
    path = ALIVE if settings.profile == "two-port" else READY
    return core.ProbeArgs(http_get=_health(settings, path), period_seconds=30, timeout_seconds=5)


def _health(settings: NodeSettings, path: str) -> kubernetes.core.v1.HTTPGetActionArgs:
    port = settings.rpc_ports[-1]
    return core.HTTPGetActionArgs(
        path=path,
        port=port,
        # With origins named in rpc_cors the node refuses whoever does not call it localhost.
        http_headers=[core.HTTPHeaderArgs(name="Host", value=f"localhost:{settings.listening[port]}")],
    )
