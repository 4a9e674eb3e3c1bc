"""The command ``longbox ink``."""

import json
import time
from pathlib import Path
from typing import Any

import click

from schemas.errors import PictureError
from schemas.generation import MAX_SEED, MAX_SIDE_PX, MAX_VARIANTS, MIN_SIDE_PX, GenerationRequest
from schemas.places import Place
from search.commands.options import PngPath, library_option
from webui.generation.asking import wish_of
from webui.generation.cli import described, maker_of

UNTITLED = "a drawing"
"""What a drawing shows where nobody says so."""


@click.command()
@click.argument("rough", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@library_option
@click.option(
    "--like",
    multiple=True,
    metavar="ID[:ROLE[:WEIGHT]]",
    help="A panel to take colours and hatching from; several may be given.",
)
@click.option("--words", default="", metavar="WORDS", help="What it shows: finds panels where none is given.")
@click.option("--exclude", "excluded", multiple=True, metavar="ID", help="A panel never to use.")
@click.option("--uses-generated", is_flag=True, help="Generated panels may be references too.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, show_default=True)
@click.option("--variants", type=click.IntRange(1, MAX_VARIANTS), default=1, show_default=True)
@click.option(
    "--side",
    type=click.IntRange(MIN_SIDE_PX, MAX_SIDE_PX),
    default=768,
    show_default=True,
    help="Pixels of the longer side.",
)
@click.option("--layers", type=click.Choice(["ora", "svg"]), help="Also write flats, tone and lines apart.")
@click.option("--out", type=PngPath(), default=Path("inked.png"), show_default=True, help="Record beside it.")
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
def ink(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    rough: Path,
    library: Place,
    like: tuple[str, ...],
    words: str,
    side: int,
    layers: str | None,
    out: Path,
    as_json: bool,
    **asked: Any,
) -> None:
    """Ink a rough by example: clean lines, areas coloured and hatched as in panels of the library.

    longbox ink rough.png --library LIB --like ID --out inked.png
    """
    if not like and not words.strip():
        raise click.UsageError("say of what the colours are to be: --like ID, or --words to find panels")
    request = _request(
        rough, side, prompt=words.strip() or UNTITLED, pinned=tuple(map(wish_of, like)), **asked
    )
    started = time.perf_counter()
    with maker_of(library) as maker:
        made = maker.make(request)
    took_s = time.perf_counter() - started
    from webui.generation.files import numbered, write_panel

    for number, panel in enumerate(made, start=1):
        picture, record = write_panel(panel, numbered(out, number, len(made)), layers=layers)
        told = panel.record.to_json()
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else described(panel, picture, record))
    if not as_json:
        click.echo(f"{took_s:.1f} s")


def _request(rough: Path, side: int, **asked: Any) -> GenerationRequest:
    from models.generation.artificer.rough import MAX_BYTES, packed, size_within

    if rough.stat().st_size > MAX_BYTES:
        raise PictureError(f"{rough} is too large for a rough: {MAX_BYTES:,} bytes at most")
    drawing = packed(rough.read_bytes(), name=str(rough))
    width, height = size_within(drawing, side)
    return GenerationRequest(backend="artificer", drawing=drawing, width_px=width, height_px=height, **asked)
