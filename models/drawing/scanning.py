"""What a scanner makes of a drawn page: grain, old paper, a slight turn, the dark edge of the lid."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.drawing.art.geometry import Rect
from models.drawing.dice import dice
from models.drawing.frames import bounds, pixel_box, rectangle
from models.drawing.scene import Scan
from schemas.geometry import Point, Polygon
from schemas.labels import PageLabel, PanelLabel, PixelBox, TextLabel
from schemas.records import RgbImage

_PAPER = (232, 216, 180)  # of a cheap comic book after fifty years
_GRAIN, _YELLOWED_GRAIN = 3.0, 5.0  # standard deviation, in steps of 255
_LEAST_TURN, _MOST_TURN = 0.4, 1.6  # degrees
_GLASS = (244, 243, 240)  # the white lid behind the page
_EDGE_SHARE = 0.012  # width of the dark edge of the lid
_EDGE = (58, 56, 55)


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A page with its ground truth; ``heads`` are the visible heads in pixels, whatever covers them."""

    picture: RgbImage
    label: PageLabel
    heads: tuple[Rect, ...]


def scanned(page: DrawnPage, scan: Scan, *, seed: int) -> DrawnPage:
    """Return the page as a scan of its print shows it, ground truth included."""
    rng = dice(seed, "scan")
    if scan is Scan.YELLOWED:
        paper = page.picture.astype(np.float32) * (np.array(_PAPER, np.float32) / 255)
        return replace(page, picture=_grained(paper, _YELLOWED_GRAIN, rng.randrange(2**31)))
    degrees = rng.choice((-1, 1)) * rng.uniform(_LEAST_TURN, _MOST_TURN)
    turn = _turn_about_middle(page.label.size, degrees)
    width, height = page.label.size
    picture = cv2.warpAffine(
        page.picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=_GLASS
    ).astype(np.float32)
    edge = max(2, round(width * _EDGE_SHARE))
    picture[:, :edge] = _EDGE
    if rng.random() < 0.5:
        picture[-edge:] = _EDGE
    moved = _moved_page(page, lambda point: _moved(turn, point))
    return replace(moved, picture=_grained(picture, _GRAIN, rng.randrange(2**31)))


def _grained(picture: NDArray[np.floating], deviation: float, seed: int) -> RgbImage:
    noise = np.random.default_rng(seed).normal(0.0, deviation, picture.shape[:2])[..., None]
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def _turn_about_middle(size_px: tuple[int, int], degrees: float) -> NDArray[np.float64]:
    """Return the (2, 3) matrix of a turn around the middle of the page."""
    (cx, cy), angle = (size_px[0] / 2, size_px[1] / 2), math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, cx - cos * cx + sin * cy], [sin, cos, cy - sin * cx - cos * cy]])


def _moved(turn: NDArray[np.float64], point: Point) -> Point:
    x, y = (float(v) for v in turn @ (*point, 1.0))
    return x, y


def _moved_page(page: DrawnPage, move: Callable[[Point], Point]) -> DrawnPage:
    size = page.label.size

    def moved_rect(rect: Rect) -> Rect:
        corners = rectangle(rect.x0, rect.y0, rect.x1, rect.y1)
        return bounds(tuple(move(corner) for corner in corners))

    def moved_box(box: PixelBox) -> PixelBox:
        return pixel_box(moved_rect(Rect(*box)), size)

    def moved_text(text: TextLabel) -> TextLabel:
        return replace(text, box=moved_box(text.box))

    def moved_panel(panel: PanelLabel) -> PanelLabel:
        outline: Polygon = panel.polygon or rectangle(*panel.box)
        corners = tuple(move(corner) for corner in outline)
        return replace(
            panel,
            box=pixel_box(bounds(corners), size),
            polygon=tuple((round(x), round(y)) for x, y in corners),
            texts=tuple(moved_text(text) for text in panel.texts),
        )

    panels = tuple(moved_panel(panel) for panel in page.label.panels)
    heads = tuple(moved_rect(head) for head in page.heads)
    return replace(page, label=replace(page.label, panels=panels), heads=heads)
