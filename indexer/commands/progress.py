"""Progress of an index run on a terminal, and in plain lines elsewhere."""

from types import TracebackType
from typing import Self

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from schemas.labels import BookStatus


class TerminalProgress:
    """A bar over the bytes of the books, with pages a second; use as a context manager."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("{task.fields[books]}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[pages]} pages, {task.fields[rate]:.1f}/s"),
            TimeRemainingColumn(),
            console=console,
        )
        self._task: TaskID | None = None
        self._sources = self._done = self._pages = 0

    def __enter__(self) -> Self:
        """Return the progress itself; the bar shows with the first news."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()

    def begin(self, *, sources: int, size_bytes: int) -> None:
        """Show the bar."""
        self._sources = sources
        self._task = self._bar.add_task("books", total=max(1, size_bytes), books="", pages=0, rate=0.0)
        self._bar.start()
        self._show()

    def page_done(self, size_bytes: float) -> None:
        """Move the bar by a page's part of its book."""
        self._pages += 1
        self._show(size_bytes)

    def source_done(self, source: str, status: BookStatus, message: str | None) -> None:
        """Count a source; say at once what failed."""
        self._done += 1
        if status is BookStatus.FAILED:
            self._bar.console.print(
                describe(source, status, message),
                style="yellow",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
        self._show()

    def _show(self, size_bytes: float = 0.0) -> None:
        if self._task is None:
            return
        elapsed_s = self._bar.tasks[0].elapsed or 0.0
        self._bar.update(
            self._task,
            advance=size_bytes,
            books=f"book {self._done} of {self._sources}",
            pages=self._pages,
            rate=self._pages / elapsed_s if elapsed_s else 0.0,
        )


class PlainProgress:
    """A line a source on standard error."""

    def begin(self, *, sources: int, size_bytes: int) -> None:
        """Say nothing yet."""

    def page_done(self, size_bytes: float) -> None:
        """Say nothing of single pages."""

    def source_done(self, source: str, status: BookStatus, message: str | None) -> None:
        """Print the line."""
        click.echo(describe(source, status, message), err=True)


def describe(source: str, status: BookStatus, message: str | None) -> str:
    """Return one line on what became of a source, whatever characters its name brings."""
    line = f"{status.value}: {source}" + (f": {message}" if message else "")
    return "".join(c if c.isprintable() else " " for c in line)
