"""What Google computes: numbers, times, links, addresses, a cluster's endpoint. The catalogue names them in braces."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.layout import CHECKOUT, Layout
from sandbox.simulator.errors import ClusterUnreachable, Refused, quota
from sandbox.simulator.identity import last, region_of, relative
from sandbox.simulator.paths import first
from sandbox.simulator.references import COMPUTE
from sandbox.simulator.store import Store

# Reserved for documentation (RFC 5737): addresses that can never be mistaken for, or reach, a real host.
EXTERNAL_RANGES = ("203.0.113.0/24", "192.0.2.0/24", "198.51.100.0/24")
ADDRESS = "gcp:compute/address:Address"
FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule"
# Google's own documentation of regions and zones lists these with other letters than a, b and c.
_ZONE_LETTERS = {"us-east1": "bcd", "europe-west1": "bcd", "us-central1": "abcf"}
# The range that GKE gives to Services unless told otherwise.
_SERVICES = "34.118.224.0/20"
_PODS = "10.28.0.0/14"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The resource whose facts are wanted: its id, its place and its inputs in Google's form."""

    layout: Layout
    store: Store
    id: str
    place: dict[str, Any]
    inputs: dict[str, Any]


def fact(name: str, asked: Asked) -> Any:
    """The value that the catalogue calls `{name}`. Raises ClusterUnreachable, Refused."""
    if name in FACTS:
        return FACTS[name](asked)
    return asked.id if name == "id" else asked.place[name]


def master_version() -> str:
    """The version of the real control plane, in Google's form."""
    text = (CHECKOUT / "tools" / "controlplane" / "go.mod").read_text(encoding="utf-8")
    match = re.search(r"k8s\.io/kubernetes v(\d+\.\d+\.\d+)", text)
    return f"{match.group(1) if match else '0.0.0'}-gke.1000000"


def project_number(project: str) -> int:
    """Twelve digits that follow from the project's id, so that everything in the project tells the same number."""
    return 10**11 + int.from_bytes(hashlib.sha256(project.encode()).digest()[:4], "big")


def endpoint(layout: Layout) -> dict[str, Any]:
    """What stands in endpoint.json. Raises ClusterUnreachable."""
    try:
        found: dict[str, Any] = json.loads(layout.endpoint.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ClusterUnreachable from None
    return found


def _digits(count: int) -> str:
    return str(secrets.randbelow(9) + 1) + "".join(str(secrets.randbelow(10)) for _ in range(count - 1))


def _token(_: Asked) -> str:
    return base64.b64encode(secrets.token_bytes(8)).decode()


def _gateway(asked: Asked) -> str:
    try:
        return str(ipaddress.ip_network(asked.inputs["ipCidrRange"])[1])
    except (KeyError, ValueError, IndexError):
        return ""


def _reserved_address(asked: Asked) -> str:
    taken = {
        *(record.outputs.get("address") for record in asked.store.all(ADDRESS)),
        *(record.outputs.get("ipAddress") for record in asked.store.all(FORWARDING_RULE)),
    }
    if asked.inputs.get("addressType") == "INTERNAL":
        subnetwork = asked.store.get(relative(str(asked.inputs.get("subnetwork", ""))))
        within = [subnetwork.outputs["ipCidrRange"] if subnetwork else "10.128.0.0/20"]
    else:
        # From the other end than load balancers that ask for none.
        within = list(reversed(EXTERNAL_RANGES))
    hosts = (str(host) for block in within for host in list(ipaddress.ip_network(block))[2:-2])
    free = next((host for host in hosts if host not in taken), None)
    if free is None and asked.inputs.get("addressType") == "INTERNAL":
        raise Refused("googleapi: Error 400: IP space of the subnetwork is exhausted., ipSpaceExhausted")
    if free is None:
        raise quota("STATIC_ADDRESSES", len(taken), asked.place["region"])
    return free


def _zones(asked: Asked) -> list[str]:
    if asked.inputs.get("nodeLocations"):
        return list(asked.inputs["nodeLocations"])
    location = str(asked.place.get("cluster_location") or asked.place["location"])
    if region_of(location) != location:
        return [location]
    return [f"{location}-{letter}" for letter in _ZONE_LETTERS.get(location, "abc")[:3]]


def _subnetwork(asked: Asked) -> dict[str, Any]:
    record = asked.store.get(relative(str(asked.inputs.get("subnetwork", ""))))
    return record.outputs if record else {}


def _range(asked: Asked, *, range_input: str, block_input: str, otherwise: str) -> str:
    name = first(asked.inputs, f"ipAllocationPolicy.{range_input}")
    for item in _subnetwork(asked).get("secondaryIpRanges") or []:
        if name and item.get("rangeName") == name:
            return str(item["ipCidrRange"])
    block = first(asked.inputs, f"ipAllocationPolicy.{block_input}")
    return block if isinstance(block, str) and not block.startswith("/") and block else otherwise


def _pods_cidr(asked: Asked) -> str:
    given = asked.inputs.get("clusterIpv4Cidr")
    if given:
        return str(given)
    return _range(asked, range_input="clusterSecondaryRangeName", block_input="clusterIpv4CidrBlock", otherwise=_PODS)


def _services_cidr(asked: Asked) -> str:
    return _range(
        asked, range_input="servicesSecondaryRangeName", block_input="servicesIpv4CidrBlock", otherwise=_SERVICES
    )


def _range_name(kind: str) -> Callable[[Asked], str]:
    return lambda asked: f"gke-{last(asked.id)}-{kind}-{secrets.token_hex(4)}"


def _dns_endpoint(asked: Asked) -> str:
    region = region_of(str(asked.place["location"]))
    return f"gke-{secrets.token_hex(18)}-{_digits(12)}.{region}.gke.goog"


def _private_endpoint(asked: Asked) -> str:
    within = first(asked.inputs, "privateClusterConfig.masterIpv4CidrBlock") or _subnetwork(asked).get("ipCidrRange")
    return str(ipaddress.ip_network(within or "10.128.0.0/20")[2])


def _default_pools(asked: Asked) -> list[dict[str, Any]]:
    if asked.inputs.get("removeDefaultNodePool") or asked.inputs.get("enableAutopilot"):
        return []
    count = asked.inputs.get("initialNodeCount", 0)
    return [{"name": "default-pool", "initialNodeCount": count, "nodeCount": count, "version": master_version()}]


def _first_pool(asked: Asked) -> Any:
    """The machines of the first node pool, by name; of the default pool, which is made from this very input."""
    if asked.inputs.get("removeDefaultNodePool"):
        for pool in asked.store.all("gcp:container/nodePool:NodePool"):
            if pool.id.startswith(f"{asked.id}/"):
                return pool.outputs.get("nodeConfig")
    return asked.inputs.get("nodeConfig")


def _master_version(asked: Asked) -> str:
    running, wanted = master_version(), asked.inputs.get("minMasterVersion")
    if isinstance(wanted, str) and re.match(r"\d+(\.\d+)*", wanted) and _parts(wanted) > _parts(running):
        raise Refused(f'googleapi: Error 400: Master version "{wanted}" is unsupported., badRequest')
    return running


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("-")[0]))


def _certificate(asked: Asked) -> str:
    return base64.b64encode(str(endpoint(asked.layout)["ca_pem"]).encode()).decode()


# Made once, when the resource is created; an update leaves them as they are.
IDENTITY = frozenset(
    {"number", "whole_number", "account_number", "now", "fingerprint", "etag", "pods_range", "services_range"}
    | {"key_versions", "reserved_address", "dns_endpoint", "private_endpoint"}
)
# Read again whenever the resource is: a restarted control plane may answer elsewhere, a node pool may have come.
VOLATILE = frozenset({"endpoint_host", "endpoint_ca", "first_pool"})

FACTS: dict[str, Callable[[Asked], Any]] = {
    "compute_link": lambda asked: f"{COMPUTE}{asked.id}",
    "number": lambda _: _digits(19),
    "whole_number": lambda _: int(_digits(15)),  # the engine's numbers hold 53 bits
    "account_number": lambda _: _digits(21),
    "now": lambda _: datetime.now(UTC).isoformat(timespec="milliseconds"),
    "fingerprint": _token,
    "etag": _token,
    "uuid": lambda _: str(uuid.uuid4()),
    "gateway": _gateway,
    "labels": lambda asked: asked.inputs.get("labels") or {},
    "resource_labels": lambda asked: asked.inputs.get("resourceLabels") or {},
    "reserved_address": _reserved_address,
    "zones": _zones,
    "pods_cidr": _pods_cidr,
    "services_cidr": _services_cidr,
    "pods_range": _range_name("pods"),
    "services_range": _range_name("services"),
    "dns_endpoint": _dns_endpoint,
    "private_endpoint": _private_endpoint,
    "default_pools": _default_pools,
    "node_count": lambda asked: asked.inputs.get("initialNodeCount") or asked.inputs.get("nodeCount") or 0,
    "first_pool": _first_pool,
    "master_version": _master_version,
    "project_number": lambda asked: project_number(str(asked.place["project"])),
    "key_versions": lambda asked: [{"name": f"{asked.id}/cryptoKeyVersions/1", "state": "ENABLED"}],
    "endpoint_host": lambda asked: endpoint(asked.layout)["host"],
    "endpoint_ca": _certificate,
}
