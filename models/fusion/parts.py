"""What is known of panels before it is fused."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from models.fusion.layout import LAYOUT_DIM
from schemas.records import FloatMatrix


@dataclass(frozen=True, slots=True)
class PanelParts:
    """The modalities of n panels, or of n queries; a row of zeros is a missing modality.

    Attributes:
        pictures: (n, picture dim) rows of L2 norm 1.
        texts: (n, text dim) rows of L2 norm 1, of what is said.
        layouts: (n, LAYOUT_DIM) rows of :func:`models.fusion.layout.layout_rows`.
    """

    pictures: FloatMatrix
    texts: FloatMatrix
    layouts: FloatMatrix

    @classmethod
    def of_query(
        cls, *, picture: FloatMatrix | None, text: FloatMatrix | None, picture_dim: int, text_dim: int
    ) -> Self:
        """Return the parts of queries, (n, dim) each: no query says where its panel lies."""
        count = next((len(part) for part in (picture, text) if part is not None), 0)
        return cls(
            np.zeros((count, picture_dim), np.float32) if picture is None else picture,
            np.zeros((count, text_dim), np.float32) if text is None else text,
            np.zeros((count, LAYOUT_DIM), np.float32),
        )

    def __len__(self) -> int:
        """Return how many panels there are."""
        return len(self.pictures)
