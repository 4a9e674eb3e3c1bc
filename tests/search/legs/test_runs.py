"""Panels that follow each other."""

from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise, product

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.errors import QueryError
from schemas.messages import SearchFilters, SearchRequest
from search.box.grammar import expand
from search.legs.runs import GAP_COST, MAX_GAP, MISSING, best_paths
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec, panel_key
from tests.search.conftest import fake_encoders


def pages(*texts: tuple[str, ...]) -> tuple[PageSpec, ...]:
    return tuple(PageSpec(tuple(map(PanelSpec, page))) for page in texts)


STORY = BookSpec(
    "Story",
    pages(
        ("somebody sleeps", "a knock at midnight", "quiet"),
        ("the door opens slowly", "a terrible scream", "the end of it"),
    ),
    series="Night",
)
SCATTERED = BookSpec(
    "Scattered",
    pages(
        ("a terrible scream", "nothing", "nothing here", "nothing there"),
        ("the door opens slowly", "one", "two", "three", "four", "five", "a knock at midnight"),
    ),
)
HALF = BookSpec("Half", pages(("a knock at midnight", "nobody", "a terrible scream")))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    path = builders.create(tmp_path_factory.mktemp("runs") / "lib", SCATTERED, STORY, HALF)
    with open_library(path, encoders=fake_encoders()) as library:
        yield library


def runs(library: Library, box: str, **parts: object) -> list[list[str]]:
    response = library.search(expand(SearchRequest(text=box, **parts)))  # type: ignore[arg-type]
    return [[step.panel_id for step in hit.run] for hit in response.hits]


KNOCK, OPENS, SCREAM = panel_key(STORY, 1, 2), panel_key(STORY, 2, 1), panel_key(STORY, 2, 2)
BOX = "a knock at midnight > the door opens > a terrible scream"


def test_run_is_found_across_a_page_border_with_a_panel_between(shelf: Library) -> None:
    assert runs(shelf, BOX)[0] == [KNOCK, OPENS, SCREAM]


def test_hit_of_a_run_is_its_first_panel_and_says_how_well_each_step_was_met(shelf: Library) -> None:
    hit = shelf.search(expand(SearchRequest(text=BOX))).hits[0]
    assert hit.panel_id == KNOCK
    assert [step.step for step in hit.run] == [1, 2, 3]
    assert set(hit.legs) == {"step 1", "step 2", "step 3"}
    assert hit.score == pytest.approx(sum(leg.share for leg in hit.legs.values()) - GAP_COST / 3)
    assert hit.to_json()["run"][0]["panel_id"] == KNOCK  # type: ignore[index]


def test_one_step_of_three_may_be_missing_and_costs_its_score(shelf: Library) -> None:
    found = runs(shelf, BOX)
    half = [panel_key(HALF, 1, 1), panel_key(HALF, 1, 3)]
    assert half in found[1:]


def test_panels_in_another_order_or_far_apart_are_no_run(shelf: Library) -> None:
    for run in runs(shelf, BOX):
        assert not any(panel.startswith(SCATTERED.book_id) for panel in run)
    assert runs(shelf, "a terrible scream > a knock at midnight") == []


def test_filters_of_the_whole_narrow_every_step(shelf: Library) -> None:
    assert runs(shelf, BOX + " series:Night") == [[KNOCK, OPENS, SCREAM]]
    assert runs(shelf, BOX, filters=SearchFilters(series=("Other",))) == []


def test_steps_are_lines_and_examples_too(shelf: Library) -> None:
    assert runs(shelf, '"a knock" > "door opens"') == [[KNOCK, OPENS]]
    assert runs(shelf, f"somebody sleeps > like:{panel_key(HALF, 1, 1)}") == [[panel_key(STORY, 1, 1), KNOCK]]


def test_runs_are_paged_and_floored_like_other_hits(shelf: Library) -> None:
    first = shelf.search(expand(SearchRequest(text=BOX, limit=1)))
    assert first.cursor is not None
    second = shelf.search(expand(SearchRequest(text=BOX, limit=1, cursor=first.cursor)))
    assert second.hits[0].panel_id != first.hits[0].panel_id
    assert len(runs(shelf, BOX, min_score=0.9)) == 1


@pytest.mark.parametrize(
    "steps",
    [
        (SearchRequest(text="a"),),
        (SearchRequest(text="a"), SearchRequest(text="b", limit=3)),
        (SearchRequest(text="a"), SearchRequest(filters=SearchFilters(series=("x",)))),
    ],
)
def test_steps_say_only_what_to_look_for(steps: tuple[SearchRequest, ...]) -> None:
    with pytest.raises(QueryError, match="run"):
        SearchRequest(run=steps)


def test_a_run_stands_alone() -> None:
    two = (SearchRequest(text="a"), SearchRequest(text="b"))
    with pytest.raises(QueryError, match="stands alone"):
        SearchRequest(text="c", run=two)


def by_trying_all(scores: list[Mapping[int, float]]) -> float:
    """The best total by trying every way, 0 for none."""
    least, best = len(scores) - len(scores) // MISSING, 0.0
    for size in range(least, len(scores) + 1):
        for steps in combinations(range(len(scores)), size):
            for places in product(*(scores[step] for step in steps)):
                jumps = [
                    (b - a, t - s) for (a, b), (s, t) in zip(pairwise(places), pairwise(steps), strict=True)
                ]
                if all(0 < way <= skipped + MAX_GAP for way, skipped in jumps):
                    cost = GAP_COST * sum(max(0, way - skipped) for way, skipped in jumps)
                    total = sum(scores[s][p] for s, p in zip(steps, places, strict=True)) - cost
                    best = max(best, total)
    return best


score_lists = st.lists(
    st.dictionaries(st.integers(0, 9), st.floats(0.1, 1.0), max_size=4), min_size=2, max_size=4
)


@given(score_lists)
@example([{0: 0.125}, {4: 0.125}])  # apart by more than they are worth
def test_the_best_way_is_as_good_as_trying_all(scores: list[Mapping[int, float]]) -> None:
    found = best_paths(scores)
    assert np.isclose(found[0].total if found else 0.0, by_trying_all(scores))
    taken = [place for path in found for _, place in path.visited]
    assert len(taken) == len(set(taken))
