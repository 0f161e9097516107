"""The state store: made once, found again from nothing, and never made twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine

MADE = ("storage/bucket:Bucket state-bucket", "kms/keyRing:KeyRing state-key-ring", "kms/cryptoKey:CryptoKey state-key")
URL = "url: gs://p2p-nodes-sandbox-pulumi-state"
KEY = "gcpkms://projects/p2p-nodes-sandbox/locations/europe/keyRings/p2p-nodes/cryptoKeys/stack-secrets"


def test_made_repeated_and_found_again(checkout: Checkout) -> None:
    first = checkout.make("bootstrap").text
    shown, done, told = first.partition("update")
    assert done
    for name in MADE:
        assert f"create   gcp:{name}" in shown, "what is made is shown before it is"
    for line in (URL, KEY):
        assert line in told.partition("simulated: not for a real stack")[2]
    assert not (checkout.root / ".sandbox" / "controlplane").exists(), "no control plane is needed"
    cloud = records(checkout)
    assert len(cloud) == 7

    repeated = checkout.make("bootstrap").text
    assert "no changes" in repeated
    assert URL in repeated

    forget(checkout)
    found = checkout.make("bootstrap").text
    for name in MADE:
        assert f"import   gcp:{name}" in found
    assert "create   gcp:" not in found
    assert records(checkout) == cloud, "nothing was changed in the cloud"
    assert "no changes" in checkout.make("bootstrap").text

    elsewhere = checkout.make("bootstrap", "LOCATION=US", code=2).text
    assert "p2p-nodes-sandbox-pulumi-state is in EU, and US is asked for" in elsewhere
    assert "LOCATION=EU" in elsewhere
    assert records(checkout) == cloud


def test_a_key_ring_of_before_is_adopted_and_the_rest_is_made(checkout: Checkout) -> None:
    checkout.make("bootstrap")
    forget(checkout)
    for path, record in paths(checkout).items():
        if record["type"] not in ("gcp:kms/keyRing:KeyRing", "gcp:projects/service:Service"):
            path.unlink()
    cloud = records(checkout)
    elsewhere = " ".join(checkout.make("bootstrap", "LOCATION=US", code=2).text.split())
    assert "europe/keyRings/p2p-nodes is there, and US is asked for" in elsewhere
    assert "with LOCATION=EU" in elsewhere
    assert records(checkout) == cloud
    rest = checkout.make("bootstrap").text
    assert f"import   gcp:{MADE[1]}" in rest
    for name in (MADE[0], MADE[2]):
        assert f"create   gcp:{name}" in rest
    assert len(records(checkout)) == 7


def forget(checkout: Checkout) -> None:
    """What a fresh clone does not have."""
    shutil.rmtree(checkout.root / ".sandbox" / "engine" / "bootstrap")


def paths(checkout: Checkout) -> dict[Path, dict[str, object]]:
    folder = checkout.root / ".sandbox" / "simulator" / "resources"
    return {path: json.loads(path.read_text()) for path in folder.glob("*.json")}


def records(checkout: Checkout) -> list[dict[str, object]]:
    return sorted(paths(checkout).values(), key=lambda record: str(record["id"]))
