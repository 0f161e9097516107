"""The tools that sandbox and checks run, and the Go packages that build them. tools/*/go.mod pins their versions."""

from __future__ import annotations

from dataclasses import dataclass

SCHEMAS = "schemas"
_COMPONENT_BASE = "k8s.io/component-base/version"
_VERTICAL_POD_AUTOSCALER = "k8s.io/autoscaler/vertical-pod-autoscaler"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One executable, or the `schemas` folder, which is copied out of downloaded modules instead of being built."""

    name: str
    module: str
    """Folder below tools/ and first half of the cache entry's name."""
    pinned_by: str
    """Go module in that folder's go.mod whose version is this tool's version."""
    package: str = ""
    ask_version: tuple[str, ...] = ("--version",)
    """Its arguments; empty for one that does not tell, whose version `go version -m` reads out of the file."""
    stamps: tuple[str, ...] = ()
    """Linker variables set in the binary; `{version}`, `{major}` and `{minor}` are filled in."""
    also_pinned_by: tuple[str, ...] = ()
    """Further folders below tools/ whose pins end up in this artifact."""


def _kubernetes(name: str, ask_version: tuple[str, ...] = ("--version",)) -> Tool:
    return Tool(
        name=name,
        module="controlplane",
        pinned_by="k8s.io/kubernetes",
        package=f"k8s.io/kubernetes/cmd/{name}",
        ask_version=ask_version,
        stamps=(
            f"{_COMPONENT_BASE}.gitVersion={{version}}",
            f"{_COMPONENT_BASE}.gitMajor={{major}}",
            f"{_COMPONENT_BASE}.gitMinor={{minor}}",
        ),
    )


def _vertical_pod_autoscaler(program: str) -> Tool:
    return Tool(
        name=f"vpa-{program}",
        module="vpa",
        pinned_by=_VERTICAL_POD_AUTOSCALER,
        package=f"{_VERTICAL_POD_AUTOSCALER}/pkg/{program}",
        ask_version=(),
    )


CATALOGUE: dict[str, Tool] = {
    tool.name: tool
    for tool in (
        Tool(
            name="pulumi",
            module="engine",
            pinned_by="github.com/pulumi/pulumi/pkg/v3",
            package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
            ask_version=("version",),
            stamps=("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={version}",),
        ),
        Tool(
            name="etcd",
            module="controlplane",
            pinned_by="go.etcd.io/etcd/server/v3",
            package="go.etcd.io/etcd/server/v3",
        ),
        _kubernetes("kube-apiserver"),
        _kubernetes("kube-controller-manager"),
        _kubernetes("kube-scheduler"),
        _kubernetes("kubectl", ("version", "--client")),
        Tool(
            name="kwok",
            module="kwok",
            pinned_by="sigs.k8s.io/kwok",
            package="sigs.k8s.io/kwok/cmd/kwok",
            stamps=("sigs.k8s.io/kwok/pkg/consts.Version={version}",),
        ),
        Tool(
            name="actionlint",
            module="actionlint",
            pinned_by="github.com/rhysd/actionlint",
            package="github.com/rhysd/actionlint/cmd/actionlint",
        ),
        _vertical_pod_autoscaler("recommender"),
        _vertical_pod_autoscaler("updater"),
        _vertical_pod_autoscaler("admission-controller"),
        Tool(
            name=SCHEMAS,
            module="crds",
            pinned_by=_VERTICAL_POD_AUTOSCALER,
            also_pinned_by=("controlplane",),
        ),
    )
}
