"""Elements through what went wrong once: names, renumbered panels, damaged facts, pictures given twice."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import lancedb
import numpy as np
import pytest
from click.testing import CliRunner

from indexer.elements.adding import Wanted, _joined, add_to_library, rename_in_library
from indexer.elements.cli import element
from indexer.elements.fitting import work_out
from indexer.elements.following import apply_elements
from indexer.elements.labels import Elements, Example
from indexer.elements.material import read_panels
from indexer.elements.review import answer
from indexer.elements.table import read_found
from schemas.elements import ELEMENTS, ElementFacts
from schemas.errors import ConfigError, LibraryFormatError
from schemas.messages import SearchRequest
from schemas.tables import panel_id
from search.library import open_library
from tests.indexer.maps.libraries import FIRST, SECOND, write
from tests.search.conftest import fake_encoders

HARBOURS = tuple(panel_id(FIRST.book_id, page, 1) for page in range(1, 6))
FORESTS = tuple(panel_id(FIRST.book_id, page, 2) for page in range(1, 6))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = write(tmp_path / "lib", FIRST, SECOND)
    add_to_library(path, Wanted("harbour", HARBOURS, FORESTS))
    work_out(path, "harbour")
    return path


def test_name_that_an_element_has_already_loses_nothing(library: Path) -> None:
    before = read_found(library, "harbour").num_rows
    assert rename_in_library(library, "HARBOUR", "harbour") == "harbour"
    assert read_found(library, "harbour").num_rows == before > 0


def test_answer_on_a_panel_leaves_what_was_said_of_one_that_had_its_id(library: Path) -> None:
    """Reading anew renumbered panels: the label of one stands under the id that another has by now."""
    elements = Elements(library)
    panels = read_panels(library, "look")
    first, second = HARBOURS[0], FORESTS[0]
    elements.forget("harbour", [first, second])
    elements.answer("harbour", [replace(panels.label(first, "yes"), panel_id=second)])
    answer(library, "harbour", {second: "no"})
    said = {label.panel_id: label.answer for label in elements.labels("harbour")}
    assert said[first] == "yes"
    assert said[second] == "no"


def test_damaged_facts_hinder_no_search_and_are_worked_out_anew(library: Path) -> None:
    table = lancedb.connect(str(library)).open_table(ELEMENTS)
    table.update(where="facts IS NOT NULL", values={"facts": '{"name": 3}'})
    with open_library(library, encoders=fake_encoders(), refresh_seconds=0) as opened:
        assert opened.search(SearchRequest(text="boat")).hits
        assert opened.facets().elements == ()
    assert [one.name for one in apply_elements(library)] == ["harbour"]
    assert read_found(library, "harbour").num_rows > 0


@pytest.mark.parametrize(
    "change", [{"weights": ["a"]}, {"weights": [float("nan")]}, {"bias": "x"}, {"name": 3}, {"aliases": [1]}]
)
def test_facts_of_the_wrong_kind_are_told_as_damaged(library: Path, change: dict[str, object]) -> None:
    told = json.loads(
        lancedb.connect(str(library))
        .open_table(ELEMENTS)
        .search()
        .where("facts IS NOT NULL")
        .to_list()[0]["facts"]
    )
    with pytest.raises(LibraryFormatError, match="damaged"):
        ElementFacts.from_json(json.dumps({**told, **change}))


def test_picture_given_twice_counts_once_and_as_it_was_given_last() -> None:
    row = np.ones(3, np.float32)
    yes, no = Example("yes", "a.png", "e", row, b"one"), Example("no", "a.png", "e", row, b"one")
    other = Example("yes", "b.png", "e", row, b"two")
    assert _joined([yes, other], [no, no]) == [other, no]


def test_picture_that_shows_it_and_does_not_is_refused(library: Path, tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    cv2.imwrite(str(picture), np.zeros((20, 20, 3), np.uint8))
    with pytest.raises(ConfigError, match="not to show it"):
        add_to_library(library, Wanted("x", (str(picture),), (str(picture),)))


def test_answers_without_a_yes_are_kept_and_say_how_to_go_on(library: Path, tmp_path: Path) -> None:
    add_to_library(library, Wanted("ghost"))
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(dict.fromkeys(FORESTS, "no")))
    told = CliRunner().invoke(
        element, ["review", "ghost", "--answers", str(answers), "--library", str(library)]
    )
    assert told.exit_code == 0, told.output
    assert "nothing shows it yet" in told.output
    assert len(Elements(library).labels("ghost")) == 5
