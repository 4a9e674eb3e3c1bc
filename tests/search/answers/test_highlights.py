"""Which parts of a text are marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.messages import SearchRequest
from search.answers.highlights import Highlighter, fold_with_origins
from search.box.grammar import expand
from search.legs.words import plain, split_terms, word_spans


def marked(box: str, text: str) -> list[str]:
    return [text[start:end] for start, end in Highlighter(expand(SearchRequest(text=box))).spans(text)]


@pytest.mark.parametrize(
    ("box", "text", "expected"),
    [
        ("witch cat", "The WITCH and her cat's hat", ["WITCH"]),
        ("potion", "too many potlons", []),
        ("potion", "the potlon is strong", ["potlon"]),
        ("works", "N0THING EVERWORKS WITH ME", ["WORKS"]),
        ("perche", "Perché no?", ["Perché"]),
        ("perché", "Perche\u0301 no?", ["Perche\u0301"]),
        ("dont", "I don’t know", ["don’t"]),
        ("魔法", "あの魔法の薬", ["魔法"]),
        ("ガラス", "ｶﾞﾗｽの靴", ["ｶﾞﾗｽ"]),
        ("용이", "그 용이 잔다", ["용이"]),
        ('"be or not"', "to be or not to be", ["be or not"]),
        ('"be o*"', "to be or not", ["be or"]),
        ('"be not"', "to be or not to be", []),
        ("ﬁre", "ﬁre and fire", ["ﬁre", "fire"]),
        ("a > dog", "a cat", ["a"]),
        ("-cat dog", "a cat and a dog", ["dog"]),
    ],
)
def test_marks_what_the_search_matches(box: str, text: str, expected: list[str]) -> None:
    assert marked(box, text) == expected


@given(st.text(max_size=40), st.text(max_size=10))
def test_spans_lie_inside_the_text_in_order_and_apart(text: str, words: str) -> None:
    asked = SearchRequest(text=f"x {words}".encode("utf-8", "ignore").decode())
    ends = [0]
    for start, end in Highlighter(asked).spans(text):
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_terms_with_places_are_the_terms_without(text: str) -> None:
    assert tuple(term for term, *_ in word_spans(plain(text))) == split_terms(text)


def test_every_folded_letter_knows_where_it_stood() -> None:
    folded, origins = fold_with_origins("Straße ﬁn")
    assert folded == "strasse fin"
    assert [origins[folded.index("ss")], origins[folded.index("fin")]] == [(4, 5), (7, 8)]
