"""What a request looks for in each space of vectors: wishes added up, dislikes taken off.

Rows of a result are alternatives: a picture is also looked for mirrored, since manga is often
flipped and descriptors that know places miss that.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Literal

import numpy as np

from models.encoders.rows import unit_rows
from models.fusion import PanelParts
from models.protocols import KnowsWords, TextEncoder
from schemas.errors import BackendUnavailableError
from schemas.messages import SearchRequest
from schemas.records import FloatMatrix, RgbImage
from search.answers.crops import CropReader
from search.encoding import Encoders

Side = Literal["meaning", "look"]
FAMILIAR = 0.5
"""Share of the letters of a question that must stand in words known to what embeds it among pictures."""
AWAY = 0.5
"""Length of what is not wanted beside what is, of length 1."""


class Composer:
    """Embeds the parts of one request, each once, when they are asked for."""

    def __init__(
        self,
        request: SearchRequest,
        encoders: Encoders,
        crops: CropReader,
        *,
        unliked: Mapping[Side, FloatMatrix] = MappingProxyType({}),
    ) -> None:
        """Compose a request; ``unliked`` are directions (1, dim) to keep away from, beside its dislikes."""
        self._request, self._encoders, self._crops = request, encoders, crops
        self._unliked = unliked
        self._without_words: str | None = None
        self._without_picture: str | None = None
        self._meanings: dict[str, FloatMatrix | None] = {}
        self._looks: dict[str, FloatMatrix | None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what had to be left out."""
        left_out = (self._without_words, self._without_picture)
        return (*(note for note in left_out if note is not None), *self._crops.notes)

    def meaning(self, words: str) -> FloatMatrix | None:
        """Return where words lie among what is said, (1, dim); None where no text encoder is installed."""
        words = words.strip()
        if words not in self._meanings:
            wanted = self._embedded(self._encoders.text, words)
            self._meanings[words] = None if wanted is None else away_from(wanted, self._unwanted_meaning)
        return self._meanings[words]

    def look_of(self, words: str) -> FloatMatrix | None:
        """Return where pictures of the words lie, (1, dim); None for words that look like nothing."""
        look = self._words_look(words)
        return None if look is None else away_from(look, self._unwanted_look)

    @cached_property
    def look(self) -> FloatMatrix | None:
        """Where the pictures asked for lie: those given, moved by the words; by words alone else."""
        given = self.picture_rows
        if given is None:
            return self.look_of(self._request.text)
        moved = [
            look if wish.weight == 1.0 else look * np.float32(wish.weight)
            for wish in self._request.wishes
            if (look := self._words_look(wish.words)) is not None
        ]
        wanted = unit_rows(sum(moved, given)) if moved else given
        return away_from(wanted, self._unwanted_look)

    def _words_look(self, words: str) -> FloatMatrix | None:
        """Return what words look like; None for words that look like nothing, as made-up ones do."""
        if words not in self._looks:
            row = self._embedded(self._encoders.text_tower, words)
            tower = None if row is None else self._encoders.text_tower()
            is_strange = isinstance(tower, KnowsWords) and tower.familiarity(words) < FAMILIAR
            self._looks[words] = None if is_strange else row
        return self._looks[words]

    @cached_property
    def fused(self) -> FloatMatrix | None:
        """Where the panels asked for lie, with all that is known of them.

        None for a library without, and for words that look like nothing: these have their own side.
        """
        words = self._request.text
        return self._fused(self.look, self._spoken(words) if words.strip() else "")

    def fused_of(self, words: str) -> FloatMatrix | None:
        """Return the same for one of the texts asked for, without a picture."""
        return self._fused(self.look_of(words), self._spoken(words))

    def _spoken(self, words: str) -> str:
        """Return the words with the line beside them: they are of the same panel."""
        request = self._request
        return f"{words} {request.dialogue}" if words == request.text else words

    def _fused(self, look: FloatMatrix | None, words: str) -> FloatMatrix | None:
        fusion = self._encoders.fusion()
        if fusion is None or look is None:
            return None
        text = self.meaning(words) if words.strip() else None
        if text is not None:
            text = np.repeat(text, len(look), axis=0)
        sizes = self._encoders.dims
        return fusion.fuse(
            PanelParts.of_query(picture=look, text=text, picture_dim=sizes.picture, text_dim=sizes.text)
        )

    @cached_property
    def picture_rows(self) -> FloatMatrix | None:
        """The middle of the pictures given, and that of their mirror images, (2, dim).

        None where nothing is installed to embed them, if something else is asked for besides.
        """
        request = self._request
        if not request.shows:
            return None
        try:
            encoder = self._encoders.picture()
        except BackendUnavailableError as error:
            if not (request.says or request.like):
                raise
            self._without_picture = f"searched without the picture: {error}"
            return None
        pictures = [*request.shown, *(self._crops.read(crop) for crop in request.crops)]
        return _middles(encoder.encode_images([*pictures, *map(_mirrored, pictures)]))

    @cached_property
    def _unwanted_meaning(self) -> FloatMatrix | None:
        return self._summed(self._encoders.text, "meaning")

    @cached_property
    def _unwanted_look(self) -> FloatMatrix | None:
        return self._summed(self._encoders.text_tower, "look")

    def _summed(self, load: Callable[[], TextEncoder | None], side: Side) -> FloatMatrix | None:
        """Return the sum of what is disliked, words by their weights, (1, dim); None for nothing."""
        rows = [(self._embedded(load, wish.words), wish.weight) for wish in self._request.dislikes]
        weighed = [row * np.float32(weight) for row, weight in rows if row is not None]
        if side in self._unliked:
            weighed.append(self._unliked[side])
        return np.sum(weighed, axis=0) if weighed else None

    def _embedded(self, load: Callable[[], TextEncoder | None], words: str) -> FloatMatrix | None:
        """Embed words; None for no words, and where nothing is installed to embed them."""
        if not words.strip():
            return None
        try:
            encoder = load()
            return None if encoder is None else encoder.encode_texts([words])
        except BackendUnavailableError as error:
            self._without_words = f"searched without the meaning of the words: {error}"
            return None


def _middles(rows: FloatMatrix) -> FloatMatrix:
    """Return the middles of the first and of the second half of the rows, (2, dim)."""
    if len(rows) == 2:
        return rows
    return unit_rows(rows.reshape(2, len(rows) // 2, -1).mean(axis=1))


def _mirrored(picture: RgbImage) -> RgbImage:
    return np.ascontiguousarray(picture[:, ::-1])


def away_from(wanted: FloatMatrix, unwanted: FloatMatrix | None) -> FloatMatrix:
    """Return directions (n, dim) of length 1, turned away from an unwanted one (1, dim)."""
    return wanted if unwanted is None else unit_rows(wanted - AWAY * unwanted)
