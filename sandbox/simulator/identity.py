"""Names, places and ids: which project and region a resource is in, and how Google identifies it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sandbox.simulator.errors import Refused
from sandbox.simulator.paths import UNKNOWN
from sandbox.simulator.rules import Row

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
    """Parts of ids that follow from the inputs: a service account's email, a node pool's cluster, a NAT's router."""
    found: dict[str, Any] = {}
    if "accountId" in inputs:
        found["email"] = fill("{accountId}@{project}.iam.gserviceaccount.com", {**inputs, **place})
    if "cluster" in inputs:
        cluster, location = inputs["cluster"], place.get("location")
        match = re.search(r"locations/([^/]+)/clusters/([^/]+)$", cluster) if isinstance(cluster, str) else None
        found["cluster_name"] = match.group(2) if match else cluster
        found["cluster_location"] = match.group(1) if match else location
    if isinstance(router := inputs.get("router"), str):
        found["router_name"] = last(router)
    elif router is not None:
        found["router_name"] = router
    condition = inputs.get("condition")
    title = condition.get("title", "") if isinstance(condition, dict) else condition
    found["condition_suffix"] = UNKNOWN if title is UNKNOWN else f"/{title}" if title else ""
    return found


def fill(template: str, values: dict[str, Any]) -> Any:
    """`template` with its `{names}` replaced; UNKNOWN when one of them is. A lone `{name}` keeps its value's type."""
    names = _PLACEHOLDER.findall(template)
    found = {name: values[name] for name in names}
    if any(value is UNKNOWN for value in found.values()):
        return UNKNOWN
    if len(names) == 1 and template == f"{{{names[0]}}}":
        return found[names[0]]
    return _PLACEHOLDER.sub(lambda match: str(found[match.group(1)]), template)
