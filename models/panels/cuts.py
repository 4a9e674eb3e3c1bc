"""Recursive cuts along gutters: the first hypothesis."""

from models.panels.bands import Cut, CutRules, horizontal_cuts
from models.panels.gutters import GutterMap
from models.panels.rect import Rect
from models.panels.regions import Region, min_piece_px, trim
from models.panels.slants import cut_slanted


def cut_region(region: Region, rules: CutRules) -> tuple[Region, ...]:
    """Cut a region along its gutters until none is left; pieces are trimmed, order is arbitrary."""
    leaves: list[Region] = []
    pending = [region.trimmed()]
    while pending:
        piece = pending.pop()
        min_side = min_piece_px(piece.gutters.bounds)
        if piece.rect.width < min_side or piece.rect.height < min_side:
            continue
        parts = _cut_straight(piece, rules, min_side)
        if parts is None and rules.slants:
            parts = cut_slanted(piece, rules)
        if parts is None:
            leaves.append(piece)
        else:
            pending.extend(parts)
    return tuple(leaves)


def _cut_straight(region: Region, rules: CutRules, min_side: int) -> tuple[Region, Region] | None:
    gutters, rect = region.gutters, region.rect
    across = ((c, False) for c in horizontal_cuts(gutters, rect, rules))
    down = ((c, True) for c in horizontal_cuts(gutters.transposed, rect.transposed, rules))
    for cut, vertical in sorted((*across, *down), key=lambda item: -item[0].score):
        first, second = _apply(gutters, rect, cut, vertical)
        if all(_is_piece(piece, rect, vertical, min_side) for piece in (first, second)):
            return Region(gutters, first), Region(gutters, second)
    return None


def _apply(gutters: GutterMap, region: Rect, cut: Cut, vertical: bool) -> tuple[Rect, Rect]:
    whole = region.transposed if vertical else region
    parts = (whole._replace(y1=cut.top), whole._replace(y0=cut.bottom))
    first, second = (trim(gutters, part.transposed if vertical else part) for part in parts)
    return first, second


def _is_piece(piece: Rect, region: Rect, vertical: bool, min_side: int) -> bool:
    """Say whether a piece is large enough for a panel, or a stray (a page number) to be dropped."""
    thickness, length = (piece.width, piece.height) if vertical else (piece.height, piece.width)
    whole = region.height if vertical else region.width
    return thickness >= min_side or length < whole / 2
