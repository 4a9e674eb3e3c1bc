"""The commands ``longbox ink`` and ``longbox colourise``: drawings finished by example."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from schemas.generation import MAX_SEED, MAX_SIDE_PX, MAX_VARIANTS, MIN_SIDE_PX, GenerationRequest
from schemas.places import Place
from search.commands.options import PngPath, library_option
from webui.generation.asking import sign_option, signer_of, unused, wish_of
from webui.generation.cli import described, maker_of
from webui.generation.finishing import UNTITLED, Finish, given
from webui.generation.watching import watched

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
@click.option(
    "--out",
    type=PngPath(),
    default=unused("inked.png"),
    show_default="inked.png, or the next that is free",
    help="Record beside it.",
)
def ink(*, rough: Path, library: Place, side: int, **asked: Any) -> None:
    """Ink a rough by example: clean lines, areas coloured and hatched as in panels of the library.

    longbox ink rough.png --library LIB --like ID --out inked.png
    """
    _finish(Finish.INK, str(rough), library, side, **asked)


@click.command()
@click.argument("picture")
@_asked_options
@click.option(
    "--out",
    type=PngPath(),
    default=unused("coloured.png"),
    show_default="coloured.png, or the next that is free",
    help="Record beside it.",
)
def colourise(*, picture: str, library: Place, side: int, **asked: Any) -> None:
    """Colour a black-and-white panel, an ID or a picture's file, by panels of the same characters.

    longbox colourise ID --library LIB --like ID --out coloured.png
    """
    _finish(Finish.COLOURISE, picture, library, side, **asked)


def _finish(  # noqa: PLR0913 - options of the commands, as they come
    finish: Finish,
    given_as: str,
    library: Place,
    side: int,
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
    with maker_of(library) as maker:
        drawn = given(maker.library, given_as, finish, side).fields(finish, tuple(map(wish_of, like)))
        started = time.perf_counter()
        request = GenerationRequest(**{"prompt": words.strip() or UNTITLED, **drawn, **asked})
        with watched() as progress:
            made = maker.make(request, progress=progress)
        took_s = time.perf_counter() - started
    from webui.generation.files import numbered, write_panel

    for number, panel in enumerate(made, start=1):
        picture, record = write_panel(panel, numbered(out, number, len(made)), layers=layers, signer=signer)
        told = panel.record.to_json()
        click.echo(json.dumps(told, ensure_ascii=False) if as_json else described(panel, picture, record))
    if not as_json:
        click.echo(f"{took_s:.1f} s")
