"""What every encoder checks at its door and promises at its exit."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from schemas.errors import UnreadablePictureError
from schemas.records import FloatMatrix, RgbImage

# Resizing the short side of a 1 x 5000 picture to 224 px would make a million pixels a row; and
# resizing its long side would leave nothing of the short one.
_MAX_ASPECT = 16
_SMALLEST_NORM = 1e-12

_Item = TypeVar("_Item")


def check_pictures(images: Sequence[RgbImage]) -> None:
    """Make sure that all are pictures: uint8, (height, width, 3), at least one pixel.

    Raises:
        UnreadablePictureError: one is not; the message says which.
    """
    for number, image in enumerate(images):
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
            raise UnreadablePictureError(
                f"picture {number} is {image.dtype} {image.shape}, expected uint8 (height, width, 3) "
                "with at least one pixel"
            )


def tamed(image: RgbImage) -> RgbImage:
    """Cut the middle out of a picture that is nothing but a line."""
    height, width = image.shape[:2]
    longest = _MAX_ASPECT * min(height, width)
    top, left = (max(0, (side - longest) // 2) for side in (height, width))
    return np.ascontiguousarray(image[top : top + longest, left : left + longest])


def unit_rows(matrix: NDArray[np.floating]) -> FloatMatrix:
    """Return the rows scaled to L2 norm 1; a row of zeros stays."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(norms, _SMALLEST_NORM), dtype=np.float32)


def embed_in_batches(
    items: Sequence[_Item], embed: Callable[[Sequence[_Item]], FloatMatrix], *, dim: int, size: int
) -> FloatMatrix:
    """Embed items, ``size`` at a time; unit rows (n, dim), none for no item."""
    rows = [np.empty((0, dim), dtype=np.float32)]
    rows += [embed(items[start : start + size]) for start in range(0, len(items), size)]
    return unit_rows(np.concatenate(rows))


def clean_text(text: str, max_characters: int) -> str:
    """Cut what can never matter, and replace lone surrogates, which no tokenizer takes."""
    return text[:max_characters].encode("utf-8", "replace").decode("utf-8")
