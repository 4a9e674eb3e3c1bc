"""The command ``longbox search``."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from schemas.labels import PageType
from schemas.messages import MAX_LIMIT, SIDES, GroupBy, SearchFilters, SearchRequest, weights_from
from schemas.places import Place
from search.options import PngPath, library_option
from search.pictures import read_query_picture

_YEARS = re.compile(r"(\d{1,4})?\s*(-)?\s*(\d{1,4})?")

Command = TypeVar("Command", bound=Callable[..., None])


def _parse_years(
    _ctx: click.Context, _param: click.Parameter, value: str | None
) -> tuple[int | None, int | None]:
    """Read ``1990``, ``1990-1995``, ``1990-`` or ``-1995``; None where open."""
    if value is None:
        return None, None
    match = _YEARS.fullmatch(value.strip())
    if match is None or not (match[1] or match[3]):
        raise click.BadParameter(f"{value!r} is no range of years: write 1990, 1990-1995, 1990- or -1995")
    low, high = (int(year) if year else None for year in (match[1], match[3]))
    return (low, high) if match[2] else (low, low)


def _query_options(command: Command) -> Command:
    for option in reversed(
        (
            click.argument("text", required=False, default=""),
            library_option,
            click.option("--dialogue", default="", metavar="LINE", help="A line of dialogue as printed."),
            click.option(
                "--picture",
                type=click.Path(exists=True, dir_okay=False, path_type=Path),
                help="A picture that the panel, or its page, looks like.",
            ),
            click.option("--like", multiple=True, metavar="ID", help="A panel id to find similar ones."),
            click.option("--without", default="", metavar="WORDS", help="What hits shall not be about."),
            click.option("--unlike", multiple=True, metavar="ID", help="A panel id to keep away from."),
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


def _filter_options(command: Command) -> Command:
    types = click.Choice([kind.value for kind in PageType])
    for option in reversed(
        (
            click.option("--series", multiple=True, help="Only this series (may be repeated)."),
            click.option("--language", multiple=True, help="Only this language, as an ISO 639 code."),
            click.option("--page-type", type=types, multiple=True, help="Only pages of this type."),
            click.option("--not-page-type", type=types, multiple=True, help="No pages of this type."),
            click.option("--tag", multiple=True, help="Only panels that show this, as night or rain."),
            click.option("--not-tag", multiple=True, help="No panels that show this."),
            click.option("--book", multiple=True, metavar="ID", help="Only this book."),
            click.option("--year", callback=_parse_years, metavar="FROM-TO", help="Only these years."),
            click.option(
                "--has-text/--no-text", default=None, help="Only panels with, or without, lettering."
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
@_filter_options
@_output_options
def search(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    text: str,
    library: Place,
    dialogue: str,
    picture: Path | None,
    like: tuple[str, ...],
    without: str,
    unlike: tuple[str, ...],
    weights: tuple[str, ...],
    series: tuple[str, ...],
    language: tuple[str, ...],
    page_type: tuple[str, ...],
    not_page_type: tuple[str, ...],
    tag: tuple[str, ...],
    not_tag: tuple[str, ...],
    book: tuple[str, ...],
    year: tuple[int | None, int | None],
    has_text: bool | None,
    group: GroupBy | None,
    limit: int,
    offset: int,
    cursor: str | None,
    min_score: float | None,
    encoder: str | None,
    as_json: bool,
    sheet: Path | None,
) -> None:
    """Search a library by words, dialogue, picture or example; any mix of them.

    longbox search "a witch and her cat" --library LIB

    longbox search --dialogue "nothing ever works" --not-page-type credits --library LIB

    longbox search "at night" --picture castle.png --without people --weight look=2 --library LIB
    """
    if not (text.strip() or dialogue.strip() or picture or like):
        raise click.UsageError("say what to look for: TEXT, --dialogue, --picture or --like")
    year_from, year_to = year
    request = SearchRequest(
        text=text,
        dialogue=dialogue,
        picture=read_query_picture(picture) if picture else None,
        like=like,
        without=without,
        unlike=unlike,
        weights=weights_from(weights),
        filters=SearchFilters(
            series=series,
            languages=language,
            page_types=page_type,
            not_page_types=not_page_type,
            book_ids=book,
            tags=tag,
            not_tags=not_tag,
            year_from=year_from,
            year_to=year_to,
            has_text=has_text,
        ),
        group_by=group or "panel",
        limit=limit,
        cursor=cursor,
        min_score=min_score,
    )
    _answer(request, library, offset=offset, encoder=encoder, as_json=as_json, sheet=sheet)


def _answer(
    request: SearchRequest,
    path: Place,
    *,
    offset: int,
    encoder: str | None,
    as_json: bool,
    sheet: Path | None,
) -> None:
    from search.library import open_library
    from search.printing import describe

    with open_library(path, encoder=encoder) as library:
        response = library.search(request, offset=offset)
        if as_json:
            click.echo(json.dumps(response.to_json(), ensure_ascii=False))
        else:
            click.echo(describe(request, response))
        if sheet is not None:
            from search.sheet import write_sheet

            write_sheet([("", response.hits)], sheet, library.thumbnail)
            click.echo(f"wrote {sheet}", err=True)
