"""A report of consistency for people: sentences in their language, pictures inside, in one page."""

import base64
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import Environment, PackageLoader

from models.pictures import encode_webp
from schemas.generation import GenerationRequest
from schemas.records import RgbImage
from search.evaluation.consistency.report import ConsistencyReport, Finding, Showing
from webui.generation.asking import spoken_wish
from webui.i18n import Catalogue, catalogue, noted

_SIDE_PX, _QUALITY = 300, 78
_CSS = Path(__file__).resolve().parents[2] / "static" / "css" / "consistency.css"
_PLACES = {"top": noted("top"), "middle": noted("middle"), "foot": noted("foot")}
_COLOURS = {
    "red": noted("red"),
    "orange": noted("orange"),
    "yellow": noted("yellow"),
    "green": noted("green"),
    "turquoise": noted("turquoise"),
    "blue": noted("blue"),
    "purple": noted("purple"),
    "pink": noted("pink"),
    "brown": noted("brown"),
    "beige": noted("beige"),
    "black": noted("black"),
    "grey": noted("grey"),
    "white": noted("white"),
}


def alone(report: ConsistencyReport, library: str) -> str:
    """Return a report as one HTML file that needs no other; ``library`` is named in its commands."""
    told = catalogue("en")
    environment = Environment(loader=PackageLoader("webui"), autoescape=True)

    def command(number: int, request: GenerationRequest) -> str:
        return command_for(request, f"panel-{number}.png", library)

    known = {**words(report, told), "_": told.say, "_n": told.count, "command": command}
    css = _CSS.read_text("utf-8")
    return environment.get_template("consistency_alone.html").render(**known, css=css)


def words(report: ConsistencyReport, told: Catalogue) -> Mapping[str, object]:
    """Return what the template of a report needs to know."""

    def place(one: Showing) -> str:
        return _named(one.panel, one.name, told)

    def said(one: Finding) -> str:
        if one.kind == "unsteady":
            return told.say("{who} looks different from panel to panel", who=one.element)
        return f"{_named(one.panel, one.name, told)}: {_what(one, told.say)}"

    return {"report": report, "place": place, "said": said, "picture": as_data, "command": None}


def as_data(picture: RgbImage) -> str:
    """Return a picture as an address that holds it."""
    webp, _, _ = encode_webp(picture, max_side_px=_SIDE_PX, quality=_QUALITY, effort=2)
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}"


def command_for(request: GenerationRequest, out: str, library: str) -> str:
    """Return the command that makes a request."""
    parts = ["longbox", "generate", request.prompt, "--library", library, "--out", out]
    parts += [
        "--seed",
        str(request.seed),
        "--width",
        str(request.width_px),
        "--height",
        str(request.height_px),
    ]
    if request.backend != "storyboard":
        parts += ["--backend", request.backend]
    if request.render:
        parts += ["--render", request.render]
    if request.negative:
        parts += ["--negative", request.negative]
    parts += [part for wish in request.pinned for part in ("--pin", spoken_wish(wish))]
    parts += [part for one in request.excluded for part in ("--exclude", one)]
    return shlex.join(parts)


def _named(number: int, name: str, told: Catalogue) -> str:
    """Return a panel of a sequence by its number, one of a story by its page."""
    return told.say("Panel {n}", n=number) if name == f"panel {number}" else name


def _what(one: Finding, say: Callable[..., str]) -> str:
    if one.kind == "missing":
        return say("its picture is missing ({why})", why=one.why)
    if one.kind == "absent":
        return say("{who} is named and not shown", who=one.element)
    if one.kind == "look":
        return say("{who} looks like somebody else", who=one.element)
    if not one.was:
        return say("{who} has other colours than elsewhere", who=one.element)
    colours = {"was": _colour(one.was, say), "now": _colour(one.now, say)}
    if one.thing:
        return say(
            "{who}: the {thing} turned from {was} to {now}", who=one.element, thing=one.thing, **colours
        )
    if one.place:
        where = say(_PLACES[one.place])
        return say(
            "{who}: what is {was} elsewhere is {now} here ({where})", who=one.element, where=where, **colours
        )
    return say("{who}: what is {was} elsewhere is {now} here", who=one.element, **colours)


def _colour(name: str, say: Callable[..., str]) -> str:
    """Return the name of a colour in the reader's language, darker or lighter told before it."""
    shade, _, colour = name.rpartition(" ")
    plain = say(_COLOURS.get(colour, colour))
    if shade == "dark":
        return say("darker {colour}", colour=plain)
    return say("lighter {colour}", colour=plain) if shade else plain
