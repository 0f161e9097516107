"""Finds the engine and the control plane's binaries: PATH, then cache, then a build from pinned Go modules."""

from sandbox.toolchain.errors import ToolchainError
from sandbox.toolchain.progress import Progress, Silent
from sandbox.toolchain.resolve import ResolvedTool, Toolset, resolve

__all__ = ["Progress", "ResolvedTool", "Silent", "ToolchainError", "Toolset", "resolve"]
