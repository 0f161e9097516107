"""The entry point of `python -m operations`."""

import sys
from pathlib import Path

from operations.cli import app

# The pack is no package of this project: the engine runs it from its own folder.
sys.path.append(str(Path(__file__).resolve().parents[1] / "policies"))

app(prog_name="operations")
