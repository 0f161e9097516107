"""What every simulated type needs to live: shared by the tests of the cloud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.simulator.catalogue import rows
from sandbox.simulator.store import Record

Make = Callable[..., Record]
AUTOSCALING = {
    "enabled": True,
    "resourceLimits": [{"resourceType": "cpu", "maximum": 32}, {"resourceType": "memory", "maximum": 128}],
}
APIS = tuple(f"{name}.googleapis.com" for name in ("dns", "gkebackup", "logging", "pubsub", "secretmanager"))
"""Those that must be enabled beside the one that is in the table."""
RING = "projects/simulated/locations/europe/keyRings/ring"
# What each type needs, in an order in which it can be created: the inputs, an update in place, and what replaces it.
LIVES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    (
        "Service",
        {"service": "cloudkms.googleapis.com"},
        {"disableOnDestroy": False},
        {"service": "compute.googleapis.com"},
    ),
    ("Network", {"name": "net", "autoCreateSubnetworks": False}, {"routingMode": "GLOBAL"}, {"description": "new"}),
    (
        "Subnetwork",
        {"name": "sub", "network": "net", "ipCidrRange": "10.0.0.0/20"},
        {"ipCidrRange": "10.0.0.0/16"},
        {"ipCidrRange": "10.9.0.0/20"},
    ),
    (
        "Firewall",
        {"name": "fw", "network": "net", "allows": [{"protocol": "tcp"}]},
        {"priority": 9},
        {"direction": "EGRESS"},
    ),
    ("Router", {"name": "router", "network": "net"}, {"description": "x"}, {"region": "europe-west1"}),
    ("Address", {"name": "address"}, {"labels": {"a": "b"}}, {"networkTier": "STANDARD"}),
    (
        "RouterNat",
        {"name": "nat", "router": "router", "sourceSubnetworkIpRangesToNat": "ALL_SUBNETWORKS_ALL_IP_RANGES"},
        {"natIps": ["address"], "natIpAllocateOption": "MANUAL_ONLY"},
        {"endpointTypes": ["ENDPOINT_TYPE_SWG"]},
    ),
    ("Account", {"accountId": "nodes"}, {"displayName": "Nodes"}, {"accountId": "others"}),
    (
        "IAMMember",
        {"project": "simulated", "role": "roles/a", "member": "serviceAccount:nodes@simulated.iam.gserviceaccount.com"},
        {},
        {"role": "roles/b"},
    ),
    (
        "ManagedZone",
        {
            "name": "zone",
            "dnsName": "googleapis.com.",
            "visibility": "private",
            "privateVisibilityConfig": {"networks": [{"networkUrl": "projects/simulated/global/networks/net"}]},
        },
        {"labels": {"a": "b"}, "forceDestroy": True},
        {"dnsName": "gcr.io."},
    ),
    (
        "RecordSet",
        {"managedZone": "zone", "name": "*.googleapis.com.", "type": "A", "ttl": 300, "rrdatas": ["199.36.153.8"]},
        {"rrdatas": ["199.36.153.9", "199.36.153.8"]},
        {"name": "googleapis.com."},
    ),
    ("Topic", {"name": "topic", "messageRetentionDuration": "86400s"}, {"labels": {"a": "b"}}, {"name": "other"}),
    (
        "Cluster",
        {
            "name": "c",
            "network": "net",
            "subnetwork": "sub",
            "clusterAutoscaling": AUTOSCALING,
            "workloadIdentityConfig": {"workloadPool": "simulated.svc.id.goog"},
            "deletionProtection": False,
        },
        {"resourceLabels": {"a": "b"}},
        {"datapathProvider": "ADVANCED_DATAPATH"},
    ),
    ("NodePool", {"name": "pool", "cluster": "c", "initialNodeCount": 1}, {"nodeCount": 2}, {"initialNodeCount": 3}),
    (
        "BackupPlan",
        {
            "name": "plan",
            "location": "europe-west4",
            "cluster": "c",
            "backupConfig": {"allNamespaces": True, "includeVolumeData": True},
        },
        {"backupSchedule": {"rpoConfig": {"targetRpoMinutes": 60}}},
        {"location": "europe-west1"},
    ),
    (
        "serviceaccount/iAMMember:IAMMember",
        {
            "serviceAccountId": "projects/simulated/serviceAccounts/nodes@simulated.iam.gserviceaccount.com",
            "role": "roles/iam.workloadIdentityUser",
            "member": "serviceAccount:simulated.svc.id.goog[ns/name]",
        },
        {},
        {"role": "roles/b"},
    ),
    ("KeyRing", {"name": "ring", "location": "europe"}, {}, {"location": "us"}),
    (
        "CryptoKey",
        {"name": "key", "keyRing": RING, "rotationPeriod": "7776000s"},
        {"rotationPeriod": "2592000s"},
        {"destroyScheduledDuration": "86400s"},
    ),
    (
        "CryptoKeyIAMMember",
        {"cryptoKeyId": f"{RING}/cryptoKeys/key", "role": "roles/a", "member": "user:a@example.org"},
        {},
        {"role": "roles/b"},
    ),
    ("Bucket", {"name": "bucket", "location": "EU"}, {"versioning": {"enabled": True}}, {"location": "US"}),
    (
        "BucketIAMMember",
        {"bucket": "bucket", "role": "roles/a", "member": "user:a@example.org"},
        {},
        {"member": "user:b@example.org"},
    ),
    (
        "SecretIamMember",
        {"project": "simulated", "secretId": "key", "role": "roles/a", "member": "user:a@example.org"},
        {},
        {"secretId": "other"},
    ),
    (
        "Metric",
        {
            "name": "proxy/requests",
            "filter": "resource.type=k8s_container",
            "metricDescriptor": {
                "metricKind": "DELTA",
                "valueType": "INT64",
                "unit": "1",
                "labels": [{"key": "status", "valueType": "STRING"}],
            },
            "labelExtractors": {"status": "EXTRACT(jsonPayload.status)", "method": "EXTRACT(jsonPayload.method)"},
        },
        {"filter": "resource.type=gce_instance"},
        {
            "metricDescriptor": {
                "metricKind": "DELTA",
                "valueType": "INT64",
                "labels": [{"key": "method", "valueType": "STRING"}],
            }
        },
    ),
]
KINDS = [life[0] for life in LIVES]


def token(kind: str) -> str:
    """The type token that ends with `kind`, e.g. `Network` or `serviceaccount/iAMMember:IAMMember`."""
    return next(t for t in rows() if t.endswith(f":{kind}"))


def until(make: Make, kind: str) -> Record:
    """Everything up to and with `kind`, and the APIs."""
    for api in APIS:
        make("Service", service=api)
    return [make(k, **inputs) for k, inputs, _, _ in LIVES[: KINDS.index(kind) + 1]][-1]
