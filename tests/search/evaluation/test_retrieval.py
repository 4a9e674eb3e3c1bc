"""Queries with known answers find their panels in a library and are scored."""

from pathlib import Path

import numpy as np
import pytest

from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.queries import KnownItemQuery, PanelReference
from schemas.records import RgbImage
from search.evaluation import Targets, evaluate_retrieval
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec, book_of, panel_key
from tests.search.conftest import NOISY, WITCH, fake_encoders

BLUE = np.full((8, 8, 3), (0, 0, 255), np.uint8)


def no_picture(_: str) -> RgbImage:
    raise ConfigError("no query has a picture")


def test_pages_are_named_by_the_tail_of_their_path(library: Library) -> None:
    targets = Targets(library)
    second = panel_key(WITCH, 2).partition("#")[0]
    for name in ("comics/Witch/p02", "Witch/p02", "labels/elsewhere/Witch/p02"):
        assert targets.page_ids(name) == (second,)
    assert targets.page_ids("p02") == ()  # every book has one
    assert targets.page_ids("Witch/p09") == ()


def test_one_book_in_two_places_is_found_in_both(tmp_path: Path) -> None:
    twins = [book_of(name, "a line") for name in ("a/Twin", "b/Twin")]
    path = builders.create(tmp_path / "lib", *twins)
    with open_library(path, encoders=fake_encoders()) as library:
        assert Targets(library).page_ids("x/Twin/p01") == ()  # two different paths fit equally well
        assert len(Targets(library).page_ids("Twin/p01")) == 2


def test_panels_are_named_by_number_by_box_or_by_page(library: Library) -> None:
    targets = Targets(library)
    assert targets.panel_ids(PanelReference("Witch/p02", 3)) == {panel_key(WITCH, 2, 3)}
    assert targets.panel_ids(PanelReference("Witch/p02", 9)) == frozenset()
    assert len(targets.panel_ids(PanelReference("Witch/p02"))) == 3
    near_third = Box(0.12, 0.29, 0.5, 0.39)  # whatever its number says
    assert targets.panel_ids(PanelReference("Witch/p02", 1, near_third)) == {panel_key(WITCH, 2, 3)}
    part_of_first = Box(0.1, 0.1, 0.2, 0.18)  # a detector that fused two panels still shows this one
    assert targets.panel_ids(PanelReference("Witch/p02", 2, part_of_first)) == {panel_key(WITCH, 2, 1)}
    assert targets.panel_ids(PanelReference("Witch/p02", 1, Box(0.6, 0.6, 0.9, 0.9))) == frozenset()


def test_queries_are_scored_by_kind_in_order(library: Library) -> None:
    queries = [
        KnownItemQuery("dialogue", (PanelReference("Witch/p01", 2),), dialogue="The potion of Genius"),
        KnownItemQuery("dialogue", (PanelReference("Witch/p01", 1),), dialogue="The potion of Genius"),
        KnownItemQuery("look", (PanelReference("Witch/p02", 3),), image="blue.png"),
    ]
    report = evaluate_retrieval(library, queries, read_picture=lambda _: BLUE)
    assert list(report.kinds) == ["dialogue", "look"]
    assert (report.kinds["dialogue"].recall_1, report.kinds["dialogue"].n) == (0.5, 2)
    assert report.kinds["look"].recall_1 == 1.0
    assert report.missing == ()
    assert 0 < report.p50_ms <= report.p95_ms


def test_what_is_neither_right_nor_wrong_takes_no_place(library: Library) -> None:
    line = "nothing ever works with me"
    first, second = PanelReference("Witch/p01", 1), PanelReference("Noisy/p01", 1)
    asked = KnownItemQuery("dialogue", (second,), dialogue=line)
    passed = KnownItemQuery("dialogue", (second,), dialogue=line, excluded=(first,))
    [strict] = evaluate_retrieval(library, [asked], read_picture=no_picture).kinds.values()
    [lenient] = evaluate_retrieval(library, [passed], read_picture=no_picture).kinds.values()
    assert (strict.recall_1, lenient.recall_1) == (0.0, 1.0)
    assert lenient.random > strict.random


def test_pages_that_the_library_lacks_are_listed_and_not_scored(library: Library) -> None:
    lost, kept = PanelReference("Lost/p77", 1), PanelReference("Noisy/p03", 1)
    queries = [
        KnownItemQuery("text", (lost,), text="the crickets sing"),
        KnownItemQuery("text", (kept,), text="the crickets sing"),
    ]
    report = evaluate_retrieval(library, queries, read_picture=no_picture)
    assert report.missing == (lost,)
    assert (report.kinds["text"].n, report.kinds["text"].recall_1) == (1, 1.0)
    assert report.to_json()["missing"] == ["Lost/p77#1"]
    assert NOISY.name == "Noisy"


def test_a_panel_lost_before_the_search_counts_as_not_found(library: Library) -> None:
    query = KnownItemQuery("text", (PanelReference("Witch/p02", 9),), text="dragon")
    assert evaluate_retrieval(library, [query], read_picture=no_picture).kinds["text"].recall_10 == 0.0


@pytest.mark.parametrize(("floors", "found"), [(False, 1.0), (True, 0.0)])
def test_floors_can_be_kept(tmp_path: Path, *, floors: bool, found: float) -> None:
    colours = ((1.0, 0.0, 0.0), (0.4, 0.4, 0.6))
    book = BookSpec("Dim", (PageSpec(tuple(PanelSpec(colour=colour) for colour in colours)),))
    path = builders.create(tmp_path / "lib", book)
    query = KnownItemQuery("look", (PanelReference("Dim/p01", 2),), image="blue.png")
    with open_library(path, encoders=fake_encoders()) as library:
        report = evaluate_retrieval(library, [query], read_picture=lambda _: BLUE, floors=floors)
    assert report.kinds["look"].recall_1 == found
