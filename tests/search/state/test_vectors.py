import lancedb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lancedb.table import Table

from schemas.tables import PANELS
from search.legs.nearness import mean_vector
from search.state.snapshot import is_one_of
from search.state.vectors import VectorColumn, best, unit_rows
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec

RNG = np.random.default_rng(4)
COLOURS = [tuple(RNG.uniform(0.05, 1, 3).tolist()) for _ in range(40)]


@pytest.fixture(scope="module")
def panels(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """A table in which every fifth panel has no picture vector."""
    specs = tuple(
        PanelSpec(str(i), colour=None if i % 5 == 0 else colour) for i, colour in enumerate(COLOURS)
    )
    pages = (PageSpec(specs[:20]), PageSpec(specs[20:], page_type="credits"))
    path = builders.create(tmp_path_factory.mktemp("vectors") / "lib", BookSpec("Colours", pages))  # type: ignore[arg-type]
    return lancedb.connect(str(path)).open_table(PANELS)


@pytest.mark.parametrize("filtered", [False, True])
def test_memory_and_database_agree(panels: Table, filtered: bool) -> None:
    where = is_one_of("page_type", ["credits"]) if filtered else None
    question = np.asarray([0.3, 0.9, 0.2], np.float32)
    mine = VectorColumn(panels, "vector_picture").nearest(question, k=7, where=where)
    theirs = VectorColumn(panels, "vector_picture", resident_rows=0).nearest(question, k=7, where=where)
    assert mine[0].tolist() == theirs[0].tolist()
    assert np.allclose(mine[1], theirs[1], atol=2e-3)  # stored as float16
    assert (np.diff(mine[1]) <= 0).all()


def test_rows_without_a_vector_are_no_candidates(panels: Table) -> None:
    rows, _ = VectorColumn(panels, "vector_picture").nearest(np.ones(3, np.float32), k=100)
    assert len(rows) == 32


def test_no_direction_no_neighbours(panels: Table) -> None:
    rows, scores = VectorColumn(panels, "vector_picture").nearest(np.zeros(3, np.float32), k=5)
    assert len(rows) == len(scores) == 0


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=30), st.integers(1, 12))
def test_best_are_those_of_a_full_sort(scores: list[float], k: int) -> None:
    rows, found = best(np.arange(len(scores)), np.asarray(scores, np.float64), k)
    expected = sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:k]
    assert rows.tolist() == expected
    assert found.tolist() == [scores[i] for i in expected]


def test_unit_rows_leave_a_row_of_zeros() -> None:
    assert unit_rows(np.asarray([[3, 4], [0, 0]], np.float32)).tolist() == [
        [pytest.approx(0.6), pytest.approx(0.8)],
        [0, 0],
    ]


def test_middle_of_opposite_vectors_is_none() -> None:
    assert mean_vector(np.asarray([[1, 0], [-1, 0]], np.float32)) is None
    assert mean_vector(np.zeros((0, 2), np.float32)) is None
    middle = mean_vector(np.asarray([[1, 0], [0, 1]], np.float32))
    assert middle is not None
    assert np.allclose(middle, np.sqrt(0.5))
