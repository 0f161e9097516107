"""Google Cloud's regions and their zones."""

from __future__ import annotations

import re

# https://cloud.google.com/compute/docs/regions-zones, from copies of 2026: every region but these three has the zones
# a, b and c. None has fewer than three.
_LETTERS = {"europe-west1": "bcd", "us-east1": "bcd", "us-central1": "abcf"}

_REGIONS = {
    "africa": ("south1",),
    "asia": (
        "east1", "east2", "northeast1", "northeast2", "northeast3", "south1", "south2", "southeast1", "southeast2",
        "southeast3",
    ),
    "australia": ("southeast1", "southeast2"),
    "europe": (
        "central2", "north1", "north2", "southwest1", "west1", "west2", "west3", "west4", "west6", "west8", "west9",
        "west10", "west12",
    ),
    "me": ("central1", "central2", "west1"),
    "northamerica": ("northeast1", "northeast2", "south1"),
    "southamerica": ("east1", "west1"),
    "us": ("central1", "east1", "east4", "east5", "south1", "west1", "west2", "west3", "west4"),
}  # fmt: skip

ZONES = 3
"""A regional cluster has machines in three zones, and a node pool has its number in each of them:
https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters
"""


def all_zones_of(region: str) -> tuple[str, ...]:
    """Every zone of a region; empty for one that is not known here."""
    area, _, place = region.partition("-")
    if place not in _REGIONS.get(area, ()):
        return ()
    return tuple(f"{region}-{letter}" for letter in _LETTERS.get(region, "abc"))


def zones_of(region: str) -> tuple[str, ...]:
    """The first three zones of a region; empty for one that is not known here."""
    return all_zones_of(region)[:ZONES]


def region_of(zone: str) -> str:
    """The region that a zone such as `europe-west1-b` belongs to."""
    return re.sub(r"-[a-z]$", "", zone)


def multi_region_of(region: str) -> str:
    """The multi-region that a region belongs to, so that copies there outlive the region; else the region itself.

    Snapshots take `us`, `eu` (regions in the European Union) and `asia`:
    https://cloud.google.com/compute/docs/disks/snapshots#selecting_a_storage_location
    """
    outside_the_union = {"europe-west2", "europe-west6"}
    if region.startswith("europe-") and region not in outside_the_union:
        return "eu"
    if region.startswith(("us-", "asia-")):
        return region.partition("-")[0]
    return region


_PARTNERS = {
    "eu": ("europe-west3", "europe-west4"),
    "us": ("us-central1", "us-east4"),
    "asia": ("asia-southeast1", "asia-northeast1"),
    "australia-southeast": ("australia-southeast1", "australia-southeast2"),
    "northamerica-northeast": ("northamerica-northeast1", "northamerica-northeast2"),
}
"""Two regions for the backups of each multi-region, and of each country outside them that has two."""


def partner_of(region: str) -> str:
    """Another region, for copies that outlive this one and stay under the same law; empty where none is known.

    The same answer for all regions of a multi-region but one: production's copies are then in neither its own region
    nor the one that it is recovered in.
    """
    group = multi_region_of(region)
    partners = _PARTNERS.get(region.rstrip("0123456789") if group == region else group, ())
    return next((partner for partner in partners if partner != region), "")
