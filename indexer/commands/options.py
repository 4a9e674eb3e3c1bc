"""Options that several commands share."""

import os
from pathlib import Path

import click

from schemas.places import is_store_uri


class LibraryPath(click.ParamType[Path]):
    """A library's folder; for one on object storage (``s3://bucket/prefix``) its local state folder."""

    name = "path"

    def __init__(self, *, exists: bool = False) -> None:
        """Take any folder, or only one that is there."""
        self._exists = exists

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Return the path. Raises ConfigError for a bad address, LibraryError without room for the state."""
        from indexer.remote.state import named

        path = named(value)
        if self._exists and not path.is_dir():
            self.fail(f"there is no folder {str(path)!r}", param, ctx)
        return path


class LocalPath(click.Path):
    """A file or folder of this machine."""

    def __init__(self, *, file_okay: bool = True) -> None:
        """Take folders, and files unless told otherwise."""
        super().__init__(file_okay=file_okay, path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Path:
        """Return the path. Raises BadParameter for an address on object storage."""
        named = os.fspath(value)
        if is_store_uri(named):
            self.fail(f"{named!r} is no folder of this machine: give one, and copy it from there", param, ctx)
        return Path(str(super().convert(named, param, ctx)))


library_option = click.option(
    "--library", type=LibraryPath(), required=True, help="The library's folder, or s3://bucket/prefix."
)
