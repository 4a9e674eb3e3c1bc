"""Candidate layouts of a page, made from one gutter colour, and their scores."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from models.panels.alignment import cut_in_line
from models.panels.bands import CutRules
from models.panels.components import components
from models.panels.cuts import cut_region
from models.panels.edges import snap
from models.panels.frameless import frameless_panels
from models.panels.gutters import Colour, GutterMap, Hypothesis, gutter_hypotheses
from models.panels.lettering import is_blank, is_caption, is_text_block
from models.panels.rect import Rect
from models.panels.regions import Region, page_area
from models.panels.shapes import Shape, shape_of
from models.panels.working import is_strip
from schemas.records import RgbImage

STRICT = CutRules(
    min_coverage=0.8,
    min_flank=0.65,
    clean_flank=0.7,
    weak_flank=0.6,
    min_run=0.4,
    thin_coverage=0.3,
    slants=False,
    inside=True,
)
"""Inside a panel white objects look like gutters: only what is straight on both sides counts."""
OUTSIDE = CutRules()
SUPPORT_LEVEL = 0.5
"""An outline counts for a layout as far as its support exceeds this, against it below."""
MIN_SUPPORT = 0.45
"""A region supported less is not framed at all: figures on plain ground, or lettering."""
MIN_AREA, MIN_SLANTED_AREA = 0.012, 0.025
"""The least share of the page a panel covers: smaller things are logos and letters."""
SMALL_AREA, SMALL_SUPPORT = 0.05, 0.75
"""Below this share of the page a panel needs a clean frame, and more than words inside."""
MAX_GUTTER_INSIDE = 0.3
"""A frame keeps the gutter out; lines of lettering let it in."""
MAX_GROUND = 0.45
"""A colour that is no paper and fills more than this share of the page is the ground of a picture."""
LIGHT_PAPER, DARK_PAPER = 150, 45
"""Paper, yellowed too, is at least this light in every channel, and printed black this dark."""
WHOLE_PAGE = 0.95
"""A single panel that covers this share of the page says nothing about gutters."""
CLEAR_GUTTER = 0.03
"""More gutter than this inside a rectangle may be one that was not cut along."""
CLEAR_SUPPORT, CLEAR_SINGLE, CLEAR_CONTENT = 0.65, 0.9, 0.93
"""A layout whose outlines hold this well (that of a single panel better) and that leaves out no more
content needs no rival."""
MIN_GUTTER, MIN_STRIP_GUTTER = 0.006, 0.008
"""A colour that reaches the border on less than this share of the page, or of a strip, parts nothing."""
OVERLAP_PRICE = 4.0
"""Overlapping panels cost this many times the shared part of the page."""
MISSED_PRICE = 0.5
"""Content in no panel costs its share times this: lettering is left out rightly, pictures are not."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A layout in working pixels, the gutter colour it rests on, and its score (0: no better than none)."""

    shapes: tuple[Shape, ...]
    hypothesis: Hypothesis
    score: float

    @property
    def is_clear(self) -> bool:
        """Whether no other hypothesis needs to be heard: good outlines around all that is drawn."""
        if self._is_whole_page():
            return False
        needed = CLEAR_SUPPORT if len(self.shapes) > 1 else CLEAR_SINGLE
        if min((s.support for s in self.shapes), default=0.0) < needed:
            return False
        gutters = self.hypothesis.connected
        if any(gutters.share(s.rect) > CLEAR_GUTTER for s in self.shapes if not s.corners):
            return False
        return missed_content(self.shapes, gutters) <= 1.0 - CLEAR_CONTENT

    def _is_whole_page(self) -> bool:
        page = self.hypothesis.connected.bounds.area
        return len(self.shapes) == 1 and self.shapes[0].rect.area >= WHOLE_PAGE * page


def best_layout(picture: RgbImage) -> Candidate:
    """Return the layout with the best outlines over all gutter colours."""
    found: list[Candidate] = []
    for hypothesis in gutter_hypotheses(picture):
        if not found:
            found.append(Candidate((), hypothesis, _score((), hypothesis.connected)))
        if not _can_part(hypothesis):
            continue
        for candidate in _candidates(picture, hypothesis):
            found.append(candidate)
            if candidate.is_clear:
                return candidate
    return max(found, key=lambda c: c.score)


def _can_part(hypothesis: Hypothesis) -> bool:
    """Say whether a colour lies around panels: some of it, and not most of the page unless it is paper."""
    page = hypothesis.connected.bounds
    share = hypothesis.connected.share(page)
    least = MIN_STRIP_GUTTER if is_strip(page.width, page.height) else MIN_GUTTER
    return share >= least and (share <= MAX_GROUND or is_paper(hypothesis.colour))


def _candidates(picture: RgbImage, hypothesis: Hypothesis) -> Iterator[Candidate]:
    """Yield the layouts one gutter colour allows, the most telling first."""
    page = Region(hypothesis.connected, hypothesis.connected.bounds)
    yield _candidate(picture, hypothesis, _by_cuts(hypothesis, page))
    yield _candidate(picture, hypothesis, _by_components(hypothesis, page))


def _by_cuts(hypothesis: Hypothesis, page: Region) -> tuple[Region, ...]:
    """Cut along gutters that reach the border, then along what else looks like one."""
    leaves = [p for leaf in cut_region(page, OUTSIDE) for p in _cut_inside(hypothesis, leaf)]
    return tuple(part for leaf in cut_in_line(hypothesis, leaves) for part in _parts(leaf))


def _by_components(hypothesis: Hypothesis, page: Region) -> tuple[Region, ...]:
    """Take connected content first and cut within each piece."""
    found: list[Region] = []
    for piece in components(page):
        for leaf in cut_region(piece, OUTSIDE):
            found.extend(_cut_inside(hypothesis, leaf))
    return tuple(found)


def _cut_inside(hypothesis: Hypothesis, leaf: Region) -> tuple[Region, ...]:
    """Cut along gutters that do not reach the border (a balloon closes them off)."""
    frame = snap(leaf.gutters, leaf.rect)
    rects = cut_region(Region(hypothesis.all_colour, frame), STRICT)
    return tuple(Region(leaf.gutters, piece.rect) for piece in rects) if len(rects) > 1 else (leaf,)


def _parts(piece: Region) -> tuple[Region, ...]:
    """Return the connected parts of a piece where they are framed better than the whole."""
    whole = shape_of(piece.gutters, piece.rect, SUPPORT_LEVEL)
    if whole.support >= CLEAR_SUPPORT:
        return (piece,)
    parts = tuple(part.trimmed() for part in components(piece))
    framed = sum(shape_of(part.gutters, part.rect, SUPPORT_LEVEL).gain for part in parts)
    return parts if len(parts) > 1 and framed > whole.gain else (piece,)


def _candidate(picture: RgbImage, hypothesis: Hypothesis, regions: tuple[Region, ...]) -> Candidate:
    gutters = hypothesis.connected
    shapes = (_shape(region.trimmed()) for region in regions)
    framed = tuple(s for s in shapes if is_framed(gutters, s) and is_drawn(picture, s))
    return Candidate(framed, hypothesis, _score(framed, gutters))


def _shape(region: Region) -> Shape:
    return shape_of(region.gutters, snap(region.gutters, region.rect), SUPPORT_LEVEL)


def is_framed(gutters: GutterMap, shape: Shape) -> bool:
    """Say whether a shape is a picture with an outline, not lettering on the gutter's colour."""
    least = MIN_SLANTED_AREA if shape.corners else MIN_AREA
    if shape.support < MIN_SUPPORT or shape.rect.area < least * page_area(gutters.bounds):
        return False
    return bool(shape.corners) or gutters.share(shape.rect) <= MAX_GUTTER_INSIDE


def is_drawn(picture: RgbImage, shape: Shape) -> bool:
    """Say whether a framed shape holds a picture: no bare ground, and a small one no mere words."""
    height, width = picture.shape[:2]
    if shape.rect.area >= SMALL_AREA * page_area(Rect(0, 0, width, height)):
        return not is_blank(picture, shape.rect)
    return shape.support >= SMALL_SUPPORT and not is_caption(picture, shape.rect)


def completed(candidate: Candidate, picture: RgbImage) -> Candidate:
    """Add what is drawn without a frame outside the framed panels; drop blocks of text."""
    shapes = [s for s in candidate.shapes if not is_text_block(picture, s.rect)]
    gutters, colour = candidate.hypothesis.connected, candidate.hypothesis.colour
    if is_paper(colour):
        boxes = frameless_panels(gutters, [shape.rect for shape in candidate.shapes])
        shapes += [Shape(box, SUPPORT_LEVEL, 0.0) for box in boxes if not is_text_block(picture, box)]
    return replace(candidate, shapes=tuple(shapes))


def is_paper(colour: Colour) -> bool:
    """Say whether a colour can be bare paper, or black: other plain grounds are part of a picture."""
    return min(colour) >= LIGHT_PAPER or max(colour) <= DARK_PAPER


def _score(shapes: Sequence[Shape], gutters: GutterMap) -> float:
    page = gutters.bounds
    outline = sum(shape.gain for shape in shapes) / (page.width + page.height)
    rects = [s.rect for s in shapes if not s.corners]
    overlap = sum(a.shared_area(b) for i, a in enumerate(rects) for b in rects[:i])
    missed = missed_content(shapes, gutters)
    return outline - OVERLAP_PRICE * overlap / max(1, page.area) - MISSED_PRICE * missed


def missed_content(shapes: Sequence[Shape], gutters: GutterMap) -> float:
    """Share of what is not gutter that lies in no panel."""
    content = gutters.bounds.area * (1.0 - gutters.share(gutters.bounds))
    inside = sum(s.rect.area * (1.0 - gutters.share(s.rect)) for s in shapes)
    return max(0.0, 1.0 - inside / content) if content else 0.0
