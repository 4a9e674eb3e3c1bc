"""Evidence to numbers: one row a page, the same columns whatever is missing.

Everything is relative (to the page, to the book, to the neighbours), so that resolution and length
of a book do not matter. A number that cannot be known is 0 and a flag of its own says so.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from models.page_types.evidence import PageEvidence
from models.page_types.lexicon import GROUPS, count_words
from models.page_types.looks import EDGE_STEPS, LOOK_SIZE, LOOKS, edges_of
from models.page_types.printed import PRINTED, printed_features
from schemas.geometry import Box

FloatArray = NDArray[np.float32]

POSITION = (
    "start", "log_start", "log_end", "is_first", "is_last", "is_second", "is_second_last", "log_count",
    "is_only", "is_odd",
)  # fmt: skip
SHAPE = ("log_aspect", "log_aspect_of_book", "is_wide", "is_tall")
PANELS = (
    "has_panels",
    "log_panels",
    "coverage",
    "largest",
    "second",
    "smallest",
    "is_one",
    "in_rows",
    "text_share_inside",
)
NEIGHBOURS = (
    "like_before",
    "like_after",
    "like_book",
    "look_before",
    "look_after",
    "look_book",
    "knows_vector",
)
SEAMS = ("seam_before", "seam_after", "seams_of_book", "busy_top", "busy_bottom")
"""Whether the drawing goes on over the edge between two pages, as in a strip that was cut."""
COLUMNS = (
    *POSITION,
    *SHAPE,
    *PANELS,
    *PRINTED,
    *(f"word_{group}" for group in GROUPS),
    *(f"rate_{group}" for group in GROUPS),
    *LOOKS,
    "knows_look",
    *NEIGHBOURS,
    *SEAMS,
)
"""Names of the columns."""
POSITIONAL = len(POSITION)
"""The first columns say where a page stands, and nothing else."""
VECTOR_DIM = 384
_WHOLE = 0.82
_BUSY = 0.15  # deviation of the grey along an edge that is full of drawing


def features_of(pages: Sequence[PageEvidence]) -> FloatArray:
    """Return (n, len(COLUMNS)) float32, every number finite."""
    if not pages:
        return np.zeros((0, len(COLUMNS)), np.float32)
    texts = [np.concatenate([printed_features(page.lines), _words(page)]) for page in pages]
    parts = [
        _positions(len(pages)),
        _shapes(pages),
        np.stack([_panels(page) for page in pages]),
        np.stack(texts),
        np.stack([_look(page) for page in pages]),
        _neighbours(pages),
        _seams(pages),
    ]
    return np.nan_to_num(np.concatenate(parts, axis=1).astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)


def vectors_of(pages: Sequence[PageEvidence]) -> FloatArray:
    """Return (n, VECTOR_DIM) float32: page vectors of length 1, zeros where one is missing or no number."""
    rows = np.zeros((len(pages), VECTOR_DIM), np.float32)
    for row, page in zip(rows, pages, strict=True):
        if page.vector is not None and page.vector.shape == (VECTOR_DIM,) and np.isfinite(page.vector).all():
            row[:] = page.vector / max(float(np.linalg.norm(page.vector)), 1e-6)
    return rows


def _positions(count: int) -> FloatArray:
    at = np.arange(count, dtype=np.float32)
    after = count - 1 - at
    columns = (
        at / max(count - 1, 1),
        np.log1p(at),
        np.log1p(after),
        at == 0,
        after == 0,
        at == 1,
        after == 1,
        np.full(count, np.log1p(count)),
        np.full(count, count == 1),
        at % 2,
    )
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _shapes(pages: Sequence[PageEvidence]) -> FloatArray:
    logs = np.log(np.clip([page.aspect for page in pages], 0.02, 50)).astype(np.float32)
    own = logs - np.median(logs)
    return np.stack([logs, own, (logs > 0.18).astype(np.float32), (logs < -0.9).astype(np.float32)], axis=1)


def _panels(page: PageEvidence) -> FloatArray:
    areas = sorted((box.area for box in page.panels), reverse=True)
    if not areas:
        return np.zeros(len(PANELS), np.float32)
    tops = sorted(round(box.y0 * 12) for box in page.panels)
    second = areas[1] if len(areas) > 1 else 0.0
    return np.array(
        [
            1.0,
            np.log1p(len(areas)),
            min(sum(areas), 1.5),
            areas[0],
            second,
            areas[-1],
            float(len(areas) == 1 and areas[0] > _WHOLE),
            len(set(tops)) / 4,
            _share_inside(page),
        ],
        np.float32,
    )


def _share_inside(page: PageEvidence) -> float:
    """Return the share of the lettering whose middle lies in a panel."""
    lines = page.lines or ()
    inside = [any(_holds(box, line.box) for box in page.panels) for line in lines[:400]]
    return float(np.mean(inside)) if inside else 0.0


def _holds(panel: Box, line: Box) -> bool:
    x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
    return panel.x0 <= x <= panel.x1 and panel.y0 <= y <= panel.y1


def _words(page: PageEvidence) -> FloatArray:
    text = "\n".join(line.text for line in page.lines or ())
    counts = np.array(count_words(text), np.float32)
    hundreds = max(len(text.split()), 12) / 100
    return np.concatenate([np.log1p(counts), np.log1p(counts / hundreds)])


def _look(page: PageEvidence) -> FloatArray:
    if not _is_seen(page.look):
        return np.zeros(len(LOOKS) + 1, np.float32)
    return np.append(page.look[: len(LOOKS)], 1.0).astype(np.float32)


def _is_seen(look: FloatArray | None) -> TypeGuard[FloatArray]:
    return look is not None and look.shape == (LOOK_SIZE,) and bool(np.isfinite(look).all())


def _neighbours(pages: Sequence[PageEvidence]) -> FloatArray:
    """Return how much each page is like those before and after it, and like the book."""
    vectors = vectors_of(pages)
    looks = np.stack([_look(page)[:-1] for page in pages])
    middle = vectors.mean(axis=0)
    middle /= max(float(np.linalg.norm(middle)), 1e-6)
    alike = [float(one @ two) for one, two in pairwise(vectors)]
    apart = [float(np.abs(one - two).mean()) for one, two in pairwise(looks)]
    columns = (
        [0.0, *alike],
        [*alike, 0.0],
        vectors @ middle,
        [0.0, *apart],
        [*apart, 0.0],
        np.abs(looks - np.median(looks, axis=0)).mean(axis=1),
        vectors.any(axis=1),
    )
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _seams(pages: Sequence[PageEvidence]) -> FloatArray:
    """Return how well the drawing goes on from each page to the next, and how busy its two edges are."""
    blank = np.zeros(EDGE_STEPS, np.float32)
    edges = [edges_of(page.look) if _is_seen(page.look) else (blank, blank) for page in pages]
    tops, bottoms = (np.stack(side) for side in zip(*edges, strict=True))
    seams = [_seam(above, below) for above, below in zip(bottoms[:-1], tops[1:], strict=True)]
    columns = (
        [0.0, *seams],
        [*seams, 0.0],
        np.full(len(pages), np.mean(seams) if seams else 0.0),
        np.minimum(tops.std(axis=1) / _BUSY, 1),
        np.minimum(bottoms.std(axis=1) / _BUSY, 1),
    )
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _seam(above: FloatArray, below: FloatArray) -> float:
    """Return the correlation of two edges, less where they are nearly flat."""
    spread = float(above.std()), float(below.std())
    if min(spread) < 0.01:  # a flat edge correlates with anything
        return 0.0
    together = float(((above - above.mean()) * (below - below.mean())).mean()) / (spread[0] * spread[1])
    return max(together, 0.0) * min(min(spread) / _BUSY, 1.0)
