"""What Google refuses is told in Google's words, and the next update goes on from there."""

import json

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine


def test_a_quota_stops_the_update_and_the_next_one_continues(checkout: Checkout) -> None:
    fault = {"type": "gcp:container/cluster:Cluster", "operation": "create", "error": "quota-exceeded", "times": 1}
    faults = checkout.root / ".sandbox" / "simulator" / "faults.json"
    faults.parent.mkdir(parents=True)
    faults.write_text(json.dumps([fault]))
    refused = checkout.make("up", code=2)
    assert "quotaExceeded" in refused.text
    assert "kept in the state" in refused.text
    continued = checkout.make("up")
    assert "create   gcp:container/cluster:Cluster" in continued.text
    assert "create   gcp:compute/network:Network" not in continued.text, "what was created before was made again"
