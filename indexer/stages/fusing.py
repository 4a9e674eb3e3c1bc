"""Fuses what is known of a book's panels into one vector each, and one a page."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from indexer.library.rows import BookVectors, Vector
from indexer.stages.models import StageModels
from models.fusion import PanelParts, layout_rows
from schemas.records import FloatMatrix, Page

_Key = TypeVar("_Key")


def with_fused(pages: Sequence[Page], vectors: BookVectors, models: StageModels) -> BookVectors:
    """Return the vectors of a book with those added that fuse its panels and pages.

    A panel without picture and lettering vectors has none: where it lies alone says nothing.
    """
    panels: dict[tuple[int, int], Vector] = {}
    fused_pages: dict[int, Vector] = {}
    for page in (page for page in pages if page.panels):
        keys = [(page.page_no, panel.panel_no) for panel in page.panels]
        pictures = _rows(vectors.panel_pictures, keys, models.picture_encoder.spec.dim)
        texts = _rows(vectors.panel_texts, keys, models.text_encoder.spec.dim)
        known = np.concatenate([pictures, texts], axis=1).any(axis=1, keepdims=True)
        layouts = layout_rows(
            [panel.region.box for panel in page.panels], aspect=page.width_px / page.height_px
        )
        fused = models.fusion.fuse(PanelParts(pictures, texts, layouts * known))
        panels |= {key: row for key, row in zip(keys, fused, strict=True) if row.any()}
        fused_pages[page.page_no] = models.fusion.fuse_page(fused)
    return replace(vectors, panel_fused=panels, page_fused=fused_pages)


def _rows(vectors: Mapping[_Key, Vector], keys: Sequence[_Key], dim: int) -> FloatMatrix:
    """Return vectors as rows, zeros for what is missing."""
    rows = np.zeros((len(keys), dim), np.float32)
    for row, key in zip(rows, keys, strict=True):
        vector = vectors.get(key)
        if vector is not None:
            row[:] = vector
    return rows
