"""The entry point of `python -m sandbox`."""

import os
import sys

from sandbox.cli import app

try:
    app(prog_name="sandbox")
except SystemExit as ended:
    sys.stdout.flush()
    sys.stderr.flush()
    # Python would take seconds to tear down the SDKs' classes one by one. Nothing of ours waits for that.
    os._exit(ended.code if isinstance(ended.code, int) else 1)
