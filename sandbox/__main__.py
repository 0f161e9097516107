"""The entry point of `python -m sandbox`."""

import sys

from sandbox.cli import app
from sandbox.ending import leave
from sandbox.layout import CHECKOUT

# The pack is no package of this project: the engine runs it from its own folder.
sys.path.append(str(CHECKOUT / "policies"))

try:
    app(prog_name="sandbox")
except SystemExit as ended:
    leave(ended.code if isinstance(ended.code, int) else 1)
