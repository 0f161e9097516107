from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from sandbox.layout import CHECKOUT
from sandbox.toolchain.catalogue import CATALOGUE
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.pins import (
    built_from,
    cache_folder,
    go_version_in,
    linker_flags,
    pinned_version,
    pins_digest,
    read_pin,
    version_in,
)

TOOLS = CHECKOUT / "tools"


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("v3.250.0\n", "v3.250.0"),
        ("etcd Version: 3.6.8\nGit SHA: Not provided\nGo Version: go1.26.8\n", "v3.6.8"),
        ("Kubernetes v1.36.3\n", "v1.36.3"),
        ("Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0\n", "v1.32.4-dispatcher"),
        ("Client Version: v1.36.3-gke.100+dirty\n", "v1.36.3-gke.100+dirty"),
        ("kwok version v0.7.0 go1.26.8 (linux/amd64)\n", "v0.7.0"),
        ('{"gitVersion": "v1.36.3"}', "v1.36.3"),
        ("", None),
        ("command not found", None),
        ("listening on 127.0.0.1:8080", None),
    ],
)
def test_version_is_read_from_what_tools_print(output: str, version: str | None) -> None:
    assert version_in(output) == version


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("\tmod\texample.com/a\tv1.5.1\th1:x=", "v1.5.1"),
        ("\tdep\texample.com/a\tv1.5.1\th1:x=", "v1.5.1"),
        ("\tdep\texample.com/a/b\tv1.5.1\th1:x=", None),
        ("\tmod\texample.com/a\t(devel)\t", None),
        ("\tpath\texample.com/a", None),
    ],
)
def test_the_version_that_go_wrote_into_a_file(line: str, version: str | None) -> None:
    assert built_from(f"/bin/tool: go1.26.8\n{line}\n\tbuild\t-trimpath=true\n", "example.com/a") == version


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("go version go1.26.8 linux/amd64", (1, 26)),
        ("go1.27rc1", (1, 27)),
        ("go version go1.9 linux/amd64", (1, 9)),
        ("go version devel go1.28-abcdef linux/amd64", (1, 28)),
        ("zsh: command not found: go", None),
    ],
)
def test_go_version(output: str, version: tuple[int, int] | None) -> None:
    assert go_version_in(output) == version


@pytest.mark.parametrize(
    ("go_mod", "version"),
    [
        ("require (\n\texample.com/a v1.2.3 // indirect\n)\n", "v1.2.3"),
        ("require example.com/a v1.2.3\n", "v1.2.3"),
        ("require (\n\texample.com/a/b v1.2.3\n)\n", None),
        ("replace (\n\texample.com/a => example.com/b v9.0.0\n)\n", None),
    ],
)
def test_pinned_version(go_mod: str, version: str | None) -> None:
    assert pinned_version(go_mod, "example.com/a") == version


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("pulumi", "v3.250.0"),
        ("etcd", "v3.6.8"),
        ("kube-apiserver", "v1.36.3"),
        ("kubectl", "v1.36.3"),
        ("kwok", "v0.7.0"),
        ("schemas", "v1.5.1"),
        ("vpa-recommender", "v1.5.1"),
        ("vpa-updater", "v1.5.1"),
        ("vpa-admission-controller", "v1.5.1"),
    ],
)
def test_the_checkout_pins(name: str, version: str, tmp_path: Path) -> None:
    pin = read_pin(CATALOGUE[name], TOOLS, tmp_path)
    assert (pin.version, pin.go) == (version, (1, 26))
    assert pin.cached.parent.parent == tmp_path


def test_the_autoscaler_is_of_the_release_that_its_resources_are_of(tmp_path: Path) -> None:
    assert read_pin(CATALOGUE["vpa-updater"], TOOLS, tmp_path).version == (
        read_pin(CATALOGUE["schemas"], TOOLS, tmp_path).version
    )


def test_kubernetes_and_its_staging_modules_are_of_one_release(tmp_path: Path) -> None:
    text = (TOOLS / "controlplane" / "go.mod").read_text()
    release = read_pin(CATALOGUE["kubectl"], TOOLS, tmp_path).version.replace("v1.", "v0.")
    replaced = [line for line in text.splitlines() if "=> k8s.io/" in line]
    assert replaced
    assert [line for line in replaced if not line.endswith(release)] == []


@pytest.mark.parametrize("changed", ["controlplane/go.mod", "controlplane/go.sum", "crds/go.mod", "crds/go.sum"])
def test_the_digest_changes_with_every_file_that_pins(changed: str, tmp_path: Path) -> None:
    shutil.copytree(TOOLS, tmp_path / "tools")
    before = pins_digest(CATALOGUE["schemas"], tmp_path / "tools")
    file = tmp_path / "tools" / changed
    file.write_text(file.read_text() + "\n")
    assert pins_digest(CATALOGUE["schemas"], tmp_path / "tools") != before


def test_the_digest_of_one_module_ignores_the_others(tmp_path: Path) -> None:
    shutil.copytree(TOOLS, tmp_path / "tools")
    before = pins_digest(CATALOGUE["kwok"], tmp_path / "tools")
    (tmp_path / "tools" / "engine" / "go.mod").write_text("changed")
    assert pins_digest(CATALOGUE["kwok"], tmp_path / "tools") == before


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"P2P_NODES_CACHE": "/a", "XDG_CACHE_HOME": "/b"}, Path("/a/p2p-nodes/tools")),
        ({"XDG_CACHE_HOME": "/b"}, Path("/b/p2p-nodes/tools")),
        ({"P2P_NODES_CACHE": "", "XDG_CACHE_HOME": ""}, Path.home() / ".cache/p2p-nodes/tools"),
    ],
)
def test_cache_folder(environment: dict[str, str], expected: Path) -> None:
    assert cache_folder(environment) == expected.resolve()


def test_the_version_is_stamped_in(tmp_path: Path) -> None:
    flags = linker_flags(read_pin(CATALOGUE["kubectl"], TOOLS, tmp_path))
    assert "-X k8s.io/component-base/version.gitVersion=v1.36.3" in flags
    assert "-X k8s.io/component-base/version.gitMinor=36" in flags


@pytest.mark.parametrize("content", [None, "module x\n\ngo 1.26\n"])
def test_a_missing_or_emptied_go_mod_is_told(content: str | None, tmp_path: Path) -> None:
    (tmp_path / "kwok").mkdir()
    if content is not None:
        (tmp_path / "kwok" / "go.mod").write_text(content)
    with pytest.raises(ToolchainError, match=r"go\.mod .*git checkout -- tools"):
        read_pin(CATALOGUE["kwok"], tmp_path, tmp_path)
