"""Figures of panels: read once, kept through every change, and read again where they must be."""

import json
from pathlib import Path

import lancedb
import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from indexer.elements import figures as module
from indexer.elements.adding import Wanted, add_to_library
from indexer.elements.cli import element
from indexer.elements.evidence import named_in
from indexer.elements.figures import follow_figures, read_figures
from indexer.elements.fitting import work_out
from indexer.elements.following import follow_elements
from indexer.elements.material import Panels, read_panels
from indexer.elements.table import list_facts
from models.elements.evidence import FIGURE_DIM
from models.encoders.rows import unit_rows
from models.text.cleaning import fold
from schemas.elements import FIGURES, check_element_name, fold_name
from schemas.records import FloatMatrix, RgbImage
from tests.indexer.elements.test_elements import FORESTS, HARBOURS, STATIONS
from tests.indexer.maps.libraries import FIRST, LATE, SECOND, add, remove, write


class Reader:
    """Sees two figures in panels, and none where a picture is dark."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, panel: RgbImage) -> FloatMatrix:
        self.asked += 1
        rows = np.random.default_rng(self.asked).standard_normal((self.asked % 3, FIGURE_DIM))
        return unit_rows(rows.astype(np.float32))


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Reader:
    found = Reader()
    monkeypatch.setattr(module, "load_reader", lambda _: found)
    monkeypatch.setattr(module, "_picture", lambda *_: np.zeros((8, 8, 3), np.uint8))
    return found


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return write(tmp_path / "lib", FIRST, SECOND)


def teach(library: Path) -> None:
    add_to_library(library, Wanted("quay", HARBOURS, (*FORESTS, *STATIONS)))
    work_out(library, "quay")


def seen(library: Path) -> tuple[Panels, int]:
    panels = read_panels(library, "look")
    found = read_figures(panels)
    return panels, 0 if found is None else int(found.seen.sum())


def test_figures_are_read_once_and_of_new_panels_later(library: Path, reader: Reader) -> None:
    assert read_figures(read_panels(library, "look")) is None
    panels, _ = seen(library)
    told = follow_figures(library)
    assert (told.read, told.left, reader.asked) == (panels.count, 0, panels.count)
    found = read_figures(panels)
    assert found is not None
    assert found.seen.all()  # those without figures too
    assert (np.diff(found.owners) >= 0).all()
    assert np.bincount(found.owners, minlength=panels.count).tolist() == [
        (number + 1) % 3 for number in range(panels.count)
    ]
    assert follow_figures(library).read == 0
    add(library, LATE)
    fresh = follow_figures(library).read
    assert fresh == read_panels(library, "look").count - panels.count


def test_panels_that_are_gone_take_their_figures_along(library: Path, reader: Reader) -> None:
    follow_figures(library)
    remove(library, FIRST)
    panels, known = seen(library)
    assert known == panels.count
    add(library, LATE)
    follow_figures(library)
    kept = lancedb.connect(str(library)).open_table(FIGURES).search().limit(None).to_arrow()
    assert {one[:24] for one in kept["panel_id"].to_pylist()} == {SECOND.book_id, LATE.book_id}


def test_reading_stops_in_time_and_goes_on_from_there(
    library: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "AT_A_TIME", 5)
    told = follow_figures(library, seconds=0)
    assert told.read == 5
    assert told.left > 0
    assert follow_figures(library).read == told.left


def test_figures_of_another_encoder_are_not_taken_for_those_of_this(
    library: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_figures(library)
    monkeypatch.setattr(module, "FIGURES_VERSION", 99)
    panels, known = seen(library)
    assert known == 0
    assert follow_figures(library).read == panels.count


def test_an_element_says_that_figures_are_missing_until_they_are_read(library: Path, reader: Reader) -> None:
    teach(library)
    (before,) = list_facts(library)
    assert any("figures of" in note for note in before.notes)
    told = json.loads(CliRunner().invoke(element, ["figures", "--library", str(library), "--json"]).stdout)
    assert (told["left"], told["changed"]) == (0, ["quay"])
    (after,) = list_facts(library)
    assert "figures" in after.method
    assert not any("figures of" in note for note in after.notes)


def test_a_run_reads_figures_where_elements_are_taught_and_nowhere_else(
    library: Path, reader: Reader
) -> None:
    follow_elements(library)
    assert reader.asked == 0
    teach(library)
    follow_elements(library)
    assert reader.asked == read_panels(library, "look").count


@pytest.mark.parametrize("name", ["O’Hara", "Mr. X & Co/y!", "a+b? (sr.)", "あや", "Éloïse", "Straße 7"])
def test_any_name_that_an_element_can_have_is_found_in_lettering(name: str) -> None:
    told = [fold(f"Come, {check_element_name(name)}!"), "nobody is here", fold(f"x{name}x"), None]
    rows = pa.table({"text_folded": told, "page_id": ["a", "b", "c", "d"], "book_id": ["1", "2", "3", "4"]})
    found = named_in(rows, (fold_name(name),))
    assert found is not None
    assert found[0] > 1.0
    assert found[1] == found[3] == 0.0
    assert (found[2] > 0) == (name == "あや")  # words are parted by blanks
