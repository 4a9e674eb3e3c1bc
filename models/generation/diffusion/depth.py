"""What a picture says of its layout: depth from a DPT, or its lines; as tensors that pipelines take.

Sources: Ranftl et al. 2021, arXiv:2103.13413 (DPT); Winnemöller 2011, "XDoG".
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from schemas.records import RgbImage

_FLAT = 1e-3
"""A range of depth, relative to its size, under which there is none to speak of."""


@dataclass(frozen=True, slots=True)
class DepthMap:
    """float32 (h, w) in [0, 1], near is 1; ``is_made_up`` where the picture had no depth."""

    values: NDArray[np.float32]
    is_made_up: bool = False


def unflattened(depth: NDArray[np.float32]) -> DepthMap:
    """Scale a depth to [0, 1]; a flat one becomes ground that comes nearer towards the foot of the picture.

    Pipelines divide by the range of the depth: a constant one gives pictures of NaN.
    """
    finite = np.nan_to_num(depth, nan=0.0, posinf=0.0, neginf=0.0).astype(np.float32)
    low, high = float(finite.min()), float(finite.max())
    if high - low <= _FLAT * max(1.0, abs(low), abs(high)):
        slope = np.linspace(0.0, 1.0, depth.shape[0], dtype=np.float32)
        return DepthMap(np.repeat(slope[:, None], depth.shape[1], axis=1), is_made_up=True)
    return DepthMap((finite - low) / (high - low))


def depth_of(picture: RgbImage, estimator: Any, processor: Any) -> DepthMap:
    """Estimate how near each point of a picture is, at the size of the picture."""
    import torch

    given = processor(images=picture, return_tensors="pt").pixel_values
    with torch.inference_mode():
        # In float32, whatever the rest runs in: the batch norms of DPT overflow in half precision.
        predicted = estimator(given.to(estimator.device, torch.float32)).predicted_depth[0]
    height, width = picture.shape[:2]
    rough = predicted.float().cpu().numpy()
    return unflattened(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC))


def lines_of(picture: RgbImage) -> NDArray[np.float32]:
    """Return how much each point is a line, in [0, 1]; float32 (h, w)."""
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
    sharp, wide = cv2.GaussianBlur(grey, (0, 0), 0.8), cv2.GaussianBlur(grey, (0, 0), 1.6)
    edges = sharp - 0.98 * wide
    return np.clip(np.where(edges < 0.01, 1.0 + np.tanh(40.0 * (0.01 - edges)) - 1.0, 0.0), 0, 1).astype(
        np.float32
    )
