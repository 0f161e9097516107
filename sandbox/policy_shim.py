"""The executable by which an engine without a Python language host starts a policy pack."""

from __future__ import annotations

import os
import shlex
import tempfile
from pathlib import Path

from sandbox.layout import CHECKOUT

_NAME = "pulumi-analyzer-policy-python"

# The engine calls it with its address, the pack's folder, and one -option=value for each runtime option of
# PulumiPolicy.yaml; those are for a language host, and pulumi.policy would take -virtualenv=... for -v.
_SCRIPT = """\
#!/bin/sh
for argument do
  shift
  case $argument in
    -*) ;;
    *) set -- "$@" "$argument" ;;
  esac
done
export PYTHONPATH={checkout}
exec {python} -u -m sandbox.analyzer "$@"
"""


def write_analyzer_shim(folder: Path, python: Path) -> Path:
    """Write the shim into `folder`, which must exist and come first on the engine's PATH.

    `python` is the interpreter that has the pack's requirements. An older shim is replaced in one step, so an engine
    that starts meanwhile finds a whole one. Raises OSError if `folder` cannot be written.
    """
    shim = folder / _NAME
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{_NAME}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as script:
            script.write(_SCRIPT.format(python=shlex.quote(str(python)), checkout=shlex.quote(str(CHECKOUT))))
        draft.chmod(0o755)
        draft.replace(shim)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    return shim
