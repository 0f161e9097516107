"""What a person sees, by rich. The only module that writes to the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.prompt import Confirm
from rich.status import Status
from rich.table import Table

from operations.adapters.listener import Listener
from operations.errors import DeclinedError
from operations.facts import Action, Failure, Operation, Violation, Volume, name_of
from operations.judgement import Kind

WIDTH = 160
"""Columns where no terminal says how many there are: logs of CI are read unfolded."""
STYLE = {
    Action.CREATE: "green",
    Action.UPDATE: "yellow",
    Action.REPLACE: "bold magenta",
    Action.DELETE: "bold red",
    Action.IMPORT: "blue",
    Action.CLEAN_UP: "red",
    Action.OTHER: "cyan",
    Action.SAME: "dim",
}


class Progress(Listener):
    """One line that says what is going on right now, and one for each thing done."""

    def __init__(self, console: RichConsole, status: Status, title: str) -> None:
        """Shows on `status`; `title` is the phase's name."""
        self.console, self.status, self.title = console, status, title
        self.open: dict[str, Operation] = {}
        self.done = 0
        self.errors = 0

    def began(self, operation: Operation) -> None:
        self.open[operation.urn] = operation
        self._show()

    def ended(self, operation: Operation) -> None:
        self.open.pop(operation.urn, None)
        self.done += 1
        self._show()

    def failed(self, failure: Failure) -> None:
        self.errors += 1
        self.console.print(f"  [red]error[/] {escape(named(failure.urn))}{escape(failure.message)}")

    def waits(self, text: str) -> None:
        self.status.update(f"{self.title}: waiting for {escape(text)}")

    def notes(self, text: str) -> None:
        """A line that stays."""
        self.console.print(f"  {escape(text)}")

    def _show(self) -> None:
        names = ", ".join(operation.name for operation in list(self.open.values())[-4:])
        self.status.update(f"{self.title}: {self.done} done, at {escape(names)}")


class Console:
    """Everything the commands say."""

    def __init__(self, rich: RichConsole | None = None) -> None:
        """Writes to standard output, or to `rich`."""
        self.rich = rich or RichConsole(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
        self.times: dict[str, float] = {}
        """Seconds each phase took."""

    @contextmanager
    def phase(self, title: str) -> Iterator[Progress]:
        """Shows a phase while it runs, and says how long it took."""
        began = time.monotonic()
        end = "[red]stopped[/]"
        with self.rich.status(title) as status:
            progress = Progress(self.rich, status, title)
            try:
                yield progress
                end = "[red]failed[/]" if progress.errors else "[green]done[/]"
            finally:
                self.times[title] = took = time.monotonic() - began
                self.rich.print(f"{end}  {title}  [dim]{took:.1f} s[/]")

    def say(self, text: str) -> None:
        """One plain line."""
        self.rich.print(escape(text))

    def report(self, text: str) -> None:
        """Lines as they are: not folded, and nothing in them taken for markup."""
        self.rich.print(text, markup=False, emoji=False, soft_wrap=True)

    def table(self, table: Table) -> None:
        """A table made by a command."""
        self.rich.print(table)

    def error(self, text: str) -> None:
        """The last words of a command that failed."""
        RichConsole(stderr=True, highlight=False, soft_wrap=True).print(f"[bold red]error:[/] {escape(text)}")

    def changes(self, changes: Iterable[Operation]) -> None:
        """What a run changes, one resource a line, with the paths that differ."""
        listed = list(changes)
        if not listed:
            self.rich.print("no changes")
            return
        for operation in listed:
            paths = f"  [dim]{escape(', '.join(operation.paths))}[/]" if operation.paths else ""
            style = STYLE[operation.action]
            self.rich.print(
                f"  [{style}]{operation.action:8}[/] {escape(operation.type)} [bold]{escape(operation.name)}[/]{paths}"
            )
        counts = [
            f"{count} to {action}"
            for action in Action
            if (count := sum(operation.action is action for operation in listed))
        ]
        self.rich.print("  " + ", ".join(counts))

    def effect(self, effects: Iterable[str]) -> None:
        """What the changes do to what runs."""
        self.rich.print(f"  effect: {escape(', '.join(effects))}")

    def violations(self, violations: Iterable[Violation]) -> None:
        """What the policies said."""
        for violation in violations:
            style = "red" if violation.mandatory else "yellow"
            label = violation.level if violation.kind is Kind.FINDING else violation.kind
            where = named(violation.urn)
            self.rich.print(
                f"  [{style}]{label}[/] {escape(violation.policy)} {escape(where)}{escape(violation.message)}"
            )

    def exemptions(self, exemptions: Iterable[Violation]) -> None:
        """Which exemptions hold, at the end of a run, so that nobody forgets them."""
        for number, exemption in enumerate(exemptions):
            if number == 0:
                self.rich.print("exemptions in force:")
            text = " ".join(exemption.message.splitlines()[1:]).removeprefix(f"[{Kind.EXEMPTION}] ")
            self.rich.print(f"  [yellow]exempt[/] {escape(exemption.policy)} {escape(text)}")

    def volumes(self, volumes: Iterable[Volume]) -> None:
        """Which disks a destroy takes and which stay."""
        for volume in sorted(volumes, key=lambda volume: volume.claim):
            fate = "[yellow]stays[/]" if volume.retained else "[bold red]goes[/]"
            disk = PurePosixPath(volume.disk).name
            self.rich.print(f"  {fate} disk [bold]{escape(disk)}[/] of claim {escape(volume.claim)}")

    def confirm(self, question: str) -> None:
        """Asks. Raises `DeclinedError` on a no, and where nobody can answer."""
        if not sys.stdin.isatty():
            raise DeclinedError(
                f"{question} Nobody is there to answer. Run it in a terminal, or give --yes. Nothing was changed."
            )
        if not Confirm.ask(question, console=self.rich, default=False):
            raise DeclinedError("Declined. Nothing was changed.")


def named(urn: str) -> str:
    """`name: ` of the resource an event is about, or nothing."""
    return f"{name_of(urn)}: " if urn else ""
