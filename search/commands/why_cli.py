"""The command ``longbox why``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.places import Place
from search.commands.options import PngPath, library_option

if TYPE_CHECKING:
    from models.why.explaining import Method


@click.command(name="why")
@click.argument("panel_id")
@click.argument("query", required=False, default="")
@click.option("--element", default="", metavar="NAME", help="Explain an element that you taught.")
@click.option(
    "--method",
    type=click.Choice(["auto", "inside", "occlusion"]),
    default="auto",
    show_default=True,
    help="Look inside the network, or cover the picture part by part.",
)
@click.option("--out", type=PngPath(), metavar="OUT.png", help="Write the panel with the map over it.")
@click.option(
    "--check", is_flag=True, help="Also say whether the map can be trusted: what it covers matters."
)
@library_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def why(  # noqa: PLR0913 - one parameter an option
    *,
    panel_id: str,
    query: str,
    element: str,
    method: "Method",
    out: Path | None,
    check: bool,
    library: Place,
    as_json: bool,
) -> None:
    """Show which parts of a panel speak for words, for a panel like it, or for an element.

    longbox why PANEL_ID "a castle at night" --library LIB --out map.png
    """
    if bool(query.strip()) == bool(element.strip()):
        raise click.UsageError("say what to explain: QUERY as typed into the search box, or --element NAME")
    from search.library import open_library
    from search.why import Asked, explain_panel, trusted

    with open_library(library) as opened:
        found = explain_panel(opened, panel_id, Asked(query, element), method=method)
        told = found.to_json()
        if check:
            told["check"] = trusted(opened, found)
    if out is not None:
        from models.pictures import encode_png
        from models.why.painting import laid_over

        out.write_bytes(encode_png(laid_over(found.picture, found.heat)))
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False))
        return
    click.echo("\n".join(found.in_words()))
    if check:
        click.echo(_checked(told["check"]))
    if out is not None:
        click.echo(f"wrote {out}", err=True)


def _checked(told: object) -> str:
    match told:
        case {"by_map": float(by_map), "at_random": float(at_random)}:
            return (
                f"covered in the order of the map, {by_map:.0%} of the score is left on average; "
                f"covered at random, {at_random:.0%}"
            )
    return ""
