"""The commands ``longbox ink`` and ``longbox colourise``: drawings finished by example."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from schemas.errors import PictureError
from schemas.generation import (
    MAX_SEED,
    MAX_SIDE_PX,
    MAX_VARIANTS,
    MIN_SIDE_PX,
    GenerationRequest,
    ReferenceRole,
)
from schemas.places import Place
from search.commands.options import PngPath, library_option
from webui.generation.asking import painted, shape_of, sign_option, signer_of, wish_of
from webui.generation.cli import described, maker_of

if TYPE_CHECKING:
    from search.generation.making import Maker

UNTITLED = "a drawing"
"""What a drawing shows where nobody says so."""


Command = TypeVar("Command", bound=Callable[..., None])


def _asked_options(command: Command) -> Command:
    for option in reversed(
        (
            library_option,
            click.option(
                "--like",
                multiple=True,
                metavar="ID[:ROLE[:WEIGHT]]",
                help="A panel to go by; several may be given.",
            ),
            click.option(
                "--words",
                default="",
                metavar="WORDS",
                help="What it shows: finds panels where none is given.",
            ),
            click.option("--exclude", "excluded", multiple=True, metavar="ID", help="A panel never to use."),
            click.option("--uses-generated", is_flag=True, help="Generated panels may be references too."),
            click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, show_default=True),
            click.option("--variants", type=click.IntRange(1, MAX_VARIANTS), default=1, show_default=True),
            click.option(
                "--side",
                type=click.IntRange(MIN_SIDE_PX, MAX_SIDE_PX),
                default=768,
                show_default=True,
                help="Pixels of the longer side.",
            ),
            click.option("--layers", type=click.Choice(["ora", "svg"]), help="Also write the layers."),
            sign_option,
            click.option("--json", "as_json", is_flag=True, help="Print the records as JSON."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.argument("rough", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_asked_options
@click.option("--out", type=PngPath(), default=Path("inked.png"), show_default=True, help="Record beside it.")
def ink(*, rough: Path, library: Place, side: int, **asked: Any) -> None:
    """Ink a rough by example: clean lines, areas coloured and hatched as in panels of the library.

    longbox ink rough.png --library LIB --like ID --out inked.png
    """
    from models.generation.artificer.rough import PENCIL

    with maker_of(library) as maker:
        _make(maker, of_file(rough, side, levels=PENCIL), **asked)


@click.command()
@click.argument("picture")
@_asked_options
@click.option(
    "--out", type=PngPath(), default=Path("coloured.png"), show_default=True, help="Record beside it."
)
def colourise(*, picture: str, library: Place, side: int, **asked: Any) -> None:
    """Colour a black-and-white panel, an ID or a picture's file, by panels of the same characters.

    longbox colourise ID --library LIB --like ID --out coloured.png
    """
    from models.generation.artificer.rough import TONES

    with maker_of(library) as maker:
        drawn = of_file(Path(picture), side, levels=TONES) if Path(picture).is_file() else None
        _make(maker, drawn or _of_panel(maker, picture, side), **asked)


def _make(  # noqa: PLR0913 - options of the commands, as they come
    maker: "Maker",
    drawn: dict[str, Any],
    *,
    like: tuple[str, ...],
    words: str,
    out: Path,
    layers: str | None,
    as_json: bool,
    signed_with: tuple[Path, Path] | None,
    **asked: Any,
) -> None:
    signer = signer_of(signed_with)
    if not like and not words.strip():
        raise click.UsageError("say of what the colours are to be: --like ID, or --words to find panels")
    pinned = drawn.pop("pinned", ()) + tuple(map(painted, map(wish_of, like)))
    prompt = words.strip() or UNTITLED
    request = GenerationRequest(backend="artificer", prompt=prompt, pinned=pinned, **drawn, **asked)
    started = time.perf_counter()
    made = maker.make(request)
    took_s = time.perf_counter() - started
    from webui.generation.files import numbered, write_panel

    for number, panel in enumerate(made, start=1):
        picture, record = write_panel(panel, numbered(out, number, len(made)), layers=layers, signer=signer)
        told = panel.record.to_json()
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else described(panel, picture, record))
    if not as_json:
        click.echo(f"{took_s:.1f} s")


def of_file(file: Path, side: int, *, levels: int | None) -> dict[str, Any]:
    """Return what a request tells of a picture's file: in so many greys, None in its colours.

    Raises PictureError.
    """
    from models.generation.artificer.rough import MAX_BYTES, packed, packed_whole, size_within

    if file.stat().st_size > MAX_BYTES:
        raise PictureError(f"{file} is too large for a drawing: {MAX_BYTES:,} bytes at most")
    data, name = file.read_bytes(), str(file)
    drawing = packed_whole(data, name=name) if levels is None else packed(data, name=name, levels=levels)
    width, height = size_within(drawing, side)
    return {"drawing": drawing, "width_px": width, "height_px": height}


def _of_panel(maker: "Maker", panel_id: str, side: int) -> dict[str, Any]:
    width, height = shape_of(maker.library, panel_id, side)
    pinned = (replace(wish_of(panel_id), role=ReferenceRole.LAYOUT),)
    return {"pinned": pinned, "width_px": width, "height_px": height}
