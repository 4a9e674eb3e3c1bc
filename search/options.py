"""Options that several commands share."""

from pathlib import Path

import click


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
