"""A judge of pictures by their vectors: which of the elements it knows appear in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.elements.probe import Probe
from schemas.elements import ElementFacts
from schemas.errors import ConfigError
from schemas.records import FloatMatrix

FORMATS = ("longbox-elements-1", "longbox-characters-1")
"""Files of elements, and of classifiers that were trained on labels."""


@dataclass(frozen=True, slots=True)
class ElementJudge:
    """Says how likely elements appear; vectors must be of the encoder that it was made with."""

    encoder: str
    names: tuple[str, ...]
    probes: tuple[Probe, ...]

    @classmethod
    def of(cls, facts: tuple[ElementFacts, ...]) -> Self:
        """Make a judge of elements of one encoder. Raises ConfigError for none, or for several encoders."""
        encoders = sorted({one.encoder for one in facts})
        if len(encoders) != 1:
            raise ConfigError(
                f"a judge knows one encoder, these elements have {', '.join(encoders) or 'none'}"
            )
        probes = tuple(Probe(np.array(one.weights, np.float32), one.bias, one.method) for one in facts)
        return cls(encoders[0], tuple(one.name for one in facts), probes)

    @classmethod
    def from_json(cls, told: Mapping[str, object]) -> Self:
        """Read an exported file. Raises ConfigError for another one."""
        import json

        elements = told.get("elements")
        if told.get("format") not in FORMATS or not isinstance(elements, list):
            raise ConfigError(
                "this is no file of elements: write one with 'longbox element export' or "
                "'longbox train characters --out'"
            )
        return cls.of(tuple(ElementFacts.from_json(json.dumps(one)) for one in elements))

    def likely(self, vectors: FloatMatrix) -> NDArray[np.float32]:
        """Return (n, elements): how likely each appears, 0 to 1, for unit vectors (n, dim)."""
        logits = [probe.logits(vectors) for probe in self.probes]
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(np.stack(logits, axis=1), -30, 30))), np.float32)
