import numpy as np
import pytest

from models.text.decoding import Alphabet, Reading, decode, plain_twin, settle
from schemas.records import FloatMatrix

ALPHABET = Alphabet(["A", "B", "I", "W", "1", "2", "À", "υ", "u"])


def output(*steps: dict[str, float]) -> FloatMatrix:
    """Return a recogniser's output; '_' is the blank."""
    rows = np.full((len(steps), len(ALPHABET.glyphs)), 1e-4, np.float32)
    for row, step in zip(rows, steps, strict=True):
        for glyph, probability in step.items():
            row[0 if glyph == "_" else ALPHABET.glyphs.index(glyph, 1)] = probability
    return rows


SURE_A, SURE_B, BLANK = {"A": 0.99}, {"B": 0.99}, {"_": 0.99}


def read(*steps: dict[str, float]) -> Reading:
    return decode(output(*steps), ALPHABET)


def test_repeats_and_blanks_collapse() -> None:
    assert read(SURE_A, SURE_A, BLANK, SURE_A, BLANK, BLANK, SURE_B).text == "AAB"


def test_all_blank_reads_nothing() -> None:
    assert read(BLANK, BLANK) == Reading("", 0.0)


def test_confidence_is_the_mean_over_glyphs() -> None:
    assert read({"A": 0.9}, BLANK, {"B": 0.7}).confidence == pytest.approx(0.8)


def test_space_that_the_network_hesitates_on_is_written_between_letters_only() -> None:
    hesitation = {"_": 0.7, " ": 0.25}
    assert read(SURE_A, hesitation, SURE_B).text == "A B"
    assert read(SURE_A, {"_": 0.9, " ": 0.05}, SURE_B).text == "AB"
    assert read({"1": 0.99}, hesitation, {"2": 0.99}).text == "12"


def test_doubtful_accent_goes_on_a_page_without_accents() -> None:
    doubtful = read({"À": 0.75, "A": 0.2}, BLANK, SURE_B)
    assert settle([doubtful]) == ["AB"]


def test_doubtful_accent_stays_on_a_page_that_writes_them() -> None:
    doubtful = read({"À": 0.75, "A": 0.2}, BLANK, SURE_B)
    sure = read({"À": 0.99}, BLANK, {"À": 0.99})
    assert settle([sure, doubtful]) == ["ÀÀ", "ÀB"]


def test_sure_accent_stays_anywhere() -> None:
    assert settle([read({"À": 0.97, "A": 0.02}, BLANK, SURE_B)]) == ["ÀB"]


def test_doubtful_one_among_letters_is_a_capital_i() -> None:
    one = {"1": 0.6, "I": 0.35}
    assert settle([read(one, {" ": 0.99}, {"W": 0.99})]) == ["I W"]
    assert settle([read(one, BLANK, SURE_A)]) == ["IA"]


def test_doubtful_one_among_digits_stays_a_digit() -> None:
    one = {"1": 0.6, "I": 0.35}
    assert settle([read(one, BLANK, {"2": 0.99})]) == ["12"]
    assert settle([read(one)]) == ["1"]


def test_greek_twin_gives_way_in_a_latin_line() -> None:
    assert settle([read(SURE_A, BLANK, {"υ": 0.6, "u": 0.35})]) == ["Au"]
    assert settle([read({"υ": 0.6, "u": 0.35})]) == ["υ"]


@pytest.mark.parametrize(
    ("glyph", "twin"), [("é", "e"), ("Ç", "C"), ("ο", "o"), ("1", "I"), ("A", ""), ("が", ""), ("8", "")]
)
def test_plain_twins(glyph: str, twin: str) -> None:
    assert plain_twin(glyph) == twin
