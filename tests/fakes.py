"""Stand-ins behind the protocols: deterministic, instant, and they count what they were asked."""

from collections.abc import Sequence
from hashlib import sha256

import cv2
import numpy as np

from models.encoders.rows import check_pictures, unit_rows
from models.protocols import TextEncoder
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import FloatMatrix, PageLayout, PanelRegion, RgbImage, TextLine
from schemas.tables import EncoderSpec


class FakeTextEncoder:
    """A bag of words: texts that share words are near, others are not. ``batches`` keeps the sizes."""

    def __init__(self, *, dim: int = 64, name: str = "fake-text") -> None:
        self.batches: list[int] = []
        self._spec = EncoderSpec(name=name, dim=dim, preprocessing="words")

    @property
    def spec(self) -> EncoderSpec:
        return self._spec

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        self.batches.append(len(texts))
        rows = np.zeros((len(texts), self._spec.dim), dtype=np.float32)
        for number, text in enumerate(texts):
            words = text.casefold().split() or [""]
            rows[number] = np.sum([_direction(word, self._spec.dim) for word in words], axis=0)
        return unit_rows(rows)


class FakePictureEncoder:
    """Colours by place: like pictures are near. Its text tower, where it has one, counts too."""

    _GRID = 4

    def __init__(
        self, *, dim: int = 64, name: str = "fake-picture", text_tower: FakeTextEncoder | None = None
    ) -> None:
        self.batches: list[int] = []
        self._spec = EncoderSpec(name=name, dim=dim, preprocessing="colours")
        self._text_tower = text_tower
        cells = self._GRID * self._GRID * 3 + 1
        self._projection = np.random.default_rng(0).standard_normal((cells, dim)).astype(np.float32)

    @property
    def spec(self) -> EncoderSpec:
        return self._spec

    @property
    def text_tower(self) -> TextEncoder | None:
        return self._text_tower

    @property
    def score_floor(self) -> float:
        return 0.5

    @property
    def words_range(self) -> tuple[float, float]:
        return 0.2, 1.0

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        check_pictures(images)
        self.batches.append(len(images))
        cells = np.full((len(images), len(self._projection)), 0.01, dtype=np.float32)
        for row, image in zip(cells, images, strict=True):
            small = cv2.resize(image, (self._GRID, self._GRID), interpolation=cv2.INTER_AREA)
            row[1:] = small.ravel() / np.float32(127.5) - 1
        return unit_rows(cells @ self._projection)


class FakeDetector:
    """Finds the same boxes on every page, two columns unless told. ``pages`` counts."""

    def __init__(self, boxes: Sequence[Box] = (Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1))) -> None:
        self.pages = 0
        self._layout = PageLayout(tuple(PanelRegion(box, confidence=1.0) for box in boxes), confidence=1.0)

    @property
    def name(self) -> str:
        return "fake-detector"

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        self.pages += 1
        return self._layout


class FakeTextReader:
    """Reads the same lines on every page, one below the other. ``pages`` counts."""

    def __init__(self, texts: Sequence[str] = (), *, languages: Sequence[str] | None = None) -> None:
        self.pages = 0
        self._languages = languages
        step = 1 / max(len(texts), 1)
        self._lines = tuple(
            TextLine(Box(0.1, (n + 0.3) * step, 0.4, (n + 0.6) * step), text, confidence=0.9)
            for n, text in enumerate(texts)
        )

    @property
    def name(self) -> str:
        return "fake-reader"

    def reads(self, language: str | None) -> bool:
        return language is None or self._languages is None or language in self._languages

    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        self.pages += 1
        return self._lines


def _direction(word: str, dim: int) -> FloatMatrix:
    seed = int.from_bytes(sha256(word.encode("utf-8", "replace")).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(dim).astype(np.float32)
