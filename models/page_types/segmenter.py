"""Types the pages of a whole book at once, and tells comics from other books."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.page_types.evidence import PageEvidence
from models.page_types.features import features_of, vectors_of
from models.page_types.network import CLASSES, Network
from models.weights import sha256_of, verify_sha256
from schemas.errors import WeightsError
from schemas.labels import PageType
from schemas.tables import EncoderSpec

FOLDER = Path(__file__).parent / "weights"
STREAMS, POSITION = "streams", "position"
"""The model, and the baseline that knows nothing but where a page stands."""

_CERTAIN = 60.0
_SAID, _SAID_STORY = 2.5, 0.7
"""What a type stated by metadata adds to its score: ``Story`` is what tools write when nobody looked."""
_UNLIKELY = 6.0
_BACK_PAGES, _LEAST_PROSE = 3, 350
"""Pages from the end that may be a back cover; letters that a page of prose that was read has at least."""


@dataclass(frozen=True, slots=True)
class TypedBook:
    """Types of the pages in order, how sure each is, and how sure it is that the book is a comic."""

    types: tuple[PageType, ...]
    confidences: tuple[float, ...]
    comic: float
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StreamSegmenter:
    """A trained model.

    ``picture`` is the encoder whose page vectors it understands. ``story_more`` is what a page scores
    more for being of a story: of drawn pages six of ten are, of real ones eight or more.
    """

    name: str
    network: Network
    picture: EncoderSpec | None
    story_more: float = 0.0

    def knows(self, encoder: EncoderSpec) -> bool:
        """Say whether the vectors of an encoder can be given as evidence."""
        return self.picture == encoder

    def segment(
        self, pages: Sequence[PageEvidence], fixed: Sequence[PageType | None] | None = None
    ) -> TypedBook:
        """Type the pages of a book.

        Args:
            pages: in order; any number, none included.
            fixed: types that people set: they hold, and their neighbours are typed by them.
        """
        if not pages:
            return TypedBook((), (), 0.5, np.zeros((0, len(CLASSES))))
        scores, comic = self.network.scores(features_of(pages), vectors_of(pages))
        scores[:, CLASSES.index(PageType.STORY)] += self.story_more
        scores = scores + _ruled_out(pages) + _stated(pages) + _bound(fixed or [None] * len(pages))
        chain = self.network.chain
        best, shares = chain.likeliest(scores), chain.marginals(scores)
        return TypedBook(
            types=tuple(CLASSES[index] for index in best),
            confidences=tuple(float(share[index]) for share, index in zip(shares, best, strict=True)),
            comic=float(1 / (1 + np.exp(-np.clip(comic, -30, 30)))),
            shares=shares,
        )


def _ruled_out(pages: Sequence[PageEvidence]) -> NDArray[np.float64]:
    """Count against classes what they cannot do without: prose for a text story, the end for a back cover."""
    added = np.zeros((len(pages), len(CLASSES)))
    added[: max(0, len(pages) - _BACK_PAGES), CLASSES.index(PageType.BACK_COVER)] = -_UNLIKELY
    for row, page in zip(added, pages, strict=True):
        if page.lines is not None and sum(len(line.text) for line in page.lines) < _LEAST_PROSE:
            row[CLASSES.index(PageType.TEXTSTORY)] = -_UNLIKELY
    return added


def _stated(pages: Sequence[PageEvidence]) -> NDArray[np.float64]:
    added = np.zeros((len(pages), len(CLASSES)))
    for row, page in zip(added, pages, strict=True):
        if page.told in (PageType.STORY, PageType.FIRST_PAGE):
            row[[CLASSES.index(PageType.STORY), CLASSES.index(PageType.FIRST_PAGE)]] = _SAID_STORY
        elif page.told is not None:
            row[CLASSES.index(page.told)] = _SAID
    return added


def _bound(fixed: Sequence[PageType | None]) -> NDArray[np.float64]:
    added = np.zeros((len(fixed), len(CLASSES)))
    for row, kind in zip(added, fixed, strict=True):
        if kind is not None:
            row[CLASSES.index(kind)] = _CERTAIN
    return added


@lru_cache(maxsize=2)
def load_segmenter(name: str = STREAMS) -> StreamSegmenter:
    """Load the weights that come with the package: ``streams`` or the baseline ``position``.

    Raises:
        WeightsError: they are damaged or missing.
    """
    return read_segmenter(FOLDER / f"{name}.json")


def read_segmenter(pins: Path) -> StreamSegmenter:
    """Load a model that a ``.json`` file describes: its SHA-256 and the encoder of its vectors.

    Raises:
        WeightsError: a file is damaged, missing or of another model.
    """
    try:
        told = json.loads(pins.read_text(encoding="utf-8"))
        sha256, picture = str(told["sha256"]), told.get("picture")
        spec, more = EncoderSpec(**picture) if picture else None, float(told.get("story_more", 0.0))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(
            f"cannot read {pins}: {error}; install Longbox again, or train: longbox train page-types"
        ) from error
    file = pins.with_suffix(".safetensors")
    verify_sha256(file, sha256)
    return StreamSegmenter(f"{pins.stem}@{sha256[:12]}", Network.load(file), spec, more)


def write_segmenter(
    pins: Path, network: Network, picture: EncoderSpec | None, *, story_more: float = 0.0
) -> None:
    """Write a model as two files: ``pins`` and, beside it, its arrays."""
    from dataclasses import asdict

    from safetensors.numpy import save_file

    pins.parent.mkdir(parents=True, exist_ok=True)
    file = pins.with_suffix(".safetensors")
    save_file({name: np.ascontiguousarray(array, np.float32) for name, array in network.arrays.items()}, file)
    told = {
        "sha256": sha256_of(file),
        "picture": asdict(picture) if picture else None,
        "story_more": story_more,
    }
    pins.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
