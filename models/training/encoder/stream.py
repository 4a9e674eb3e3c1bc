"""Batches without end from shards on disk."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.training.encoder.augment import augmented
from models.training.encoder.shards import Shard, read_shard
from schemas.errors import ConfigError
from schemas.records import FloatMatrix, RgbImage

_CAPTION_SHARES = (0.45, 0.3, 0.25)  # full sentence, part of one, few words
_VECTORS = ".vectors.npy"


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's pictures.

    Attributes:
        pictures: uint8 (n + pairs, side, side, 3); the last ``pairs`` are other views of the first ones.
        texts: MiniLM rows of one caption each, (n, dim); rows of zeros where a picture has none.
        tags: float32 (n, tags), 1 where a tag holds.
        tagged: float32 (n,), 0 where the tags are not known.
        pairs: how many pictures have a second view.
    """

    pictures: NDArray[np.uint8]
    texts: FloatMatrix
    tags: FloatMatrix
    tagged: FloatMatrix
    pairs: int


@dataclass(frozen=True, slots=True)
class _Source:
    """A shard with the vectors of its captions, (n, 3, dim) float16."""

    shard: Shard
    vectors: NDArray[np.float16]
    tags: FloatMatrix
    tagged: bool


def vectors_path(shard: Path) -> Path:
    """Return where the caption vectors of a shard lie."""
    return shard.with_suffix(_VECTORS)


def finished_shards(folder: Path, prefix: str = "s") -> list[Path]:
    """Return the shards of a folder that are drawn and whose captions are embedded, sorted."""
    names = (path.name.removesuffix(_VECTORS) for path in folder.glob(f"{prefix}*{_VECTORS}"))
    return sorted(folder / name for name in names)


def choose_tags(counts: Mapping[str, int], pictures: int, share: float = 0.006) -> tuple[str, ...]:
    """Return the tags that hold for at least that share of the pictures, sorted."""
    return tuple(sorted(tag for tag, count in counts.items() if count >= share * pictures))


class Stream:
    """Random batches over all shards; ``weak`` ones (untagged, loose captions) get a share of their own."""

    def __init__(
        self, shards: Sequence[Path], vocabulary: Sequence[str], *, weak: Sequence[Path] = (), seed: int = 0
    ) -> None:
        """Map the shards.

        Raises:
            ConfigError: there is none.
        """
        if not shards:
            raise ConfigError("there is no training shard: render some first")
        places = {tag: k for k, tag in enumerate(vocabulary)}
        self._strong = [_source(path, places, tagged=True) for path in shards]
        self._weak = [_source(path, places, tagged=False) for path in weak]
        self._rng = random.Random(seed)  # noqa: S311 - training, not secrets
        self.vocabulary = tuple(vocabulary)

    def batch(self, size: int, side_px: int, *, pairs: int, weak_share: float) -> Batch:
        """Return a batch of ``size`` captioned pictures, ``pairs`` of them with a second view."""
        weak = round(size * weak_share) if self._weak else 0
        picks = [(self._rng.choice(self._weak if k < weak else self._strong), k) for k in range(size)]
        rows = [(source, self._rng.randrange(len(source.vectors))) for source, _ in picks]
        donors = self._weak or self._strong
        views = [
            augmented(source.shard.pictures[row], side_px, self._rng, donor=self._picture_of(donors))
            for source, row in rows
        ]
        views += [
            augmented(source.shard.pictures[row], side_px, self._rng, hard=True)
            for source, row in rows[:pairs]
        ]
        texts = [source.vectors[row, self._caption()] for source, row in rows]
        return Batch(
            np.stack(views),
            np.asarray(texts, dtype=np.float32),
            np.stack([source.tags[row] for source, row in rows]),
            np.array([source.tagged for source, _ in rows], dtype=np.float32),
            pairs,
        )

    def _picture_of(self, sources: Sequence[_Source]) -> RgbImage:
        source = self._rng.choice(sources)
        return np.asarray(source.shard.pictures[self._rng.randrange(len(source.vectors))])

    def bank(self, count: int) -> FloatMatrix:
        """Return the vectors of random captions, (count, dim)."""
        sources = self._rng.choices(self._strong, k=count)
        rows = [
            source.vectors[self._rng.randrange(len(source.vectors)), self._caption()] for source in sources
        ]
        return np.asarray(rows, dtype=np.float32)

    def _caption(self) -> int:
        return self._rng.choices(range(len(_CAPTION_SHARES)), _CAPTION_SHARES)[0]


def _source(path: Path, places: Mapping[str, int], *, tagged: bool) -> _Source:
    shard = read_shard(path)
    tags = np.zeros((len(shard.tags), len(places)), np.float32)
    for row, names in enumerate(shard.tags):
        tags[row, [places[name] for name in names if name in places]] = 1
    return _Source(shard, np.load(vectors_path(path), allow_pickle=False), tags, tagged)
