"""Options that several commands share."""

import os
from pathlib import Path

import click

from schemas.places import Place, place_of


class LibraryPlace(click.ParamType[Place]):
    """A library's folder, or its address on object storage: ``s3://bucket/prefix``."""

    name = "path"

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Place:
        """Return the place. Raises ConfigError for a bad address."""
        del param, ctx
        return place_of(os.fspath(value))


library_option = click.option(
    "--library", type=LibraryPlace(), required=True, help="The library's folder, or s3://bucket/prefix."
)


class PngPath(click.Path):
    """A file to be written as PNG: a name that promises another format is a mistake in the call."""

    def __init__(self) -> None:
        """Take no folders."""
        super().__init__(dir_okay=False, path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path. Raises BadParameter for a name that does not end in .png."""
        path = Path(super().convert(value, param, ctx))  # type: ignore[arg-type]
        if path.suffix.lower() != ".png":
            self.fail(f"{str(value)!r} is no name of a PNG picture: let it end in .png", param, ctx)
        return path
