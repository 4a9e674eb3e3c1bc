"""What a page looks like as a whole, in two dozen numbers: cheap, and the same at any resolution.

After them come its upper and its lower edge as grey steps: a strip that was cut goes on below.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import RgbImage

SIDE_PX = 128
LOOKS = (
    "darkness", "saturation", "contrast", "white", "black", "flat", "flat_4", "colours", "rim_light",
    "rim_contrast", "rim_flat", "edges", "smooth", "still", "ink_top", "ink_middle", "ink_bottom",
    "ink_height", "ink_width", "hues", "grain", "row_changes", "column_changes",
)  # fmt: skip
"""Names of the numbers, in order; most are shares of the page in [0, 1]."""
EDGE_STEPS = 32
LOOK_SIZE = len(LOOKS) + 2 * EDGE_STEPS
_EDGE_ROWS = 2
_RIM_SHARE = 0.03
_BINS = 16  # steps a channel, for counting colours
_WHITE, _BLACK = 235, 25
_EDGE, _SMOOTH, _STILL = 60.0, 4.0, 1.0  # grey steps over a pixel
_NEAR = 30.0  # distance of a colour from the ground that counts as ink
_SATURATED = 60
_HUE_BINS = 18

FloatArray = NDArray[np.float32]


def look_of(image: RgbImage) -> FloatArray:
    """Measure a page on a small copy; returns (LOOK_SIZE,) float32, all finite."""
    small = cv2.resize(image, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_AREA).astype(np.uint8)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.uint8)
    hsv = cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(np.uint8)
    tops, ground = _flatness(small)
    ink = np.abs(small.astype(np.float32) - ground).sum(axis=2) > _NEAR * 3
    values = (
        1 - float(grey.mean()) / 255,
        float(hsv[..., 1].mean()) / 255,
        float(grey.std()) / 255,
        float((grey > _WHITE).mean()),
        float((grey < _BLACK).mean()),
        *tops,
        *_rim(grey),
        *_gradients(grey),
        *_ink(ink),
        _hue_spread(hsv),
        _grain(grey),
        float((ink[1:] != ink[:-1]).mean()),
        float((ink[:, 1:] != ink[:, :-1]).mean()),
        *_edge(grey[:_EDGE_ROWS]),
        *_edge(grey[-_EDGE_ROWS:]),
    )
    return np.array(values, np.float32)


def edges_of(look: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the upper and the lower edge of a page, (EDGE_STEPS,) each, from its look."""
    return look[len(LOOKS) : -EDGE_STEPS], look[-EDGE_STEPS:]


def _edge(rows: NDArray[np.uint8]) -> tuple[float, ...]:
    steps = rows.mean(axis=0).reshape(EDGE_STEPS, -1).mean(axis=1) / 255
    return tuple(steps.tolist())


def _flatness(small: RgbImage) -> tuple[tuple[float, float, float], FloatArray]:
    """Return the shares of the commonest colour and of four, how many colours there are, and the first."""
    codes = (small // (256 // _BINS)).astype(np.int32) @ np.array([_BINS * _BINS, _BINS, 1], np.int32)
    counts = np.bincount(codes.ravel(), minlength=_BINS**3)
    ranked = np.sort(counts)[::-1] / codes.size
    needed = int(np.searchsorted(np.cumsum(ranked), 0.95)) + 1
    ground = small[codes == int(counts.argmax())].mean(axis=0).astype(np.float32)
    return (float(ranked[0]), float(ranked[:4].sum()), float(np.log2(needed)) / 12), ground


def _rim(grey: NDArray[np.uint8]) -> tuple[float, float, float]:
    width = max(1, round(SIDE_PX * _RIM_SHARE))
    ring = np.concatenate(
        [part.ravel() for part in (grey[:width], grey[-width:], grey[:, :width], grey[:, -width:])]
    )
    steps = np.bincount(ring // 16, minlength=16)
    return float(ring.mean()) / 255, float(ring.std()) / 255, float(steps.max()) / ring.size


def _gradients(grey: NDArray[np.uint8]) -> tuple[float, float, float]:
    across = cv2.Sobel(grey, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(grey, cv2.CV_32F, 0, 1, scale=0.25)
    steps = np.abs(across) + np.abs(down)
    still = float((steps < _STILL).mean())
    return float((steps > _EDGE).mean()), float((steps < _SMOOTH).mean()) - still, still


def _ink(ink: NDArray[np.bool_]) -> tuple[float, float, float, float, float]:
    """Return how much of each third is not ground, and how far what is not ground reaches."""
    thirds = [float(part.mean()) for part in np.array_split(ink, 3)]
    rows, columns = (np.flatnonzero(ink.mean(axis=axis) > 0.01) for axis in (1, 0))
    tall = float(rows[-1] - rows[0] + 1) / SIDE_PX if rows.size else 0.0
    wide = float(columns[-1] - columns[0] + 1) / SIDE_PX if columns.size else 0.0
    return thirds[0], thirds[1], thirds[2], tall, wide


def _hue_spread(hsv: RgbImage) -> float:
    """Return the entropy of the hues of what is coloured, times the share that is."""
    coloured = hsv[..., 1] > _SATURATED
    if not coloured.any():
        return 0.0
    shares = np.bincount(hsv[..., 0][coloured] // 10, minlength=_HUE_BINS) / coloured.sum()
    filled = shares[shares > 0]
    return float(-(filled * np.log(filled)).sum() / np.log(_HUE_BINS) * coloured.mean() ** 0.5)


def _grain(grey: NDArray[np.uint8]) -> float:
    """Return the usual step between a pixel and its surroundings: print is still, photographs are not."""
    return float(np.median(np.abs(grey.astype(np.float32) - cv2.medianBlur(grey, 3)))) / 16
