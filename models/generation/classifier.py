"""A classifier of pictures in a file, for the Inception Score: whichever network somebody has at hand."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from models.inference import open_session
from schemas.errors import WeightsError
from schemas.records import FloatMatrix, RgbImage

_MEAN, _SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_USUAL_SIDE_PX = 299
MAX_BYTES = 1_000_000_000


class Classifier:
    """An ONNX network: pictures (n, 3, side, side), scaled as for ImageNet, in; logits (n, classes) out."""

    def __init__(self, weights: Path) -> None:
        """Load it.

        Raises:
            WeightsError: it cannot be read, or takes or gives something else.
        """
        try:
            if weights.stat().st_size > MAX_BYTES:
                raise WeightsError(
                    f"{weights} has more than {MAX_BYTES:,} bytes: that is no classifier for this"
                )
            data = weights.read_bytes()
        except OSError as error:
            raise WeightsError(f"cannot read {weights}: {error.strerror or error}") from error
        self._session = open_session(weights, needed_by="a classifier", data=data)
        (taken, *further), given = self._session.get_inputs(), self._session.get_outputs()
        if further or len(taken.shape) != 4 or taken.shape[1] not in (3, "3") or len(given[0].shape) != 2:
            raise WeightsError(
                f"{weights} is no classifier of pictures: it must take (n, 3, side, side), give (n, classes)"
            )
        side = taken.shape[2]
        self._side_px = side if isinstance(side, int) and side > 0 else _USUAL_SIDE_PX
        self._input = taken.name
        self.name = f"{weights.stem}@{hashlib.sha256(data).hexdigest()[:12]}"

    def classify(self, pictures: Sequence[RgbImage]) -> FloatMatrix:
        """Return the probability of each class, (n, classes)."""
        rows = []
        for picture in pictures:
            small = cv2.resize(picture, (self._side_px, self._side_px), interpolation=cv2.INTER_AREA)
            scaled = (small.astype(np.float32) / 255.0 - _MEAN) / np.array(_SPREAD, np.float32)
            (logits, *_) = self._session.run(
                None, {self._input: scaled.transpose(2, 0, 1)[None].astype(np.float32)}
            )
            rows.append(_softmax(np.asarray(logits[0], np.float64)))
        return np.asarray(rows, np.float32)


def inception_score(probabilities: FloatMatrix) -> float:
    """Return exp of the mean divergence of rows from their mean (Salimans et al. 2016); 1 is the least."""
    rows = np.clip(np.asarray(probabilities, np.float64), 1e-12, 1.0)
    average = rows.mean(axis=0)
    return float(np.exp((rows * (np.log(rows) - np.log(average))).sum(axis=1).mean()))


def _softmax(logits: FloatMatrix) -> FloatMatrix:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())
