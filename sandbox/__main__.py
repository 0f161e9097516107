"""The entry point of `python -m sandbox`."""

from sandbox.cli import app
from sandbox.ending import leave

try:
    app(prog_name="sandbox")
except SystemExit as ended:
    leave(ended.code if isinstance(ended.code, int) else 1)
