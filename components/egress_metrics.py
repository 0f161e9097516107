"""Metrics of the egress proxy, which Cloud Logging counts from its access log.

The log has more than squid's own counters (who was refused and why), it comes without a second container, and squid's
manager stays closed. The names of its fields are those of the generated squid.conf; a test holds these against it.

Where `cluster.log_components` has no WORKLOADS no line arrives, and the metrics stay empty. They begin when they are
made: lines of before are not counted. Every series also carries what the log's resource says, the pod's name with it.

A host is no label: clients choose it, and "each log-based metric is limited to about 30,000 active time series"
(https://cloud.google.com/logging/docs/logs-based-metrics/labels). Who wants refusals by host asks the log itself. That
page also says that a label, once made, cannot be deleted: there are few.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp

from components.platform import Platform

METHODS = ("CONNECT", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""Those that get a label: squid takes any word for one."""

Labels = Mapping[str, tuple[str, str]]
"""What a label means and how it is read from a line, by its key."""

METHOD: Labels = {
    "method": (
        "HTTP's method, CONNECT for tunnels; empty for unusual ones",
        f'REGEXP_EXTRACT(jsonPayload.method, "^({"|".join(METHODS)})$")',
    )
}
OUTCOME: Labels = {
    "status_class": ("First digit of the status", 'REGEXP_EXTRACT(jsonPayload.status, "^([1-5])[0-9][0-9]$")'),
    "verdict": ("What squid did, in its own words", "EXTRACT(jsonPayload.verdict)"),
    "reason": ("Why the request was refused; empty where it was not", "EXTRACT(jsonPayload.reason)"),
    "error": ("squid's name for what failed; - where nothing did", "EXTRACT(jsonPayload.error)"),
}


def egress_metrics(
    name: str, *, platform: Platform, namespace: str, container: str, parent: pulumi.Resource
) -> list[gcp.logging.Metric]:
    """Requests by outcome, and how long those that were served took and how much they carried.

    `namespace` and `container` are where the log comes from. For a tunnel, time and bytes are those of its whole life.
    """
    lines = [
        'resource.type="k8s_container"',
        f'resource.labels.project_id="{platform.project}"',
        f'resource.labels.location="{platform.region}"',
        f'resource.labels.cluster_name="{platform.name}"',
        f'resource.labels.namespace_name="{namespace}"',
        f'resource.labels.container_name="{container}"',
        'log_id("stdout")',
        "jsonPayload.status:*",
    ]
    served = [*lines, "NOT jsonPayload.reason:*"]
    prefix = f"{platform.name}/{namespace}"
    requests = gcp.logging.Metric(
        f"{name}-requests",
        project=platform.project,
        name=f"{prefix}/requests",
        description=f"Requests to the egress proxies of {platform.name}",
        filter="\n".join(lines),
        metric_descriptor=_descriptor("INT64", "1", "Requests", {**METHOD, **OUTCOME}),
        label_extractors=_extractors({**METHOD, **OUTCOME}),
        opts=pulumi.ResourceOptions(parent=parent),
    )
    distributions = [
        gcp.logging.Metric(
            f"{name}-{suffix}",
            project=platform.project,
            name=f"{prefix}/{suffix}",
            description=f"{title}, through the egress proxies of {platform.name}",
            filter="\n".join(served),
            metric_descriptor=_descriptor("DISTRIBUTION", unit, title, METHOD),
            label_extractors=_extractors(METHOD),
            value_extractor=f"EXTRACT(jsonPayload.{field})",
            bucket_options=_up_to(most),
            opts=pulumi.ResourceOptions(parent=parent),
        )
        for suffix, field, unit, title, most in (
            # Buckets end where squid ends a connection: client_lifetime.
            ("duration", "duration_ms", "ms", "Time from a request to the end of its answer", 24 * 3600 * 1000),
            ("bytes-in", "bytes_in", "By", "Bytes from clients to the internet", 2**36),
            ("bytes-out", "bytes_out", "By", "Bytes from the internet to clients", 2**36),
        )
    ]
    return [requests, *distributions]


def _descriptor(value_type: str, unit: str, title: str, labels: Labels) -> gcp.logging.MetricMetricDescriptorArgs:
    return gcp.logging.MetricMetricDescriptorArgs(
        metric_kind="DELTA",
        value_type=value_type,
        unit=unit,
        display_name=f"Egress proxy: {title}",
        labels=[
            gcp.logging.MetricMetricDescriptorLabelArgs(key=key, value_type="STRING", description=meaning)
            for key, (meaning, _) in labels.items()
        ],
    )


def _extractors(labels: Labels) -> dict[str, str]:
    return {key: extractor for key, (_, extractor) in labels.items()}


def _up_to(most: int) -> gcp.logging.MetricBucketOptionsArgs:
    """Buckets from 1, each half as large again as the one before, until `most` is in one of them."""
    growth, count = 1.5, 1
    while growth**count <= most:
        count += 1
    return gcp.logging.MetricBucketOptionsArgs(
        exponential_buckets=gcp.logging.MetricBucketOptionsExponentialBucketsArgs(
            growth_factor=growth, num_finite_buckets=count, scale=1
        )
    )
