"""Transcripts in their three formats, and the hostile ones."""

import pytest

from indexer.evaluation.labelled import Skipped
from indexer.evaluation.transcripts import (
    TranscribedPage,
    Transcript,
    find_transcribed_pages,
    parse_transcript,
)
from schemas.labels import PageType, TextKind, TextLabel
from tests.indexer.evaluation.builders import draw_page, write_json, write_page

STRIP = {
    "size": [900, 300],
    "regions": [
        {"text": "CHEER UP!", "box": [10, 10, 200, 60]},
        {"text": "WHY?", "box": [650.5, 10, 800, 60]},
    ],
}


def texts_of(page: TranscribedPage | Skipped) -> list[str]:
    assert isinstance(page, TranscribedPage)
    return [text.text for text in page.transcript.texts]


def test_texts_of_a_label_keep_box_and_panel(tmp_path):
    said = TextLabel(TextKind.DIALOGUE, "Hello!", (330, 40, 450, 80))
    write_page(tmp_path, "lamps", "p01", texts={1: [said]})
    (page,) = find_transcribed_pages(tmp_path / "labels", tmp_path)
    assert texts_of(page) == ["Hello!"]
    (text,) = page.transcript.texts
    assert text.panel == 1
    assert page.transcript.panels[1].contains(text.box.center)


def test_label_of_a_story_page_takes_the_transcript_beside_its_picture(tmp_path):
    write_page(tmp_path, "pepper", "p01")
    write_json(tmp_path / "pepper" / "p01.json", {"texts": ["tok", "BRZZ"]})
    (page,) = find_transcribed_pages(tmp_path / "labels", tmp_path)
    assert texts_of(page) == ["tok", "BRZZ"]


def test_covers_and_pages_without_transcript_are_passed_over(tmp_path):
    write_page(tmp_path, "pepper", "p00", page_type=PageType.COVER)
    write_json(tmp_path / "pepper" / "p00.json", {"texts": ["title"]})
    write_page(tmp_path, "pepper", "p01")
    assert find_transcribed_pages(tmp_path / "labels", tmp_path) == []


def test_strip_with_regions_has_three_panels(tmp_path):
    draw_page(tmp_path / "001.jpg")
    write_json(tmp_path / "001.json", STRIP)
    (page,) = find_transcribed_pages(tmp_path, tmp_path)
    assert texts_of(page) == ["CHEER UP!", "WHY?"]
    assert [text.panel for text in page.transcript.texts] == [0, 2]


def test_upright_page_with_regions_has_unknown_panels():
    transcript = parse_transcript(STRIP | {"size": [900, 1300]})
    assert isinstance(transcript, Transcript)
    assert transcript.panels == ()
    assert [text.panel for text in transcript.texts] == [None, None]


def test_picture_is_scored_once_even_with_a_label_and_a_transcript(tmp_path):
    write_page(tmp_path, "pepper", "p01")
    write_json(tmp_path / "pepper" / "p01.json", {"texts": ["tok"]})
    pages = find_transcribed_pages(tmp_path, tmp_path)
    assert [page.name for page in pages] == ["labels/pepper/p01"]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"texts": "tok"},
        {"texts": [1]},
        {"regions": []},
        {"regions": [], "size": [0, 3]},
        {"regions": [], "size": [1e999, 3]},
        {"regions": [3], "size": [9, 3]},
        {"regions": [{"text": None, "box": [0, 0, 1, 1]}], "size": [9, 3]},
        {"regions": [{"text": "a", "box": [0, 0, 1]}], "size": [9, 3]},
        {"regions": [{"text": "a", "box": [0, 0, float("nan"), 1]}], "size": [9, 3]},
    ],
)
def test_hostile_transcript_is_told_apart(data):
    assert isinstance(parse_transcript(data), str)


def test_transcript_without_a_picture_is_skipped(tmp_path):
    write_json(tmp_path / "work" / "p01.json", {"texts": ["tok"]})
    (skipped,) = find_transcribed_pages(tmp_path, tmp_path)
    assert isinstance(skipped, Skipped)
    assert "no picture of that name" in skipped.why
