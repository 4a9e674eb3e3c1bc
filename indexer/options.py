"""Options that several commands share."""

import os
from pathlib import Path

import click


class LibraryPath(click.ParamType[Path]):
    """A library's folder; for one on object storage (``s3://bucket/prefix``) its local state folder."""

    name = "path"

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Return the path. Raises ConfigError for a bad address, LibraryError without room for the state."""
        del param, ctx
        from indexer.remote.state import named

        return named(value)


library_option = click.option(
    "--library", type=LibraryPath(), required=True, help="The library's folder, or s3://bucket/prefix."
)
