"""Figures of page streams on books counted by hand."""

import pytest

from models.page_types.scores import score
from schemas.labels import PageType as P

TRUTH = (P.COVER, P.FIRST_PAGE, P.STORY, P.STORY, P.ADVERTISEMENT, P.FIRST_PAGE, P.STORY)


def test_the_truth_itself_scores_full() -> None:
    figures = score([TRUTH], [TRUTH])
    assert figures.accuracy == figures.f1_macro == figures.document_f1 == figures.pq == figures.class_pq == 1
    assert figures.mndd == 0


def test_a_missed_opening_joins_two_stories() -> None:
    guess = (P.COVER, P.FIRST_PAGE, P.STORY, P.STORY, P.STORY, P.STORY, P.STORY)
    figures = score([TRUTH], [guess])
    # Four documents and two: the cover is whole, the story of six pages covers three of three (IoU .5).
    assert figures.document_f1 == pytest.approx(2 * 1 / 6)
    assert figures.mndd == 7 - (1 + 3)
    assert figures.accuracy == pytest.approx(5 / 7)
    assert figures.recall["story"] == 1


def test_a_truth_of_fewer_types_is_met_in_its_own_words() -> None:
    figures = score([(P.COVER, P.STORY, P.STORY, P.COVER)], [(P.COVER, P.FIRST_PAGE, P.STORY, P.BACK_COVER)])
    assert figures.accuracy == 1


def test_pages_without_a_label_count_nowhere() -> None:
    figures = score([(P.COVER, None, P.STORY)], [(P.COVER, P.ART, P.STORY)])
    assert (figures.pages, figures.accuracy) == (2, 1)


def test_a_right_segment_of_the_wrong_type_counts_only_where_types_do_not() -> None:
    figures = score([(P.TEXT, P.TEXT)], [(P.CREDITS, P.CREDITS)])
    assert (figures.document_f1, figures.class_document_f1) == (1, 0)
