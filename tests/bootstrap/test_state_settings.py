"""What can be chosen about the state store, and how a wrong choice reads."""

from __future__ import annotations

import pytest

from bootstrap.state_settings import load
from settings import SettingsError


def test_a_project_is_all_it_takes() -> None:
    loaded = load({"project": "a-project"})
    assert loaded.bucket == "a-project-pulumi-state"
    assert loaded.key_id == "projects/a-project/locations/europe/keyRings/p2p-nodes/cryptoKeys/stack-secrets"
    assert loaded.history.versions_kept == 100


def test_the_longest_project_id_still_makes_a_bucket_name() -> None:
    assert len(load({"project": "p" * 30}).bucket) <= 63


def test_every_mistake_is_told_at_once_with_its_key_and_where_to_correct_it() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"project": "A", "location": "europe-west1", "history": {"days_kept": "90", "dayskept": 1}, "regoin": "x"})
    told = {mistake.key: mistake for mistake in caught.value.mistakes}
    assert set(told) == {
        "p2p-nodes-bootstrap:project",
        "p2p-nodes-bootstrap:location",
        "p2p-nodes-bootstrap:history.days_kept",
        "p2p-nodes-bootstrap:history.dayskept",
        "p2p-nodes-bootstrap:regoin",
    }
    assert told["p2p-nodes-bootstrap:location"].allowed == "one of EU, US, ASIA"
    assert "bootstrap/Pulumi.PROJECT.yaml" in told["p2p-nodes-bootstrap:location"].advice
    assert told["p2p-nodes-bootstrap:history.days_kept"].advice == "write a number, without quotes"
    assert told["p2p-nodes-bootstrap:history.dayskept"].advice == "rename it to days_kept"
    assert "history, location, project" in told["p2p-nodes-bootstrap:regoin"].allowed


@pytest.mark.parametrize(
    ("key", "value"), [("versions_kept", 9), ("days_kept", 6), ("soft_delete_days", 6), ("soft_delete_days", 91)]
)
def test_a_history_that_is_too_short_or_that_google_refuses(key: str, value: int) -> None:
    with pytest.raises(SettingsError, match=f"history.{key}"):
        load({"project": "a-project", "history": {key: value}})
