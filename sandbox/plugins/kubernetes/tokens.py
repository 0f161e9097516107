"""Which Kubernetes kind a resource is, from its Pulumi type token and its inputs."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.plugins.failures import ResourceRefused
from sandbox.plugins.kubernetes.values import Object, at

# Packages of the SDK that are not kinds of the API server; the official plugin renders or installs these itself.
NOT_KINDS = {
    "helm.sh": "Helm charts and releases",
    "yaml": "YAML files and groups",
    "kustomize": "Kustomize directories",
    "apiextensions.k8s.io:CustomResource": "untyped custom resources without apiVersion",
}


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of the API, such as apps/v1 StatefulSet."""

    api_version: str
    name: str

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        return self.api_version.rpartition("/")[0]

    def __str__(self) -> str:
        return f"{self.api_version}/{self.name}"


def kind_of(token: str, inputs: Object) -> Kind:
    """The kind of a resource of type `token`, such as `kubernetes:apps/v1:StatefulSet`.

    apiVersion and kind of the inputs win where they are given, as custom resources carry theirs. Raises
    ResourceRefused for types that are no single object of the API server.
    """
    module, _, name = token.removeprefix("kubernetes:").rpartition(":")
    group, _, version = module.rpartition("/")
    for prefix, what in NOT_KINDS.items():
        if group == prefix or module == prefix:
            raise ResourceRefused(f"{token}: the sandbox's kubernetes plugin does not serve {what}")
    api_version = at(inputs, "apiVersion")
    kind = at(inputs, "kind")
    if not isinstance(kind, str):
        kind = name
    if not isinstance(api_version, str):
        api_version = f"{group}/{version}" if group else version
    if name.endswith("Patch") and kind == name.removesuffix("Patch"):
        raise ResourceRefused(
            f"{token}: the sandbox's kubernetes plugin does not serve Patch types; declare the whole object instead"
        )
    if name.endswith("List") and kind == name and group in ("", "core", "apps", "batch", "policy", "storage.k8s.io"):
        raise ResourceRefused(f"{token}: lists are not objects of the API server; declare each object by itself")
    return Kind(api_version=api_version.removeprefix("core/"), name=kind)


def resource_id(obj: Object) -> str:
    """The official plugin's resource id: `namespace/name`, or `name` for objects outside of namespaces."""
    namespace, name = at(obj, "metadata", "namespace"), at(obj, "metadata", "name")
    return f"{namespace}/{name}" if namespace else str(name)


def parse_id(text: str) -> tuple[str, str]:
    """(namespace or empty, name) of a resource id."""
    namespace, _, name = text.rpartition("/")
    return namespace, name
