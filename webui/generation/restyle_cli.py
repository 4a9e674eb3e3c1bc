"""The command ``longbox restyle``: panels and roughs in another style, judged before they count."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from schemas.generation import (
    MAX_SEED,
    MAX_SIDE_PX,
    MAX_STEPS,
    MAX_VARIANTS,
    MIN_SIDE_PX,
    GenerationRequest,
    ReferenceRole,
)
from schemas.places import Place
from search.commands.options import PngPath, library_option
from webui.generation.asking import beliefs_of, shape_of, sign_option, signer_of, styled, wish_of
from webui.generation.cli import described, keep_panels, maker_of
from webui.generation.ink_cli import UNTITLED, of_file

if TYPE_CHECKING:
    from search.generation.making import MadePanel, Maker
    from webui.generation.signing import Signer

STEPS = 150


@click.command()
@click.argument("pictures", nargs=-1, required=True, metavar="PICTURE...")
@library_option
@click.option(
    "--like",
    multiple=True,
    metavar="ID[:ROLE[:WEIGHT]]",
    help="A panel in the style wanted; several, best three or more, may be given.",
)
@click.option("--words", default="", metavar="WORDS", help="Finds panels in the style where none is given.")
@click.option(
    "--element",
    "elements",
    multiple=True,
    metavar="NAME[=B1,B2…]",
    help="Who or what is to be seen, from 0 (not at all) to 1, for all pictures or one by one.",
)
@click.option("--exclude", "excluded", multiple=True, metavar="ID", help="A panel never to use.")
@click.option("--uses-generated", is_flag=True, help="Generated panels may be references too.")
@click.option("--steps", type=click.IntRange(1, MAX_STEPS), default=STEPS, show_default=True)
@click.option(
    "--strength", type=click.FloatRange(0, 1), default=0.6, show_default=True, help="How far it goes."
)
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, show_default=True)
@click.option("--variants", type=click.IntRange(1, MAX_VARIANTS), default=1, show_default=True)
@click.option(
    "--side",
    type=click.IntRange(MIN_SIDE_PX, MAX_SIDE_PX),
    default=512,
    show_default=True,
    help="Pixels of the longer side.",
)
@click.option("--keep", is_flag=True, help="Take what was accepted into the library too, as a book.")
@sign_option
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
@click.option(
    "--out",
    type=PngPath(),
    default=Path("restyled.png"),
    show_default=True,
    help="Record and report beside it.",
)
def restyle(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    pictures: tuple[str, ...],
    library: Place,
    like: tuple[str, ...],
    words: str,
    elements: tuple[str, ...],
    side: int,
    keep: bool,
    as_json: bool,
    out: Path,
    signed_with: tuple[Path, Path] | None,
    **asked: Any,
) -> None:
    """Restyle panels, IDs or files of pictures, by others; what a judge refuses stays as it came.

    longbox restyle rough.png --library LIB --like ID --like ID --element Ada --out restyled.png
    """
    if not like and not words.strip():
        raise click.UsageError("say in which style: --like ID, or --words to find panels")
    signer = signer_of(signed_with)
    beliefs = beliefs_of(elements, len(pictures))
    styles = tuple(map(styled, map(wish_of, like)))
    requests = []
    with maker_of(library) as maker:
        for picture, shown in zip(pictures, beliefs, strict=True):
            given = _drawn(maker, picture, side)
            pinned = given.pop("pinned", ()) + styles
            prompt = words.strip() or UNTITLED
            requests.append(
                GenerationRequest(
                    backend="restyle", prompt=prompt, pinned=pinned, elements=shown, **given, **asked
                )
            )
        started = time.perf_counter()
        made = [panel for request in requests for panel in maker.make(request)]
    took_s = time.perf_counter() - started
    _write(made, out, as_json=as_json, signer=signer)
    if not as_json:
        click.echo(f"{took_s:.1f} s, {took_s / len(made) / asked['steps']:.2f} s a step")
    accepted = [panel for panel in made if is_accepted(panel)]
    if keep and accepted:
        keep_panels(accepted, library)


def is_accepted(panel: "MadePanel") -> bool:
    """Say whether the judge accepted a panel."""
    return panel.record.notes.get("verdict", "").startswith("accepted")


def _write(made: "list[MadePanel]", out: Path, *, as_json: bool, signer: "Signer | None") -> None:
    from webui.generation.files import numbered, write_panel
    from webui.generation.restyle_report import write_report

    for number, panel in enumerate(made, start=1):
        picture, record = write_panel(panel, numbered(out, number, len(made)), signer=signer)
        report = write_report(panel, picture)
        if as_json:
            click.echo(json.dumps(panel.record.to_json(), ensure_ascii=False))
            continue
        click.echo(described(panel, picture, record))
        click.echo(f"  {panel.record.notes['verdict']}")
        click.echo(f"  this is {panel.record.notes['picture']}; report: {report}")


def _drawn(maker: "Maker", picture: str, side: int) -> dict[str, Any]:
    """Return what a request tells of the input: a file's picture, or a panel of the library."""
    if Path(picture).is_file():
        return of_file(Path(picture), side, levels=None)
    width, height = shape_of(maker.library, picture, side)
    return {
        "pinned": (replace(wish_of(picture), role=ReferenceRole.LAYOUT),),
        "width_px": width,
        "height_px": height,
    }
