"""Versions of Kubernetes' APIs that are served no more, and what took their place.

Sources:

- https://kubernetes.io/docs/reference/using-api/deprecation-guide/ for 1.16 to 1.32
- APILifecycleRemoved and APILifecycleReplacement in the modules k8s.io/api, kube-aggregator and
  apiextensions-apiserver of v0.36.3 (zz_generated.prerelease-lifecycle.go)
- CHANGELOG-1.21, 1.23 and 1.24 of Kubernetes for the alpha versions of batch, rbac, scheduling and node. Of other
  alpha versions only those are here that a source gives a release for; no cluster serves them that did not ask for it.
- for VerticalPodAutoscaler: docs/installation.md and deploy/vpa-v1-crd-gen.yaml of vertical-pod-autoscaler 1.5.1, whose
  definition has v1beta2 with `served: false`. It is no part of Kubernetes and has releases of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NEWEST_MINOR: Final = 36
"""The release of Kubernetes, as in 1.36, up to which the table goes."""


@dataclass(frozen=True, kw_only=True)
class Removal:
    """`since` is the release that stopped to serve the version, `minor` Kubernetes' (0 for what is no part of it).

    `replacement` is the API version to use, empty where nothing took its place.
    """

    minor: int
    since: str
    replacement: str


def removal(api_version: str, kind: str, *, minor: int) -> Removal | None:
    """What became of a kind at an API version such as `policy/v1beta1`, if Kubernetes 1.`minor` does not serve it."""
    kinds = REMOVED.get(api_version, {})
    found = kinds.get(kind)
    return found if found and found.minor <= minor else None


def _in(minor: int, replacement: str = "") -> Removal:
    return Removal(minor=minor, since=f"Kubernetes 1.{minor}", replacement=replacement)


def _all(kinds: str, removed: Removal) -> dict[str, Removal]:
    return dict.fromkeys(kinds.split(), removed)


_VPA: Final = "VerticalPodAutoscaler VerticalPodAutoscalerCheckpoint"
_WORKLOADS: Final = "DaemonSet Deployment ReplicaSet"
_ADMISSION: Final = "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding"
_WEBHOOKS: Final = "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
_FLOW: Final = "FlowSchema PriorityLevelConfiguration"
_ROLES: Final = "ClusterRole ClusterRoleBinding Role RoleBinding"
_REVIEWS: Final = "LocalSubjectAccessReview SelfSubjectAccessReview SelfSubjectRulesReview SubjectAccessReview"

REMOVED: Final[dict[str, dict[str, Removal]]] = {
    "admissionregistration.k8s.io/v1alpha1": _all(_ADMISSION, _in(32, "admissionregistration.k8s.io/v1")),
    "admissionregistration.k8s.io/v1beta1": {
        **_all(_WEBHOOKS, _in(22, "admissionregistration.k8s.io/v1")),
        **_all(_ADMISSION, _in(34, "admissionregistration.k8s.io/v1")),
    },
    "apiextensions.k8s.io/v1beta1": {"CustomResourceDefinition": _in(22, "apiextensions.k8s.io/v1")},
    "apiregistration.k8s.io/v1beta1": {"APIService": _in(22, "apiregistration.k8s.io/v1")},
    "apps/v1beta1": _all("ControllerRevision Deployment StatefulSet", _in(16, "apps/v1")),
    "apps/v1beta2": _all(f"ControllerRevision StatefulSet {_WORKLOADS}", _in(16, "apps/v1")),
    "authentication.k8s.io/v1alpha1": {"SelfSubjectReview": _in(32, "authentication.k8s.io/v1")},
    "authentication.k8s.io/v1beta1": {
        "TokenReview": _in(22, "authentication.k8s.io/v1"),
        "SelfSubjectReview": _in(33, "authentication.k8s.io/v1"),
    },
    "authorization.k8s.io/v1beta1": _all(_REVIEWS, _in(22, "authorization.k8s.io/v1")),
    "autoscaling/v2beta1": {"HorizontalPodAutoscaler": _in(25, "autoscaling/v2")},
    "autoscaling/v2beta2": {"HorizontalPodAutoscaler": _in(26, "autoscaling/v2")},
    "autoscaling.k8s.io/v1beta1": _all(
        _VPA, Removal(minor=0, since="VerticalPodAutoscaler 0.5", replacement="autoscaling.k8s.io/v1")
    ),
    "autoscaling.k8s.io/v1beta2": _all(
        _VPA, Removal(minor=0, since="VerticalPodAutoscaler 1.5 at the latest", replacement="autoscaling.k8s.io/v1")
    ),
    "batch/v1beta1": {"CronJob": _in(25, "batch/v1")},
    "batch/v2alpha1": {"CronJob": _in(21, "batch/v1")},
    "certificates.k8s.io/v1beta1": {"CertificateSigningRequest": _in(22, "certificates.k8s.io/v1")},
    "coordination.k8s.io/v1beta1": {"Lease": _in(22, "coordination.k8s.io/v1")},
    "discovery.k8s.io/v1beta1": {"EndpointSlice": _in(25, "discovery.k8s.io/v1")},
    "events.k8s.io/v1beta1": {"Event": _in(25, "events.k8s.io/v1")},
    "extensions/v1beta1": {
        **_all(_WORKLOADS, _in(16, "apps/v1")),
        "Ingress": _in(22, "networking.k8s.io/v1"),
        "NetworkPolicy": _in(16, "networking.k8s.io/v1"),
        "PodSecurityPolicy": _in(16),
    },
    "flowcontrol.apiserver.k8s.io/v1beta1": _all(_FLOW, _in(26, "flowcontrol.apiserver.k8s.io/v1")),
    "flowcontrol.apiserver.k8s.io/v1beta2": _all(_FLOW, _in(29, "flowcontrol.apiserver.k8s.io/v1")),
    "flowcontrol.apiserver.k8s.io/v1beta3": _all(_FLOW, _in(32, "flowcontrol.apiserver.k8s.io/v1")),
    "networking.k8s.io/v1alpha1": _all("IPAddress ServiceCIDR", _in(33, "networking.k8s.io/v1")),
    "networking.k8s.io/v1beta1": _all("Ingress IngressClass", _in(22, "networking.k8s.io/v1")),
    "node.k8s.io/v1alpha1": {"RuntimeClass": _in(24, "node.k8s.io/v1")},
    "node.k8s.io/v1beta1": {"RuntimeClass": _in(25, "node.k8s.io/v1")},
    "policy/v1beta1": {
        "PodDisruptionBudget": _in(25, "policy/v1"),
        # Namespaces say by label which Pod Security Standard holds in them; no object takes the policy's place.
        "PodSecurityPolicy": _in(25),
    },
    "rbac.authorization.k8s.io/v1alpha1": _all(_ROLES, _in(23, "rbac.authorization.k8s.io/v1")),
    "rbac.authorization.k8s.io/v1beta1": _all(_ROLES, _in(22, "rbac.authorization.k8s.io/v1")),
    "scheduling.k8s.io/v1alpha1": {"PriorityClass": _in(23, "scheduling.k8s.io/v1")},
    "scheduling.k8s.io/v1beta1": {"PriorityClass": _in(22, "scheduling.k8s.io/v1")},
    "storage.k8s.io/v1alpha1": {
        **_all("CSIStorageCapacity VolumeAttachment", _in(24, "storage.k8s.io/v1")),
        "VolumeAttributesClass": _in(35, "storage.k8s.io/v1"),
    },
    "storage.k8s.io/v1beta1": {
        **_all("CSIDriver CSINode StorageClass VolumeAttachment", _in(22, "storage.k8s.io/v1")),
        "CSIStorageCapacity": _in(27, "storage.k8s.io/v1"),
    },
    "storagemigration.k8s.io/v1alpha1": {"StorageVersionMigration": _in(36, "storagemigration.k8s.io/v1beta1")},
}
