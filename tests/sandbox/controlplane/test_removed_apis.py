"""What the policy pack says is removed, the pinned API server does not serve."""

from __future__ import annotations

import pytest
from guardrails.removed_apis import NEWEST_MINOR, REMOVED

from sandbox.controlplane import read_endpoint
from sandbox.controlplane.api import Api
from sandbox.layout import Layout

pytestmark = pytest.mark.controlplane


@pytest.fixture
def api(controlplane: Layout) -> Api:
    endpoint = read_endpoint(controlplane.endpoint)
    return Api(int(endpoint.host.rpartition(":")[2]), controlplane.controlplane / "pki" / "ca.crt", endpoint.token)


def test_it_is_the_release_that_the_table_ends_with(api: Api) -> None:
    assert api.get("/version").json["minor"] == str(NEWEST_MINOR)


@pytest.mark.parametrize("api_version", REMOVED)
def test_no_removed_kind_is_served(api: Api, api_version: str) -> None:
    answer = api.get(f"/apis/{api_version}")
    assert answer.status in {200, 404}
    served = {one["kind"] for one in answer.json["resources"]} if answer.status == 200 else set()
    assert not served & set(REMOVED[api_version])


_REPLACEMENTS = sorted({what.replacement for kinds in REMOVED.values() for what in kinds.values() if what.replacement})


@pytest.mark.parametrize("api_version", _REPLACEMENTS)
def test_what_took_its_place_is(api: Api, api_version: str) -> None:
    # Beta versions are off unless a cluster asks for them.
    if "beta" not in api_version:
        assert api.get(f"/apis/{api_version}").status == 200
