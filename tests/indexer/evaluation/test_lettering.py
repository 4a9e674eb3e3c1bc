"""Figures of lettering on hand-made pages, and the worst pages as pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.evaluation.lettering import read_and_score_text, score_text, summarise_text
from indexer.evaluation.overlays import with_caption, write_text_overlays
from indexer.evaluation.scores import every_kth
from indexer.evaluation.transcripts import TranscribedPage, Transcript, TrueText
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import PanelRegion, TextLine, TextRegion
from tests.fakes import FakeDetector, FakeTextReader
from tests.indexer.evaluation.builders import draw_page

LEFT, RIGHT = Box(0.0, 0.0, 0.5, 1.0), Box(0.5, 0.0, 1.0, 1.0)
UPPER_LEFT, UPPER_RIGHT = Box(0.1, 0.1, 0.3, 0.2), Box(0.6, 0.1, 0.8, 0.2)
SAID = Transcript(
    (TrueText("HELLO THERE!", UPPER_LEFT, 0), TrueText("GO AWAY", UPPER_RIGHT, 1)), (LEFT, RIGHT)
)


def page_of(transcript: Transcript, picture: Path = Path("p.png"), name: str = "work/p") -> TranscribedPage:
    return TranscribedPage("work", name, picture, ReadingDirection.LTR, transcript)


def line(text: str, box: Box) -> TextLine:
    return TextLine(box, text, confidence=0.9)


def region(text: str, box: Box) -> TextRegion:
    return TextRegion(box, text, text, confidence=0.9)


def scored(read: dict[str, Box], panels: tuple[Box, ...] = (LEFT, RIGHT), transcript: Transcript = SAID):
    return score_text(
        page_of(transcript),
        tuple(line(text, box) for text, box in read.items()),
        [region(text, box) for text, box in read.items()],
        [PanelRegion(box, 1.0) for box in panels],
        cpu_s=2.0,
    )


def test_page_read_right_scores_one():
    figures = summarise_text([scored({"Hello there": UPPER_LEFT, "go away": UPPER_RIGHT})])
    assert (figures.word_f1, figures.char_f1, figures.cer) == (1.0, 1.0, 0.0)
    assert (figures.panel_assignment, figures.lines, figures.words) == (1.0, 2, 4)
    assert (figures.pages, figures.cpu_s_per_page) == (1, 2.0)


def test_misread_missed_and_added_words_are_counted():
    score = scored({"HELLO THEBE": UPPER_LEFT, "ZZ": UPPER_RIGHT})
    figures = summarise_text([score])
    assert score.missed == ("there", "go", "away")
    assert score.added == ("thebe", "zz")
    assert figures.word_precision == pytest.approx(1 / 3)
    assert figures.word_recall == pytest.approx(1 / 4)
    assert figures.char_recall == pytest.approx(9 / 16)
    assert figures.cer == pytest.approx((1 + 6 + 2) / 16)


def test_repeated_word_weighs_once_among_distinct_words():
    figures = summarise_text([scored({"HELLO HELLO": UPPER_LEFT, "GO AWAY": UPPER_RIGHT})])
    assert figures.word_precision == 3 / 4
    assert (figures.distinct_precision, figures.distinct_recall) == (1.0, 3 / 4)
    assert figures.distinct_f1 == pytest.approx(6 / 7)


def test_address_up_a_gutter_is_not_held_against_the_reader():
    said = {"Hello there": UPPER_LEFT, "go away": UPPER_RIGHT}
    gutter = Box(0.499, 0.1, 0.501, 0.9)
    assert summarise_text([scored(said | {"http://example.org/comic": gutter})]).word_f1 == 1.0


def test_line_in_the_wrong_panel_counts_against_assignment():
    whole = (Box.whole_page(),)
    figures = summarise_text([scored({"HELLO THERE": UPPER_LEFT, "GO AWAY": UPPER_RIGHT}, whole)])
    assert figures.panel_assignment == 0.5


def test_line_dropped_as_noise_is_not_in_its_panel():
    score = score_text(page_of(SAID), (line("HELLO", UPPER_LEFT),), [], [PanelRegion(LEFT, 1.0)], cpu_s=0.0)
    assert (score.placed.right, score.placed.total) == (0, 1)


def test_inset_and_the_panel_around_it_are_told_apart():
    inset = Box(0.1, 0.1, 0.4, 0.4)
    inside, outside = Box(0.2, 0.2, 0.3, 0.25), Box(0.6, 0.6, 0.8, 0.7)
    told = Transcript((TrueText("IN", inside, 1), TrueText("OUT", outside, 0)), (Box.whole_page(), inset))
    assert scored({"IN": inside, "OUT": outside}, (Box.whole_page(), inset), told).placed.right == 2


def test_assignment_is_unknown_without_boxes():
    figures = summarise_text([scored({"tok": UPPER_LEFT}, transcript=Transcript((TrueText("tok"),)))])
    assert figures.panel_assignment is None
    assert figures.word_f1 == 1.0


def test_page_is_read_by_reader_and_detector(tmp_path):
    draw_page(tmp_path / "p.png")
    reader, detector = FakeTextReader(["HELLO THERE", "GO AWAY"]), FakeDetector()
    score = read_and_score_text(page_of(SAID, tmp_path / "p.png"), reader, detector)
    assert score.words.f1 == 1.0
    assert (reader.pages, detector.pages) == (1, 1)
    read_and_score_text(page_of(Transcript((TrueText("x"),)), tmp_path / "p.png"), reader, detector)
    assert detector.pages == 1


def test_every_kth_page_of_each_work_is_kept():
    pages = [page_of(SAID, name=f"work/{n}") for n in range(5)]
    assert [page.name for page in every_kth(pages, 2)] == ["work/0", "work/2", "work/4"]


def test_overlay_carries_the_words_missed(tmp_path):
    draw_page(tmp_path / "p.png")
    page = page_of(SAID, tmp_path / "p.png")
    score = score_text(page, (line("HELLO", UPPER_LEFT),), [], [], cpu_s=0.0)
    write_text_overlays([score], tmp_path / "out")
    with Image.open(tmp_path / "out" / "001-work_p.png") as drawn:
        assert drawn.width == 600
        assert drawn.height > 800
        below = np.asarray(drawn.convert("L"))[800:]
    assert below.min() < 100


def test_long_caption_is_cut_to_the_height_of_its_picture():
    picture = np.zeros((100, 200, 3), np.uint8)
    assert with_caption(picture, "word " * 10_000).shape[0] <= 200
