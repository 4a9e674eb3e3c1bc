"""The command ``longbox restyle``: panels and roughs in another style, judged before they count."""

import json
import sys
import time
from dataclasses import dataclass
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
)
from schemas.places import Place
from search.commands.options import PngPath, library_option
from webui.generation.asking import beliefs_of, sign_option, signer_of, unused, wish_of
from webui.generation.cli import described, keep_panels, maker_of
from webui.generation.finishing import UNTITLED, Finish, given

if TYPE_CHECKING:
    from search.generation.making import MadePanel
    from webui.generation.signing import Signer

STEPS = 150
MAX_PICTURES = 50


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
@click.option(
    "--encoder",
    default="",
    metavar="NAME",
    help="Who sees: open_clip:MODEL@local-dir:FOLDER; else ours.",
)
@click.option("--keep", is_flag=True, help="Take what was accepted into the library too, as a book.")
@sign_option
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
@click.option(
    "--out",
    type=PngPath(),
    default=unused("restyled.png"),
    show_default="restyled.png, or the next that is free",
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
    encoder: str,
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
    if len(pictures) > MAX_PICTURES:
        raise click.UsageError(f"at most {MAX_PICTURES} pictures at once, got {len(pictures)}")
    writer = _Writer(out, len(pictures) * asked["variants"], signer_of(signed_with), as_json=as_json)
    beliefs = beliefs_of(elements, len(pictures))
    styles = tuple(map(wish_of, like))
    asked["prompt"] = words.strip() or UNTITLED
    backend = {"backend": f"restyle-by:{encoder}"} if encoder else {}
    started = time.perf_counter()
    accepted: list[MadePanel] = []
    with maker_of(library) as maker:
        inputs = [given(maker.library, picture, Finish.RESTYLE, side) for picture in pictures]
        for one, shown in zip(inputs, beliefs, strict=True):
            fields = {**one.fields(Finish.RESTYLE, styles), **backend, **asked}
            request = GenerationRequest(elements=shown, **fields)
            made = maker.make(request, progress=writer.tell)
            for panel in made:  # each is written as soon as it is there: those before survive a cancel
                writer.write(panel)
            accepted += [panel for panel in made if keep and is_accepted(panel)]
    if not as_json:
        took_s = time.perf_counter() - started
        click.echo(f"{took_s:.1f} s, {took_s / writer.total / asked['steps']:.2f} s a step")
    if accepted:
        keep_panels(accepted, library)


def is_accepted(panel: "MadePanel") -> bool:
    """Say whether the judge accepted a panel."""
    return panel.record.notes.get("verdict", "").startswith("accepted")


@dataclass(slots=True)
class _Writer:
    """Writes panels one after the other, and says on a terminal how far the next is."""

    out: Path
    total: int
    signer: "Signer | None"
    as_json: bool
    written: int = 0

    def tell(self, share: float, step: str) -> None:
        """Be told of progress."""
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[K{self.written + 1} of {self.total}: {share:.0%} {step}", nl=False, err=True)

    def write(self, panel: "MadePanel") -> None:
        """Write a panel with its record and report. Raises LibraryError."""
        from webui.generation.files import numbered, write_panel
        from webui.generation.restyle_report import ENDING, report_of

        if sys.stderr.isatty():
            click.echo("\r\x1b[K", nl=False, err=True)
        self.written += 1
        place, beside = numbered(self.out, self.written, self.total), {ENDING: report_of(panel)}
        picture, record = write_panel(panel, place, signer=self.signer, beside=beside)
        if self.as_json:
            click.echo(json.dumps(panel.record.to_json(), ensure_ascii=False))
            return
        click.echo(described(panel, picture, record))
        click.echo(f"  {panel.record.notes['verdict']}")
        click.echo(f"  this is {panel.record.notes['picture']}; report: {picture.with_suffix(ENDING)}")
