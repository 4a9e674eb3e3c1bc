"""Evaluation on real labels and transcripts; floors well under what is measured, to notice a break."""

import pytest

from indexer.evaluation.labelled import LabelledPage, find_pages
from indexer.evaluation.panels import read_and_score, summarise
from indexer.evaluation.scores import evaluate
from indexer.evaluation.transcripts import TranscribedPage, find_transcribed_pages
from models.panels import ClassicalPanelDetector

pytestmark = pytest.mark.corpus


def test_every_label_finds_its_picture(corpus):
    found = list(find_pages(corpus / "labels", corpus))
    assert all(isinstance(page, LabelledPage) for page in found)
    assert {page.work for page in found} == {
        "climate-frogs",
        "page-blanche",
        "pepper-and-carrot",
        "tori-no-me",
    }


def test_album_is_read_well(corpus):
    detector = ClassicalPanelDetector()
    pages = find_pages(corpus / "labels" / "page-blanche", corpus)
    figures = summarise(evaluate(pages, lambda page: read_and_score(page, detector)).scores)
    assert figures.pages == 9
    assert figures.f1_50 >= 0.9
    assert figures.order_exact >= 0.9


def test_story_pages_have_transcripts_and_strips_have_panels(corpus):
    stories = find_transcribed_pages(corpus / "labels" / "pepper-and-carrot", corpus)
    assert len(stories) > 50
    strips = find_transcribed_pages(corpus / "mimi-and-eunice", corpus / "mimi-and-eunice")
    assert all(isinstance(page, TranscribedPage) for page in (*stories, *strips))
    owners = {text.panel for page in strips for text in page.transcript.texts}
    assert owners == {0, 1, 2}
