"""What the engines are asked, what the right answers are, and encoders that ask it through the front door."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.protocols import PictureEncoder, TextEncoder
from models.registry import load_picture_encoder, load_text_encoder
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import EncoderSpec, LibraryFormat
from search.bench.material import SERIES, rows_of_series, texts
from search.bench.vectors import Float16Matrix, questions_about
from search.encoding import Encoders
from search.state.vectors import unit_rows

K, KINDS = 10, 3
SEED = 31
WORDS_ASKED = 6
_BLOCK_ROWS = 50_000

Answers = list[list[int]]
"""For each question the rows of its nearest vectors, best first."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Lines of words, each with the vector that it stands for and a series to narrow it to.

    A third of them is asked plainly, a third narrowed and a third of all sides, so that no answer
    comes from memory. The first of the first two thirds have answers.
    """

    lines: tuple[str, ...]
    vectors: FloatMatrix
    series: tuple[str, ...]
    answers: Answers
    narrowed_answers: Answers

    @classmethod
    def make(cls, vectors: Float16Matrix, count: int, *, answered: int) -> Self:
        """Make ``count`` questions of each kind, the first ``answered`` of a kind with answers."""
        asked = questions_about(vectors, KINDS * count, seed=SEED)
        series = tuple(f"series {number % SERIES}" for number in range(len(asked)))
        plainly = _best(_exact(vectors, asked[:answered]), None)
        scores = _exact(vectors, asked[count : count + answered])
        narrowed = [
            _best(row[np.newaxis], rows_of_series(name, len(vectors)))[0]
            for name, row in zip(series[count:], scores, strict=False)
        ]
        return cls(_lines(len(asked), len(vectors)), asked, series, plainly, narrowed)

    @property
    def plain(self) -> range:
        """Numbers of the questions asked plainly."""
        return self._kind(0)

    @property
    def narrowed(self) -> range:
        """Numbers of those narrowed to a series."""
        return self._kind(1)

    @property
    def hybrid(self) -> range:
        """Numbers of those that ask all sides."""
        return self._kind(2)

    def _kind(self, kind: int) -> range:
        count = len(self.lines) // KINDS
        return range(kind * count, (kind + 1) * count)

    def write(self, folder: Path) -> None:
        """Write them for other processes."""
        np.save(folder / "questions.npy", self.vectors)
        said = [self.lines, self.series, self.answers, self.narrowed_answers]
        (folder / "questions.json").write_text(json.dumps(said), encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what was written."""
        lines, series, answers, narrowed = json.loads((folder / "questions.json").read_text("utf-8"))
        return cls(tuple(lines), np.load(folder / "questions.npy"), tuple(series), answers, narrowed)


def recall(found: Sequence[Sequence[int]], answers: Sequence[Sequence[int]]) -> float:
    """Return the mean share of the right answers that were found."""
    shares = [
        len(set(mine[:K]) & set(right)) / len(right)
        for mine, right in zip(found, answers, strict=False)
        if right
    ]
    return float(np.mean(shares)) if shares else float("nan")


def _exact(vectors: Float16Matrix, asked: FloatMatrix) -> FloatMatrix:
    scores = np.empty((len(asked), len(vectors)), np.float32)
    for start in range(0, len(vectors), _BLOCK_ROWS):
        block = unit_rows(vectors[start : start + _BLOCK_ROWS].astype(np.float32))
        scores[:, start : start + len(block)] = asked @ block.T
    return scores


def _best(scores: FloatMatrix, rows: NDArray[np.int64] | None) -> Answers:
    """Return the best columns, among ``rows`` only where these are given, best first."""
    kept = scores if rows is None else scores[:, rows]
    best = np.argpartition(-kept, K - 1, axis=1)[:, :K] if kept.shape[1] > K else np.argsort(-kept, axis=1)
    order = np.argsort(-np.take_along_axis(kept, best, axis=1), axis=1, kind="stable")
    best = np.take_along_axis(best, order, axis=1)
    answers: Answers = (best if rows is None else rows[best]).tolist()
    return answers


def _lines(count: int, rows: int) -> tuple[str, ...]:
    """Return the first words of panels, numbered where two would be alike: no answer comes from memory."""
    rng = np.random.default_rng(SEED)
    said = next(texts(rows))
    lines: dict[str, None] = {}
    while len(lines) < count:
        words = said[rng.integers(len(said))].split()[:WORDS_ASKED]
        line = " ".join(words)
        lines[line if line not in lines else f"{line} {len(lines)}"] = None
    return tuple(lines)


class PlannedTexts:
    """Embeds a line, as long as that takes, and answers with the vector that was planned for it."""

    def __init__(self, real: TextEncoder, planned: Mapping[str, FloatMatrix]) -> None:
        """Take the encoder that does the work."""
        self._real, self._planned = real, planned

    @property
    def spec(self) -> EncoderSpec:
        """The spec of the real encoder."""
        return self._real.spec

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed texts, (n, dim)."""
        rows = self._real.encode_texts(texts)
        return np.stack([self._planned.get(text, row) for text, row in zip(texts, rows, strict=True)])


class PlannedPictures:
    """A picture encoder whose words are planned."""

    def __init__(self, real: PictureEncoder, planned: Mapping[str, FloatMatrix]) -> None:
        """Take the encoder that does the work."""
        self._real = real
        self._tower = None if real.text_tower is None else PlannedTexts(real.text_tower, planned)

    @property
    def spec(self) -> EncoderSpec:
        """The spec of the real encoder."""
        return self._real.spec

    @property
    def text_tower(self) -> TextEncoder | None:
        """Embeds words."""
        return self._tower

    @property
    def score_floor(self) -> float:
        """That of the real encoder."""
        return self._real.score_floor

    @property
    def words_range(self) -> tuple[float, float]:
        """That of the real encoder."""
        return self._real.words_range

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Embed pictures, (n, dim)."""
        return self._real.encode_images(images)


def planned_encoders(library: LibraryFormat, questions: Questions) -> Encoders:
    """Return encoders for which a line of the questions means, and looks like, its vector."""
    planned = dict(zip(questions.lines, questions.vectors, strict=True))
    return Encoders(
        library,
        load_text=lambda name: PlannedTexts(load_text_encoder(name), planned),
        load_picture=lambda name: PlannedPictures(load_picture_encoder(name), planned),
    )
