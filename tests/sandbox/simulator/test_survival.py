"""What a deletion leaves: key rings, keys without a usable version, and APIs that are not to be disabled."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from sandbox.simulator.cloud import Cloud
from sandbox.simulator.errors import Refused
from sandbox.simulator.store import Record
from sandbox.simulator.survival import outlives_its_stack
from tests.sandbox.simulator.lives import Make, until


def delete(cloud: Cloud, record: Record) -> Any:
    return asyncio.run(cloud.delete(record.type, "x", record.id))


@pytest.mark.parametrize(("kind", "article"), [("KeyRing", "KeyRing"), ("CryptoKey", "CryptoKey")])
def test_what_stays_cannot_be_created_again(cloud: Cloud, make: Make, kind: str, article: str) -> None:
    made = until(make, kind)
    delete(cloud, made)
    with pytest.raises(Refused) as refused:
        make(kind, **made.inputs)
    assert str(refused.value).startswith(f"googleapi: Error 409: {article} {made.id} already exists., alreadyExists")
    assert "import" in str(refused.value)
    assert "record" not in str(refused.value), "moving the record away is nothing that Google Cloud offers"


def test_a_deleted_key_has_no_version_left_to_encrypt_with(cloud: Cloud, make: Make) -> None:
    key = until(make, "CryptoKey")
    version = {"name": f"{key.id}/cryptoKeyVersions/1", "state": "ENABLED"}
    assert key.outputs["primaries"] == [version]
    delete(cloud, key)
    left = cloud.store.get(key.id)
    assert left is not None
    assert left.outputs["primaries"] == [{**version, "state": "DESTROY_SCHEDULED"}]
    assert left.outputs["rotationPeriod"] == "", "or a new version would come by itself"
    updated = asyncio.run(cloud.update(key.type, "key", key.id, {**key.inputs, "labels": {"a": "b"}}))
    assert updated.outputs["primaries"] == left.outputs["primaries"], "an update restores no version"


def test_a_key_ring_is_forgotten_while_its_keys_are_there(cloud: Cloud, make: Make) -> None:
    until(make, "CryptoKey")
    ring = next(record for record in cloud.store.all() if record.type.endswith(":KeyRing"))
    delete(cloud, ring)
    assert cloud.store.get(ring.id) == ring


def test_an_api_that_is_not_to_be_disabled_stays_enabled(cloud: Cloud, make: Make) -> None:
    stays = make("Service", service="cloudkms.googleapis.com", disableOnDestroy=False)
    goes = make("Service", service="compute.googleapis.com")
    for record in (stays, goes):
        delete(cloud, record)
    assert cloud.store.all() == [stays]


def test_what_outlives_its_stack(cloud: Cloud, make: Make) -> None:
    until(make, "BucketIAMMember")
    for record in cloud.store.all("gcp:kms/cryptoKey:CryptoKey"):
        delete(cloud, record)
    outliving = {record.type.rpartition(":")[2] for record in cloud.store.all() if outlives_its_stack(record)}
    assert outliving == {"KeyRing", "CryptoKey"}
    disk = Record(type="gcp:compute/disk:Disk", id="d", inputs={}, outputs={}, origin="data-plane")
    assert not outlives_its_stack(disk)


def test_a_key_that_nobody_deleted_is_left_over(cloud: Cloud, make: Make) -> None:
    key = until(make, "CryptoKey")
    assert not outlives_its_stack(key)
    rotating = replace(key, outputs={**key.outputs, "primaries": []})
    assert not outlives_its_stack(rotating), "a new version comes by itself"


@pytest.mark.parametrize(
    ("kind", "inputs", "api"),
    [
        ("KeyRing", {"name": "ring", "location": "europe"}, "cloudkms"),
        ("ManagedZone", {"name": "zone", "dnsName": "a."}, "dns"),
        ("Topic", {"name": "topic"}, "pubsub"),
    ],
)
def test_nothing_is_created_before_its_api_is_enabled(
    cloud: Cloud, make: Make, kind: str, inputs: dict[str, Any], api: str
) -> None:
    with pytest.raises(Refused, match=rf"Error 403: {api}.googleapis.com has not been used.*SERVICE_DISABLED"):
        make(kind, **inputs)
    assert cloud.store.all() == []
    make("Service", service=f"{api}.googleapis.com")
    make(kind, **inputs)


def test_a_bucket_takes_its_members_along(cloud: Cloud, make: Make) -> None:
    member = until(make, "BucketIAMMember")
    assert member.outputs["bucket"] == "b/bucket", "as the official provider writes it back"
    assert cloud.diff(member.type, member.inputs, {**member.inputs, "bucket": "b/bucket"}) == []
    bucket = cloud.store.get("bucket")
    assert bucket is not None
    delete(cloud, bucket)
    assert cloud.store.get(member.id) is None
