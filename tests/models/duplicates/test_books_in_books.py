"""Groups of pairs, runs of pages in order, and lettering that says the same or something else."""

import numpy as np
import pytest

from models.duplicates.grouping import groups_of, longest_run
from models.duplicates.wording import likeness_of_words, says_something_else
from models.text.tongues import guess_language, is_garbled

ENGLISH = "Where have you been all this time? The captain was looking for you and he is not amused."
ITALIAN = "Dove sei stato tutto questo tempo? Il capitano ti cercava e non è contento, lo sai come è fatto."
FRENCH = "Où est-ce que tu étais ? Le capitaine te cherche et il n'est pas content du tout, mais tu le sais."
GERMAN = "Wo bist du gewesen? Der Kapitän hat dich gesucht und ist nicht froh, aber das weißt du ja auch."


def test_pairs_hang_together_in_groups():
    pairs = np.array([[1, 2], [5, 9], [2, 7], [9, 11]], np.int64)
    assert groups_of(pairs) == [[1, 2, 7], [5, 9, 11]]
    assert groups_of(np.zeros((0, 2), np.int64)) == []


def test_run_goes_forward_in_both_books_and_leaves_strays_out():
    run = longest_run([(1, 11), (2, 12), (3, 40), (3, 13), (4, 2), (5, 15), (5, 16)])
    assert run.places == ((1, 11), (2, 12), (3, 13), (5, 15))
    assert (run.length, run.ends) == (4, (11, 15))


def test_no_page_counts_twice_in_a_run():
    assert longest_run([(1, 5), (1, 6), (1, 7)]).length == 1
    assert longest_run([(1, 5), (2, 5), (3, 5)]).length == 1
    assert longest_run([]).length == 0


def test_the_same_line_read_badly_is_the_same():
    misread = ENGLISH.replace("captain", "capta1n").replace("looking", "Iooking")
    assert not says_something_else(ENGLISH, misread, ("en", "en"))
    assert (likeness_of_words(ENGLISH, misread) or 0) > 0.6


def test_another_line_in_the_same_language_is_another_page():
    other = "I told you that the ship will not leave before the storm is over, so stop asking me about it."
    assert says_something_else(ENGLISH, other, ("en", "en"))
    assert says_something_else(ENGLISH, other, (None, None))


def test_a_translation_is_no_other_page():
    assert not says_something_else(ENGLISH, ITALIAN, ("en", "it"))
    assert not says_something_else(ENGLISH, ITALIAN, (None, None))
    assert not says_something_else(ENGLISH, "", (None, None))


@pytest.mark.parametrize(
    ("text", "language"),
    [(ENGLISH, "en"), (ITALIAN, "it"), (FRENCH, "fr"), (GERMAN, "de"), ("何もうまくいかない", "ja")],
)
def test_languages_are_told_by_small_words_and_scripts(text, language):
    assert guess_language(text) == language
    assert guess_language(text.upper()) == language


@pytest.mark.parametrize("text", ["", "BOOM!", "Otto Anna Bob Eve Ada Lil", "x" * 4000, "1 2 3 4 5 6 7 8"])
def test_too_little_says_no_language(text):
    assert guess_language(text) is None


def test_letters_that_nobody_can_say_are_garbled():
    assert is_garbled("l1|| ~x0 pq#t vv8w //k3 zzt% qwrtpsdf 00O0 ]|[ ll1l")
    for sound in (ENGLISH, ITALIAN, FRENCH, GERMAN, ENGLISH.upper(), "何もうまくいかない", "", "KRAKKK!"):
        assert not is_garbled(sound)
