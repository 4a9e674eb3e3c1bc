"""The command ``longbox generate``, and what it shares with others that make panels."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar, cast

import click

from schemas.generation import (
    MAX_GUIDANCE,
    MAX_SEED,
    MAX_SIDE_PX,
    MAX_STEPS,
    MAX_VARIANTS,
    MIN_SIDE_PX,
    GenerationRequest,
)
from schemas.places import Place
from search.commands.options import library_option
from webui.generation.asking import sign_option, signer_of, unused, wish_of
from webui.generation.watching import watched

if TYPE_CHECKING:
    from search.answers.crops import ReadsPages
    from search.generation.making import MadePanel, Maker
    from search.generation.sequences import MadeSequence
    from webui.generation.signing import Signer

Command = TypeVar("Command", bound=Callable[..., None])
MAX_SCRIPT_READ = 110_000
"""Characters of a script that are read: a little more than one may have, to say so."""
_TOLD = 12
"""References that are named line by line."""
_SIDE = click.IntRange(MIN_SIDE_PX, MAX_SIDE_PX)


def _asked_options(command: Command) -> Command:
    for option in reversed(
        (
            click.argument("prompt", required=False, default=""),
            library_option,
            click.option(
                "--backend", default="storyboard", show_default=True, metavar="NAME", help="Who makes it."
            ),
            click.option(
                "--render", default="", metavar="WAY", help="How it is drawn: sketch, colour, ink or tone."
            ),
            click.option("--negative", default="", metavar="WORDS", help="What not to show."),
            click.option("--seed", type=click.IntRange(0, MAX_SEED), default=0, show_default=True),
            click.option("--strength", type=click.FloatRange(0, 1), default=0.6, show_default=True),
            click.option("--steps", type=click.IntRange(1, MAX_STEPS), default=20, show_default=True),
            click.option(
                "--guidance", type=click.FloatRange(0, MAX_GUIDANCE), default=6.0, show_default=True
            ),
            click.option("--width", "width_px", type=_SIDE, default=768, show_default=True, help="Pixels."),
            click.option("--height", "height_px", type=_SIDE, default=768, show_default=True, help="Pixels."),
            click.option("--variants", type=click.IntRange(1, MAX_VARIANTS), default=1, show_default=True),
            click.option(
                "--pin",
                "pinned",
                multiple=True,
                metavar="ID[:ROLE[:WEIGHT]]",
                help="A panel to use, as layout, character, background, style or palette.",
            ),
            click.option("--exclude", "excluded", multiple=True, metavar="ID", help="A panel never to use."),
            click.option("--uses-generated", is_flag=True, help="Generated panels may be references too."),
        )
    ):
        command = option(command)
    return command


@click.command()
@_asked_options
@click.option(
    "--script",
    type=click.File("r", encoding="utf-8"),
    help="A text with a panel a sentence or a paragraph: a page, a strip or a book comes out.",
)
@click.option("--strip", "is_strip", is_flag=True, help="Lay a script out downwards, as phones read.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=unused("panel.png"),
    show_default="panel.png, or the next that is free",
    help="Its record lies beside; a script may also become .cbz or .pdf.",
)
@click.option(
    "--layers",
    type=click.Choice(["ora", "svg"]),
    help="Also write the layers beside the panel: plate, figures, drawing, lettering.",
)
@click.option("--keep", is_flag=True, help="Take it into the library too, as a book: found as is:generated.")
@sign_option
@click.option("--json", "as_json", is_flag=True, help="Print the records as JSON.")
def generate(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    library: Place,
    out: Path,
    as_json: bool,
    pinned: tuple[str, ...],
    script: "TextIO | None",
    is_strip: bool,
    keep: bool,
    layers: str | None,
    signed_with: "tuple[Path, Path] | None",
    **asked: "str | int | float | bool",
) -> None:
    """Make a panel of a library's own: words in, references found, a picture with its record out.

    longbox generate "Hero at the castle gate, rain, night" --library LIB --out panel.png
    """
    _check_name(out, is_script=script is not None, is_signed=bool(signed_with))
    signer = signer_of(signed_with)
    if script is not None:
        if asked["prompt"]:
            raise click.UsageError("give WORDS or --script, not both")
        if layers is not None:
            raise click.UsageError("--layers are of one panel: give WORDS instead of --script")
        template = GenerationRequest(**{**asked, "prompt": "-"}, pinned=tuple(map(wish_of, pinned)))  # type: ignore[arg-type]
        sequence = _make_sequence(
            _script_text(script), template, library, out, is_strip=is_strip, as_json=as_json, signer=signer
        )
        if keep:
            _keep(sequence, library)
        return
    request = GenerationRequest(pinned=tuple(map(wish_of, pinned)), layers=layers is not None, **asked)  # type: ignore[arg-type]
    with maker_of(library) as maker:
        started = time.perf_counter()
        with watched() as progress:
            made = maker.make(request, progress=progress)
        took_s = time.perf_counter() - started
    from webui.generation.files import numbered, write_panel

    for number, panel in enumerate(made, start=1):
        picture, record = write_panel(panel, numbered(out, number, len(made)), layers=layers, signer=signer)
        if as_json:
            click.echo(json.dumps(panel.record.to_json(), ensure_ascii=False))
        else:
            click.echo(described(panel, picture, record))
    if not as_json:
        click.echo(f"{took_s:.1f} s")
    if keep:
        keep_panels(made, library)


def _check_name(out: Path, *, is_script: bool, is_signed: bool) -> None:
    """Refuse a name that promises what does not come."""
    kinds = (".png", ".cbz", ".pdf") if is_script else (".png",)
    if out.suffix.lower() not in kinds:
        raise click.UsageError(f"--out ends in {' or '.join(kinds)}, got {str(out)!r}")
    if is_signed and out.suffix.lower() != ".png":
        raise click.UsageError("C2PA signs pictures, no books: let --out end in .png, or leave --sign away")


def _script_text(script: "TextIO") -> str:
    """Read a script, no further than one may be long."""
    try:
        return script.read(MAX_SCRIPT_READ)
    except UnicodeDecodeError as error:
        raise click.UsageError(f"{script.name} is no text in UTF-8") from error


def _make_sequence(  # noqa: PLR0913 - options of the command, as they come
    text: str,
    template: GenerationRequest,
    library: Place,
    out: Path,
    *,
    is_strip: bool,
    as_json: bool,
    signer: "Signer | None",
) -> "MadeSequence":
    from search.generation.sequences import make_sequence
    from webui.generation.files import write_sequence

    started = time.perf_counter()
    with maker_of(library) as maker, watched() as progress:
        made = make_sequence(maker, text, template, title=out.stem, is_strip=is_strip, progress=progress)
    files = write_sequence(made, out, signer=signer)
    if as_json:
        click.echo(json.dumps(made.to_json(), ensure_ascii=False))
        return made
    click.echo(
        f"{', '.join(map(str, files))}: {len(made.panels)} panels, {time.perf_counter() - started:.1f} s"
    )
    click.echo(f"  {made.credit}")
    return made


def _keep(made: "MadeSequence", library: Place) -> None:
    from indexer.library.generated import keep_book

    report = keep_book(
        _folder_of(library), made.title, made.book("cbz"), json.dumps(made.to_json(), ensure_ascii=False)
    )
    click.echo(f"kept in {library}: {report.pages} pages", err=True)


def keep_panels(made: "Sequence[MadePanel]", library: Place) -> None:
    """Take panels into a library as a book. Raises LibraryError, LibraryBusyError."""
    from webui.generation.keeping import keep_pictures

    records = [json.dumps(one.record.to_json(), ensure_ascii=False).encode() for one in made]
    pages = keep_pictures(
        _folder_of(library), made[0].record.request.prompt, [one.png() for one in made], records
    )
    click.echo(f"kept in {library}: {pages} pages", err=True)


def _folder_of(library: Place) -> Path:
    if not isinstance(library, Path):
        raise click.UsageError("--keep needs a library in a folder")
    return library


@contextmanager
def maker_of(library: Place) -> "Iterator[Maker]":
    """Give what makes panels from a library."""
    from indexer.library.rights import read_rights
    from schemas.rights import RightsRegister
    from search.generation.making import Maker
    from search.library import open_library

    pages = cast("ReadsPages | None", click.get_current_context().obj)
    with open_library(library, pages=pages) as opened:
        register = read_rights(library) if isinstance(library, Path) else RightsRegister()
        yield Maker(opened, pages, register)


def described(made: "MadePanel", picture: Path, record: Path) -> str:
    """Say in a few lines what was made of what."""
    told = made.record
    lines = [f"{picture} and {record.name}: {told.backend.name}, seed {told.seed}"]
    lines += [
        f"  {one.role.value:<10} {one.panel_id}  {one.title}, p. {one.page_no}  {one.licence}"
        for one in told.used[:_TOLD]
    ]
    if len(told.used) > _TOLD:
        lines.append(f"  and {len(told.used) - _TOLD} others, named in the record")
    if told.credit:
        lines.append(f"  {told.credit}")
    if "references" in told.notes:
        lines.append(f"  {told.notes['references']}")
    if told.ignored:
        lines.append(f"  not used by this backend: {', '.join(told.ignored)}")
    return "\n".join(lines)
