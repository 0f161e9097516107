"""Names, places and ids: which project and region a resource is in, and how Google identifies it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.simulator.errors import Refused
from sandbox.simulator.paths import UNKNOWN
from sandbox.simulator.rules import Row

KMS_PARTS = ("projects", "locations", "keyRings", "cryptoKeys")
KEY_RING_PARTS, CRYPTO_KEY_PARTS = 3, 4
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Defaults:
    """The provider's configuration, as far as the simulator uses it. UNKNOWN is possible in a preview."""

    project: Any = None
    region: Any = None
    zone: Any = None

    def place(self, row: Row, inputs: dict[str, Any]) -> dict[str, Any]:
        """`project`, and `region` or `location` where the type has one. Raises Refused when it cannot be told."""
        found: dict[str, Any] = {"project": inputs.get("project") or self.project}
        if found["project"] is None:
            raise Refused(
                "project: required field is not set. Give `project`, or set gcp:project in the stack's settings."
            )
        if row.scope in ("region", "location"):
            found[row.scope] = self._of(row, inputs)
        return found

    def _of(self, row: Row, inputs: dict[str, Any]) -> Any:
        where = inputs.get(row.scope) or self.region
        if where is None and isinstance(self.zone, str):
            where = self.zone if row.scope == "location" else region_of(self.zone)
        if where is None and row.token != "gcp:container/nodePool:NodePool":  # noqa: S105 - a type token
            raise Refused(
                f"Cannot determine {row.scope}: set it in this resource, or set gcp:region in the stack's settings."
            )
        return where if row.scope == "location" or not isinstance(where, str) else last(where)


def region_of(location: str) -> str:
    """The region of a zone (`europe-west1-b`), or the region itself."""
    return re.sub(r"-[a-z]$", "", location)


def last(name: str) -> str:
    """The last part of a resource name or link."""
    return name.rsplit("/", 1)[-1]


def relative(name: str) -> str:
    """A link without its host and API version: `projects/P/global/networks/N`."""
    return re.sub(
        r"^(?:https://)?(?:www|compute|container)\.googleapis\.com/(?:compute/)?(?:v1|v1beta1|beta)/", "", name
    )


def resource_id(row: Row, inputs: dict[str, Any], defaults: Defaults) -> Any:
    """The id that Google gives to a resource of these inputs, or UNKNOWN. Raises Refused when its place is missing."""
    place = defaults.place(row, inputs)
    return fill(row.id, {**inputs, **place, **derived(inputs, place)})


def derived(inputs: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """Parts of ids that follow from the inputs: an email, a node pool's cluster, a NAT's router, a record's zone."""
    found: dict[str, Any] = {}
    if "accountId" in inputs:
        found["email"] = fill("{accountId}@{project}.iam.gserviceaccount.com", {**inputs, **place})
    if "cluster" in inputs:
        cluster, location = inputs["cluster"], place.get("location")
        match = re.search(r"locations/([^/]+)/clusters/([^/]+)$", cluster) if isinstance(cluster, str) else None
        found["cluster_name"] = match.group(2) if match else cluster
        found["cluster_location"] = match.group(1) if match else location
    for owner, part in (("router", "router_name"), ("managedZone", "zone_name")):
        if (name := inputs.get(owner)) is not None:
            found[part] = last(name) if isinstance(name, str) else name
    if "keyRing" in inputs:
        found["key_ring"] = kms_name(inputs["keyRing"], place["project"], KEY_RING_PARTS)
    if "cryptoKeyId" in inputs:
        found["crypto_key"] = kms_name(inputs["cryptoKeyId"], place["project"], CRYPTO_KEY_PARTS)
    if "bucket" in inputs:
        found["bucket_name"] = last(inputs["bucket"]) if isinstance(inputs["bucket"], str) else inputs["bucket"]
    condition = inputs.get("condition")
    title = condition.get("title", "") if isinstance(condition, dict) else condition
    found["condition_suffix"] = UNKNOWN if title is UNKNOWN else f"/{title}" if title else ""
    return found


def kms_name(name: Any, project: Any, parts: int) -> Any:
    """The full name of a key ring or key, which may be given as `[project/]location/ring[/key]`.

    Source: hashicorp/terraform-provider-google, google/services/kms/kms_utils.go at
    061728457e671991426759e66336f8ebb1c2aad4.
    """
    if not isinstance(name, str) or name.startswith("projects/"):
        return name
    given = name.split("/")
    if len(given) == parts - 1:
        given = [str(project), *given]
    return "/".join(f"{kind}/{part}" for kind, part in zip(KMS_PARTS, given, strict=False))


def fill(template: str, values: dict[str, Any]) -> Any:
    """`template` with its `{names}` replaced; UNKNOWN when one of them is. A lone `{name}` keeps its value's type."""
    names = _PLACEHOLDER.findall(template)
    found = {name: values[name] for name in names}
    if any(value is UNKNOWN for value in found.values()):
        return UNKNOWN
    if len(names) == 1 and template == f"{{{names[0]}}}":
        return found[names[0]]
    return _PLACEHOLDER.sub(lambda match: str(found[match.group(1)]), template)
