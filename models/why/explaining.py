"""Maps of reasons, by the best method that an encoder allows."""

from dataclasses import replace
from typing import Literal

import numpy as np

from models.elements.probe import Probe
from models.protocols import PictureEncoder
from models.why.occlusion import occlude
from models.why.records import ExplainsItself, HeatMap, Judge, Stop, never
from schemas.errors import ConfigError
from schemas.records import FloatMatrix, RgbImage

Method = Literal["auto", "inside", "occlusion"]
METHODS: tuple[Method, ...] = ("auto", "inside", "occlusion")


def explain(
    image: RgbImage,
    encoder: PictureEncoder,
    judge: Judge,
    *,
    method: Method = "auto",
    stopped: Stop = never,
) -> HeatMap:
    """Return which parts of a picture speak for a judge's score.

    ``inside`` looks into the network: attention relevance for transformers, Grad-CAM for networks of
    convolutions; ``occlusion`` works with any encoder; ``auto`` looks inside where it can.

    Raises:
        ConfigError: the encoder does not let us look inside, and that was asked for.
        StoppedError: it was stopped.
        UnreadablePictureError: it is no picture.
    """
    if method == "occlusion" or (method == "auto" and not isinstance(encoder, ExplainsItself)):
        return occlude(image, encoder, judge, stopped=stopped)
    if not isinstance(encoder, ExplainsItself):
        raise ConfigError(
            f"the encoder {encoder.spec.name[:80]} does not let us look inside: ask for occlusion"
        )
    heat = encoder.relevance(image, np.asarray(judge.weights, np.float32))
    return replace(heat, score=float(judge.logits(encoder.encode_images([image]))[0]))


def toward(vector: FloatMatrix) -> Probe:
    """Return the judge of likeness to a vector (dim,): words, or another picture."""
    return Probe(np.asarray(vector, np.float32), 0.0, "likeness")
