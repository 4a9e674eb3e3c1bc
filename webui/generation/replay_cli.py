"""The command ``longbox replay``: panels and scripts again from their records, or one panel otherwise."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.places import Place
from search.commands.options import library_option
from webui.generation.cli import maker_of

if TYPE_CHECKING:
    from search.generation.making import MadePanel
    from search.generation.sequences import SequenceRecord

_SCRIPT_ENDINGS = (".png", ".cbz", ".pdf")


@click.command()
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@library_option
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="Where the picture goes."
)
@click.option(
    "--another",
    "number",
    type=click.IntRange(min=1),
    metavar="N",
    help="Make the Nth panel otherwise: its people and its place stay.",
)
@click.option("--words", default="", metavar="WORDS", help="What that panel shows instead.")
@click.option("--ahead", type=click.IntRange(1, 1_000), default=1, show_default=True, help="Seeds to go on.")
@click.option(
    "--exclude", "excluded", multiple=True, metavar="ID", help="A panel not to use for it any more."
)
@click.option(
    "--backend",
    default="",
    metavar="NAME",
    help="Where its generator lies here, if elsewhere: diffusers:FOLDER.",
)
def replay(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    record: Path,
    library: Place,
    out: Path,
    number: int | None,
    words: str,
    ahead: int,
    excluded: tuple[str, ...],
    backend: str,
) -> None:
    """Make a panel or a script again from its record: the same bytes, or say why not.

    RECORD is the panel.json or story.json beside what was made, or a panel's PNG itself.

    longbox replay story.json --another 3 --words "A girl runs" --library LIB --out story.cbz
    """
    from models.generation.registry import load_generation_backend
    from search.generation.another import request_of_another
    from search.generation.records import read_record
    from search.generation.sequences import SequenceRecord, replay_sequence
    from webui.generation.files import record_text, write_panel, write_sequence

    if number is None and (words or excluded):
        raise click.UsageError("--words and --exclude are for another go: say at which panel, --another N")
    text = record_text(record)
    script = _script_in(text)
    endings = _SCRIPT_ENDINGS if script else (".png",)
    if out.suffix.lower() not in endings:
        raise click.UsageError(f"--out ends in {' or '.join(endings)}, got {str(out)!r}")
    told = script or SequenceRecord("", (read_record(text),), is_strip=False)
    if number is not None and number > len(told.panels):
        raise click.UsageError(f"{record} has {len(told.panels)} panels: there is no panel {number}")
    with maker_of(library) as maker:
        if backend:
            maker.load = lambda _: load_generation_backend(backend)
        fresh: dict[int, MadePanel] = {}
        if number is not None:
            request = request_of_another(told.panels, number, prompt=words, ahead=ahead, excluded=excluded)
            (fresh[number],) = maker.make(request, parent=told.panels[number - 1].picture_sha256)
        made = replay_sequence(maker, told, fresh)
    files = write_sequence(made, out) if script else write_panel(made.panels[0], out)[:1]
    what = f"panel {number} made otherwise" if number else f"the same as in {record}"
    click.echo(f"{', '.join(map(str, files))}: {what}")


def _script_in(text: str) -> "SequenceRecord | None":
    """Return the record of a script, None where it is of one panel. Raises ExchangeError."""
    from search.generation.sequences import SequenceRecord

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None  # whoever reads it as a panel's says what is wrong
    return SequenceRecord.from_json(data) if isinstance(data, dict) and "panels" in data else None
