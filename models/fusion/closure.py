"""The trained fusion, run by numpy: gates over picture, text and layout; pages with their order.

A modality is mapped into the common space, and a gate, which sees all that is there, says how
much of the fused vector it makes. What is missing takes no part in map, gate or sum. A page is the
sum of its panels, each turned by its place in the reading order, so that another order is another
vector. A head foresees a panel from its page and from where it lies.

Training: :mod:`models.training.closure`. The four variants that were compared, and the figures:
``weights/closure.md``.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from models.encoders.rows import unit_rows
from models.fusion.layout import LAYOUT_DIM, reading_places, without_ranks
from models.fusion.order import OrderHead, OrderSenses, decode_order
from models.fusion.parts import PanelParts
from schemas.errors import ConfigError, WeightsError
from schemas.labels import ReadingDirection
from schemas.records import FloatMatrix
from schemas.tables import EncoderSpec

DIM = 384
PLACE_WAVES = 4
CONTEXT_WIDTH = 256
MODALITIES = 3

Arrays = Mapping[str, NDArray[np.float32]]


def array_shapes(picture_dim: int, text_dim: int) -> dict[str, tuple[int, ...]]:
    """Return name and shape of every array of a fusion of those encoders."""
    return {
        "map_picture": (picture_dim, DIM),
        "map_text": (text_dim, DIM),
        "map_layout": (LAYOUT_DIM, DIM),
        "gate": (MODALITIES * DIM, MODALITIES),
        "gate_bias": (MODALITIES,),
        "place": (2 * PLACE_WAVES, DIM),
        "attention": (DIM,),
        "context_in": (DIM + LAYOUT_DIM, CONTEXT_WIDTH),
        "context_in_bias": (CONTEXT_WIDTH,),
        "context_out": (CONTEXT_WIDTH, DIM),
        "context_out_bias": (DIM,),
    }


class Closure:
    """Fuses panels and pages. Stateless: safe to share between threads."""

    def __init__(self, spec: EncoderSpec, arrays: Arrays, order_head: OrderHead | None = None) -> None:
        """Take the arrays of :func:`array_shapes`, and a head for the reading order where there is one.

        Raises:
            WeightsError: a number is not finite.
        """
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                raise WeightsError(f"the fusion {spec.name} holds numbers that are not finite in {name!r}")
        self._spec = spec
        self._arrays = arrays
        self._order_head = order_head

    @property
    def spec(self) -> EncoderSpec:
        """What makes its vectors comparable."""
        return self._spec

    def with_order_head(self, head: OrderHead) -> "Closure":
        """Return the same fusion with a head for the reading order."""
        return Closure(self._spec, self._arrays, head)

    def fuse(self, parts: PanelParts) -> FloatMatrix:
        """Fuse panels or queries.

        Returns:
            (n, 384) float32, rows of L2 norm 1; a row of zeros where every modality is missing.

        Raises:
            ConfigError: the parts are of other encoders (their dimensions do not fit).
        """
        mapped = [
            unit_rows(self._product(part, f"map_{name}"))
            for name, part in (
                ("picture", parts.pictures), ("text", parts.texts), ("layout", parts.layouts),
            )
        ]  # fmt: skip
        present = np.column_stack([np.asarray(row.any(axis=1), np.bool_) for row in mapped])
        logits = np.concatenate(mapped, axis=1) @ self._arrays["gate"] + self._arrays["gate_bias"]
        weights = masked_softmax(logits, present)
        total = np.einsum("mnd,nm->nd", np.stack(mapped), weights)
        return unit_rows(np.asarray(total, dtype=np.float32))

    def fuse_page(self, panels: FloatMatrix) -> FloatMatrix:
        """Return one vector, (384,), of a page's fused panels (n, 384) in reading order; zeros for none."""
        if not panels.any():
            return np.zeros(DIM, np.float32)
        there = np.asarray(panels.any(axis=1), np.bool_)[np.newaxis]
        weights = masked_softmax((panels @ self._arrays["attention"])[np.newaxis], there)
        turned = panels * (1 + place_waves(len(panels)) @ self._arrays["place"])
        page: FloatMatrix = unit_rows(weights @ turned)[0]
        return page

    def foresee(self, page: FloatMatrix, layout: FloatMatrix) -> FloatMatrix:
        """Return the panels to expect, (n, 384), at places ``layout`` of pages seen without them.

        Args:
            page: (n, 384), rows of :meth:`fuse_page`.
            layout: (n, LAYOUT_DIM).
        """
        given = np.concatenate([page, layout], axis=1)
        hidden = np.maximum(self._product(given, "context_in") + self._arrays["context_in_bias"], 0)
        return unit_rows(page + self._product(hidden, "context_out") + self._arrays["context_out_bias"])

    @property
    def knows_order(self) -> bool:
        """Say whether :meth:`order` can be asked."""
        return self._order_head is not None

    def order(self, parts: PanelParts, direction: ReadingDirection) -> tuple[int, ...]:
        """Return the indices of one page's panels, given in any order, as they seem to be read.

        A guess by content and place, for comparing: :mod:`models.reading_order` decides.

        Raises:
            ConfigError: this fusion came without a head for it, or the parts are of other encoders.
        """
        if self._order_head is None:
            raise ConfigError(f"the fusion {self._spec.name} has no reading-order head: train one")
        fused = self.fuse(self.seen_by(self._order_head.senses, parts))
        return decode_order(self._order_head.margins(fused, parts.layouts, direction))

    @staticmethod
    def seen_by(senses: OrderSenses, parts: PanelParts) -> PanelParts:
        """Return what of the parts a head goes by: never a panel's number."""
        return PanelParts(
            parts.pictures * senses.content,
            parts.texts * senses.content,
            without_ranks(parts.layouts) * senses.place,
        )

    def _product(self, rows: FloatMatrix, name: str) -> FloatMatrix:
        matrix = self._arrays[name]
        if rows.ndim != 2 or rows.shape[1] != len(matrix):
            raise ConfigError(
                f"the fusion {self._spec.name} takes {len(matrix)} numbers a row for {name}, got "
                f"{rows.shape}: it belongs to other encoders; index the books again"
            )
        return np.asarray(rows @ matrix, dtype=np.float32)


def masked_softmax(logits: FloatMatrix, present: NDArray[np.bool_]) -> FloatMatrix:
    """Return shares over the last axis, 0 where nothing is present."""
    masked = np.where(present, logits, -np.inf)
    most = np.max(masked, axis=1, keepdims=True)
    shares = np.where(present, np.exp(masked - np.where(np.isfinite(most), most, 0)), 0)
    return np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12), dtype=np.float32)


def place_waves(count: int) -> FloatMatrix:
    """Return the places of ``count`` panels as waves, (count, 2 * PLACE_WAVES)."""
    angles = np.pi * reading_places(count)[:, np.newaxis] * np.arange(1, PLACE_WAVES + 1)
    return np.asarray(np.concatenate([np.cos(angles), np.sin(angles)], axis=1), dtype=np.float32)
