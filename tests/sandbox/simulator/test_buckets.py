"""Grants on buckets: a bucket may be another program's, but it must be there."""

from __future__ import annotations

import asyncio

import pytest

from sandbox.simulator.cloud import Cloud
from sandbox.simulator.errors import Refused
from tests.sandbox.simulator.lives import APIS, Make

READER = {"bucket": "archives", "role": "roles/storage.objectViewer", "member": "user:a@example.org"}


def conditions(title: str) -> dict[str, str]:
    return {"title": title, "expression": f'resource.name == "projects/_/buckets/archives/objects/{title}"'}


def test_a_bucket_that_nobody_made_is_refused(make: Make) -> None:
    for api in APIS:
        make("Service", service=api)
    with pytest.raises(Refused, match="404"):
        make("BucketIAMMember", **READER)
    make("Bucket", name="archives", location="EU")
    make("BucketIAMMember", **READER)


def test_grants_of_one_role_are_told_apart_by_their_condition(cloud: Cloud, make: Make) -> None:
    for api in APIS:
        make("Service", service=api)
    make("Bucket", name="archives", location="EU")
    first, second = (make("BucketIAMMember", **READER, condition=conditions(title)) for title in ("one", "two"))
    asyncio.run(cloud.delete(first.type, "first", first.id))
    assert cloud.store.get(second.id) == second
