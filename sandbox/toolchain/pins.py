"""Which version of each tool this checkout wants, and where the cache keeps it: read from tools/*/go.mod."""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.catalogue import Tool
from sandbox.toolchain.errors import ToolchainError

_VERSION = re.compile(r"\bv?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)(?=$|[\s\"',;)])")


@dataclass(frozen=True, kw_only=True)
class Pin:
    """A tool at the version this checkout wants."""

    tool: Tool
    version: str
    """As Go writes it, with the leading v: `v1.36.3`."""
    entry: Path
    """Cache folder that holds this tool and the others of its module."""
    go: tuple[int, int]
    """Oldest Go that can build it, as go.mod states it."""

    @property
    def cached(self) -> Path:
        """Where the finished tool is, if it is."""
        return self.entry / self.tool.name


def cache_folder(environment: Mapping[str, str]) -> Path:
    """The folder that holds built tools: below P2P_NODES_CACHE, else XDG_CACHE_HOME, else ~/.cache."""
    base = environment.get("P2P_NODES_CACHE") or environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).expanduser().resolve() / "p2p-nodes" / "tools"


def read_pin(tool: Tool, modules: Path, cache: Path) -> Pin:
    """The pin of one tool; `modules` is the checkout's tools folder. Raises ToolchainError if go.mod lacks it."""
    text = _read(modules / tool.module / "go.mod")
    version = pinned_version(text, tool.pinned_by)
    go = re.search(r"^go (\d+)\.(\d+)", text, re.MULTILINE)
    if version is None or go is None:
        raise ToolchainError(
            f"{modules / tool.module / 'go.mod'} does not pin {tool.pinned_by} (or states no Go version), so the "
            f"version of {tool.name} is not known. Restore the file: git checkout -- tools/{tool.module}"
        )
    digest = pins_digest(tool, modules)
    return Pin(
        tool=tool,
        version=version,
        entry=cache / f"{tool.module}-{digest}",
        go=(int(go[1]), int(go[2])),
    )


def pinned_version(go_mod: str, module: str) -> str | None:
    """The version at which a go.mod text requires `module`, or None."""
    required = re.search(rf"^(?:require)?\s*{re.escape(module)} (v\S+)", go_mod, re.MULTILINE)
    return required[1] if required else None


def pins_digest(tool: Tool, modules: Path) -> str:
    """Sixteen hex digits that change with any pinned module, checksum or platform the tool is built from."""
    digest = hashlib.sha256(f"{platform.system()} {platform.machine()}".encode())
    for module in (tool.module, *tool.also_pinned_by):
        for file in ("go.mod", "go.sum"):
            content = _read(modules / module / file).encode()
            digest.update(f"\n{module}/{file} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()[:16]


def version_in(output: str) -> str | None:
    """The first version a tool names in its `--version` output, with a leading v, or None."""
    found = _VERSION.search(output)
    return f"v{found[1]}" if found else None


def built_from(output: str, module: str) -> str | None:
    """The version of `module` in what `go version -m` prints of a file, or None."""
    found = re.search(rf"^\t(?:mod|dep)\t{re.escape(module)}\t(v\S+)", output, re.MULTILINE)
    return found[1] if found else None


def go_version_in(output: str) -> tuple[int, int] | None:
    """Major and minor of `go version` or `go env GOVERSION` output, release candidates included, or None."""
    found = re.search(r"\bgo(\d+)\.(\d+)", output)
    return (int(found[1]), int(found[2])) if found else None


def linker_flags(pin: Pin) -> str:
    """The value of -ldflags: no symbol tables (they double the size and the link time) and the version stamped in."""
    major, minor = pin.version.removeprefix("v").split(".")[:2]
    stamps = [stamp.format(version=pin.version, major=major, minor=minor) for stamp in pin.tool.stamps]
    return " ".join(["-s", "-w", *(f"-X {stamp}" for stamp in stamps)])


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as problem:
        raise ToolchainError(
            f"{file} cannot be read ({os.strerror(problem.errno or 0)}), so the tools it pins cannot be found or "
            f"built. Restore it: git checkout -- tools"
        ) from problem
