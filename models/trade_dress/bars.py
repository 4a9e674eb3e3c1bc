"""Bar codes: the decoder of OpenCV, and patches of dense upright strokes on a light ground."""

import cv2
import numpy as np

from schemas.geometry import Box
from schemas.records import RgbImage

_LIGHT = 150
_SPREAD = 55
_LEAST_AREA, _MOST_AREA = 0.002, 0.08
_ASPECT = (0.4, 5.0)
_FULL = 0.6
_CHANGES = 12
_UPRIGHT = 3.0
"""How much stronger gradients across must be than those down."""


def find_bars(picture: RgbImage) -> list[Box]:
    """Return bar codes; they may lie on their side."""
    height, width = picture.shape[:2]
    found = [*_decoded(picture), *_strokes(picture)]
    turned = np.ascontiguousarray(picture.transpose(1, 0, 2))
    found += [Box(box.y0, box.x0, box.y1, box.x1) for box in _strokes(turned)]
    kept: list[Box] = []
    for box in sorted(found, key=lambda box: -box.area):
        if box.area * width * height >= 100 and all(box.iou(one) < 0.1 for one in kept):
            kept.append(box)
    return kept


def _decoded(picture: RgbImage) -> list[Box]:
    height, width = picture.shape[:2]
    there, corners = cv2.barcode.BarcodeDetector().detect(cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    if not there or corners is None:
        return []
    found = []
    for quad in np.asarray(corners, np.float32).reshape(-1, 4, 2):
        (x0, y0), (x1, y1) = quad.min(axis=0).tolist(), quad.max(axis=0).tolist()
        box = Box.clipped(x0 / width, y0 / height, x1 / width, y1 / height)
        if _LEAST_AREA <= box.area <= _MOST_AREA and _is_barred(picture, box):
            found.append(box)
    return found


def _strokes(picture: RgbImage) -> list[Box]:
    height, width = picture.shape[:2]
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    across, down = (np.abs(cv2.Sobel(grey, cv2.CV_32F, *axes, ksize=3)) for axes in ((1, 0), (0, 1)))
    unit = max(3, round(max(height, width) / 90))
    blurred = [cv2.blur(one, (2 * unit + 1, unit)) for one in (across, down)]
    dense = ((blurred[0] > _UPRIGHT * blurred[1]) & (blurred[0] > 90)).astype(np.uint8)
    closed = cv2.morphologyEx(dense, cv2.MORPH_CLOSE, np.ones((unit, 2 * unit), np.uint8))
    closed = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((unit, unit), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
    found = []
    for x, y, w, h, area in stats[1:count].tolist():
        share = w * h / (width * height)
        if not (_LEAST_AREA <= share <= _MOST_AREA and _ASPECT[0] <= w / h <= _ASPECT[1]):
            continue
        box = Box.clipped(x / width, y / height, (x + w) / width, (y + h) / height)
        if area >= _FULL * w * h and _is_barred(picture, box):
            found.append(box)
    return found


def _is_barred(picture: RgbImage, box: Box) -> bool:
    """Say whether rows of a patch change often between dark and light, and all alike: ink on white."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
    patch = picture[y0:y1, x0:x1]
    if min(patch.shape[:2]) < 6:
        return False
    grey = cv2.cvtColor(np.ascontiguousarray(patch), cv2.COLOR_RGB2GRAY)
    colourful = float((patch.max(axis=2).astype(np.int16) - patch.min(axis=2)).mean())
    rows = grey[grey.shape[0] // 4 : -(grey.shape[0] // 4) or None]
    mean = rows.mean(axis=0)
    changes = int((np.diff((mean > mean.mean()).astype(np.int8)) != 0).sum())
    alike = float(mean.std() / max(float(rows.std()), 1.0))
    is_ink = np.percentile(grey, 85) > _LIGHT and grey.std() > _SPREAD * 0.6 and colourful < 40
    return bool(is_ink and changes >= _CHANGES and alike > 0.8)
