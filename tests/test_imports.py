"""Which way imports point, for the files that import-linter does not see: the two programs, and anything from tests."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = {
    "bootstrap",
    "settings",
    "components",
    "operations",
    "sandbox",
    "guardrails",
    "benchmarks",
    "docs",
    "tests",
    "tools",
}
ALLOWED = {
    "__main__.py": {"settings", "components"},
    "bootstrap": {"bootstrap", "settings", "components"},
    "settings": {"settings"},
    "components": {"components", "settings"},
    "policies": {"guardrails"},
    "operations": {"operations", "guardrails"},
    "sandbox": {"sandbox", "operations"},
    "benchmarks": {"benchmarks", "sandbox", "operations", "settings", "components"},
}


def imported(path: Path) -> set[str]:
    """The first names of everything a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("place", ALLOWED)
def test_imports_point_the_way_the_design_says(place: str) -> None:
    root = ROOT / place
    files = [root] if root.is_file() else sorted(root.rglob("*.py"))
    assert files
    wrong = {str(path.relative_to(ROOT)): bad for path in files if (bad := (imported(path) & OURS) - ALLOWED[place])}
    assert wrong == {}
