"""The provider's configuration: which options are served, and which cluster they lead to."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.kubeconfig import ActiveCluster, active_cluster, parse_kubeconfig
from sandbox.plugins.kubernetes.replacement import Mutability
from sandbox.plugins.kubernetes.values import Object

# The engine does not call a plugin whose configuration holds an unknown value: no Check, no preview. This stands in
# for a kubeconfig that a first preview does not know, so that objects are judged by their schemas all the same.
NOT_YET_KNOWN = "the cluster of this kubeconfig does not exist yet"

_TEXTS = ("kubeconfig", "context", "cluster", "namespace", "clusterIdentifier")
_FLAGS = ("enableConfigMapMutable", "enableSecretMutable", "upsertExistingObjects", "enablePatchForce")
# Accepted because they change only warnings, of which this plugin gives none.
_SILENT = (
    "suppressDeprecationWarnings",
    "suppressHelmHookWarnings",
    "version",
    "pluginDownloadURL",
    "kubeClientSettings",
)


@dataclass(frozen=True, kw_only=True)
class Options:
    """The provider's inputs, with the official plugin's names and defaults."""

    kubeconfig: str
    context: str = ""
    cluster: str = ""
    namespace: str = ""
    cluster_identifier: str = ""
    config_maps_mutable: bool = False
    secrets_mutable: bool = False
    upsert: bool = False
    patch_force: bool = False

    @property
    def mutability(self) -> Mutability:
        """Whether changed content replaces Secrets and ConfigMaps."""
        return Mutability(secrets=self.secrets_mutable, config_maps=self.config_maps_mutable)

    @property
    def is_known(self) -> bool:
        """Whether there is a cluster to talk to."""
        return self.kubeconfig != NOT_YET_KNOWN

    def active(self) -> ActiveCluster:
        """The cluster that the kubeconfig and its overrides lead to."""
        return active_cluster(
            parse_kubeconfig(self.kubeconfig), context=self.context, cluster=self.cluster, namespace=self.namespace
        )


def read_options(inputs: Object) -> Options:
    """Raises ResourceRefused for options that this plugin does not serve, by name, and for a missing kubeconfig."""
    unserved = sorted(set(inputs) - {*_TEXTS, *_FLAGS, *_SILENT, "enableServerSideApply"})
    if unserved:
        raise ResourceRefused(f"the sandbox's kubernetes plugin does not serve the option {', '.join(unserved)}")
    if not _flag(inputs.get("enableServerSideApply", True)):
        raise ResourceRefused("the sandbox's kubernetes plugin only does server-side apply: enableServerSideApply")
    if not inputs.get("kubeconfig"):
        raise ResourceRefused(
            "the sandbox's kubernetes plugin never uses the current kubectl context: give the provider a kubeconfig"
        )
    return Options(
        kubeconfig=str(inputs["kubeconfig"]),
        context=str(inputs.get("context", "")),
        cluster=str(inputs.get("cluster", "")),
        namespace=str(inputs.get("namespace", "")),
        cluster_identifier=str(inputs.get("clusterIdentifier", "")),
        config_maps_mutable=_flag(inputs.get("enableConfigMapMutable")),
        secrets_mutable=_flag(inputs.get("enableSecretMutable")),
        upsert=_flag(inputs.get("upsertExistingObjects")),
        patch_force=_flag(inputs.get("enablePatchForce")),
    )


def is_other_cluster(old: Options, new: Options) -> bool:
    """Whether everything in the cluster must be made anew.

    An identifier in both decides alone, whatever the kubeconfig; one that is added or removed decides nothing.
    Source: pulumi-kubernetes provider.go, DiffConfig, and the documentation of `clusterIdentifier`.
    """
    if old.cluster_identifier and new.cluster_identifier:
        return old.cluster_identifier != new.cluster_identifier
    if not new.is_known:
        return True
    return old.active().settings != new.active().settings


def _flag(value: object) -> bool:
    # The SDK hands over booleans of a provider as JSON text.
    return value is True or str(value).lower() == "true"
