"""`python -m settings STACK`: every effective setting of a stack, with where it came from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from settings import NAMESPACE, SettingsError
from settings.effective import DEFAULT, rows
from settings.stack_file import StackFileError

WIDTH = 160
"""Columns where no terminal says how many there are, as in operations/adapters/console.py."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def show(stack: Annotated[str, typer.Argument(help="The stack, as in Pulumi.STACK.yaml.")] = "sandbox") -> None:
    """Shows every setting of a stack, and the line of its file that sets it. Changes nothing, decrypts nothing."""
    path = Path(f"Pulumi.{stack}.yaml")
    try:
        found = rows(path.read_text(encoding="utf-8-sig"), name=path.name)
    except (StackFileError, SettingsError) as error:
        raise _ended(str(error)) from error
    except UnicodeDecodeError as error:
        raise _ended(f"{path} is not text in UTF-8.") from error
    except OSError as error:
        known = ", ".join(sorted(one.name.split(".")[1] for one in Path().glob("Pulumi.*.yaml")))
        text = f"{path} cannot be read ({error.strerror}); there are files for: {known or 'no stack'}."
        raise _ended(text) from error
    table = Table(box=None, pad_edge=False)
    for title in (f"Below {NAMESPACE}:", "Value", "Unit", "From"):
        table.add_column(title, overflow="fold")
    for row in found:
        cells = (escape(text) for text in (row.key, row.value, row.unit, row.origin))
        table.add_row(*cells, style="dim" if row.origin == DEFAULT else None)
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH).print(table)


def _ended(text: str) -> typer.Exit:
    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]error:[/] {escape(text)}")
    return typer.Exit(1)


if __name__ == "__main__":
    app(prog_name="settings")
