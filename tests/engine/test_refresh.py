"""What Google fills in and writes back in its own way is no difference that comes back for ever.

The simulator does to those fields what Google was reported to do, each with its issue (`normalised` in
sandbox/simulator/catalogue/). The component's handling is taken away here, piece by piece, to see that it helps.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine.checkouts import Checkout

pytestmark = pytest.mark.engine

HANDLING: list[tuple[str, str, str, str]] = [
    ("components/cluster.py", '"node_config", ', "", "nodeConfig"),
    (
        "components/hardening.py",
        "sorted(settings.metric_components, key=METRIC_ORDER.index)",
        "list(settings.metric_components)",
        "monitoringConfig.enableComponents",
    ),
    (
        "components/hardening.py",
        "sorted(settings.log_components, key=LOG_ORDER.index)",
        "list(settings.log_components)",
        "loggingConfig.enableComponents",
    ),
    (
        "components/maintenance.py",
        'moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")',
        "moment.isoformat()",
        "maintenancePolicy.recurringWindow.startTime",
    ),
]
"""A file, the handling in it, what stands there without, and the field that differs then."""


def disordered(config: dict[str, object]) -> None:
    """Components in an order that is not Google's."""
    cluster = config["p2p-nodes:cluster"]
    assert isinstance(cluster, dict)
    cluster["metric_components"] = ["STATEFULSET", "POD", "SYSTEM_COMPONENTS"]
    cluster["log_components"] = ["WORKLOADS", "SYSTEM_COMPONENTS"]


def test_refresh_and_preview_find_nothing_and_would_without_the_handling(checkout: Checkout) -> None:
    checkout.settings(disordered)
    checkout.make("up")
    refreshed = checkout.make("pulumi", "ARGS=refresh --yes --skip-preview --expect-no-changes").text
    assert "unchanged" in refreshed
    assert "no changes" in checkout.make("preview").text
    for file, handling, without, field in HANDLING:
        undo = replaced(checkout, file, handling, without)
        found = checkout.make("preview").text
        assert "gcp:container/cluster:Cluster" in found, found
        assert field in found, found
        undo()


def replaced(checkout: Checkout, file: str, old: str, new: str) -> Callable[[], object]:
    """Changes a source file once; the answer changes it back."""
    path = checkout.root / file
    text = path.read_text()
    assert text.count(old) == 1, f"{file} does not hold {old!r} once"
    path.write_text(text.replace(old, new))
    return lambda: path.write_text(text)
