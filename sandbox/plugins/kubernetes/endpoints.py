"""When Services and Ingresses count as ready: by their addresses and the endpoints behind them."""

from __future__ import annotations

from typing import Final

from sandbox.plugins.kubernetes.values import Object, at
from sandbox.plugins.kubernetes.verdicts import READY, Around, Verdict

SERVICE_NAME: Final = "kubernetes.io/service-name"
"""The label that names the Service of an EndpointSlice."""
# Source: pulumi-kubernetes, provider/pkg/await/service.go and ingress.go, processEndpointEvent; the documentation of
# Service in its SDK 4.34.2: "Each time we get an update, wait 10 seconds for any stragglers". Counted anew by each
# operation that awaits, also for endpoints that have long been there.
SETTLE_SECONDS: Final = 10.0
# Source: ingress.go, Await: how long an Ingress waits where no endpoints are seen at all.
NO_ENDPOINTS_SECONDS: Final = 60.0


def service(obj: Object, around: Around) -> Verdict:
    """An address if it is a load balancer, and endpoints that are all ready and have stopped changing."""
    spec, seen = at(obj, "spec", default={}), _versions(around.endpoint_slices)
    balancer = spec.get("type") == "LoadBalancer"
    if balancer and not at(obj, "status", "loadBalancer", "ingress"):
        return Verdict(waiting_for="a load balancer's address (status.loadBalancer.ingress)", seen=seen)
    # Headless and ExternalName Services and those without a selector have no pods to wait for.
    if spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None" or not spec.get("selector"):
        return READY
    if not seen:
        return Verdict(waiting_for="its endpoints to be seen (it has no EndpointSlice yet)")
    unready = sum(
        at(endpoint, "conditions", "ready", default=True) is False
        for part in around.endpoint_slices
        for endpoint in part.get("endpoints") or []
    )
    # No endpoint at all is ready since v4.16 (pull request 3142): only those that are not ready are waited for.
    if unready:
        return Verdict(waiting_for=f"its endpoints to be ready ({unready} are not)", seen=seen)
    return Verdict(
        waiting_for=f"its endpoints to stay as they are for {SETTLE_SECONDS:g} s",
        seen=seen,
        settle_seconds=SETTLE_SECONDS,
    )


def ingress(obj: Object, around: Around) -> Verdict:
    """An address, and endpoints of every Service that a rule names; those that never come are waited for briefly."""
    seen = _versions(around.endpoint_slices)
    if not at(obj, "status", "loadBalancer", "ingress"):
        return Verdict(waiting_for="an address (status.loadBalancer.ingress)", seen=seen)
    known = {at(part, "metadata", "labels", SERVICE_NAME) for part in around.endpoint_slices}
    known |= {at(one, "metadata", "name") for one in around.services if at(one, "spec", "type") == "ExternalName"}
    named = {
        at(path, "backend", "service", "name")
        for rule in at(obj, "spec", "rules", default=[])
        for path in at(rule, "http", "paths", default=[])
    }
    missing = sorted(named - known - {None})
    if not missing:
        return READY
    return Verdict(
        waiting_for=f"the endpoints of {', '.join(missing)}",
        seen=seen,
        settle_seconds=SETTLE_SECONDS if seen else NO_ENDPOINTS_SECONDS,
    )


def _versions(objects: list[Object]) -> tuple[str, ...]:
    return tuple(sorted(f"{at(one, 'metadata', 'uid')} {at(one, 'metadata', 'resourceVersion')}" for one in objects))
