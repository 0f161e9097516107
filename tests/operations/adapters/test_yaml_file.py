"""YAML files are read alike on every machine, and a damaged one is told."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from operations.adapters.yaml_file import mapping
from operations.errors import OperationError
from tests.program_mocks import ROOT


@pytest.mark.parametrize(("content", "read"), [(b"", {}), (b"# nothing", {}), (b"a: {b: 1}", {"a": {"b": 1}})])
def test_keys_and_values(tmp_path: Path, content: bytes, read: object) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    assert mapping(tmp_path / "a.yaml", remedy="") == read


@pytest.mark.parametrize("content", [b"config: [", b"- a", b"a", b"\xff\xfe\x00", b"\xff"])
def test_what_is_no_such_file_is_told_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.yaml").write_bytes(content)
    with pytest.raises(OperationError, match=r"a\.yaml (is no YAML|holds no keys)(.|\n)*Nothing was changed. Mend it."):
        mapping(tmp_path / "a.yaml", remedy="Mend it.")


def test_the_operator_s_locale_has_no_say(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes("a: über".encode())
    code = "import sys; from pathlib import Path; from operations.adapters.yaml_file import mapping; "
    code += "print(ascii(mapping(Path(sys.argv[1]), remedy='')))"
    environment = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-X", "utf8=0", "-c", code, str(tmp_path / "a.yaml")]
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout == "{'a': '\\xfcber'}\n"
