from __future__ import annotations

import pytest

from settings.regions import all_zones_of, multi_region_of, partner_of, region_of, zones_of


@pytest.mark.parametrize(
    ("region", "letters"),
    [
        ("europe-west1", "bcd"),
        ("us-east1", "bcd"),
        ("us-central1", "abcf"),
        ("europe-west4", "abc"),
        ("northamerica-northeast2", "abc"),
        ("europe-west99", ""),
        ("moon-east1", ""),
        ("europe", ""),
        ("", ""),
    ],
)
def test_the_zones_of_a_region(region: str, letters: str) -> None:
    assert all_zones_of(region) == tuple(f"{region}-{letter}" for letter in letters)
    assert zones_of(region) == all_zones_of(region)[:3]


def test_the_region_of_a_zone() -> None:
    assert region_of("europe-west1-b") == "europe-west1"
    assert {region_of(zone) for zone in all_zones_of("us-central1")} == {"us-central1"}


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("europe-west1", "eu"),
        ("europe-north1", "eu"),
        ("europe-west2", "europe-west2"),
        ("europe-west6", "europe-west6"),
        ("us-west4", "us"),
        ("asia-south1", "asia"),
        ("australia-southeast1", "australia-southeast1"),
        ("northamerica-northeast1", "northamerica-northeast1"),
    ],
)
def test_the_multi_region_that_holds_snapshots(region: str, expected: str) -> None:
    assert multi_region_of(region) == expected


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("europe-west1", "europe-west3"),
        ("europe-west4", "europe-west3"),
        ("europe-west3", "europe-west4"),
        ("us-east1", "us-central1"),
        ("us-central1", "us-east4"),
        ("asia-south1", "asia-southeast1"),
        ("australia-southeast1", "australia-southeast2"),
        ("northamerica-northeast2", "northamerica-northeast1"),
        # No other region under the same law: somebody has to decide.
        ("europe-west2", ""),
        ("europe-west6", ""),
        ("northamerica-south1", ""),
        ("southamerica-east1", ""),
        ("me-west1", ""),
        ("africa-south1", ""),
        ("moon-east1", ""),
    ],
)
def test_the_region_for_copies(region: str, expected: str) -> None:
    assert partner_of(region) == expected
    if expected:
        assert zones_of(expected)
        assert expected.partition("-")[0] == region.partition("-")[0]
