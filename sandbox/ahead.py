"""What the program and its plugins will import, loaded while the engine still starts.

The SDKs take longer to import than the engine takes to start, and the program's own process has nothing else to do
meanwhile. Nothing is run ahead: the program finds its imports done, and is otherwise what it was.
"""

from __future__ import annotations

import ast
import gc
import importlib
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from sandbox.plugins.takeover import FOLDER_VARIABLE

T = TypeVar("T")

SDKS = {"gcp": "pulumi_gcp", "kubernetes": "pulumi_kubernetes"}
"""The names that the program imports its SDKs under."""
_LAZY = re.compile(rf"\b({'|'.join(SDKS)})\.((?:[a-z]\w*\.)+(?:[A-Z]|get_)\w*)")
ALLOCATIONS = 100_000
"""Objects made before the collector looks again. The SDKs' classes are a million that stay: it would find nothing."""
_loading: list[subprocess.Popen[bytes]] = []
"""Held until this process ends: what loads plugins ahead ends when its standard input does."""


def plugins_ahead(executable: Path, plugins: Sequence[str], environment: Mapping[str, str]) -> dict[str, str]:
    """Runs `executable`, which runs `sandbox.plugins.ready`; returns what the engine's environment needs to find it.

    Where it cannot be run, the engine starts the plugins by themselves.
    """
    folder = Path(tempfile.mkdtemp(prefix="p2p-nodes-ready-"))
    with ExitStack() as stack, removed_on_failure(folder):
        listeners = {name: stack.enter_context(socket.socket(socket.AF_UNIX)) for name in plugins}
        for name, listener in listeners.items():
            # Here and not over there: it takes connections from now on, however long the imports still take.
            listener.bind(str(folder / name))
            listener.listen()
        _loading.append(
            subprocess.Popen(
                [executable, *(f"{name}={listener.fileno()}" for name, listener in listeners.items())],
                env={**os.environ, **environment},
                pass_fds=[listener.fileno() for listener in listeners.values()],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                # An interrupt from the terminal is for the engine, which asks its plugins to stop.
                start_new_session=True,
            )
        )
    return {FOLDER_VARIABLE: str(folder)}


@contextmanager
def removed_on_failure(folder: Path) -> Iterator[None]:
    """Nothing is left of what could not be set up, and nothing is said: the engine will say why, if it matters."""
    try:
        yield
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)


def with_imports_ahead(program: Callable[[], T], path: Path) -> Callable[[], T]:
    """`program`, which runs the file at `path` and whose imports are under way from now on."""
    gc.set_threshold(ALLOCATIONS)
    loading = threading.Thread(target=load, args=(path,), daemon=True, name="imports")
    loading.start()

    def run() -> T:
        loading.join()
        return program()

    return run


def load(path: Path) -> None:
    """Imports what the file at `path` imports, and the parts of the SDKs that load when they are first used.

    What cannot be read or imported is left for the program to fail on, in its own words.
    """
    try:
        modules = imports(path.read_text(encoding="utf-8"))
        for module in modules:
            importlib.import_module(module)
        for sdk, name in used(sources(path, modules)):
            attrgetter(name)(importlib.import_module(sdk))
    except Exception:  # noqa: S110 - the program fails on it itself, and says where
        pass


def imports(text: str) -> list[str]:
    """The modules that the program `text` imports at its top, in its order."""
    found: list[str] = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.append(node.module)
    return found


def sources(path: Path, modules: Iterable[str]) -> Iterator[str]:
    """The text of the file at `path`, and of every file of the packages beside it that `modules` belong to."""
    yield path.read_text(encoding="utf-8")
    for package in sorted({module.partition(".")[0] for module in modules}):
        for file in sorted((path.parent / package).rglob("*.py")):
            yield file.read_text(encoding="utf-8")


def used(texts: Iterable[str]) -> list[tuple[str, str]]:
    """The SDKs' classes and data sources that `texts` name: ("pulumi_gcp", "compute.Network") for one."""
    return sorted({(SDKS[sdk], name) for text in texts for sdk, name in _LAZY.findall(text)})
