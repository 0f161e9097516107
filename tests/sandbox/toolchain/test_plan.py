from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.toolchain.catalogue import CATALOGUE
from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.facts import Candidate, Facts, GoFacts, ToolFacts
from sandbox.toolchain.pins import Pin
from sandbox.toolchain.plan import make_plan

GO = GoFacts(path=Path("/go/bin/go"), version=(1, 26))


def tool(name: str, *on_path: tuple[str, str | None], cached: bool = False, version: str = "v1.0.0") -> ToolFacts:
    catalogued = CATALOGUE[name]
    pin = Pin(tool=catalogued, version=version, entry=Path("/cache") / catalogued.module, go=(1, 26))
    found = tuple(Candidate(path=Path(path), version=found) for path, found in on_path)
    return ToolFacts(pin=pin, on_path=found, cached=cached)


@pytest.mark.parametrize(
    ("facts", "path", "origin", "remarks"),
    [
        (tool("kwok", ("/bin/kwok", "v1.0.0")), "/bin/kwok", "path", 0),
        (tool("kwok", ("/bin/kwok", "v1.0.0"), cached=True), "/bin/kwok", "path", 0),
        (tool("kwok", cached=True), "/cache/kwok/kwok", "cache", 0),
        (tool("kwok", ("/bin/kwok", "v1.0.1"), cached=True), "/cache/kwok/kwok", "cache", 1),
        (tool("kwok", ("/bin/kwok", "v1.0.0-rc1"), cached=True), "/cache/kwok/kwok", "cache", 1),
        (tool("kwok", ("/bin/kwok", None), cached=True), "/cache/kwok/kwok", "cache", 1),
        (tool("kwok", ("/a/kwok", "v2.0.0"), ("/b/kwok", "v1.0.0")), "/b/kwok", "path", 0),
    ],
)
def test_path_then_cache(facts: ToolFacts, path: str, origin: str, remarks: int) -> None:
    plan = make_plan(Facts(tools=(facts,), go=GoFacts(path=None, version=None)))
    assert [(str(use.path), use.origin) for use in plan.uses] == [(path, origin)]
    assert (plan.builds, len(plan.remarks)) == ((), remarks)


def test_a_wrong_version_is_said() -> None:
    facts = (tool("kubectl", ("/usr/bin/kubectl", "v1.32.4"), version="v1.36.3", cached=True),)
    plan = make_plan(Facts(tools=facts, go=GO))
    assert plan.remarks == (("kubectl", "skipped /usr/bin/kubectl on PATH: it is v1.32.4, v1.36.3 is pinned"),)


def test_missing_tools_are_built_by_module_the_longest_first() -> None:
    facts = (tool("kwok"), tool("etcd"), tool("kubectl"), tool("kube-scheduler", cached=True))
    plan = make_plan(Facts(tools=facts, go=GO))
    assert [[pin.tool.name for pin in build.pins] for build in plan.builds] == [["etcd", "kubectl"], ["kwok"]]
    assert [use.pin.tool.name for use in plan.uses] == ["kube-scheduler"]


@pytest.mark.parametrize(
    ("go", "reason"),
    [
        (GoFacts(path=None, version=None), "there is no Go on PATH to build them"),
        (GoFacts(path=Path("/old/go"), version=(1, 25)), "/old/go is Go 1.25, too old to build them"),
        (GoFacts(path=Path("/odd/go"), version=None), "/odd/go does not answer `go version`"),
    ],
)
def test_nothing_to_build_with_is_one_sentence(go: GoFacts, reason: str) -> None:
    with pytest.raises(ToolchainError) as raised:
        make_plan(Facts(tools=(tool("kwok"), tool("etcd", version="v3.6.8")), go=go))
    assert str(raised.value) == (
        f"Not on PATH at the pinned version and not in the cache: kwok v1.0.0, etcd v3.6.8; {reason}: "
        "install Go 1.26 or newer (https://go.dev/dl/) and run the same command again."
    )
