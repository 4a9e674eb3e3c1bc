from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import search
from schemas.messages import SearchRequest
from schemas.records import FloatMatrix
from search.encoding import Encoders
from search.lexical import LexicalProbe, lexical_legs
from search.library import Library, open_library
from search.pool import CandidatePool
from tests.search import builders
from tests.search.builders import (
    FORMAT,
    PICTURE_SPEC,
    FakePictureEncoder,
    FakeTextEncoder,
    book_of,
    panel_key,
)
from tests.search.conftest import WITCH


class ColourWords:
    """A text tower that knows the names of three colours."""

    spec = PICTURE_SPEC

    def encode_texts(self, texts: Sequence[str]) -> FloatMatrix:
        names = ("red", "green", "blue")
        return np.asarray([[float(name in text) for name in names] for text in texts], np.float32)


class SeeingEncoder(FakePictureEncoder):
    text_tower = ColourWords()  # type: ignore[assignment]


def test_words_search_pictures_where_the_encoder_has_a_text_tower(folder: Path) -> None:
    encoders = Encoders(FORMAT, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: SeeingEncoder())
    with open_library(folder, encoders=encoders) as library:
        (hit,) = library.search(SearchRequest(text="green")).hits
    assert hit.panel_id == panel_key(WITCH, 2, 2)
    assert set(hit.legs) == {"look"}


def test_text_and_dialogue_together_keep_their_legs_apart(library: Library) -> None:
    request = SearchRequest(text="nothing ever works", dialogue="nothing ever works with me")
    hit = library.search(request).hits[0]
    assert {"words", "phrase", "dialogue", "line_words"} <= set(hit.legs)
    assert hit.score == pytest.approx(sum(leg.share for leg in hit.legs.values()))


def test_phrase_is_found_behind_many_panels_with_its_words(tmp_path: Path) -> None:
    # Short panels that repeat the words rank before a long one that has them in order.
    crowd = [f"be to or not not or to be {'be to ' * (n % 4)}" for n in range(40)]
    said = "in the end it is to be or not to be that is asked again and again by everyone who ever stood here"
    book = book_of("Hamlet", *crowd, said)
    path = builders.create(tmp_path / "lib", book)
    with open_library(path) as library:
        pool = CandidatePool(library.snapshot(), k=10)
        probe = LexicalProbe("to be or not to be that is", "words", "dialogue", 1.0, 1.0, is_line=True)
        legs = {leg.name: leg for leg in lexical_legs(pool, probe)}
    assert legs["dialogue"].scores[panel_key(book, 41)] == 1.0


def test_package_opens_libraries(folder: Path) -> None:
    with search.open(folder) as library:
        assert isinstance(library, search.Library)
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        search.close  # type: ignore[attr-defined]  # noqa: B018


def test_words_leg_counts_a_repeated_question_once(library: Library) -> None:
    once = library.search(SearchRequest(text="potion"))
    again = library.search(SearchRequest(text="potion"))
    assert once.hits == again.hits
