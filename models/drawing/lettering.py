"""Lettering of one panel: every line gets a shape and a place, then is drawn."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import skia

from models.drawing.art.geometry import Point, Rect
from models.drawing.art.painted import PaintedFigure
from models.drawing.balloons import (
    Balloon,
    balloon_size,
    caption_size,
    draw_balloon,
    draw_caption,
    draw_sign,
)
from models.drawing.frames import bounds, pixel_box, shrunk
from models.drawing.placement import Ground, Item, Spot, Wish, place
from models.drawing.scene import Design, Line
from models.drawing.soundeffects import SoundEffect, draw_effect, shape_effect
from models.drawing.style import ColourMode, Style
from models.drawing.typography import TextBlock, font_for, optical_size, oval_blocks, wrap_box
from schemas.geometry import Polygon
from schemas.labels import TextKind, TextLabel

# Tried in turn until everything fits: share of the usual font size, how far balloons may leave the
# panel (pixels), and the share of each head's box that must stay free (a head is rounder than its box).
_ATTEMPTS: tuple[tuple[float, float, float], ...] = (
    (1.0, 0.0, 1.0),
    (0.96, 0.0, 1.0),
    (0.96, 14.0, 0.94),
    (0.9, 16.0, 0.92),
    (0.84, 18.0, 0.9),
    (0.78, 22.0, 0.86),
)
_SHAPES_TRIED = 5
# A smaller size is tried while the placement is poor (balloons far from or below their speakers).
_GOOD_COST, _SHRINK_COST = 0.3, 0.12
_PANEL_AIR_PX, _RIM_AIR_PX = 8.0, 20.0  # between lettering and its frame, and the edge of the paper
_CAPTION_WIDTHS = (0.46, 0.62, 0.8, 0.94, 0.32)  # shares of the panel width
_CAPTION_SIZE = 0.92  # captions are set a little smaller than speech
_EFFECT_SIZES = (0.26, 0.21, 0.17, 0.13, 0.1)  # shares of the shorter panel side
_EFFECT_LIMITS_PX = (34.0, 150.0)
_BALLOON_ASPECT, _MANGA_ASPECT = 1.55, 1.0
_TITLE_SHARES = (0.11, 0.09, 0.075, 0.06)


class LetteringError(ValueError):
    """The words of a panel do not fit into it; the message names them."""


@dataclass(frozen=True, slots=True)
class PanelToLetter:
    """What lettering must know about a painted panel; pixels of the page.

    ``heads`` are all heads of the page, ``taken`` what else must stay free (insets, other lettering).
    ``overhang_px`` lets balloons leave the frame on purpose.
    """

    lines: tuple[Line, ...]
    polygon: Polygon
    figures: tuple[PaintedFigure, ...]
    heads: tuple[Rect, ...]
    taken: tuple[Rect, ...]
    overhang_px: float = 0.0
    near: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class LetteringStyle:
    """How a page is lettered: look, sizes and direction."""

    style: Style
    font_px: float
    page_px: tuple[int, int]
    right_to_left: bool
    machines: frozenset[str]  # characters that speak in boxes

    @classmethod
    def of(
        cls,
        style: Style,
        font_px: float,
        page_px: tuple[int, int],
        *,
        right_to_left: bool,
        cast: Mapping[str, Design],
    ) -> "LetteringStyle":
        """Make the lettering style of a page for a cast."""
        machines = frozenset(name for name, design in cast.items() if design.species == "robot")
        return cls(style, font_px, page_px, right_to_left, machines)

    @property
    def grey(self) -> bool:
        """Whether the book has no colours."""
        return self.style.mode in (ColourMode.TONES, ColourMode.INK)


@dataclass(frozen=True, slots=True)
class Lettered:
    """A line that has found its place."""

    line: Line
    rect: Rect
    shape: TextBlock | SoundEffect
    mouth: Point | None = None
    head: Rect | None = None

    def label(self, page_px: tuple[int, int]) -> TextLabel:
        """Return the ground truth of the line."""
        return TextLabel(self.line.kind, self.line.text, pixel_box(self.rect, page_px), self.line.speaker)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A line with the shapes it may take."""

    line: Line
    item: Item
    shapes: tuple[TextBlock | SoundEffect, ...]


def plan_lettering(
    panel: PanelToLetter, look: LetteringStyle, *, seed: int, drop_crowded: bool = False
) -> tuple[Lettered, ...]:
    """Find a shape and a place for every line of a panel, in the order of the script.

    Args:
        panel: The lines and the panel.
        look: How the page is lettered.
        seed: Decides the shape of noises.
        drop_crowded: Leave out last lines that do not fit instead of raising.

    Raises:
        LetteringError: The lines do not fit, even at the smallest legible size.
    """
    if not panel.lines:
        return ()
    best: tuple[float, tuple[Lettered, ...]] | None = None
    for number, attempt in enumerate(_ATTEMPTS):
        trial = _try(panel, look, attempt, seed)
        if trial is None:
            continue
        cost = trial[0] / len(panel.lines) + number * _SHRINK_COST
        if best is None or cost < best[0]:
            best = (cost, trial[1])
        if best[0] < (number + 1) * _SHRINK_COST + _GOOD_COST:
            break
    if best is not None:
        return best[1]
    if drop_crowded:
        return plan_lettering(replace(panel, lines=panel.lines[:-1]), look, seed=seed, drop_crowded=True)
    words = " / ".join(line.text for line in panel.lines)
    box = bounds(panel.polygon)
    raise LetteringError(f"lettering does not fit a panel of {box.width:.0f}x{box.height:.0f} px: {words}")


def _try(
    panel: PanelToLetter, look: LetteringStyle, attempt: tuple[float, float, float], seed: int
) -> tuple[float, tuple[Lettered, ...]] | None:
    """Place all lines at one size, None where they do not fit."""
    scale, overhang, head_share = attempt
    choices = [_choice(panel, k, look, scale, seed + k) for k in range(len(panel.lines))]
    # Noises and signs take what speech leaves.
    order = sorted(range(len(choices)), key=lambda k: not choices[k].item.ordered)
    ground = _ground(panel, look, max(overhang, panel.overhang_px), head_share)
    placement = place([choices[k].item for k in order], ground)
    if placement is None:
        return None
    spots = dict(zip(order, placement.spots, strict=True))
    return placement.cost, tuple(_lettered(panel, choice, spots[k]) for k, choice in enumerate(choices))


def draw_lettering(
    canvas: skia.Canvas, lettered: Sequence[Lettered], look: LetteringStyle, *, seed: int
) -> None:
    """Draw what ``plan_lettering`` planned: noises and signs below speech."""
    for k, letter in sorted(enumerate(lettered), key=lambda pair: not isinstance(pair[1].shape, SoundEffect)):
        _draw(canvas, letter, look, seed + k)


def _draw(canvas: skia.Canvas, letter: Lettered, look: LetteringStyle, seed: int) -> None:
    if isinstance(letter.shape, SoundEffect):
        draw_effect(canvas, letter.shape, letter.rect.center)
    elif letter.line.kind is TextKind.SIGN:
        draw_sign(canvas, letter.shape, letter.rect, grey=look.grey)
    elif letter.line.kind is TextKind.CAPTION:
        draw_caption(canvas, letter.shape, letter.rect, look.style)
    else:
        boxy = letter.line.speaker in look.machines
        balloon = Balloon(letter.shape, letter.rect, letter.line.mood, letter.mouth, letter.head, boxy)
        draw_balloon(canvas, balloon, look.style, seed=seed)


def _choice(panel: PanelToLetter, index: int, look: LetteringStyle, scale: float, seed: int) -> _Choice:
    line = panel.lines[index]
    if line.kind is TextKind.SOUND_EFFECT:
        return _effect_choice(panel, line, look, seed)
    if line.kind is TextKind.DIALOGUE:
        return _balloon_choice(panel, index, look, scale)
    return _caption_choice(panel, index, look, scale)


def _balloon_choice(panel: PanelToLetter, index: int, look: LetteringStyle, scale: float) -> _Choice:
    line = panel.lines[index]
    turn = sum(earlier.kind is TextKind.DIALOGUE for earlier in panel.lines[:index])
    boost = {"shout": 1.12, "whisper": 0.94}.get(line.mood, 1.0)
    boxy = line.speaker in look.machines
    aspect = _MANGA_ASPECT if look.right_to_left else _BALLOON_ASPECT
    text = _printed(line.text, look.style)
    name = font_for(text, look.style.dialogue_font)
    size = optical_size(name, look.font_px * scale * boost)
    blocks = oval_blocks(text, name, size, aspect=aspect)[:_SHAPES_TRIED]
    figure = _speaker(panel, line)
    sizes = tuple(balloon_size(block, line.mood, boxy=boxy) for block in blocks)
    mouth, head = (figure.mouth, figure.head) if figure else (None, None)
    near = panel.near[turn] if turn < len(panel.near) else None
    return _Choice(line, Item(sizes, Wish.SPEAKER, mouth, head, near=near), blocks)


def _caption_choice(panel: PanelToLetter, index: int, look: LetteringStyle, scale: float) -> _Choice:
    line = panel.lines[index]
    width = bounds(panel.polygon).width
    text = _printed(line.text, look.style)
    sign = line.kind is TextKind.SIGN
    name = font_for(text, look.style.dialogue_font if sign else look.style.caption_font)
    size = optical_size(name, look.font_px * scale * _CAPTION_SIZE)
    blocks = tuple(wrap_box(text, name, size, width * share) for share in _CAPTION_WIDTHS)
    blocks = tuple(dict.fromkeys(blocks))
    spoken = any(earlier.kind is TextKind.DIALOGUE for earlier in panel.lines[:index])
    wish = Wish.ANYWHERE if sign else Wish.CLOSING if spoken else Wish.OPENING
    return _Choice(line, Item(tuple(map(caption_size, blocks)), wish, ordered=not sign), blocks)


def _effect_choice(panel: PanelToLetter, line: Line, look: LetteringStyle, seed: int) -> _Choice:
    box = bounds(panel.polygon)
    low, high = _EFFECT_LIMITS_PX
    sizes = (min(max(share * min(box.width, box.height), low), high) for share in _EFFECT_SIZES)
    shapes = tuple(
        shape_effect(line.text, look.style.sfx_font, size, grey=look.grey, seed=seed)
        for size in dict.fromkeys(sizes)
    )
    item = Item(tuple(shape.size for shape in shapes), Wish.ANYWHERE, ordered=False)
    return _Choice(line, item, shapes)


def _ground(panel: PanelToLetter, look: LetteringStyle, overhang_px: float, head_share: float) -> Ground:
    width, height = look.page_px

    def inset(a: Point, b: Point) -> float:
        at_rim = any(abs(a[0] - x) < 1 and abs(b[0] - x) < 1 for x in (0, width)) or any(
            abs(a[1] - y) < 1 and abs(b[1] - y) < 1 for y in (0, height)
        )
        return _RIM_AIR_PX if at_rim else _PANEL_AIR_PX - overhang_px

    area = tuple(
        (min(max(x, _RIM_AIR_PX), width - _RIM_AIR_PX), min(max(y, _RIM_AIR_PX), height - _RIM_AIR_PX))
        for x, y in shrunk(panel.polygon, inset)
    )
    heads = (Rect.around(h.center, h.width * head_share, h.height * head_share) for h in panel.heads)
    bodies = tuple(figure.body for figure in panel.figures)
    return Ground(area, (*heads, *panel.taken), bodies, look.right_to_left)


def _lettered(panel: PanelToLetter, choice: _Choice, spot: Spot) -> Lettered:
    figure = _speaker(panel, choice.line)
    mouth, head = (figure.mouth, figure.head) if figure else (None, None)
    if choice.line.kind is TextKind.DIALOGUE and mouth is None and choice.line.speaker:
        mouth = _way_out(spot.rect, panel.polygon)
    return Lettered(choice.line, spot.rect, choice.shapes[spot.size_index], mouth, head)


def _way_out(rect: Rect, polygon: Polygon) -> Point:
    """Return where the tail of a voice from outside the picture leaves it: the nearest side."""
    frame = bounds(polygon)
    drop = rect.center[1] + rect.height * 0.75
    y = min(drop, frame.y1 - _PANEL_AIR_PX)
    at_left = rect.center[0] - frame.x0 < frame.x1 - rect.center[0]
    return (frame.x0 + _PANEL_AIR_PX if at_left else frame.x1 - _PANEL_AIR_PX), y


def _speaker(panel: PanelToLetter, line: Line) -> PaintedFigure | None:
    """Return the figure that says a line, if its face is in the picture."""
    frame = bounds(panel.polygon)
    for figure in _visible(panel.figures, frame):
        if line.kind is TextKind.DIALOGUE and figure.character == line.speaker:
            return figure
    return None


def _visible(figures: Sequence[PaintedFigure], frame: Rect) -> Iterator[PaintedFigure]:
    for figure in figures:
        x, y = figure.mouth
        if frame.x0 < x < frame.x1 and frame.y0 < y < frame.y1:
            yield figure


def _printed(text: str, style: Style) -> str:
    return text.upper() if style.uppercase else text
