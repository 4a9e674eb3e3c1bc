"""The lettering of a page as print: how much, how large, set as running text or scattered in balloons."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from schemas.records import TextLine

PRINTED = (
    "is_read", "log_lines", "text_area", "log_chars", "mean_chars", "line_height", "most_height",
    "height_spread", "heading", "foot", "centre", "reach", "wide_lines", "log_longest_run",
    "longest_run_share", "log_runs", "log_edge", "edge_share", "capitals", "digits", "marks",
    "other_scripts", "names", "small_words", "commas", "quotes", "dots", "long_words", "columns",
)  # fmt: skip
"""Names of the numbers, in order."""
MAX_LINES = 400
"""Pages have fewer; a reader that finds more has found noise, and pairs of lines would take long."""
_EDGE_STEPS = 80
_RUN_GAP = 1.1  # in heights of a line, from one line of a run to the next
_UPPER = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_LETTER = re.compile(r"[^\W\d_]")
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]+")
_WORD = re.compile(r"[^\W\d_]+")

FloatArray = NDArray[np.float32]


def printed_features(lines: Sequence[TextLine] | None) -> FloatArray:
    """Return (len(PRINTED),) float32; zeros where nobody read, only the flag where nothing is printed."""
    values = np.zeros(len(PRINTED), np.float32)
    if lines is None:
        return values
    values[0] = 1.0
    kept = [line for line in lines if line.text.strip()][:MAX_LINES]
    if kept:
        boxes = np.array([line.box.as_tuple() for line in kept], np.float32)
        values[1:] = (*_measures(kept, boxes), *_setting(boxes), *_letters(kept), _columns(boxes))
    return values


def _measures(lines: Sequence[TextLine], boxes: FloatArray) -> tuple[float, ...]:
    x0, y0, x1, y1 = boxes.T
    heights, chars = y1 - y0, np.array([len(line.text) for line in lines], np.float32)
    weights = chars / chars.sum()
    top, bottom = heights[y1 < 0.3], heights[y0 > 0.85]
    return (
        float(np.log1p(len(lines))),
        float(min(((x1 - x0) * heights).sum(), 1.0)),
        float(np.log1p(chars.sum())),
        float(chars.mean()) / 20,
        float(np.median(heights)) * 20,
        float(heights.max()) * 8,
        float(heights.std() / max(heights.mean(), 1e-6)),
        float(top.max(initial=0)) * 8,
        float(len(bottom) / len(lines)),
        float((weights * (y0 + y1)).sum() / 2),
        float(y1.max() - y0.min()),
        float(((x1 - x0) > 0.6).mean()),
    )


def _setting(boxes: FloatArray) -> tuple[float, ...]:
    """Return runs of lines set below each other at one pitch, and the left edges they share."""
    runs = _runs(boxes)
    edges = np.bincount(np.round(boxes[:, 0] * _EDGE_STEPS).astype(np.int64), minlength=_EDGE_STEPS + 1)
    edge = int((edges[:-1] + edges[1:]).max())
    count = len(boxes)
    return (
        float(np.log1p(max(runs))),
        max(runs) / count,
        float(np.log1p(len(runs))),
        float(np.log1p(edge)),
        edge / count,
    )


def _runs(boxes: FloatArray) -> list[int]:
    """Return how many lines each block of text has: lines close below each other that overlap sideways."""
    order = np.argsort(boxes[:, 1], kind="stable")
    sorted_boxes = boxes[order]
    owner = list(range(len(order)))
    for number, (x0, y0, x1, y1) in enumerate(sorted_boxes.tolist()):
        near = sorted_boxes[max(0, number - 30) : number]
        if not len(near):
            continue
        overlap = np.minimum(near[:, 2], x1) - np.maximum(near[:, 0], x0)
        gap = y0 - near[:, 3]
        fits = (
            (overlap > 0.3 * np.minimum(near[:, 2] - near[:, 0], x1 - x0))
            & (gap < _RUN_GAP * (y1 - y0))
            & (gap > -(y1 - y0))
        )
        if fits.any():
            owner[number] = owner[max(0, number - 30) + int(np.flatnonzero(fits)[-1])]
    return [int(count) for count in np.unique(owner, return_counts=True)[1]]


def _letters(lines: Sequence[TextLine]) -> tuple[float, ...]:
    text = "\n".join(line.text for line in lines)[:8000]
    size, letters, words = max(len(text), 1), max(len(_LETTER.findall(text)), 1), _WORD.findall(text)
    count = max(len(words), 1)
    return (
        len(_UPPER.findall(text)) / letters,
        sum(map(str.isdigit, text)) / size,
        sum(mark in "!?" for mark in text) / count,
        sum(ord(letter) > 0x2E80 for letter in text) / size,
        len(_NAME.findall(text)) / count,
        sum(len(word) <= 3 and word.islower() for word in words) / count,
        text.count(",") / count,
        sum(mark in '"“”«»„' for mark in text) / count,
        text.count(".") / count,
        sum(len(word) > 8 for word in words) / count,
    )


def _columns(boxes: FloatArray) -> float:
    """Return how often lines lie side by side."""
    if len(boxes) < 2:
        return 0.0
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    beside = np.abs(middles[:, None] - middles[None]) < 0.004
    return float((beside.sum() - len(boxes)) / len(boxes))
