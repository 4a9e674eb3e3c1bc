"""Small scripts that the tests of drawn pages share."""

from models.drawing.scene import Design, PageScript, PanelScript, Script
from models.drawing.shorthand import page, panel
from schemas.labels import PageType, ReadingDirection

CAST = (
    Design("Moss", build="child"),
    Design("Ember", species="fox", skin="#e8743b"),
    Design("Bolt", species="robot"),
)


def talk(place: str = "forest", frame: str = "border") -> PanelScript:
    return panel(
        place,
        "wide",
        "@Moss standing .35 >",
        "@Ember standing .65 <",
        "> That evening.",
        "Moss: Who is there?",
        "Ember (shout): Only me!",
        frame=frame,
    )


def quiet(place: str = "village", frame: str = "border") -> PanelScript:
    return panel(place, "no-character", frame=frame)


def script(
    *pages: PageScript,
    direction: ReadingDirection = ReadingDirection.LTR,
    style: str = "western",
    width: int = 500,
) -> Script:
    return Script(
        slug="tiny",
        title="Tiny & Small <1>",
        direction=direction,
        style=style,
        cast=CAST,
        pages=pages,
        series="Tiny",
        page_size_px=(width, round(width * 1.414)),
    )


def cover() -> PageScript:
    return PageScript((quiet(frame="bleed"),), "bleed-1", PageType.COVER, "Tiny", ("No. 1",))


__all__ = ["CAST", "cover", "page", "quiet", "script", "talk"]
