"""Candidate layouts of a page, made from one gutter colour, and their scores."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from models.panels.components import component_rects
from models.panels.cuts import CutRules, cut_region, trim
from models.panels.edges import snap
from models.panels.frameless import frameless_panels, page_side
from models.panels.gutters import GutterMap, Hypothesis
from models.panels.rect import Rect
from models.panels.shapes import Shape, shape_of

STRICT = CutRules(min_coverage=0.8, min_flank=0.6, clean_flank=0.6, min_run=0.4)
"""Inside a panel white objects look like gutters: only what is straight on both sides counts."""
OUTSIDE = CutRules()
SUPPORT_LEVEL = 0.5
"""An outline counts for a layout as far as its support exceeds this, against it below."""
MIN_SUPPORT = 0.45
"""A region supported less is not framed at all: figures on plain ground, or lettering."""
MIN_AREA, MIN_SLANTED_AREA = 0.012, 0.025
"""The least share of the page a panel covers: smaller things are logos and letters."""
MAX_GUTTER_INSIDE = 0.3
"""A frame keeps the gutter out; lines of lettering let it in."""
OVERLAP_PRICE = 4.0
"""Overlapping panels cost this many times the shared part of the page."""
OPENING_PX = 5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A layout in working pixels, the map it was found in, and its score (above 0: better than none)."""

    shapes: tuple[Shape, ...]
    gutters: GutterMap
    score: float


def candidates(hypothesis: Hypothesis) -> Iterator[Candidate]:
    """Yield the layouts one gutter colour allows."""
    page = hypothesis.connected.bounds
    yield _candidate(hypothesis, by_cuts(hypothesis, page))
    yield _candidate(hypothesis, by_components(hypothesis, page, opening_px=0))
    yield _candidate(hypothesis, by_components(hypothesis, page, opening_px=OPENING_PX))


def by_cuts(hypothesis: Hypothesis, page: Rect) -> tuple[Rect, ...]:
    """Cut along gutters that reach the border, then along what else looks like one."""
    leaves = cut_region(hypothesis.connected, page, OUTSIDE)
    pieces = [p for leaf in leaves for p in cut_region(hypothesis.all_colour, leaf, STRICT)]
    return tuple(q for piece in pieces for q in _parts(hypothesis.connected, piece))


def by_components(hypothesis: Hypothesis, page: Rect, *, opening_px: int) -> tuple[Rect, ...]:
    """Take connected content first and cut within each piece."""
    found: list[Rect] = []
    for rect in component_rects(hypothesis.connected, page, opening_px=opening_px):
        for leaf in cut_region(hypothesis.connected, rect, OUTSIDE):
            found.extend(cut_region(hypothesis.all_colour, leaf, STRICT))
    return tuple(found)


def _parts(gutters: GutterMap, piece: Rect) -> tuple[Rect, ...]:
    """Return the connected parts of a piece where they are framed better than the whole."""
    parts = tuple(trim(gutters, part) for part in component_rects(gutters, piece))
    if len(parts) < 2:
        return (piece,)
    framed = sum(shape_of(gutters, part, SUPPORT_LEVEL).gain for part in parts)
    return parts if framed > shape_of(gutters, piece, SUPPORT_LEVEL).gain else (piece,)


def _candidate(hypothesis: Hypothesis, rects: tuple[Rect, ...]) -> Candidate:
    gutters = hypothesis.connected
    shapes = (shape_of(gutters, snap(gutters, trim(gutters, rect)), SUPPORT_LEVEL) for rect in rects)
    framed = tuple(shape for shape in shapes if is_framed(gutters, shape))
    return Candidate(framed, gutters, _score(framed, gutters.bounds))


def is_framed(gutters: GutterMap, shape: Shape) -> bool:
    """Say whether a shape is a picture with an outline, not lettering on the gutter's colour."""
    least = MIN_SLANTED_AREA if shape.corners else MIN_AREA
    if shape.support < MIN_SUPPORT or shape.rect.area < least * page_area(gutters.bounds):
        return False
    return bool(shape.corners) or gutters.share(shape.rect) <= MAX_GUTTER_INSIDE


def page_area(bounds: Rect) -> int:
    """Pixels of the page; of a strip, of a page as wide as it."""
    return min(bounds.width, bounds.height) * page_side(bounds)


def with_figures(candidate: Candidate) -> Candidate:
    """Add what is drawn without a frame outside the framed panels."""
    boxes = frameless_panels(candidate.gutters, [shape.rect for shape in candidate.shapes])
    figures = (Shape(box, SUPPORT_LEVEL, 0.0) for box in boxes)
    return replace(candidate, shapes=(*candidate.shapes, *figures))


def _score(shapes: tuple[Shape, ...], page: Rect) -> float:
    outline = sum(shape.gain for shape in shapes) / (page.width + page.height)
    rects = [s.rect for s in shapes if not s.corners]
    overlap = sum(a.shared_area(b) for i, a in enumerate(rects) for b in rects[:i])
    return outline - OVERLAP_PRICE * overlap / max(1, page.area)
