"""What is known of a page before it is typed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import TextLine


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """One page; coordinates page-relative.

    Attributes:
        aspect: width over height.
        panels: what a detector found.
        lines: what a reader found; None where nobody read.
        look: see :func:`models.page_types.looks.look_of`; None where there are no pixels.
        vector: of the whole page, from the encoder that the model was trained on; None without one.
        told: the type that metadata state: evidence, for people mistake pages too.
    """

    aspect: float
    panels: Sequence[Box]
    lines: Sequence[TextLine] | None
    look: NDArray[np.float32] | None
    vector: NDArray[np.float32] | None
    told: PageType | None = None
