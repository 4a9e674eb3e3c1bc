import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.legs.words import Coverage, Lexicon, PanelWords, is_one_edit_away, plain, split_terms, squash

LEXICON = Lexicon.of(["the cat and the hat", "the dog", "the end", "a rare zyzzyva"])


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Don't PANIC!", ("dont", "panic")),
        ("Café—crème", ("cafe", "creme")),
        ("ﬁne ＡＢＣ", ("fine", "abc")),
        ("魔法の薬", ("魔法", "法の", "の薬")),
        ("薬", ("薬",)),
        ("ABC魔法x", ("abc", "魔法", "x")),
        ("물약을", ("물약", "약을")),
        ("¡¿...!?", ()),
        ("", ()),
    ],
)
def test_terms(text: str, terms: tuple[str, ...]) -> None:
    assert split_terms(text) == terms


def test_dakuten_tell_kana_apart() -> None:
    assert plain("ガ") != plain("カ")


@given(st.text(max_size=60))
def test_ascii_shortcut_agrees_with_the_long_way(text: str) -> None:
    ascii_text = text.encode("ascii", "ignore").decode()
    # A letter beyond ASCII takes the whole text the long way.
    assert split_terms(ascii_text) == split_terms(f"{ascii_text} é")[:-1]


@given(st.text(max_size=60))
def test_squash_is_stable(text: str) -> None:
    assert squash(squash(text)) == squash(text)


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("potion", "potion", False),
        ("potion", "potin", True),
        ("potion", "pootion", True),
        ("potion", "pation", True),
        ("potion", "potoin", True),
        ("potion", "poison", False),
        ("potion", "potionary", False),
        ("", "a", True),
    ],
)
def test_one_edit(left: str, right: str, near: bool) -> None:
    assert is_one_edit_away(left, right) is near
    assert is_one_edit_away(right, left) is near


@given(st.text("ab", min_size=1, max_size=6), st.data())
def test_dropping_a_letter_is_one_edit(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    assert is_one_edit_away(word, word[:place] + word[place + 1 :])


def test_rare_words_weigh_more() -> None:
    assert LEXICON.weight("never seen") > LEXICON.weight("zyzzyva") > LEXICON.weight("the") > 0


@pytest.mark.parametrize(
    ("query", "text", "least", "most"),
    [
        ("the zyzzyva", "a rare zyzzyva", 0.7, 0.95),  # all but a common word
        ("the zyzzyva", "the cat", 0.05, 0.3),  # nothing but the common word
        ("zyzzyva hat", "zyzzyva hat", 1.0, 1.0),
        ("zyzzyva", "zyzyva", 0.8, 0.8),  # one letter lost
        ("zyzzyva", "ararezyzzyva", 0.9, 0.9),  # spaces lost
        ("cat", "cab", 0.0, 0.0),  # too short to forgive a letter
        ("魔", "魔法の薬", 1.0, 1.0),  # a glyph inside a pair
    ],
)
def test_coverage(query: str, text: str, least: float, most: float) -> None:
    (covered,) = Coverage(split_terms(query), LEXICON).of([PanelWords.of(text)])
    assert least - 1e-9 <= covered <= most + 1e-9


def test_query_without_words_is_covered_nowhere() -> None:
    assert Coverage((), LEXICON).of([PanelWords.of("the cat")]) == [0.0]
