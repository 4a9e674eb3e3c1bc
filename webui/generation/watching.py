"""Work that takes seconds to minutes, told on a terminal while it lasts."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from models.generation.backend import Progress


@contextmanager
def watched() -> "Iterator[Progress]":
    """Give what is told of progress: one line on a terminal, gone in the end; nothing elsewhere."""

    def tell(share: float, step: str) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{share:.0%} {step}", nl=False, err=True)

    try:
        yield tell
    finally:
        if sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)
