"""The README's commands, by where they can be run."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"^ *```sh *(?P<where>\S*)\n(?P<body>.*?)^ *```", re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Each command line with the word after `sh`: `sandbox` (an engine test runs it), `refused` (it does, and sees
    the command refuse), `checks` (`.ci/run` runs it) or `cloud` (needs a cloud account)."""
    return [
        (block["where"], line.strip())
        for block in BLOCK.finditer((ROOT / "README.md").read_text())
        for line in block["body"].splitlines()
        if line.strip()
    ]


def commands_for(where: str) -> list[str]:
    """The command lines of one kind, in order."""
    return [line for kind, line in commands() if kind == where]
