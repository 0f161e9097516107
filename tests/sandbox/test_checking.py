"""What a check from scratch takes of a stack's file, and what it leaves behind."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from operations.errors import OperationError
from sandbox import checking
from sandbox.layout import Layout
from sandbox.simulator.given import ASSUMED
from sandbox.toolchain import Toolset

TOOLS = cast(Toolset, SimpleNamespace(path=lambda _: Path("/bin/true"), schemas=Path("/schemas")))
STACK = """
secretsprovider: gcpkms://projects/p/locations/europe/keyRings/r/cryptoKeys/k
encryptedkey: CiQA
encryptionsalt: v1:abc
backend: {url: gs://bucket}
config:
  p2p-nodes:project: p
  p2p-nodes:token: {secure: v1:abc=}
  p2p-nodes:node:
    image: atactr/automata:v1.0.0
    keys: [{secure: v1:def=}, plain]
  p2p-nodes:network: {secure: true, name: n}
  p2p-nodes:machines: {secure: a text beside others, name: n}
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "Pulumi.yaml").write_text("name: p2p-nodes\nruntime: python\nbackend: {url: gs://bucket}\n")
    (root / "Pulumi.dev.yaml").write_text(STACK)
    monkeypatch.setattr(checking, "CHECKOUT", root)
    return root


def test_secrets_become_placeholders_and_what_leads_to_the_state_goes() -> None:
    settings, placeholders = checking.without_secrets(yaml.safe_load(STACK))
    assert placeholders == ("p2p-nodes:token", "p2p-nodes:node.keys[0]")
    assert settings == {
        "config": {
            "p2p-nodes:project": "p",
            "p2p-nodes:token": "placeholder-of-a-secret",
            "p2p-nodes:node": {"image": "atactr/automata:v1.0.0", "keys": ["placeholder-of-a-secret", "plain"]},
            "p2p-nodes:network": {"secure": True, "name": "n"},
            "p2p-nodes:machines": {"secure": "a text beside others", "name": "n"},
        }
    }


@pytest.mark.parametrize("document", [{}, {"config": None}, {"config": "text"}])
def test_a_file_without_settings_is_left_to_the_engine(document: dict[str, Any]) -> None:
    assert checking.without_secrets(document) == (document, ())


def test_the_engine_gets_a_copy_and_the_checkout_stays_as_it_is(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opens(layout: Layout, environment: dict[str, str], **given: Any) -> str:
        seen.append((layout, environment, given))
        project = yaml.safe_load((layout.engine / "Pulumi.yaml").read_text())
        assert "backend" not in project
        assert [one["name"] for one in project["plugins"]["providers"]] == ["gcp", "kubernetes"]
        assert "secure: v1" not in (layout.engine / "Pulumi.dev.yaml").read_text()
        return "an engine"

    seen: list[Any] = []
    monkeypatch.setattr(checking, "open_engine", opens)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "that of somebody else's state")
    with checking.open_from_scratch("dev", TOOLS) as opened:
        assert cast(Any, opened.engine) == "an engine"
        assert opened.placeholders == ("p2p-nodes:token", "p2p-nodes:node.keys[0]")
    ((layout, environment, given),) = seen
    assert given == {"stack_name": "dev", "ahead": True}
    assert environment["PULUMI_CONFIG_PASSPHRASE"] == "sandbox"
    assert environment[ASSUMED] == "true", "a DNS zone of somebody else is asked for, and nobody there to tell"
    assert environment["PULUMI_BACKEND_URL"] == f"file://{layout.engine / 'state'}"
    assert environment["SANDBOX_HOME"] == str(layout.root)
    assert not layout.root.exists(), "left behind"
    assert (checkout / "Pulumi.dev.yaml").read_text() == STACK


def test_a_stack_that_is_not_there_is_told_with_those_that_are(checkout: Path) -> None:
    with (
        pytest.raises(OperationError, match=r"There is no Pulumi\.prod\.yaml\. Stacks of this project: dev\."),
        checking.open_from_scratch("prod", TOOLS),
    ):
        pass


def test_a_damaged_file_leaves_nothing_behind(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (checkout / "Pulumi.dev.yaml").write_text("config: [")
    with pytest.raises(OperationError, match="is no YAML"), checking.open_from_scratch("dev", TOOLS):
        pass
    assert list((tmp_path / "tmp").iterdir()) == []
