"""What a request looks for in each space of vectors: wishes added up, dislikes taken off.

Rows of a result are alternatives: a picture is also looked for mirrored, since manga is often
flipped and descriptors that know places miss that.
"""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from models.encoders.rows import unit_rows
from models.fusion import PanelParts
from models.protocols import KnowsWords, TextEncoder
from schemas.errors import BackendUnavailableError
from schemas.messages import SearchRequest
from schemas.records import FloatMatrix
from search.encoding import Encoders

FAMILIAR = 0.5
"""Share of the letters of a question that must stand in words known to what embeds it among pictures."""
AWAY = 0.5
"""Length of what is not wanted beside what is, of length 1."""


class Composer:
    """Embeds the parts of one request, each once, when they are asked for."""

    def __init__(self, request: SearchRequest, encoders: Encoders) -> None:
        self._request, self._encoders = request, encoders
        self._without_words: str | None = None
        self._without_picture: str | None = None
        self._meanings: dict[str, FloatMatrix | None] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what had to be left out."""
        return tuple(note for note in (self._without_words, self._without_picture) if note is not None)

    def meaning(self, words: str) -> FloatMatrix | None:
        """Return where words lie among what is said, (1, dim); None where no text encoder is installed."""
        words = words.strip()
        if words not in self._meanings:
            wanted = self._embedded(self._encoders.text, words)
            self._meanings[words] = None if wanted is None else away_from(wanted, self._unwanted_meaning)
        return self._meanings[words]

    @cached_property
    def look(self) -> FloatMatrix | None:
        """Where the pictures asked for lie: those given, moved by the words; by words alone else."""
        words = self._words_look
        given = self.picture_rows
        if given is None:
            return None if words is None else away_from(words, self._unwanted_look)
        wanted = given if words is None else unit_rows(given + words)
        return away_from(wanted, self._unwanted_look)

    @property
    def _words_look(self) -> FloatMatrix | None:
        """What the words look like; None for words that look like nothing, as made-up ones do."""
        words = self._request.text
        row = self._embedded(self._encoders.text_tower, words)
        tower = None if row is None else self._encoders.text_tower()
        is_strange = isinstance(tower, KnowsWords) and tower.familiarity(words) < FAMILIAR
        return None if is_strange else row

    @cached_property
    def fused(self) -> FloatMatrix | None:
        """Where the panels asked for lie, with all that is known of them.

        None for a library without, and for words that look like nothing: these have their own side.
        """
        fusion, look = self._encoders.fusion(), self.look
        request = self._request
        if fusion is None or look is None:
            return None
        text = self.meaning(f"{request.text} {request.dialogue}") if request.text.strip() else None
        if text is not None:
            text = np.repeat(text, len(look), axis=0)
        sizes = self._encoders.dims
        return fusion.fuse(
            PanelParts.of_query(picture=look, text=text, picture_dim=sizes.picture, text_dim=sizes.text)
        )

    @cached_property
    def picture_rows(self) -> FloatMatrix | None:
        """The picture given and its mirror image, (2, dim).

        None where nothing is installed to embed it, if something else is asked for besides.
        """
        request, picture = self._request, self._request.picture
        if picture is None:
            return None
        try:
            encoder = self._encoders.picture()
        except BackendUnavailableError as error:
            if not (request.text.strip() or request.dialogue.strip() or request.like):
                raise
            self._without_picture = f"searched without the picture: {error}"
            return None
        return encoder.encode_images([picture, np.ascontiguousarray(picture[:, ::-1])])

    @cached_property
    def _unwanted_meaning(self) -> FloatMatrix | None:
        return self._embedded(self._encoders.text, self._request.without)

    @cached_property
    def _unwanted_look(self) -> FloatMatrix | None:
        return self._embedded(self._encoders.text_tower, self._request.without)

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


def away_from(wanted: FloatMatrix, unwanted: FloatMatrix | None) -> FloatMatrix:
    """Return directions (n, dim) of length 1, turned away from an unwanted one (1, dim)."""
    return wanted if unwanted is None else unit_rows(wanted - AWAY * unwanted)
