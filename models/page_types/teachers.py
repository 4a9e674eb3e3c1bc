"""Who says what pages are where nobody has: by their words, or a vision-language model that looks at them.

What a teacher is not sure of it leaves open. Its answers are labels to learn from or to look through, not
truth: they are marked as nothing else and set nothing by themselves.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np

from models.protocols import TextEncoder
from schemas.errors import ConfigError, PageReadingError
from schemas.labels import PageType
from schemas.records import FloatMatrix, RgbImage

WORDS, CHAT = "words", "chat"
LEAST_LETTERS = 60
"""Letters from which the words of a page say what it is."""
LEAST_PROSE = 900
"""Letters from which words may be prose: comics have less on a page."""
LEAST_COSINE, LEAST_LEAD = 0.22, 0.05
"""How like its description a page's words must be, and how much less like any other's."""
DESCRIBED: Mapping[PageType, tuple[str, ...]] = MappingProxyType(
    {
        PageType.STORY: (
            "characters talk to each other in a comic: what are you doing, come here, look out",
            "no! wait! where is she? I don't know. let's go!",
        ),
        PageType.TEXTSTORY: (
            "a short story in prose: he walked down the road and thought of what she had told him",
            "chapter one. it was a dark night and the old man sat by the fire",
        ),
        PageType.ADVERTISEMENT: (
            "an advertisement: buy now, free offer, send your order with the coupon, only $1.95, money back",
            "on sale at your newsstand, subscribe today and save, amazing new product",
        ),
        PageType.CREDITS: (
            "published by, copyright, all rights reserved, printed in, first printing, ISBN",
            "credits: writer, artist, colours, letters, editor, licence Creative Commons",
        ),
        PageType.TEXT: (
            "letters to the editor: dear editor, I enjoyed your last issue, yours sincerely",
            "an introduction and table of contents, about the author, afterword, notes",
        ),
        PageType.COVER: ("the cover of a comic book: title, number, price, in this issue",),
    }
)
"""What the pages of a type say, in sentences that a text encoder compares them with."""
_QUESTION = (
    "This is one page of a book. Say what it is for, as one JSON object and nothing else: "
    '{"page_type": TYPE, "sure": NUMBER}. TYPE is one of: cover, back_cover, first-page (a story begins '
    "here, with its title), story (comic panels), textstory (a story in prose), advertisement, credits (who "
    "made or published it), art (a picture alone), text (letters, contents, introduction). NUMBER is how "
    "sure you are, from 0 to 1."
)
LEAST_SURE = 0.6
_OBJECT = re.compile(r"\{[^{}]*\}")
_SCHEMA: Mapping[str, object] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "page_type": {"type": "string", "enum": [kind.value for kind in PageType]},
            "sure": {"type": "number"},
        },
        "required": ["page_type", "sure"],
        "additionalProperties": False,
    }
)


@dataclass(frozen=True, slots=True)
class TaughtPage:
    """A page: its words, and what reads its picture, which many teachers do not ask for."""

    text: str
    picture: Callable[[], RgbImage]


class PageTeacher(Protocol):
    """Says what pages are."""

    def types(self, pages: Sequence[TaughtPage]) -> list[PageType | None]:
        """Return what each page is, None where that is not sure.

        Raises:
            BackendUnavailableError: whoever is asked is not there.
        """
        ...


class WordsTeacher:
    """Compares the words of pages with what pages of each type say; looks at no picture."""

    def __init__(self, encoder: TextEncoder) -> None:
        """Compare by an encoder."""
        self._encoder = encoder
        self._kinds = [kind for kind, said in DESCRIBED.items() for _ in said]
        self._said: FloatMatrix | None = None

    def types(self, pages: Sequence[TaughtPage]) -> list[PageType | None]:
        """See :class:`PageTeacher`."""
        if self._said is None:
            self._said = self._encoder.encode_texts([one for said in DESCRIBED.values() for one in said])
        told = [place for place, page in enumerate(pages) if _letters(page.text) >= LEAST_LETTERS]
        found: list[PageType | None] = [None] * len(pages)
        if told:
            cosines = self._encoder.encode_texts([pages[place].text[:2_000] for place in told]) @ self._said.T
            for place, row in zip(told, cosines, strict=True):
                found[place] = self._sure(row, is_long=_letters(pages[place].text) >= LEAST_PROSE)
        return found

    def _sure(self, cosines: FloatMatrix, *, is_long: bool) -> PageType | None:
        best: dict[PageType, float] = {}
        for kind, cosine in zip(self._kinds, cosines.tolist(), strict=True):
            if is_long or kind is not PageType.TEXTSTORY:
                best[kind] = max(cosine, best.get(kind, -1.0))
        ranked = sorted(best.items(), key=lambda pair: -pair[1])
        (kind, first), (_, second) = ranked[0], ranked[1]
        return kind if first >= LEAST_COSINE and first - second >= LEAST_LEAD else None


class ChatTeacher:
    """Shows each page to a vision-language model; the settings are those of the page reader."""

    def __init__(self, ask: Callable[[RgbImage, str, Mapping[str, object]], str]) -> None:
        """Ask with ``ask``: picture, question and schema of the answer in, text out."""
        self._ask = ask

    def types(self, pages: Sequence[TaughtPage]) -> list[PageType | None]:
        """See :class:`PageTeacher`; a page that the model fails on stays open."""
        return [self._type(page) for page in pages]

    def _type(self, page: TaughtPage) -> PageType | None:
        try:
            return answered(self._ask(page.picture(), _QUESTION, _SCHEMA))
        except PageReadingError:
            return None


def answered(text: str) -> PageType | None:
    """Return the type that a model's answer names, None where it is not sure or makes no sense."""
    for found in _OBJECT.findall(text[:10_000]):
        try:
            told = json.loads(found)
            kind, sure = PageType(told["page_type"]), float(told.get("sure", 1.0))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        return kind if LEAST_SURE <= sure <= 1.0 else None
    return None


def load_teacher(name: str) -> PageTeacher:
    """Return the teacher of a name: ``words``, or ``chat:SETTINGS.json``.

    Raises:
        ConfigError: there is none of that name, or its settings are wrong.
        BackendUnavailableError: the text encoder is not installed.
    """
    kind, _, argument = name.partition(":")
    if kind == WORDS and not argument:
        from models.registry import load_text_encoder
        from schemas.config import IndexOptions

        return WordsTeacher(load_text_encoder(IndexOptions().text_encoder))
    if kind == CHAT and argument:
        from models.vlm.reader import VlmPageReader

        return ChatTeacher(VlmPageReader.from_file(Path(argument)).ask)
    raise ConfigError(f"there is no teacher {name[:60]!r}: known are words and chat:SETTINGS.json")


def _letters(text: str) -> int:
    return int(np.count_nonzero([character.isalpha() for character in text]))
