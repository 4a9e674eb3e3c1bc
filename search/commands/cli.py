"""The command ``longbox search``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from schemas.messages import (
    MAX_LIMIT,
    MAX_WINDOW,
    SIDES,
    Crop,
    GroupBy,
    SearchRequest,
    Wish,
    phrase_from,
    weights_from,
    wish_from,
)
from schemas.places import Place
from search.box.grammar import expand
from search.commands.narrowing import filters_given, narrowing
from search.commands.options import PngPath, library_option
from search.commands.pictures import read_query_picture

if TYPE_CHECKING:
    from search.answers.crops import ReadsPages

Command = TypeVar("Command", bound=Callable[..., None])


def _query_options(command: Command) -> Command:
    for option in reversed(
        (
            click.argument("text", required=False, default=""),
            library_option,
            click.option("--dialogue", default="", metavar="LINE", help="A line of dialogue as printed."),
            click.option(
                "--phrase",
                "phrases",
                multiple=True,
                metavar="LINE",
                help="A line that must be there; LINE* may go on, ~LINE forgives errors.",
            ),
            click.option(
                "--also", multiple=True, metavar="WEIGHT:WORDS", help="Further words, as 2:rain or 0.5:fog."
            ),
            click.option(
                "--picture",
                "pictures",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                multiple=True,
                help="A picture that the panel, or its page, looks like; of several, their middle.",
            ),
            click.option(
                "--crop",
                "crops",
                multiple=True,
                metavar="ID@X0,Y0,X1,Y1",
                help="A region of a stored page or panel to search by, in numbers from 0 to 1.",
            ),
            click.option("--like", multiple=True, metavar="ID", help="A panel id to find similar ones."),
            click.option("--without", multiple=True, metavar="WORDS", help="What hits shall not be about."),
            click.option("--unlike", multiple=True, metavar="ID", help="A panel id to keep away from."),
            click.option(
                "--step",
                "steps",
                multiple=True,
                metavar="WORDS",
                help="A panel of a run: the steps follow each other in reading order (two or more).",
            ),
            click.option(
                "--weight",
                "weights",
                multiple=True,
                metavar="SIDE=NUMBER",
                help=f"How much a side counts: {', '.join(SIDES)}; 0 leaves it out (may be repeated).",
            ),
        )
    ):
        command = option(command)
    return command


def _output_options(command: Command) -> Command:
    for option in reversed(
        (
            click.option(
                "--group", type=click.Choice(["page", "book"]), help="Show the best hit of each page or book."
            ),
            click.option("--limit", type=click.IntRange(1, MAX_LIMIT), default=10, show_default=True),
            click.option("--offset", type=click.IntRange(0), default=0, help="Hits to skip."),
            click.option("--cursor", help="Go on from a former answer's cursor."),
            click.option(
                "--min-score",
                type=click.FloatRange(0, 1),
                help="Show all hits from this score on, instead of the built-in floor.",
            ),
            click.option("--facets", is_flag=True, help="Count the values within the result."),
            click.option(
                "--window",
                type=click.IntRange(0, MAX_WINDOW),
                default=0,
                help="Name so many panels before and after each hit.",
            ),
            click.option(
                "--encoder", metavar="NAME", help="Fail unless the library was made with this encoder."
            ),
            click.option("--json", "as_json", is_flag=True, help="Print JSON."),
            click.option(
                "--sheet",
                type=PngPath(),
                metavar="OUT.png",
                help="Write a contact sheet of the hits.",
            ),
        )
    ):
        command = option(command)
    return command


@click.command(name="search")
@_query_options
@narrowing
@_output_options
@click.pass_context
def search(  # noqa: PLR0913 - one parameter an option is click's way
    ctx: click.Context,
    *,
    text: str,
    library: Place,
    dialogue: str,
    phrases: tuple[str, ...],
    also: tuple[str, ...],
    pictures: tuple[Path, ...],
    crops: tuple[str, ...],
    like: tuple[str, ...],
    without: tuple[str, ...],
    unlike: tuple[str, ...],
    steps: tuple[str, ...],
    weights: tuple[str, ...],
    group: GroupBy | None,
    limit: int,
    offset: int,
    cursor: str | None,
    min_score: float | None,
    facets: bool,
    window: int,
    encoder: str | None,
    as_json: bool,
    sheet: Path | None,
) -> None:
    """Search a library by words, dialogue, picture or example; any mix of them.

    longbox search "a witch and her cat" --library LIB

    longbox search 'rain "light does not swim" series:lamps -type:cover' --library LIB

    longbox search '"knock" > a door opens > a scream' --library LIB

    longbox search "at night" --picture castle.png --without people --weight look=2 --library LIB
    """
    filters = filters_given(ctx)
    asked = (text.strip(), dialogue.strip(), phrases, also, pictures, crops, like, steps)
    if not any(asked) and filters == type(filters)():
        raise click.UsageError("say what to look for: TEXT, --dialogue, --picture or --like")
    request = SearchRequest(
        text=text,
        dialogue=dialogue,
        like=like,
        without=without[0] if without else "",
        unlike=unlike,
        weights=weights_from(weights),
        filters=filters,
        group_by=group or "panel",
        limit=limit,
        cursor=cursor,
        min_score=min_score,
        texts=tuple(map(wish_from, also)),
        negatives=tuple(map(Wish, without[1:])),
        phrases=tuple(map(phrase_from, phrases)),
        pictures=tuple(map(read_query_picture, pictures)),
        crops=tuple(map(Crop.parse, crops)),
        run=tuple(expand(SearchRequest(text=step)) for step in steps),
        facets=facets,
        window=window,
    )
    _answer(expand(request), library, offset=offset, encoder=encoder, as_json=as_json, sheet=sheet)


def _answer(
    request: SearchRequest,
    path: Place,
    *,
    offset: int,
    encoder: str | None,
    as_json: bool,
    sheet: Path | None,
) -> None:
    from search.commands.printing import describe
    from search.library import open_library

    pages = cast("ReadsPages | None", click.get_current_context().obj)
    with open_library(path, encoder=encoder, pages=pages) as library:
        response = library.search(request, offset=offset)
        if as_json:
            click.echo(json.dumps(response.to_json(), ensure_ascii=False))
        else:
            click.echo(describe(request, response))
        if sheet is not None:
            from search.commands.sheet import write_sheet

            write_sheet([("", response.hits)], sheet, library.thumbnail)
            click.echo(f"wrote {sheet}", err=True)
