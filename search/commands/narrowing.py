"""Options of the command line that narrow a search."""

import re
from collections.abc import Callable
from typing import TypeVar

import click

from schemas.errors import QueryError
from schemas.filters import KNOWN_TRAITS, SearchFilters
from schemas.labels import PageType

_RANGE = re.compile(r"(\d{1,4})?\s*(-)?\s*(\d{1,4})?")
_KEY = "longbox.filters"

Command = TypeVar("Command", bound=Callable[..., None])
Callback = Callable[[click.Context, click.Parameter, object], None]


def filters_given(ctx: click.Context) -> SearchFilters:
    """Return what the options of this call narrow the search to."""
    found = ctx.meta.get(_KEY)
    return found if isinstance(found, SearchFilters) else SearchFilters()


def narrowing(command: Command) -> Command:
    """Give a command the options that narrow a search."""
    types, traits = click.Choice([kind.value for kind in PageType]), click.Choice(KNOWN_TRAITS)
    for name, field, kind, only in (
        ("series", "series", None, "this series"),
        ("language", "languages", None, "this language, as an ISO 639 code"),
        ("page-type", "page_types", types, "pages of this type"),
        ("tag", "tags", None, "panels that show this, as night or rain"),
        ("creator", "creators", None, "books by this person"),
        ("character", "characters", None, "books with this character, by any name"),
        ("team", "teams", None, "books with this team, or of this universe"),
        ("genre", "genres", None, "books of this genre"),
        ("licence", "licences", None, "books under this licence"),
        ("is", "traits", traits, "panels that look so"),
        ("book", "book_ids", None, "this book, by its id"),
        ("audit", "findings", None, "what 'longbox audit' found, by an id or a kind"),
        ("story", "stories", None, "this story, by its title or id"),
    ):
        for sign, start in (("not-", "Not "), ("", "Only ")):
            option = click.option(
                f"--{sign}{name}",
                multiple=True,
                type=kind,
                expose_value=False,
                callback=_adding(f"not_{field}" if sign else field),
                help=f"{start}{only} (may be repeated).",
            )
            command = option(command)
    for option in (
        click.option(
            "--has-text/--no-text",
            default=None,
            expose_value=False,
            callback=_setting("has_text"),
            help="Only panels with, or without, lettering.",
        ),
        click.option(
            "--comic/--no-comic",
            default=None,
            expose_value=False,
            callback=_setting("comic"),
            help="Only books that are comics, or rather are none.",
        ),
        _range_option("page", "Only these pages of their books."),
        _range_option("year", "Only these years."),
    ):
        command = option(command)
    return command


def _range_option(name: str, text: str) -> Callable[[Command], Command]:
    return click.option(
        f"--{name}", expose_value=False, callback=_bounding(name), metavar="FROM-TO", help=text
    )


def _adding(field: str) -> Callback:
    def add(ctx: click.Context, _param: click.Parameter, values: object) -> None:
        if isinstance(values, tuple) and values:
            _narrow(ctx, {field: tuple(map(str, values))})

    return add


def _setting(field: str) -> Callback:
    def put(ctx: click.Context, _param: click.Parameter, value: object) -> None:
        if isinstance(value, bool):
            _narrow(ctx, {field: value})

    return put


def _bounding(name: str) -> Callback:
    def bound(ctx: click.Context, param: click.Parameter, value: object) -> None:
        if isinstance(value, str):
            low, high = _parse_range(name, value, param)
            _narrow(ctx, {f"{name}_from": low, f"{name}_to": high})

    return bound


def _narrow(ctx: click.Context, parts: dict[str, object]) -> None:
    try:
        more = SearchFilters(**parts)  # type: ignore[arg-type]
    except QueryError as error:
        raise click.BadParameter(str(error)) from error
    ctx.meta[_KEY] = filters_given(ctx).and_also(more)


def _parse_range(name: str, value: str, param: click.Parameter) -> tuple[int | None, int | None]:
    """Read ``1990``, ``1990-1995``, ``1990-`` or ``-1995``; None where open."""
    match = _RANGE.fullmatch(value.strip())
    if match is None or not (match[1] or match[3]):
        raise click.BadParameter(
            f"{value!r} is no range of {name}s: write 1990, 1990-1995, 1990- or -1995", param=param
        )
    low, high = (int(end) if end else None for end in (match[1], match[3]))
    return (low, high) if match[2] else (low, low)
