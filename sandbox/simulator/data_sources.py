"""What the simulated cloud tells without a resource: a table of data sources, each answered from the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.simulator import errors, references
from sandbox.simulator.catalogue import rows
from sandbox.simulator.facts import project_number
from sandbox.simulator.given import given
from sandbox.simulator.identity import KEY_RING_PARTS, Defaults, kms_name
from sandbox.simulator.store import Record, Store

KEY_RING = "gcp:kms/keyRing:KeyRing"
CRYPTO_KEY = "gcp:kms/cryptoKey:CryptoKey"
BUCKET = "gcp:storage/bucket:Bucket"
Values = dict[str, Any]


class NotSimulated(errors.Refused):
    """The program asks a data source that this simulator does not know."""

    def __init__(self, token: str) -> None:
        known = "\n".join(f"  {name}" for name in sorted(SOURCES))
        super().__init__(
            f"{token} is not simulated: the sandbox's gcp plugin is a simulator that answers only these data sources:\n"
            f"{known}\n"
            f"Take the value from a resource or a setting, or run this program against Google Cloud."
        )


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked: the arguments without nulls, the project they are about, and the store that answers."""

    arguments: Values
    project: str
    store: Store


@dataclass(frozen=True, kw_only=True)
class Source:
    """One data source; `reference` is where its answer's form was taken from."""

    answer: Callable[[Question], Values]
    reference: str


def answer(token: str, arguments: Values, store: Store, defaults: Defaults) -> Values:
    """What Google tells. Raises NotSimulated; errors.Refused in Google's words."""
    if token not in SOURCES:
        raise NotSimulated(token)
    given = {name: value for name, value in arguments.items() if value is not None}
    project = given.get("project") or given.get("projectId") or defaults.project
    if project is None:
        raise errors.Refused("project: required field is not set. Give it, or set gcp:project in the stack's settings.")
    if "filter" in given:
        raise errors.Refused(f"{token}: `filter` is not simulated; ask for everything and choose in the program.")
    return SOURCES[token].answer(Question(arguments=given, project=str(project), store=store))


def _project(asked: Question) -> Values:
    return {
        "id": f"projects/{asked.project}",
        "autoCreateNetwork": False,
        "billingAccount": "",
        "deletionPolicy": "PREVENT",
        "effectiveLabels": {},
        "folderId": "",
        "labels": {},
        "name": asked.project,
        "number": str(project_number(asked.project)),
        "orgId": "",
        "projectId": asked.project,
        "pulumiLabels": {},
        "tags": {},
    }


def _key_rings(asked: Question) -> Values:
    references.verify_enabled(rows()[KEY_RING], {"project": asked.project}, asked.store)
    parent = f"projects/{asked.project}/locations/{asked.arguments['location']}/keyRings"
    rings = [{"id": ring.id, "name": ring.outputs["name"]} for ring in _below(parent, KEY_RING, asked.store)]
    return {**asked.arguments, "id": parent, "keyRings": rings}


def _crypto_keys(asked: Question) -> Values:
    references.verify_enabled(rows()[CRYPTO_KEY], {"project": asked.project}, asked.store)
    ring = str(kms_name(asked.arguments["keyRing"], asked.project, KEY_RING_PARTS))
    keys = [
        {
            **{name: value for name, value in key.outputs.items() if name != "versionTemplate"},
            "id": key.id,
            "keyAccessJustificationsPolicies": [],
            "labels": key.outputs.get("labels") or {},
            "versionTemplates": [key.outputs["versionTemplate"]],
        }
        for key in _below(f"{ring}/cryptoKeys", CRYPTO_KEY, asked.store)
    ]
    return {**asked.arguments, "id": f"{ring}/cryptoKeys", "keys": keys}


def _buckets(asked: Question) -> Values:
    prefix = asked.arguments.get("prefix", "")
    found = [
        {name: bucket.outputs.get(name) or {} for name in ("labels", "location", "name", "selfLink", "storageClass")}
        for bucket in asked.store.all(BUCKET)
        if bucket.outputs["project"] == asked.project and bucket.id.startswith(prefix)
    ]
    return {**asked.arguments, "id": asked.project, "buckets": found}


def _managed_zone(asked: Question) -> Values:
    name = str(asked.arguments["name"])
    id = f"projects/{asked.project}/managedZones/{name}"
    record = asked.store.get(id)
    found = record.outputs if record else given(rows()[references.MANAGED_ZONE], id)
    if found is None:
        raise errors.no_zone(name)
    told = ("description", "dnsName", "managedZoneId", "nameServers", "visibility")
    return {**{key: found[key] for key in told}, "id": id, "name": name, "project": asked.project}


def _below(parent: str, type: str, store: Store) -> list[Record]:
    return [record for record in store.all(type) if record.id.rpartition("/")[0] == parent]


_PROVIDER = "hashicorp/terraform-provider-google, google/services"
SOURCES = {
    "gcp:organizations/getProject:getProject": Source(
        answer=_project,
        reference=f"{_PROVIDER}/resourcemanager/data_source_google_project.go at "
        "2f152ea2d0d16efd92d3bd561e67a2b34db0beb0",
    ),
    "gcp:kms/getKeyRings:getKeyRings": Source(
        answer=_key_rings,
        reference=f"{_PROVIDER}/kms/data_source_google_kms_key_rings.go at 061728457e671991426759e66336f8ebb1c2aad4",
    ),
    "gcp:kms/getCryptoKeys:getCryptoKeys": Source(
        answer=_crypto_keys,
        reference=f"{_PROVIDER}/kms/data_source_google_kms_crypto_keys.go at 061728457e671991426759e66336f8ebb1c2aad4",
    ),
    "gcp:dns/getManagedZone:getManagedZone": Source(
        answer=_managed_zone,
        reference=f"{_PROVIDER}/dns/data_source_dns_managed_zone.go at 07a2c0b660ec8b3ba872c12f7cbb4141cc23cdf8",
    ),
    "gcp:storage/getBuckets:getBuckets": Source(
        answer=_buckets,
        reference=f"{_PROVIDER}/storage/data_source_google_storage_buckets.go at "
        "04dbd08ef3a3aeaba82034e0a268603367228b5b",
    ),
}
