"""Runs the bootstrap program on mocks: what it makes, what it adopts, and what it refuses."""

from __future__ import annotations

import json
import runpy
from typing import Any

import pulumi
import pytest

from bootstrap.existing import ROLES
from tests import inventory
from tests.program_mocks import ROOT, Answers, World, run

PROGRAM = ROOT / "bootstrap" / "__main__.py"
CONFIG = {"p2p-nodes-bootstrap:project": "p2p-nodes-prod"}
BUCKET = "p2p-nodes-prod-pulumi-state"
RING = "projects/p2p-nodes-prod/locations/europe/keyRings/p2p-nodes"
KEY = f"{RING}/cryptoKeys/stack-secrets"
BUCKETS, RINGS, KEYS, NUMBER = (
    "gcp:storage/getBuckets:getBuckets",
    "gcp:kms/getKeyRings:getKeyRings",
    "gcp:kms/getCryptoKeys:getCryptoKeys",
    "gcp:organizations/getProject:getProject",
)


def disabled(project: str) -> str:
    return (
        "reading projects/p2p-nodes-prod: googleapi: Error 403: Cloud Key Management Service (KMS) API has not been "
        f"used in project {project} before or it is disabled. Details: "
        f'[{{"metadata": {{"consumer": "projects/{project}"}}, "reason": "SERVICE_DISABLED"}}]'
    )


DISABLED = disabled("123456789012")
APIS = ("serviceusage", "cloudresourcemanager", "storage", "cloudkms")


def key(**changes: Any) -> dict[str, Any]:
    return {"id": KEY, "purpose": "ENCRYPT_DECRYPT", "primaries": [{"name": "1", "state": "ENABLED"}], **changes}


THERE: Answers = {
    BUCKETS: {"buckets": [{"name": f"{BUCKET}-2", "location": "US"}, {"name": BUCKET, "location": "EU"}]},
    RINGS: {"keyRings": [{"id": f"{RING}-2", "name": "p2p-nodes-2"}, {"id": RING, "name": "p2p-nodes"}]},
    KEYS: {"keys": [key(id=f"{KEY}-2", purpose="MAC"), key()]},
}


def program(answers: Answers, into: World | None = None, **config: str) -> World:
    return run(
        lambda: runpy.run_path(str(PROGRAM)),
        stack="p2p-nodes-prod",
        config=CONFIG | {f"p2p-nodes-bootstrap:{name}": value for name, value in config.items()},
        answers=answers,
        into=into,
    )


def adopted(world: World) -> dict[str, str]:
    return {one.name: one.adopted for one in world.resources if one.adopted}


def test_it_contains_what_its_inventory_says() -> None:
    assert inventory.differences(inventory.read("bootstrap"), program({})) == []


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {RINGS: DISABLED},
        {RINGS: DISABLED, BUCKETS: DISABLED},
        {RINGS: disabled("p2p-nodes-prod"), NUMBER: "untold"},
    ],
)
def test_in_a_new_project_there_is_nothing_to_adopt(answers: Answers) -> None:
    assert adopted(program(answers)) == {}


def test_everything_that_is_there_is_adopted() -> None:
    apis = {f"state-{api}": f"p2p-nodes-prod/{api}.googleapis.com" for api in APIS}
    assert adopted(program(THERE)) == {**apis, "state-bucket": BUCKET, "state-key-ring": RING, "state-key": KEY}


@pytest.mark.parametrize(
    ("gone", "names"),
    [
        (BUCKETS, {"state-key-ring", "state-key"}),
        (RINGS, {"state-bucket"}),
        (KEYS, {"state-bucket", "state-key-ring"}),
    ],
)
def test_what_is_missing_is_made_beside_what_is_there(gone: str, names: set[str]) -> None:
    assert set(adopted(program({**THERE, gone: {}}))) == names


def test_what_only_begins_with_the_same_name_is_somebody_else_s() -> None:
    answers: Answers = {
        BUCKETS: {"buckets": [{"name": f"{BUCKET}-2", "location": "US"}]},
        RINGS: {"keyRings": [{"id": f"{RING}-2", "name": "p2p-nodes-2"}]},
    }
    assert adopted(program(answers)) == {}
    assert set(adopted(program({**THERE, KEYS: {"keys": [key(id=f"{KEY}-2")]}}))) == {"state-bucket", "state-key-ring"}


def test_what_holds_state_and_secrets_is_protected_and_nothing_else() -> None:
    protected = {one.name for one in program({}).resources if one.protected}
    assert protected == {"state-bucket", "state-key-ring", "state-key"}


def test_apis_are_enabled_before_what_needs_them() -> None:
    world = program({})
    urns = {one.name: one.urn for one in world.resources}
    needs = {one.name: set(one.dependencies) for one in world.resources}
    for api in ("state-storage", "state-cloudkms"):
        assert needs[api] >= {urns["state-serviceusage"], urns["state-cloudresourcemanager"]}
    assert urns["state-storage"] in needs["state-bucket"]
    assert urns["state-cloudkms"] in needs["state-key-ring"] & needs["state-key"]


def test_an_adopted_key_keeps_the_period_that_cannot_be_changed() -> None:
    assert program({}).one("gcp:kms/cryptoKey:CryptoKey").ignored == ("destroyScheduledDuration",)


def test_every_resource_uses_the_project_s_own_provider() -> None:
    for one in program({}).resources:
        if one.type.startswith("gcp:"):
            assert "pulumi:providers:gcp::google::" in one.provider, one.key


@pytest.mark.parametrize(("location", "keys"), [("EU", "europe"), ("US", "us"), ("ASIA", "asia")])
def test_bucket_and_key_are_in_the_same_part_of_the_world(location: str, keys: str) -> None:
    world = program({}, location=location)
    assert world.one("gcp:storage/bucket:Bucket").inputs["location"] == location
    assert world.one("gcp:kms/keyRing:KeyRing").inputs["location"] == keys


def test_outputs_are_what_pulumi_takes() -> None:
    world = program({}, history=json.dumps({"versions_kept": 20}))
    assert world.outputs == {"backend_url": f"gs://{BUCKET}", "secrets_provider": "gcpkms://state-key-id"}
    rule = world.one("gcp:storage/bucket:Bucket").inputs["lifecycleRules"][0]
    assert rule["condition"]["numNewerVersions"] == 20


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        (
            {**THERE, BUCKETS: {"buckets": [{"name": BUCKET, "location": "US"}]}},
            f"The state bucket {BUCKET} is in US, and EU is asked for.*nothing was changed.*with LOCATION=US",
        ),
        (
            {RINGS: {"keyRings": [{"id": RING.replace("europe", "us"), "name": "p2p-nodes"}]}},
            "locations/us/keyRings/p2p-nodes is there, and EU is asked for.*nothing was changed.*with LOCATION=US",
        ),
        ({**THERE, KEYS: {"keys": [key(purpose="MAC")]}}, f"{KEY} is there with the purpose MAC.*Nothing was changed"),
        (
            {**THERE, KEYS: {"keys": [key(primaries=[{"name": "1", "state": "DESTROY_SCHEDULED"}])]}},
            r"not enabled \(DESTROY_SCHEDULED\).*Nothing was changed.*gcloud kms keys versions restore",
        ),
        ({**THERE, KEYS: {"keys": [key(primaries=[])]}}, r"not enabled \(missing\)"),
    ],
)
def test_what_cannot_be_the_state_store_is_refused_before_anything_is_made(answers: Answers, says: str) -> None:
    registered = World()
    with pytest.raises(pulumi.RunError, match=says):
        program(answers, into=registered)
    assert [one.type for one in registered.resources] == ["pulumi:providers:gcp"]


def test_a_key_ring_elsewhere_stops_nobody_whose_bucket_or_key_ring_is_here() -> None:
    elsewhere = {"id": RING.replace("europe", "asia"), "name": "p2p-nodes"}
    here = {"id": RING, "name": "p2p-nodes"}
    assert set(adopted(program({**THERE, RINGS: {"keyRings": [elsewhere]}}))) == {"state-bucket"}
    both = program({RINGS: {"keyRings": [elsewhere, here]}})
    assert adopted(both) == {"state-key-ring": RING}


@pytest.mark.parametrize("asked", [BUCKETS, RINGS, KEYS])
@pytest.mark.parametrize(
    "words",
    [
        "googleapi: Error 403: permission denied",
        "could not find default credentials",
        "dial tcp: lookup storage.googleapis.com: no such host",
    ],
)
def test_what_google_refuses_to_tell_is_no_reason_to_make_anything(asked: str, words: str) -> None:
    registered = World()
    with pytest.raises(pulumi.RunError) as told:
        program({**THERE, asked: words}, into=registered)
    for said in (words, "the project p2p-nodes-prod", "nothing was changed", "application-default login", *ROLES):
        assert said in str(told.value)
    assert [one.type for one in registered.resources] == ["pulumi:providers:gcp"]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({RINGS: disabled("764086051850")}, "in another project.*set-quota-project p2p-nodes-prod"),
        ({RINGS: disabled("p2p-nodes-prod-2")}, "in another project.*set-quota-project p2p-nodes-prod"),
        ({RINGS: "SERVICE_DISABLED of p2p-nodes-prod"}, "in another project.*set-quota-project p2p-nodes-prod"),
        ({RINGS: DISABLED, NUMBER: "forbidden"}, "number is not told either.*forbidden.*enable cloudresourcemanager"),
    ],
)
def test_an_api_that_is_disabled_elsewhere_says_nothing_about_this_project(answers: Answers, says: str) -> None:
    registered = World()
    with pytest.raises(pulumi.RunError, match=f"(?s){says}") as told:
        program(answers, into=registered)
    assert "Nothing was changed" in str(told.value)
    assert [one.type for one in registered.resources] == ["pulumi:providers:gcp"]


def test_wrong_settings_end_the_program_before_anything_is_registered() -> None:
    registered = World()
    with pytest.raises(pulumi.RunError, match="1 mistake in the settings"):
        program({}, into=registered, location="europe-west1")
    assert registered.resources == []
