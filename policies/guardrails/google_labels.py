"""Where resources of Google Cloud carry their labels.

Not every type that has a field of that name is here: of some the labels are not labels of the resource but say what it
is (`gcp:cloudidentity/group:Group`, `gcp:monitoring/metricDescriptor:MetricDescriptor`), and of hundreds no platform
like this one has any. Names are those of pulumi_gcp 10.2.
"""

from __future__ import annotations

from typing import Final

_LABELS: Final = """
    gcp:alloydb/cluster:Cluster gcp:alloydb/instance:Instance
    gcp:artifactregistry/repository:Repository
    gcp:bigquery/dataset:Dataset gcp:bigquery/table:Table
    gcp:certificatemanager/certificate:Certificate gcp:certificatemanager/certificateMap:CertificateMap
    gcp:cloudfunctionsv2/function:Function
    gcp:cloudrunv2/job:Job gcp:cloudrunv2/service:Service
    gcp:compute/address:Address gcp:compute/globalAddress:GlobalAddress
    gcp:compute/disk:Disk gcp:compute/regionDisk:RegionDisk
    gcp:compute/forwardingRule:ForwardingRule gcp:compute/globalForwardingRule:GlobalForwardingRule
    gcp:compute/image:Image gcp:compute/snapshot:Snapshot
    gcp:compute/instance:Instance gcp:compute/instanceTemplate:InstanceTemplate
    gcp:compute/regionInstanceTemplate:RegionInstanceTemplate
    gcp:compute/haVpnGateway:HaVpnGateway gcp:compute/vPNTunnel:VPNTunnel
    gcp:dns/managedZone:ManagedZone
    gcp:filestore/instance:Instance
    gcp:gkebackup/backupPlan:BackupPlan gcp:gkebackup/restorePlan:RestorePlan
    gcp:gkehub/membership:Membership
    gcp:kms/cryptoKey:CryptoKey
    gcp:organizations/project:Project
    gcp:pubsub/subscription:Subscription gcp:pubsub/topic:Topic
    gcp:redis/cluster:Cluster gcp:redis/instance:Instance
    gcp:secretmanager/regionalSecret:RegionalSecret gcp:secretmanager/secret:Secret
    gcp:spanner/instance:Instance
    gcp:storage/bucket:Bucket
"""

PATHS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(_LABELS.split(), ("labels",)),
    "gcp:container/cluster:Cluster": ("resourceLabels",),
    "gcp:container/nodePool:NodePool": ("nodeConfig", "resourceLabels"),
    "gcp:monitoring/alertPolicy:AlertPolicy": ("userLabels",),
    "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": ("userLabels",),
    "gcp:sql/databaseInstance:DatabaseInstance": ("settings", "userLabels"),
}
"""Keys from the resource to its labels, by type token."""

INHERITING: Final = frozenset({("labels",), ("resourceLabels",)})
"""The places that the provider adds its `defaultLabels` to."""
