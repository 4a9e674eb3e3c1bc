"""Several figures in one panel: heads of one size, a common line of eyes, nobody's face behind another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.generation.storyboard.cutouts import Cutout

_CELLS = 96
"""Side of the grid on which it is seen who hides whom."""
_HEAD_RATIO = 1.18
"""How far heads may be from their mean size: a child and a bear differ, a giant is told in words."""
_LINE = 0.55
"""Heights of a head by which one who stands may look over those whom the frame cuts."""
_HIDDEN = 0.08
"""Share of a head that may lie behind another figure."""
_TRIES, _STEP, _SHRINK = 14, 0.025, 0.95


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cut-out goes: pixels of the panel; ``is_mirrored`` turns it round."""

    x: int
    y: int
    width: int
    height: int
    is_mirrored: bool
    stands: bool


def grouped(cutouts: Sequence[Cutout], places: Sequence[Place], size_px: tuple[int, int]) -> list[Place]:
    """Let figures that were placed one by one stand together.

    Args:
        cutouts: The figures.
        places: Where each would stand alone, in their order.
        size_px: Width and height of the panel.
    """
    if len(places) < 2:
        return list(places)
    together = _evened(cutouts, places, size_px)
    for number in range(_TRIES):
        together = _in_line(cutouts, together, size_px)
        hidden = _hidden(cutouts, together, size_px)
        if hidden is None:
            break
        moved = _moved_apart(cutouts, together, hidden, size_px)
        together = moved if number % 3 < 2 else [_scaled(one, _SHRINK, size_px) for one in moved]
    return _in_line(cutouts, together, size_px)


def by_depth(places: Sequence[Place]) -> list[int]:
    """Return who is drawn first: the smaller are further back."""
    return sorted(range(len(places)), key=lambda k: (places[k].stands is False, places[k].height))


def _head_px(cutout: Cutout, place: Place) -> float:
    return max(cutout.head.height, 0.12) * place.height


def _evened(cutouts: Sequence[Cutout], places: Sequence[Place], size_px: tuple[int, int]) -> list[Place]:
    """Give all heads about the size that they have in the mean."""
    heads = [_head_px(cutout, place) for cutout, place in zip(cutouts, places, strict=True)]
    mean = float(np.exp(np.mean(np.log(heads))))
    wanted = [min(max(head, mean / _HEAD_RATIO), mean * _HEAD_RATIO) for head in heads]
    return [_scaled(p, w / h, size_px) for p, w, h in zip(places, wanted, heads, strict=True)]


def _scaled(place: Place, factor: float, size_px: tuple[int, int]) -> Place:
    """Make somebody larger or smaller; feet, middle, or the side that is cut, stay where they are."""
    width = size_px[0]
    w, h = max(round(place.width * factor), 2), max(round(place.height * factor), 2)
    x = place.x + (place.width - w) // 2
    if place.x <= 0:
        x = 0
    elif place.x + place.width >= width:
        x = width - w
    return replace(place, x=x, y=place.y + place.height - h, width=w, height=h)


def _in_line(cutouts: Sequence[Cutout], places: Sequence[Place], size_px: tuple[int, int]) -> list[Place]:
    """Move those who stand down to the eyes of those whom the frame cuts, who cannot stand up."""
    height = size_px[1]
    tops = [p.y + c.head.y0 * p.height for c, p in zip(cutouts, places, strict=True)]
    cut = [top for top, cutout in zip(tops, cutouts, strict=True) if cutout.cut_bottom]
    if not cut:
        return list(places)
    lined = []
    for cutout, place, top in zip(cutouts, places, tops, strict=True):
        line = min(cut) - _LINE * _head_px(cutout, place)
        if cutout.cut_bottom or top >= line:
            lined.append(place)
            continue
        y = round(place.y + line - top)
        lined.append(replace(place, y=y, stands=y + place.height < height))
    return lined


def _hidden(
    cutouts: Sequence[Cutout], places: Sequence[Place], size_px: tuple[int, int]
) -> tuple[int, int] | None:
    """Return who is hidden behind whom: the first pair of which one covers a head of the other."""
    order = by_depth(places)
    masks = [_mask(cutout, place, size_px) for cutout, place in zip(cutouts, places, strict=True)]
    for back_at, back in enumerate(order):
        head = _head_mask(cutouts[back], places[back], size_px) & masks[back]
        for front in order[back_at + 1 :]:
            if head.any() and float((masks[front] & head).sum() / head.sum()) > _HIDDEN:
                return back, front
    return None


def _mask(cutout: Cutout, place: Place, size_px: tuple[int, int]) -> NDArray[np.bool_]:
    """Return where somebody is, on a coarse grid of the panel."""
    alpha = cutout.pixels[..., 3][:, ::-1] if place.is_mirrored else cutout.pixels[..., 3]
    sx, sy = _CELLS / size_px[0], _CELLS / size_px[1]
    grid = np.array([[place.width * sx / alpha.shape[1], 0, place.x * sx],
                     [0, place.height * sy / alpha.shape[0], place.y * sy]], np.float64)  # fmt: skip
    return np.asarray(cv2.warpAffine(np.ascontiguousarray(alpha), grid, (_CELLS, _CELLS)) > 100)


def _head_mask(cutout: Cutout, place: Place, size_px: tuple[int, int]) -> NDArray[np.bool_]:
    mask = np.zeros((_CELLS, _CELLS), bool)
    for head in cutout.heads or (cutout.head,):
        x0, x1 = (1 - head.x1, 1 - head.x0) if place.is_mirrored else (head.x0, head.x1)
        columns = (max(round((place.x + x * place.width) * _CELLS / size_px[0]), 0) for x in (x0, x1))
        rows = (max(round((place.y + y * place.height) * _CELLS / size_px[1]), 0) for y in (head.y0, head.y1))
        mask[slice(*rows), slice(*columns)] = True
    return mask


def _moved_apart(
    cutouts: Sequence[Cutout], places: Sequence[Place], pair: tuple[int, int], size_px: tuple[int, int]
) -> list[Place]:
    """Move two apart, each as far as the panel reaches; one whom its side cuts stays at that side."""
    width, moved = size_px[0], list(places)
    left, right = sorted(pair, key=lambda k: (places[k].x + places[k].width / 2, k))
    step = round(_STEP * width)
    for who, by in ((left, -step), (right, step)):
        if cutouts[who].cut_left or cutouts[who].cut_right:
            continue
        out = round(0.12 * moved[who].width)  # an arm may be cut, a face not
        x = min(max(moved[who].x + by, -out), width - moved[who].width + out)
        moved[who] = replace(moved[who], x=x)
    return moved
