"""References between resources: what an input names, how Google writes it back, who uses whom."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.simulator import errors
from sandbox.simulator.catalogue import rows
from sandbox.simulator.given import given
from sandbox.simulator.identity import CRYPTO_KEY_PARTS, KEY_RING_PARTS, fill, kms_name, last, region_of, relative
from sandbox.simulator.paths import find, first, replaced
from sandbox.simulator.rules import Reference, Row
from sandbox.simulator.store import Record, Store

COMPUTE = "https://www.googleapis.com/compute/v1/"
PREFIXES = {"self_link": COMPUTE, "id": "", "bucket": "b/"}
KMS = {"gcp:kms/keyRing:KeyRing": KEY_RING_PARTS, "gcp:kms/cryptoKey:CryptoKey": CRYPTO_KEY_PARTS}
CLUSTER = "gcp:container/cluster:Cluster"
ADDRESS = "gcp:compute/address:Address"
MANAGED_ZONE = "gcp:dns/managedZone:ManagedZone"


@dataclass(frozen=True, kw_only=True)
class Link:
    """One reference that inputs make: the id of the resource of type `to` that they name."""

    rule: Reference
    path: str
    id: str


def links(row: Row, inputs: dict[str, Any], place: dict[str, Any]) -> Iterator[Link]:
    """Every known reference by resource name.

    Left out is what cannot be known here: secondary ranges, identities that are not ours, types that are not simulated.
    """
    for rule in row.references:
        for path, value in find(inputs, rule.path):
            if isinstance(value, str) and (id := _target(rule, value, place)):
                yield Link(rule=rule, path=path, id=id)


def _target(rule: Reference, value: str, place: dict[str, Any]) -> str | None:
    if rule.form == "range" or rule.to not in rows():
        return None
    if rule.form in ("email", "member"):
        return _account(value if rule.form == "email" else value.partition("serviceAccount:")[2], place)
    name = relative(value)
    if name.startswith("projects/"):
        return name
    if rule.to in KMS:
        return str(kms_name(name, place.get("project"), KMS[rule.to]))
    template = rows()[rule.to].id
    values: dict[str, Any] = {**place, "name": last(name), "email": last(name)}
    if match := re.match(r"regions/([^/]+)/", name):
        values["region"] = match.group(1)
    elif "location" in place and isinstance(place["location"], str):
        values.setdefault("region", region_of(place["location"]))
    filled = fill(template, values)
    return filled if isinstance(filled, str) else None


def _account(email: str, place: dict[str, Any]) -> str | None:
    """The id of a service account of this project; what other projects hold cannot be known here."""
    match = re.fullmatch(r"[a-z0-9-]+@([a-z0-9-]+)\.iam\.gserviceaccount\.com", email)
    return (
        f"projects/{match.group(1)}/serviceAccounts/{email}"
        if match and match.group(1) == place.get("project")
        else None
    )


def written_back(row: Row, inputs: dict[str, Any], place: dict[str, Any]) -> dict[str, Any]:
    """`inputs` with every reference in the form that Google's outputs have."""
    for rule in row.references:
        if rule.form in PREFIXES:
            prefix = PREFIXES[rule.form]

            def form(value: Any, rule: Reference = rule, prefix: str = prefix) -> Any:
                id = _target(rule, value, place) if isinstance(value, str) and value else None
                return f"{prefix}{id}" if id else value

            inputs = replaced(inputs, rule.path, form)
    return inputs


def verify(
    row: Row, inputs: dict[str, Any], place: dict[str, Any], store: Store, planned: Collection[str] | None = None
) -> None:
    """Every known reference leads to a resource that exists. Raises errors.Refused in Google's words.

    `planned` are the ids that the same preview creates; None when this is no preview.
    """
    for link in links(row, inputs, place):
        if (
            store.get(link.id) is None
            and link.id not in (planned or ())
            and given(rows()[link.rule.to], link.id) is None
        ):
            if link.rule.to == MANAGED_ZONE:
                raise errors.no_zone(last(link.id))
            if link.rule.form in ("email", "member"):
                raise errors.bad_request(f'Service account "{last(link.id)}" does not exist.')
            raise errors.not_found(link.id)
    _verify_subnetwork(row, inputs, place, store)
    if planned is None:
        _verify_identity_pool(row, inputs, store)


def verify_enabled(row: Row, place: dict[str, Any], store: Store, inputs: dict[str, Any] | None = None) -> None:
    """The API that the type belongs to is enabled. Raises errors.Refused in Google's words.

    Whoever made what is given, and `inputs` refer to, has enabled it.
    """
    if any(given(rows()[link.rule.to], link.id) for link in links(row, inputs or {}, place)):
        return
    if row.api and store.get(f"{place['project']}/{row.api}") is None:
        raise errors.api_disabled(row.api, place["project"])


def _verify_identity_pool(row: Row, inputs: dict[str, Any], store: Store) -> None:
    for rule in row.references:
        member = first(inputs, rule.path) if rule.form == "member" else None
        match = re.match(r"serviceAccount:([a-z0-9-]+\.svc\.id\.goog)\[", member) if isinstance(member, str) else None
        pools = {first(c.outputs, "workloadIdentityConfig.workloadPool") for c in store.all(CLUSTER)}
        if match and match.group(1) not in pools:
            raise errors.bad_request(
                f"Identity Pool does not exist ({match.group(1)}). Please check that you specified a valid resource "
                f"name as returned in the `name` attribute in the configuration API."
            )


def _verify_subnetwork(row: Row, inputs: dict[str, Any], place: dict[str, Any], store: Store) -> None:
    named = {link.path: link.id for link in links(row, inputs, place)}
    if "subnetwork" not in named or (subnetwork := store.get(named["subnetwork"])) is None:
        return
    belongs = relative(str(subnetwork.outputs.get("network", "")))
    if "network" in named and named["network"] != belongs:
        raise errors.bad_request(f'Subnetwork "{subnetwork.id}" is not valid for Network "{last(named["network"])}".')
    for rule in row.references:
        name = first(inputs, rule.path) if rule.form == "range" else None
        if isinstance(name, str) and name not in {r.get("rangeName") for r in _ranges(subnetwork)}:
            raise errors.bad_request(
                f"Invalid value for field '{rule.path}': secondary range '{name}' does not exist in "
                f"subnetwork '{subnetwork.id}'."
            )


def _ranges(subnetwork: Record) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = subnetwork.outputs.get("secondaryIpRanges") or []
    return found


def users(record: Record, store: Store) -> Iterator[tuple[Record, Reference | None]]:
    """Who refers to `record`, and by which rule; None for what the data plane made."""
    for other in store.all():
        if other.id == record.id:
            continue
        if other.origin == "data-plane":
            named = any(relative(str(other.outputs.get(key, ""))) == record.id for key in ("network", "subnetwork"))
            if named or (record.type == ADDRESS and other.outputs.get("ipAddress") == record.outputs["address"]):
                yield other, None
        elif other.type in rows():
            yield from ((other, link.rule) for link in links_of(other) if link.id == record.id)


def links_of(record: Record) -> Iterator[Link]:
    """The references that a stored resource makes."""
    place: dict[str, Any] = {
        key: record.outputs[key] for key in ("project", "region", "location") if key in record.outputs
    }
    if "project" not in place and (match := re.match(r"projects/([^/]+)/", record.id)):
        place["project"] = match.group(1)
    return links(rows()[record.type], record.inputs, place)
