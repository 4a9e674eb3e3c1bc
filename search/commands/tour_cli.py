"""The command ``longbox tour``."""

import json
from pathlib import Path

import click

from schemas.places import Place
from search.commands.options import PngPath, library_option


@click.command()
@library_option
@click.option(
    "--sheet",
    type=PngPath(),
    metavar="OUT.png",
    help="Write the hits as one picture.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tour(library: Place, sheet: Path | None, as_json: bool) -> None:
    """Try a library: a few searches whose words and pictures come from its own pages."""
    from search.commands.printing import describe
    from search.commands.tour import plan_tour
    from search.library import open_library

    answers = []
    with open_library(library) as opened:
        for stop in plan_tour(opened):
            response = opened.search(stop.request)
            answers.append((stop, response))
            if not as_json:
                click.echo(f"\n{click.style(stop.title, fg='cyan', bold=True)}")
                click.echo(describe(stop.request, response))
        if as_json:
            stops = [{"title": stop.title, **response.to_json()} for stop, response in answers]
            click.echo(json.dumps({"stops": stops}, ensure_ascii=False))
        if sheet is not None:
            from search.commands.sheet import write_sheet

            write_sheet([(stop.title, response.hits) for stop, response in answers], sheet, opened.thumbnail)
    if not answers and not as_json:
        click.echo("this library has no panels yet: index comics with `longbox index`, then try again")
