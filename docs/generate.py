"""Writes the generated parts of README and docs: `make docs`. A test fails when they are stale."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "policies")]

from guardrails import documentation as guardrails  # noqa: E402 - needs the path above
from guardrails.catalogue import FAMILIES  # noqa: E402

from settings import documentation as settings  # noqa: E402
from settings import environments  # noqa: E402

STACKS = ("dev", "staging", "prod", "dr", "sandbox")
"""In the order of docs/environments.md; a stack file that is not named here comes last."""


def between_marks(text: str, mark: str, content: str) -> str:
    """`text` with what stands between the two marks replaced by `content`.

    Raises:
        ValueError: the marks are not there exactly once.
    """
    pattern = re.compile(rf"(<!-- begin {mark}[^>]*-->\n).*?(<!-- end {mark} -->)", re.DOTALL)
    replaced, count = pattern.subn(lambda match: match[1] + content.strip() + "\n" + match[2], text)
    if count != 1:
        raise ValueError(f"expected one pair of marks `{mark}`, found {count}")
    return replaced


def stack_files() -> dict[str, str]:
    """The text of each stack's file, by the stack's name."""
    found = {path.name.split(".")[1]: path.read_text() for path in sorted(ROOT.glob("Pulumi.*.yaml"))}
    return {name: found[name] for name in dict.fromkeys([*STACKS, *found])}


def generated() -> dict[Path, str]:
    """Each file with its present generated parts, as it should be."""
    readme, node = ROOT / "README.md", ROOT / "docs" / "node.md"
    return {
        ROOT / "docs" / "environments.md": environments.page(stack_files()),
        readme: between_marks(readme.read_text(), "settings", settings.settings_table()),
        node: between_marks(node.read_text(), "toggles", settings.toggles_table()),
        ROOT / "docs" / "guardrails.md": guardrails.render(FAMILIES),
        **{ROOT / "policies" / "environments" / name: text for name, text in guardrails.environment_files().items()},
    }


if __name__ == "__main__":
    for path, text in generated().items():
        path.write_text(text)
