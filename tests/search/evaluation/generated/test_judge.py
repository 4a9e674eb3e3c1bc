"""Panels made from captions and judged, on the small drawn library."""

from pathlib import Path

import pytest

from models.registry import load_picture_encoder
from schemas.rights import RightsRegister
from search.evaluation.generated.judge import GenerationJudge
from search.evaluation.generated.labelled import Labelled
from search.evaluation.generated.scores import Scores
from search.evaluation.generated.sequences import score_sequences
from search.generation.making import Maker
from search.library import open_library
from webui.pictures import stored_page


@pytest.fixture(scope="module")
def figures(drawn_library: Path) -> dict[str, object]:
    with open_library(drawn_library) as library:
        maker = Maker(library, stored_page, RightsRegister())
        panels = [
            Labelled(panel.panel_id, f"Ada the girl in the street, panel {panel.panel_no}",
                     frozenset({"Ada", book.title}), frozenset({"Ada"}))
            for book_id, book in library.snapshot().books.items()
            for page in library.book(book_id).pages
            for panel in library.page(page.page_id).panels
        ]  # fmt: skip
        scores = GenerationJudge(maker, load_picture_encoder("standby"), panels).score(1, side_px=192)
        assert isinstance(scores, Scores)
        free = [one for one in panels if library.book(one.book_id).title in ("free", "named")]
        score_sequences(maker, free * 4, scores, 1)
        return scores.to_json()


def test_every_panel_is_compared_with_chance_nothing_and_the_ceiling(figures: dict[str, object]) -> None:
    assert (figures["panels"], figures["failed"]) == (1, 0)
    assert figures["consistency"] == figures["consistency_ceiling"] == figures["consistency_by_chance"] == 1.0
    assert figures["element_consistency_by_chance"] < 1.0
    assert figures["layout_iou"] is not None
    assert 0.0 < figures["copy_paste"] <= 1.0


def test_records_are_complete_and_nothing_blocked_is_used(figures: dict[str, object]) -> None:
    assert (figures["records_incomplete"], figures["references_blocked"]) == (0, 0)
    assert (figures["balloons_on_heads"], figures["balloons_clipped"]) == (0, 0)


def test_a_figure_keeps_its_palette_in_a_sequence(figures: dict[str, object]) -> None:
    assert figures["sequence_palette_distance"] is not None
    assert figures["sequence_palette_distance_alone"] is not None
