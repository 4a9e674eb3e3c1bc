"""The command ``retype``."""

from __future__ import annotations

from pathlib import Path

import click

from indexer.commands.options import library_option
from schemas.labels import PageType

_AGAIN = "auto"


@click.command()
@click.argument("kind", metavar="TYPE", type=click.Choice([*PageType, _AGAIN]))
@click.argument("pages", metavar="PAGE...", nargs=-1, required=True)
@library_option
def retype(kind: str, pages: tuple[str, ...], *, library: Path) -> None:
    """Say what pages are, by their ids (BOOK/00001): kept however often their book is read again.

    TYPE auto takes back what was said; the page is told anew when its book is read the next time.
    """
    from indexer.library.retyping import set_page_types

    set_page_types(library, dict.fromkeys(pages, None if kind == _AGAIN else PageType(kind)))
    click.echo(f"{len(pages)} page{'s' * (len(pages) != 1)}: {kind}")
