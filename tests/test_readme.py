"""README says what is true: its commands exist and are run somewhere, its generated parts are current."""

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.readme import ROOT, commands, commands_for

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def test_every_command_says_where_it_runs() -> None:
    assert {where for where, _ in commands()} == {"sandbox", "refused", "checks", "cloud"}


@pytest.mark.parametrize("line", [line for _, line in commands() if line.startswith("make ")])
def test_make_targets_exist(line: str) -> None:
    assert line.split()[1] in TARGETS


def test_ci_runs_the_readme_s_checks() -> None:
    ci = (ROOT / ".ci" / "run").read_text().splitlines()
    assert set(commands_for("checks")) <= set(ci)


def test_the_first_two_commands_are_the_promised_two() -> None:
    assert [line for _, line in commands()][:2] == ["make up", "make test"]


@pytest.mark.parametrize("path", ["README.md", "docs/environments.md", "docs/guardrails.md"])
def test_generated_parts_are_current(path: str) -> None:
    generated: dict[Path, str] = runpy.run_path(str(ROOT / "docs" / "generate.py"))["generated"]()
    assert (ROOT / path).read_text() == generated[ROOT / path], "stale: run `make docs`"


def test_links_lead_somewhere() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (ROOT / "README.md").read_text())
    assert [target for target in targets if not (ROOT / target).exists()] == []


def said(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node but those that only document."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node
            yield from said(node)


def texts_of_the_commands() -> list[str]:
    """Every literal text in operations, the sandbox and the policy pack."""
    return [
        node.value
        for folder in ("operations", "sandbox", "policies")
        for path in (ROOT / folder).rglob("*.py")
        for node in said(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_what_readme_says_one_sees_is_what_is_printed() -> None:
    table = (ROOT / "README.md").read_text().split("## When it fails")[1]
    cells = re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)
    quoted = [quote for cell in cells for quote in re.findall(r"(?<!\*)\*([^*]+)\*", cell)]
    assert quoted
    texts = texts_of_the_commands()
    never = [quote for quote in quoted if not any(quote.removesuffix("...").strip() in text for text in texts)]
    assert never == [], "README quotes what is never printed"


def test_no_placeholder_is_left() -> None:
    assert re.findall(r"\b(TIMES|TBD|XXX)\b", (ROOT / "README.md").read_text()) == []
