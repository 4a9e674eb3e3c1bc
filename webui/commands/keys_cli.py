"""The command ``keys``: who may use a server beyond this machine."""

from datetime import UTC, datetime
from pathlib import Path

import click

from indexer.commands.options import LibraryPath
from webui.security.keys import KeyFile
from webui.security.scopes import Scope

_library = click.option(
    "--library",
    type=LibraryPath(exists=True),
    required=True,
    help="The library's folder, or s3://bucket/prefix.",
)


@click.group()
def keys() -> None:
    """Make, list and remove the keys by which a server lets visitors in."""


@keys.command()
@click.argument("name")
@_library
@click.option(
    "--scope",
    type=click.Choice(["read", "write"]),
    default="read",
    show_default=True,
    help="What the key may do: write also changes boards and adds folders.",
)
def add(name: str, library: Path, scope: str) -> None:
    """Make a key, and show it this once."""
    text = KeyFile(library).add(name, Scope(scope))
    click.echo(text)
    click.echo("keep it: it is shown this once and stored nowhere", err=True)


@keys.command(name="list")
@_library
def list_keys(library: Path) -> None:
    """List the keys by name."""
    for key in KeyFile(library).all():
        made = datetime.fromtimestamp(key.created_s, UTC)
        click.echo(f"{key.name}  {key.scope}  {made:%Y-%m-%d %H:%M} UTC")


@keys.command()
@click.argument("name")
@_library
def remove(name: str, library: Path) -> None:
    """Take a key away; a running server knows at once."""
    KeyFile(library).remove(name)
    click.echo(f"removed {name}")
