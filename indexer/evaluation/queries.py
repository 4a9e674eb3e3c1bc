"""Builds queries with known answers from labelled pages."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from indexer.evaluation.labelled import LabelledPage, Skipped, decode, find_pages
from indexer.evaluation.transcripts import TranscribedPage, find_transcribed_pages
from models.alterations import ALTERATIONS
from schemas.errors import PictureError
from schemas.queries import KnownItemQuery, PanelReference
from schemas.records import RgbImage

KINDS: Final = (
    *("caption", "caption+word", "dialogue", "dialogue-typos", "character"),
    *(*ALTERATIONS, "next"),
)
PICTURES_FOLDER: Final = "pictures"
SHORTEST_LINE: Final = 12
"""Letters of a line worth searching: "Huh?" stands in every comic."""
LETTERS_A_TYPO: Final = 12
SHORTEST_WORD: Final = 5
_SIDE_PX: Final = 512
"""Longest side of a query picture: what one would paste."""
_LETTERS: Final = re.compile(r"[^\W\d_]")
_WORDS: Final = re.compile(rf"[^\W\d_]{{{SHORTEST_WORD},}}")

Lines = dict[str, list[PanelReference]]
"""Every line that is said, with the panels where it is, or the pages where the panel is not known."""


@dataclass(frozen=True, slots=True)
class Built:
    """The queries, and what of the labels could not be used."""

    queries: tuple[KnownItemQuery, ...]
    skipped: tuple[Skipped, ...]


class QueryBuilder:
    """Makes the queries of one folder of labels; pictures are written as they are made."""

    def __init__(self, out: Path, *, kinds: Sequence[str] = KINDS, seed: int = 0) -> None:
        """Write pictures below ``out``; the same labels, kinds and seed give the same queries."""
        self._out, self._kinds, self._seed = out, frozenset(kinds), seed
        self._queries: list[KnownItemQuery] = []
        self._skipped: list[Skipped] = []
        self._pictures = 0

    def build(self, labels: Path, images: Path, *, on_page: Callable[[], None] = lambda: None) -> Built:
        """Make the queries of all labelled pages below ``labels``."""
        transcribed = [p for p in find_transcribed_pages(labels, images) if isinstance(p, TranscribedPage)]
        lines = _lines(transcribed)
        pages = self._usable(find_pages(labels, images), {page.name for page in transcribed})
        for page in pages:
            self._ask_for_captions(page, lines)
            self._ask_by_pictures(page)
            on_page()
        self._ask_for_lines(lines)
        self._ask_for_characters(pages)
        order = {kind: place for place, kind in enumerate(KINDS)}
        queries = sorted(self._queries, key=lambda query: order[query.kind])
        return Built(tuple(queries), tuple(self._skipped))

    def _usable(self, found: Iterable[LabelledPage | Skipped], transcribed: Set[str]) -> list[LabelledPage]:
        """Return the labels; note what is neither a label nor, without panels, a transcript."""
        pages: list[LabelledPage] = []
        for item in found:
            if isinstance(item, LabelledPage):
                pages.append(item)
            elif item.item.removesuffix(".json") not in transcribed:
                self._skipped.append(item)
        return pages

    def _ask_for_captions(self, page: LabelledPage, lines: Lines) -> None:
        words = _words_by_place(lines)
        for panel, reference in zip(page.label.panels, _references(page), strict=True):
            caption = panel.caption.strip()
            if not caption:
                continue
            self._ask(KnownItemQuery("caption", (reference,), text=caption))
            heard = words.get(str(reference)) or words.get(reference.page)
            if heard:
                word = self._dice("word", reference).choice(heard)
                self._ask(KnownItemQuery("caption+word", (reference,), text=caption, dialogue=word))

    def _ask_by_pictures(self, page: LabelledPage) -> None:
        if not self._kinds & {*ALTERATIONS, "next"}:
            return
        try:
            picture = decode(page.picture)
        except PictureError as error:
            self._skipped.append(Skipped(page.name, str(error)))
            return
        references = _references(page)
        for index, reference in enumerate(references):
            cut = _cut(picture, reference)
            for kind, alter in ALTERATIONS.items():
                if kind in self._kinds:
                    digest = self._dice(kind, reference).getrandbits(64)
                    altered = alter(cut, np.random.default_rng(digest))
                    self._ask(KnownItemQuery(kind, (reference,), image=self._write(altered)))
            if index + 1 < len(references) and "next" in self._kinds:
                query = KnownItemQuery("next", (references[index + 1],), image=self._write(cut))
                self._ask(replace(query, excluded=(reference,)))

    def _ask_for_lines(self, lines: Lines) -> None:
        for text, references in lines.items():
            if len(_LETTERS.findall(text)) >= SHORTEST_LINE:
                typed = with_typos(text, self._dice("typos", references[0], text))
                self._ask(KnownItemQuery("dialogue", tuple(references), dialogue=text))
                self._ask(KnownItemQuery("dialogue-typos", tuple(references), dialogue=typed))

    def _ask_for_characters(self, pages: Sequence[LabelledPage]) -> None:
        found: dict[tuple[str, str], list[PanelReference]] = defaultdict(list)
        for page in pages:
            for panel, reference in zip(page.label.panels, _references(page), strict=True):
                for name in dict.fromkeys(panel.characters):
                    found[page.work, name].append(reference)
        for (_, name), references in found.items():
            self._ask(KnownItemQuery("character", tuple(references), text=name))

    def _ask(self, query: KnownItemQuery) -> None:
        if query.kind in self._kinds:
            self._queries.append(query)

    def _write(self, picture: RgbImage) -> str:
        """Write a picture, losslessly and not too large; return its path below the query file."""
        longest = max(picture.shape[:2])
        if longest > _SIDE_PX:
            scale = _SIDE_PX / longest
            size = [max(1, round(side * scale)) for side in picture.shape[1::-1]]
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        self._pictures += 1
        name = f"{PICTURES_FOLDER}/{self._pictures:06d}.png"
        path = self._out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        _, packed = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        path.write_bytes(packed.tobytes())
        return name

    def _dice(self, *parts: object) -> random.Random:
        return random.Random("/".join(map(str, (self._seed, *parts))))  # noqa: S311 - not a secret


def with_typos(line: str, dice: random.Random) -> str:
    """Return a line as a hurried hand types it: a slip every dozen letters, one at least."""
    letters = list(line)
    places = [place for place, letter in enumerate(letters[:-1]) if letter.isalpha()]
    slips = max(1, len(places) // LETTERS_A_TYPO)
    for place in sorted(dice.sample(places, min(slips, len(places))), reverse=True):
        slip = dice.choice(("drop", "double", "swap"))
        if slip == "drop":
            del letters[place]
        elif slip == "double":
            letters.insert(place, letters[place])
        elif place + 1 < len(letters):
            letters[place : place + 2] = letters[place + 1], letters[place]
    return "".join(letters)


def _lines(pages: Iterable[TranscribedPage]) -> Lines:
    said: Lines = defaultdict(list)
    for page in pages:
        for text, reference in _said(page):
            if reference not in said[text]:
                said[text].append(reference)
    return said


def _said(page: TranscribedPage) -> Iterator[tuple[str, PanelReference]]:
    for said in page.transcript.texts:
        text = " ".join(said.text.split())
        if not text:
            continue
        if said.panel is None:
            yield text, PanelReference(page.name)
        else:
            yield text, PanelReference(page.name, said.panel + 1, page.transcript.panels[said.panel])


def _references(page: LabelledPage) -> list[PanelReference]:
    return [PanelReference(page.name, number, box) for number, box in enumerate(page.true_panels, start=1)]


def _words_by_place(lines: Lines) -> dict[str, list[str]]:
    """Return the longer words said in each panel, or on each page where the panel is not known."""
    words: dict[str, list[str]] = defaultdict(list)
    for text, references in lines.items():
        for reference in references:
            words[str(reference)] += _WORDS.findall(text)
    return words


def _cut(picture: RgbImage, reference: PanelReference) -> RgbImage:
    if reference.box is None:
        raise ValueError(f"{reference} has no box")
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = reference.box.to_pixels(width_px=width, height_px=height)
    return np.ascontiguousarray(picture[y0:y1, x0:x1])
