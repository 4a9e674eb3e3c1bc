"""``longbox consistency``."""

import json
from pathlib import Path

import click

from schemas.errors import LibraryError
from schemas.places import Place
from search.commands.options import library_option
from webui.generation.cli import maker_of


@click.command()
@click.argument("target")
@library_option
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report with its pictures as one page.",
)
@click.option(
    "--json", "json_out", type=click.Path(dir_okay=False, path_type=Path), help="Write the figures as JSON."
)
@click.option(
    "--encoder",
    default="standby",
    show_default=True,
    metavar="NAME",
    help="Who compares: another one than the library's own.",
)
def consistency(
    *, target: str, library: Place, html: Path | None, json_out: Path | None, encoder: str
) -> None:
    """Say whether everybody looks the same from panel to panel, and which panels stand out.

    TARGET is the record of a sequence (page.json), a picture beside one, a folder of panels with their
    records, or story:ID or book:ID of the library.
    """
    from webui.generation.consistency.measured import Consistency
    from webui.generation.consistency.telling import alone, command_for

    with maker_of(library) as maker:
        report = Consistency(maker, encoder).of(target)
    if html is not None:
        _write(html, alone(report, str(library)))
    if json_out is not None:
        _write(json_out, json.dumps(report.to_json(), ensure_ascii=False, indent=1))
    click.echo(f"{report.title}: {report.panels} panels, compared by {report.encoder}")
    for element in report.elements:
        own, colours = element.likeness, element.colours
        if own.own is None or colours.own is None:
            click.echo(f"  {element.name}: in one panel")
            continue
        click.echo(
            f"  {element.name}: in {len(element.showings)} panels, likeness {own.own:.2f} "
            f"({_shown(own.chance, 2)} at random), colours {colours.own:.1f} apart "
            f"({_shown(colours.chance, 1)} at random)"
            + (f", judge {element.belief.own:.2f}" if element.belief.own is not None else "")
        )
    for note in report.notes:
        click.echo(f"  {note}")
    for finding in report.findings:
        click.echo(f"! {finding.said}")
    for number, request in report.anew.items():
        click.echo(f"  anew: {command_for(request, f'panel-{number}.png', str(library))}")
    if not report.findings and report.elements:
        click.echo("nothing stands out")


def _shown(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _write(path: Path, text: str) -> None:
    from indexer.library.whole import write_whole

    if not path.parent.is_dir():
        raise LibraryError(f"cannot write {path}: there is no folder {path.parent}")
    write_whole(path, text.encode())
