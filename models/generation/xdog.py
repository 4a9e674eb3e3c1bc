"""Lines of a picture: what the storyboard draws with and the artificer cleans."""

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.float32]
"""float32 (h, w) in [0, 1]."""


def xdog(luminance: Grey, *, sigma: float, sharpness: float, threshold: float, softness: float) -> Grey:
    """Return lines, 0 for ink and 1 for paper (extended differences of Gaussians, Winnemöller et al. 2012).

    Args:
        luminance: (h, w) in [0, 1].
        sigma: Width of lines in pixels.
        sharpness: How much an edge counts over the tone it lies in.
        threshold: Tone under which all is ink.
        softness: Slope of the transition; higher is harder.
    """
    narrow, wide = (
        cv2.GaussianBlur(luminance, (0, 0), sigma),
        cv2.GaussianBlur(luminance, (0, 0), sigma * 1.6),
    )
    edges = (1 + sharpness) * narrow - sharpness * wide
    return np.asarray(
        np.where(edges >= threshold, 1.0, 1.0 + np.tanh(softness * (edges - threshold))), np.float32
    )
