from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.egress import LaboratoryError, SquidRoot, roots, squid_roots
from sandbox.egress.proxy import listening_port


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> dict[Path, str]:
    """Which roots there are, by path."""
    there: dict[Path, str] = {}

    def root_at(path: Path) -> SquidRoot | None:
        return SquidRoot(path=path, program="squid", version=there[path]) if path in there else None

    monkeypatch.setattr(roots, "root_at", root_at)
    return there


def found(tmp_path: Path, **environment: str) -> list[str]:
    return [one.version for one in squid_roots({"P2P_NODES_CACHE": str(tmp_path), **environment})]


def test_this_machine_s_the_cache_s_and_the_named_one(versions: dict[Path, str], tmp_path: Path) -> None:
    cached, image = tmp_path / "p2p-nodes" / "tools" / "squid-trixie", tmp_path / "image"
    assert found(tmp_path) == []
    versions.update({Path("/"): "5.7", cached: "6.13", image: "6.14"})
    assert found(tmp_path) == ["5.7", "6.13"]
    assert found(tmp_path, EGRESS_SQUID_ROOT=str(image)) == ["5.7", "6.13", "6.14"]
    assert found(tmp_path, EGRESS_SQUID_ROOT=str(image), EGRESS_SQUID_ONLY="1") == ["6.14"]
    assert found(tmp_path, EGRESS_SQUID_ROOT=str(cached)) == ["5.7", "6.13"]


def test_a_named_root_without_squid_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LaboratoryError, match=f"EGRESS_SQUID_ROOT={tmp_path} has no squid"):
        squid_roots({"EGRESS_SQUID_ROOT": str(tmp_path)})


def test_a_link_that_only_works_inside_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "usr" / "sbin" / "squid"
    program.parent.mkdir(parents=True)
    program.symlink_to("/nowhere/on/this/machine")
    asked: list[list[str]] = []

    class Asked:
        stdout = "Squid Cache: Version 6.13\n"

    def run(command: list[str], **_: object) -> Asked:
        asked.append(command)
        return Asked()

    monkeypatch.setattr("subprocess.run", run)
    assert roots.root_at(tmp_path) == SquidRoot(path=tmp_path, program="squid", version="6.13")
    assert asked == [["chroot", str(tmp_path), "/usr/sbin/squid", "-v"]]


def test_generations() -> None:
    assert SquidRoot(path=Path("/"), program="squid", version="6.13").major == 6


@pytest.mark.parametrize(("line", "port"), [("http_port 3128", 3128), ("http_port 0.0.0.0:8080 name=a", 8080)])
def test_the_port_of_a_configuration(line: str, port: int) -> None:
    assert listening_port(f"# http_port 1\n{line}\nhttp_port 9\n") == port


def test_a_configuration_without_a_port() -> None:
    with pytest.raises(LaboratoryError, match="no http_port"):
        listening_port("acl all src all\n")
