"""What else than picture vectors tells an element: figures that were read, its name in the lettering."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from indexer.elements.figures import read_figures
from indexer.elements.material import Panels
from models.elements.evidence import Material
from models.elements.naming import name_pattern, named_near
from models.elements.probe import Scores
from schemas.elements import Element

_OF_PICTURES = frozenset({"look", "fused"})


def material_of(panels: Panels, element: Element) -> Material:
    """Return what is known of panels; of a side that knows no pictures nothing but its vectors."""
    if not _goes_by_pictures(element):
        return Material(panels.vectors)
    return Material(panels.vectors, read_figures(panels), named_in(panels.rows, element.names))


def unseen_in(material: Material, element: Element) -> int:
    """Count panels whose figures would tell more and were not read."""
    if not _goes_by_pictures(element):
        return 0
    return len(material) if material.figures is None else int((~material.figures.seen).sum())


def _goes_by_pictures(element: Element) -> bool:
    return bool(_OF_PICTURES & set(element.side.split("+")))


def named_in(rows: pa.Table, names: Sequence[str]) -> Scores | None:
    """Return how surely each panel is named (n,), by its folded lettering; None where none is."""
    pattern = name_pattern(names)
    if pattern is None or not len(rows):
        return None
    named = pc.fill_null(pc.match_substring_regex(rows["text_folded"], pattern), False)
    found = np.asarray(named.to_numpy(zero_copy_only=False), np.bool_)
    return named_near(found, _codes(rows["page_id"]), _codes(rows["book_id"])) if found.any() else None


def _codes(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Number the values of a column."""
    codes = column.combine_chunks().dictionary_encode().indices
    return np.asarray(codes.to_numpy(zero_copy_only=False), np.int64)
