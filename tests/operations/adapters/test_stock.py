"""The stock Pulumi installation is looked for before anything else, and its absence is one clear sentence."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from operations.adapters import stock
from operations.cli import app
from operations.errors import OperationError


def executable(folder: Path, name: str) -> None:
    path = folder / name
    path.write_text("#!/bin/sh\nexit 1\n")
    path.chmod(0o755)


def test_an_engine_without_its_language_host_is_not_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path, "pulumi")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError) as raised:
        stock.open_stack("dev")
    assert "pulumi-language-python, pulumi-analyzer-policy-python is not on PATH" in str(raised.value)
    assert "make up" in str(raised.value)


def test_an_unknown_stack_names_the_known_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in stock.NEEDED:
        executable(tmp_path, name)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match=r"no Pulumi\.develop\.yaml.*dev, .*sandbox"):
        stock.open_stack("develop")


@pytest.mark.parametrize("answer", ["v3.249.0", "v2.1.0", "not a version", ""])
def test_an_engine_that_is_too_old_or_none_is_refused(
    answer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in stock.NEEDED:
        executable(tmp_path, name)
    (tmp_path / "pulumi").write_text(f"#!/bin/sh\necho '{answer}'\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match=r"3\.250\.0 or newer"):
        stock.open_stack("dev")


@pytest.mark.parametrize("command", ["up", "preview", "destroy", "bootstrap"])
def test_the_command_line_exits_with_1_and_no_traceback(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(app, [command, "dev"])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "stock Pulumi installation" in result.output
