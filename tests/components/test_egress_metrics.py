"""Metrics from the proxy's log: of this stack's proxies alone, by fields that the log has, by few values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest

from components.egress_metrics import METHODS
from sandbox.simulator.catalogue import Catalogue
from sandbox.simulator.inputs import refusals
from tests.components.platforms import PLATFORM
from tests.components.test_egress_proxy import deployment, world
from tests.program_mocks import Registered

METRIC = "gcp:logging/metric:Metric"
FIELD = re.compile(r"jsonPayload\.(\w+)")


def metrics() -> Mapping[str, Registered]:
    """Each by the last part of its name."""
    return {one.inputs["name"].rpartition("/")[2]: one for one in world("example.org").of_type(METRIC)}


def log_fields(name: str) -> set[str]:
    """The fields of a kind of line, by the generated squid.conf."""
    conf: str = world("example.org").one("kubernetes:core/v1:ConfigMap").inputs["data"]["squid.conf"]
    (line,) = [line for line in conf.splitlines() if line.startswith(f"logformat {name} ")]
    return set(re.findall(r'"(\w+)": ', line))


def test_requests_are_counted_and_time_and_bytes_distributed() -> None:
    kinds = {name: one.inputs["metricDescriptor"] for name, one in metrics().items()}
    assert {name: (kind["valueType"], kind["unit"]) for name, kind in kinds.items()} == {
        "requests": ("INT64", "1"),
        "duration": ("DISTRIBUTION", "ms"),
        "bytes-in": ("DISTRIBUTION", "By"),
        "bytes-out": ("DISTRIBUTION", "By"),
    }
    assert {kind["metricKind"] for kind in kinds.values()} == {"DELTA"}


@pytest.mark.parametrize("name", ["requests", "duration", "bytes-in", "bytes-out"])
def test_the_filter_selects_this_stack_s_proxies_and_nobody_else(name: str) -> None:
    metric = metrics()[name].inputs
    assert metric["name"] == f"{PLATFORM.name}/egress-proxy/{name}"
    template = deployment("example.org")["template"]["spec"]
    (container,) = template["containers"]
    (namespace,) = world("example.org").of_type("kubernetes:core/v1:Namespace")
    lines = metric["filter"].splitlines()
    assert lines[:8] == [
        'resource.type="k8s_container"',
        'resource.labels.project_id="a-project"',
        'resource.labels.location="europe-west1"',
        'resource.labels.cluster_name="p2p-nodes-test"',
        f'resource.labels.namespace_name="{namespace.inputs["metadata"]["name"]}"',
        f'resource.labels.container_name="{container["name"]}"',
        'log_id("stdout")',
        "jsonPayload.status:*",
    ]
    assert lines[8:] == ([] if name == "requests" else ["NOT jsonPayload.reason:*"])


def test_every_field_is_in_the_log_and_a_refusal_is_told_by_its_reason() -> None:
    refused, served = log_fields("refused"), log_fields("served")
    for one in metrics().values():
        inputs = one.inputs
        extractors = [*inputs["labelExtractors"].values(), inputs.get("valueExtractor", "")]
        used = {field for text in (inputs["filter"], *extractors) for field in FIELD.findall(text)}
        assert used <= refused | served, one.name
    assert "reason" in refused - served
    assert {"status", "verdict", "method", "duration_ms", "bytes_in", "bytes_out"} <= refused & served


@pytest.mark.parametrize(
    ("label", "given", "expected"),
    [
        ("method", "CONNECT", "CONNECT"),
        ("method", "GET", "GET"),
        ("method", "GETAWAY", None),
        ("method", "X%20GET", None),
        ("status_class", "200", "2"),
        ("status_class", "503", "5"),
        ("status_class", "0", None),
    ],
)
def test_labels_that_clients_write_have_few_values(label: str, given: str, expected: str | None) -> None:
    extractor = metrics()["requests"].inputs["labelExtractors"][label]
    found = re.fullmatch(r'REGEXP_EXTRACT\(jsonPayload\.\w+, "(.+)"\)', extractor)
    assert found
    match = re.search(found[1], given)
    assert (match[1] if match else None) == expected


def test_no_label_is_a_host_an_address_or_a_url() -> None:
    for one in metrics().values():
        fields = {field for text in one.inputs["labelExtractors"].values() for field in FIELD.findall(text)}
        assert fields <= {"method", "status", "verdict", "reason", "error"}, one.name
    assert len(METHODS) == 8


def test_google_takes_them() -> None:
    catalogue = Catalogue()
    for one in metrics().values():
        assert refusals(catalogue.entry(METRIC), one.inputs) == []


@pytest.mark.parametrize(("name", "most"), [("duration", 24 * 3600 * 1000), ("bytes-in", 2**36), ("bytes-out", 2**36)])
def test_the_buckets_hold_what_there_can_be(name: str, most: int) -> None:
    buckets: dict[str, Any] = metrics()[name].inputs["bucketOptions"]["exponentialBuckets"]
    bound = buckets["scale"] * buckets["growthFactor"] ** buckets["numFiniteBuckets"]
    assert most < bound <= most * buckets["growthFactor"]
    assert buckets["numFiniteBuckets"] <= 200
