"""What the fusion is trained on: panels of drawn books, their parts, and questions about them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from models.alterations import crop as cut
from models.alterations import recolour
from models.drawing.pages import draw_page
from models.drawing.random_script import random_script
from models.drawing.style import STYLES
from models.fusion import PanelParts, layout_rows
from models.pictures import crop
from models.protocols import PictureEncoder, TextEncoder
from models.registry import load_picture_encoder, load_text_encoder
from schemas.errors import BackendUnavailableError, ConfigError
from schemas.geometry import Box
from schemas.labels import PageLabel, PanelLabel, ReadingDirection
from schemas.records import FloatMatrix, RgbImage

QUESTIONS = ("caption", "caption+word", "line")
"""What a panel is asked by: what it shows; that and a word that is said; a part of what is said."""

_PAGES_A_BOOK = 8
_DIRECTIONS = (ReadingDirection.LTR, ReadingDirection.RTL, ReadingDirection.LTR, ReadingDirection.TTB)
_LETTERING_SEED = 5
_SHORT_WORD = 3


@dataclass(frozen=True, slots=True)
class PanelSet:
    """n panels of several books, page by page in reading order.

    Attributes:
        pictures: (n, picture dim); texts: (n, text dim), zeros where nothing is said;
            layouts: (n, LAYOUT_DIM).
        views: (n, picture dim), each panel cropped, greyed or tinted and embedded again.
        asked_pictures: (n, questions, picture dim), questions by the words' picture side.
        asked_texts: (n, questions, text dim), by their literal side; zeros for a question not asked.
        pages: (n,) number of the page, rising; books: (n,) number of the book.
    """

    pictures: FloatMatrix
    texts: FloatMatrix
    layouts: FloatMatrix
    views: FloatMatrix
    asked_pictures: FloatMatrix
    asked_texts: FloatMatrix
    pages: NDArray[np.int64]
    books: NDArray[np.int64]

    @property
    def parts(self) -> PanelParts:
        """All panels as parts to fuse."""
        return PanelParts(self.pictures, self.texts, self.layouts)

    def of_books(self, chosen: NDArray[np.bool_]) -> "PanelSet":
        """Return the panels of the books that are chosen, one flag a panel."""
        return PanelSet(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def save(self, path: Path) -> None:
        """Write an ``.npz`` file."""
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    @classmethod
    def load(cls, path: Path) -> "PanelSet":
        """Read what :meth:`save` wrote. Raises ConfigError for another file."""
        try:
            with np.load(path, allow_pickle=False) as data:
                return cls(**{field.name: data[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError) as error:
            raise ConfigError(f"{path} holds no panels for training ({error}): remove it") from error


def direction_of(book: int) -> ReadingDirection:
    """Return how a made-up book is read, by its number."""
    return _DIRECTIONS[book % len(_DIRECTIONS)]


def drawn_pages(books: int, *, first_seed: int) -> Iterator[tuple[int, RgbImage, PageLabel]]:
    """Draw made-up books; gives the number of the book with each page."""
    styles = sorted(STYLES)
    for number in range(books):
        script = random_script(
            first_seed + number,
            direction=direction_of(number),
            style=styles[number % len(styles)],
            pages=_PAGES_A_BOOK,
        )
        for page_no in range(_PAGES_A_BOOK):
            picture, label = draw_page(script, page_no, seed=_LETTERING_SEED, drop_crowded=True)
            yield number, picture, label


@dataclass(frozen=True, slots=True)
class WordsAndPictures:
    """The encoders that a fusion joins: pictures, words in their space, words by their meaning."""

    pictures: PictureEncoder
    tower: TextEncoder
    texts: TextEncoder

    @classmethod
    def load(cls, picture: str, text: str) -> Self:
        """Load them by their registry names.

        Raises:
            BackendUnavailableError: one is not installed, or no words ask for pictures.
        """
        pictures, texts = load_picture_encoder(picture), load_text_encoder(text)
        if pictures.text_tower is None:
            raise BackendUnavailableError(
                f"{picture} knows no words: a fusion is trained on an encoder with a text tower"
            )
        return cls(pictures, pictures.text_tower, texts)


def embed_pages(
    pages: Iterator[tuple[int, RgbImage, PageLabel]],
    encoders: WordsAndPictures,
    *,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> PanelSet:
    """Cut, embed and question every panel of labelled pages."""
    rng = np.random.default_rng(seed)
    sets = []
    for number, (book, picture, label) in enumerate(pages):
        if label.panels:
            sets.append(_embed_page(picture, label, encoders, rng, (number, book)))
        if progress is not None:
            progress(number + 1)
    names = [field.name for field in fields(PanelSet)]
    return PanelSet(*(np.concatenate([getattr(one, name) for one in sets]) for name in names))


def _embed_page(
    picture: RgbImage,
    label: PageLabel,
    encoders: WordsAndPictures,
    rng: np.random.Generator,
    numbers: tuple[int, int],
) -> PanelSet:
    boxes = [_relative(panel, label.size) for panel in label.panels]
    panels = [crop(picture, box) for box in boxes]
    rows = encoders.pictures.encode_images([*panels, *(recolour(cut(panel, rng), rng) for panel in panels)])
    said = [" ".join(text.text for text in panel.texts) for panel in label.panels]
    asked = [question for panel, words in zip(label.panels, said, strict=True)
             for question in _questions(panel.caption, words, rng)]  # fmt: skip
    count, kinds = len(panels), len(QUESTIONS)
    return PanelSet(
        pictures=rows[:count],
        texts=_encode_given(encoders.texts, said),
        layouts=layout_rows(boxes, aspect=label.size[0] / label.size[1]),
        views=rows[count:],
        asked_pictures=_encode_given(encoders.tower, asked).reshape(count, kinds, -1),
        asked_texts=_encode_given(encoders.texts, asked).reshape(count, kinds, -1),
        pages=np.full(count, numbers[0]),
        books=np.full(count, numbers[1]),
    )


def _questions(caption: str, said: str, rng: np.random.Generator) -> tuple[str, str, str]:
    every = said.split()
    if not every:
        return caption, "", ""
    long = [word for word in every if len(word) > _SHORT_WORD] or every
    word = str(rng.choice(long)).strip(".,!?…\"'")
    start = int(rng.integers(max(1, len(every) - 3)))
    line = " ".join(every[start : start + int(rng.integers(2, 7))])
    return caption, f"{caption} {word}", line


def _encode_given(encoder: TextEncoder, texts: Sequence[str]) -> FloatMatrix:
    """Embed texts; an empty one is a row of zeros."""
    rows = np.zeros((len(texts), encoder.spec.dim), np.float32)
    given = [number for number, text in enumerate(texts) if text.strip()]
    if given:
        rows[given] = encoder.encode_texts([texts[number] for number in given])
    return rows


def _relative(panel: PanelLabel, size: tuple[int, int]) -> Box:
    x0, y0, x1, y1 = panel.box
    return Box.clipped(x0 / size[0], y0 / size[1], x1 / size[0], y1 / size[1])
