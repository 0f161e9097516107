"""The cache of pulumi_gcp's types."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.simulator import extraction, schema

FILES = ["projects/service.py"]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("P2P_NODES_CACHE", str(tmp_path))
    return tmp_path / "schema"


def test_the_second_load_reads_no_source(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = schema.load(FILES)
    (kept,) = cache.glob("gcp-*.json")
    assert f"gcp-{first.version}-" in kept.name

    def never() -> Path:
        raise AssertionError("read the sources again")

    monkeypatch.setattr(extraction, "package_folder", never)
    second = schema.load(FILES)
    assert second.resource(FILES[0]) == first.resource(FILES[0])
    assert second.provider["project"].type.kind == "string"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": "1"}'])
def test_a_broken_cache_is_made_again(cache: Path, text: str) -> None:
    schema.load(FILES)
    (kept,) = cache.glob("gcp-*.json")
    whole = kept.read_text()
    kept.write_text(text)
    assert "service" in schema.load(FILES).resource(FILES[0]).inputs
    assert kept.read_text() == whole


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("P2P_NODES_CACHE", str(tmp_path / "file"))
    assert "service" in schema.load(FILES).resource(FILES[0]).inputs


def test_other_types_have_a_cache_of_their_own(cache: Path) -> None:
    schema.load(FILES)
    schema.load(["projects/iam_member.py"])
    assert len(list(cache.glob("gcp-*.json"))) == 2


def test_where_the_cache_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("P2P_NODES_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert schema.cache_folder() == Path("/somewhere/p2p-nodes/schema")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert schema.cache_folder() == Path.home() / ".cache/p2p-nodes/schema"
