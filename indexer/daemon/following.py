"""``longbox status --follow``: what the daemon of a library does, as it does it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.live import Live
from rich.text import Text

from indexer.daemon.control import no_daemon
from indexer.daemon.status import DaemonStatus, published

EVERY_S = 1.0


def follow(library: Path, *, as_json: bool) -> None:
    """Show the daemon until it ends: redrawn on a terminal, else a few lines, or one of JSON, a change.

    Raises:
        DaemonError: no daemon runs.
    """
    if published(library) is None:
        raise no_daemon(library)
    console = Console()
    if as_json:
        for status in _changes(library):
            click.echo(json.dumps(status.to_json()))
    elif console.is_terminal:
        with Live(console=console, auto_refresh=False) as live:
            for status in _changes(library):
                live.update(Text("\n".join(_printable(status))), refresh=True)
    else:
        for status in _changes(library):
            click.echo("\n".join(_printable(status)))


def _changes(library: Path) -> Iterator[DaemonStatus]:
    before = None
    while (status := published(library)) is not None:
        if status != before:
            yield status
        before = status
        time.sleep(EVERY_S)


def _printable(status: DaemonStatus) -> list[str]:
    """Keep a file name from breaking the line or the terminal."""
    return ["".join(c if c.isprintable() else " " for c in line) for line in status.in_words()]
