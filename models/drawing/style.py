"""How a book looks: line, colour, paper and lettering. Knows nothing about what is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from schemas.errors import ConfigError


class ColourMode(StrEnum):
    """What paint a style has."""

    COLOUR = "colour"  # light and shade in colour
    FLAT = "flat"  # one flat colour a shape
    TONES = "tones"  # black, white and dot screentones
    INK = "ink"  # line art and solid blacks only


@dataclass(frozen=True, slots=True)
class Style:
    """One look; colours are ``#rrggbb``, widths are pixels on a page of 1000 pixels width.

    Attributes:
        line_width: outline of a figure in a medium shot; 0 draws no outlines.
        ink: colour of lines and solid blacks.
        coloured_lines: share of a shape's own dark colour in its outline, 0 is pure ink.
        mode: what paint there is.
        shade: strength of cel shadows, 0 to 1.
        softness: share of gradient inside fills, 0 is flat, 1 is airbrush.
        glow: strength of light bloom, 0 to 1.
        saturation: multiplies the saturation of every colour.
        warmth: shifts every colour towards orange (positive) or blue (negative), -1 to 1.
        wobble: how far the hand trembles, in pixels.
        dot_pitch_px: distance of the dots of a screentone.
    """

    name: str
    line_width: float = 2.6
    ink: str = "#1b1620"
    coloured_lines: float = 0.0
    mode: ColourMode = ColourMode.COLOUR
    shade: float = 0.5
    softness: float = 0.0
    glow: float = 0.3
    saturation: float = 1.0
    warmth: float = 0.0
    wobble: float = 0.6
    dot_pitch_px: int = 5
    paper_colour: str = "#ffffff"
    gutter_colour: str = "#ffffff"
    border_px: float = 3.0
    border_colour: str = "#15121a"
    balloon_fill: str = "#ffffff"
    balloon_ink: str = "#15121a"
    balloon_line_px: float = 2.2
    caption_fill: str = "#fff3c4"
    caption_ink: str = "#15121a"
    dialogue_font: str = "dialogue"
    caption_font: str = "caption"
    sfx_font: str = "sfx"
    uppercase: bool = False


_WESTERN = Style(
    name="western",
    line_width=3.0,
    shade=0.55,
    glow=0.35,
    saturation=1.08,
    warmth=0.05,
    paper_colour="#fdfaf3",
    gutter_colour="#fdfaf3",
    uppercase=True,
)
_ALBUM = Style(
    name="album",
    line_width=2.2,
    ink="#221d26",
    mode=ColourMode.FLAT,
    shade=0.0,
    glow=0.15,
    saturation=0.92,
    warmth=0.08,
    wobble=0.4,
    paper_colour="#fffdf6",
    gutter_colour="#fffdf6",
    border_px=2.4,
    balloon_fill="#fffefa",
    caption_fill="#fbeec2",
    balloon_line_px=1.8,
    dialogue_font="patrick-hand",
    caption_font="kalam",
)
_MANGA = Style(
    name="manga",
    line_width=2.4,
    ink="#0b0b0b",
    mode=ColourMode.TONES,
    shade=0.5,
    glow=0.0,
    saturation=0.0,
    wobble=0.4,
    border_px=3.4,
    border_colour="#0b0b0b",
    balloon_ink="#0b0b0b",
    caption_fill="#ffffff",
    caption_ink="#0b0b0b",
)
_WEBTOON = Style(
    name="webtoon",
    line_width=1.5,
    ink="#3a2c3f",
    coloured_lines=0.75,
    shade=0.35,
    softness=0.7,
    glow=0.9,
    saturation=1.05,
    wobble=0.2,
    border_px=0.0,
    border_colour="#ffffff",
    balloon_ink="#2a2230",
    balloon_line_px=1.4,
    caption_fill="#2a2438",
    caption_ink="#ffffff",
    dialogue_font="balsamiq-sans-bold",
)
_SKETCH = Style(
    name="sketch",
    line_width=2.0,
    ink="#2a2622",
    mode=ColourMode.INK,
    shade=0.4,
    glow=0.0,
    saturation=0.0,
    wobble=1.2,
    paper_colour="#f8f4ea",
    gutter_colour="#f8f4ea",
    border_px=2.0,
    border_colour="#2a2622",
    balloon_fill="#fdfbf5",
    caption_fill="#fdfbf5",
)
_DAILY = Style(
    name="daily",
    line_width=2.2,
    mode=ColourMode.INK,
    shade=0.0,
    glow=0.0,
    saturation=0.0,
    wobble=1.0,
    border_px=1.8,
)

STYLES: Mapping[str, Style] = MappingProxyType(
    {style.name: style for style in (_WESTERN, _ALBUM, _MANGA, _WEBTOON, _SKETCH, _DAILY)}
)


def style_named(name: str) -> Style:
    """Return a style of the registry.

    Raises:
        ConfigError: there is no style of that name.
    """
    try:
        return STYLES[name]
    except KeyError:
        raise ConfigError(f"no style {name!r}; known are {', '.join(STYLES)}") from None
