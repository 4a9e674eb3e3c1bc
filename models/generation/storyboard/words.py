"""Lettering of a composed panel: balloons with tails that keep off heads, captions, noises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from models.generation.prompts.beats import Beat, Speech
from schemas.errors import BackendUnavailableError, GenerationError
from schemas.geometry import Box
from schemas.labels import TextKind
from schemas.records import RgbImage

if TYPE_CHECKING:
    from models.drawing.art.geometry import Rect
    from models.drawing.art.painted import PaintedFigure
    from models.drawing.lettering import LetteringStyle
    from models.drawing.scene import Line

_FONT_SHARE = 0.031
_LEAST_FONT_PX, _MOST_FONT_PX = 13.0, 30.0
Point = tuple[float, float]
FOLLOWED = "followed"
"""Boxes of a panel that are the balloons of the one its staging follows: what is lettered anew needs them."""
_LEAST_BALLOON, _MOST_BALLOON = 0.004, 0.3
"""Shares of a panel that the words of one balloon take."""
_HEAD_GROWTH = 1.2
"""Heads are kept free with so much room: the lettering may shave a sixth off what it must keep free."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Somebody in the panel who may speak; boxes panel-relative. ``name`` is what the prompt calls them."""

    name: str
    body: Box
    head: Box


@dataclass(frozen=True, slots=True)
class Hand:
    """How a panel is lettered: for which way of drawing, with which dice.

    ``like`` are balloons of the panel that the staging follows: where they lie, ours lie too, as far as they
    can. ``moved`` are middles that a person chose, relative to the panel, in the order of the lines; None
    leaves a line where it is. What is moved stays within the panel, and its tail with its speaker.
    """

    render: str
    seed: int
    like: tuple[Box, ...] = ()
    moved: Sequence[Point | None] = ()


@dataclass(frozen=True, slots=True)
class People:
    """Who may speak, from the left, and all heads that words keep off."""

    cast: Sequence[Cast]
    heads: Sequence[Box]


@dataclass(frozen=True, slots=True)
class Lettering:
    """Lettering drawn: RGBA of the panel, where balloons lie, and lines that found no room."""

    pixels: RgbImage
    balloons: tuple[Box, ...]
    left_out: tuple[str, ...]


def lettered(
    beat: Beat,
    people: People,
    size_px: tuple[int, int],
    *,
    hand: Hand,
) -> Lettering | None:
    """Letter a panel; None where its words do not fit without covering a head.

    Raises:
        BackendUnavailableError: skia-python is missing, or a font for this script.
        GenerationError: no font has its letters: a balloon would be empty.
    """
    lines = _lines(beat, people.cast)
    width, height = size_px
    if not lines:
        return Lettering(np.zeros((height, width, 4), np.uint8), (), ())
    try:
        import skia
    except ImportError as error:
        raise BackendUnavailableError("lettering needs skia-python: pip install 'longbox[draw]'") from error
    from models.drawing.lettering import LetteringError, PanelToLetter, draw_lettering, plan_lettering

    look = _look(size_px, hand.render, lines)
    polygon = ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))
    job = PanelToLetter(
        lines,
        polygon,
        _figures(people.cast, size_px),
        tuple(_rect(head, size_px, _HEAD_GROWTH) for head in people.heads),
        (),
        near=tuple((x * width, y * height) for x, y in (box.center for box in _in_order(hand.like))),
    )
    try:
        letters = plan_lettering(job, look, seed=hand.seed)
    except LetteringError:
        return None
    if any(not _inside(letter.rect, size_px) for letter in letters):
        return None
    letters = tuple(
        replace(letter, rect=_around(hand.moved[k], letter.rect, size_px)) if k < len(hand.moved) else letter
        for k, letter in enumerate(letters)
    )
    canvas_px = np.zeros((height, width, 4), np.uint8)
    with skia.Surface(
        canvas_px, colorType=skia.kRGBA_8888_ColorType, alphaType=skia.kUnpremul_AlphaType
    ) as canvas:
        draw_lettering(canvas, letters, look, seed=hand.seed)
    balloons = tuple(
        Box.from_pixels((r.x0, r.y0, r.x1, r.y1), width_px=width, height_px=height)
        for r in (letter.rect for letter in letters)
    )
    return Lettering(canvas_px, balloons, ())


def _in_order(balloons: Sequence[Box]) -> list[Box]:
    """Return balloons as they are read, from the left and the top; noises and signs are none."""
    able = [box for box in balloons if _LEAST_BALLOON < box.area < _MOST_BALLOON]
    return sorted(able, key=lambda box: box.center[1] + 0.6 * box.center[0])


def _look(size_px: tuple[int, int], render: str, lines: "Sequence[Line]") -> "LetteringStyle":
    from models.drawing.lettering import LetteringStyle
    from models.drawing.style import STYLES
    from models.drawing.typography import CJK, has_cjk

    style = STYLES["manga"] if render in ("ink", "tone") else STYLES["album"]
    fonts = {
        TextKind.DIALOGUE: style.dialogue_font,
        TextKind.CAPTION: style.caption_font,
        TextKind.SOUND_EFFECT: style.sfx_font,
    }
    if any(has_cjk(line.text) for line in lines) or _missing(lines, fonts):
        if letters := _missing(lines, dict.fromkeys(fonts, CJK)):
            raise GenerationError(
                f"no font here can letter {' '.join(letters[:8])}: leave these words out of what is said, or "
                "letter them by hand"
            )
        style = replace(style, dialogue_font=CJK, caption_font=CJK, sfx_font=CJK)
    font_px = min(max(_FONT_SHARE * min(size_px), _LEAST_FONT_PX), _MOST_FONT_PX)
    return LetteringStyle.of(style, font_px, size_px, right_to_left=False, cast={})


def _missing(lines: "Sequence[Line]", fonts: "Mapping[TextKind, str]") -> str:
    """Return letters that would be drawn as nothing. Small ones may be drawn large."""
    from models.drawing.typography import missing_letters

    texts = ((text, fonts[line.kind]) for line in lines for text in (line.text, line.text.upper()))
    return "".join(dict.fromkeys("".join(missing_letters(text, font) for text, font in texts)))


def _lines(beat: Beat, cast: Sequence[Cast]) -> "tuple[Line, ...]":
    from models.drawing.scene import Line

    lines = [Line(beat.caption, TextKind.CAPTION)] if beat.caption else []
    turn = 0
    for speech in beat.speech:
        speaker = speaker_of(speech, cast)
        if not speaker and cast and not speech.speaker:
            speaker, turn = cast[turn % len(cast)].name, turn + 1
        lines.append(Line(speech.words, TextKind.DIALOGUE, speaker or speech.speaker or None, speech.mood))
    if beat.sound:
        lines.append(Line(beat.sound, TextKind.SOUND_EFFECT))
    return tuple(lines)


def speaker_of(speech: Speech, cast: Sequence[Cast]) -> str:
    """Return who of the cast says a line, empty for somebody who is not seen."""
    name = speech.speaker.lower()
    return next(
        (one.name for one in cast if name and (name in one.name.lower() or one.name.lower() in name)), ""
    )


def _figures(cast: Sequence[Cast], size_px: tuple[int, int]) -> "tuple[PaintedFigure, ...]":
    from models.drawing.art.painted import PaintedFigure

    figures = []
    for one in cast:
        head = _rect(one.head, size_px, 1.0)
        mouth = (head.center[0], head.y0 + 0.72 * head.height)
        figures.append(PaintedFigure(one.name, head, _rect(one.body, size_px, 1.0), mouth))
    return tuple(figures)


def _rect(box: Box, size_px: tuple[int, int], growth: float) -> "Rect":
    from models.drawing.art.geometry import Rect

    width, height = size_px
    (x, y) = box.center
    return Rect.around((x * width, y * height), box.width * width * growth, box.height * height * growth)


def _around(middle: Point | None, rect: "Rect", size_px: tuple[int, int]) -> "Rect":
    """Return a box moved to another middle, as far as the panel reaches."""
    from models.drawing.art.geometry import Rect

    if middle is None:
        return rect
    wanted = middle[0] * size_px[0], middle[1] * size_px[1]
    halves = rect.width / 2, rect.height / 2
    x, y = (
        min(max(place, half), max(side - half, half))
        for place, half, side in zip(wanted, halves, size_px, strict=True)
    )
    return Rect.around((x, y), rect.width, rect.height)


def _inside(rect: "Rect", size_px: tuple[int, int]) -> bool:
    return rect.x0 >= 0 and rect.y0 >= 0 and rect.x1 <= size_px[0] and rect.y1 <= size_px[1]
