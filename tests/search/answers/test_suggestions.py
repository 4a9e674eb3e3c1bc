"""What is offered to somebody who types."""

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from schemas.errors import QueryError
from schemas.messages import Suggestion
from search.answers.offering import Offering
from search.answers.suggestions import Suggester, lines_of, names_of
from search.box.grammar import expand
from search.library import Library, SearchRequest, open_library
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec, book_of
from tests.search.conftest import MANGA, fake_encoders

TEX = BookSpec(
    "The Man with the Star",
    (
        PageSpec((PanelSpec("Basta così!\nAndiamo", tags=("night", "horse")), PanelSpec("Basta parlare"))),
        PageSpec((PanelSpec("Basta così!", tags=("night",)),)),
    ),
    series="Tex Willer",
    creators=("Gian Luigi Bonelli",),
    characters=("Kit Carson",),
)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = builders.create(
        tmp_path_factory.mktemp("offered") / "lib", TEX, MANGA, book_of("Other", "nothing")
    )
    with open_library(path, encoders=fake_encoders()) as library:
        yield library


def offered(library: Library, box: str) -> list[tuple[str, str]]:
    return [(found.kind, found.value) for found in library.suggest(box)]


@pytest.mark.parametrize(
    ("box", "first"),
    [
        ("te", ("series", "Tex Willer")),
        ("WILL", ("series", "Tex Willer")),
        ("the man", ("title", "The Man with the Star")),
        ("star", ("title", "The Man with the Star")),
        ("bone", ("creator", "Gian Luigi Bonelli")),
        ("cars", ("character", "Kit Carson")),
        ("nig", ("tag", "night")),
        ("basta c", ("phrase", "Basta così!")),
        ("basta cosi", ("phrase", "Basta così!")),
        ("魔法", ("phrase", "魔法の薬を飲んだ")),
        ("bonnel", ("creator", "Gian Luigi Bonelli")),
        ("series:wil", ("series", "Tex Willer")),
        ("rain -tag:n", ("tag", "night")),
        ('creator:"gian l', ("creator", "Gian Luigi Bonelli")),
        ("book:the m", ("title", "The Man with the Star")),
    ],
)
def test_offers_what_begins_so(shelf: Library, box: str, first: tuple[str, str]) -> None:
    assert offered(shelf, box)[0] == first


def test_what_is_said_most_comes_first_among_lines(shelf: Library) -> None:
    assert offered(shelf, "bast") == [("phrase", "Basta così!"), ("phrase", "Basta parlare")]
    assert shelf.suggest("bast")[0].count == 2


def test_the_beginning_of_the_box_is_kept_and_the_whole_can_be_searched(shelf: Library) -> None:
    (found,) = [one for one in shelf.suggest("-rain 2:horse tex") if one.kind == "series"]
    assert found == Suggestion("series", "Tex Willer", '-rain 2:horse series:"Tex Willer"', 3)
    for box in ("tex", "the m", "basta", "rain -tag:n", "魔", "kit"):
        for suggestion in shelf.suggest(box):
            if not suggestion.query.startswith("rain"):
                assert shelf.search(expand(SearchRequest(text=suggestion.query))).hits
    assert shelf.suggest("rain -tag:n")[0].query == "rain -tag:night"


@pytest.mark.parametrize("box", ["", "   ", "zzz", '"', "-", "series:zzz", "…", "a" * 500])
def test_nothing_is_offered_where_nothing_begins_so(shelf: Library, box: str) -> None:
    assert shelf.suggest(box) == ()


def test_bounds_are_checked(shelf: Library) -> None:
    assert len(shelf.suggest("t", limit=1)) == 1
    for limit in (0, 51):
        with pytest.raises(QueryError, match="limit must be between 1 and 50"):
            shelf.suggest("t", limit=limit)
    with pytest.raises(QueryError, match="characters"):
        shelf.suggest("x" * 3_000)


def test_lines_of_a_removed_state_are_not_offered(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", TEX)
    builders.add(path, replace(book_of("Half", "half written"), ingest_rev="rev9"), listed=False)
    with open_library(path, encoders=fake_encoders()) as library:
        assert library.suggest("half") == ()


def test_suggestions_follow_the_library_beside_the_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.answers.offering.STALE_SECONDS", 0.0)
    path = builders.create(tmp_path / "lib", TEX)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        assert library.suggest("further") == ()
        builders.add(path, book_of("Further", "further still"))
        deadline = time.monotonic() + 20
        while not library.suggest("further"):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_hundred_thousand_lines_answer_in_a_moment() -> None:
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghij "))
    texts = ["".join(rng.choice(letters, 24)) for _ in range(100_000)]
    series = {text[:12]: 1 for text in texts[:5_000]}
    offering = Suggester(names_of({"series": series}, {}), lines_of(texts))
    boxes = [text[: 1 + n % 9] for n, text in enumerate(texts[:200])]
    started = time.process_time()
    assert all(offering.suggest(box, limit=10) for box in boxes if box.strip())
    assert (time.process_time() - started) / len(boxes) < 0.01


def test_two_askers_at_once_make_them_once(shelf: Library) -> None:
    offering = Offering(shelf._threads)
    first, second = shelf._threads.map(offering.of, [shelf.snapshot()] * 2)
    assert first is second
