from collections.abc import Iterator

import numpy as np
import pytest

from models.cells import Cells, cells_for
from schemas.records import FloatMatrix
from search.state.cells import HEAD, Block, CellVectors, highest, lay_out, learned_axes
from search.state.vectors import best, unit_rows

ROWS, DIM, K = 250_000, HEAD + 12, 10
RNG = np.random.default_rng(8)
VECTORS = unit_rows(
    RNG.normal(size=(40, DIM))[RNG.integers(0, 40, ROWS)] + 0.4 * RNG.normal(size=(ROWS, DIM))
)  # type: ignore[arg-type]
IDS = np.arange(ROWS, dtype=np.int64) * 7 + 3
QUESTIONS = unit_rows(VECTORS[::10_000] + 0.05)


def blocks() -> Iterator[Block]:
    for start in range(0, ROWS, 9_000):
        yield IDS[start : start + 9_000], VECTORS[start : start + 9_000]


@pytest.fixture(scope="module")
def held() -> CellVectors:
    return held_in_cells()


def held_in_cells(*, exact: bool = False) -> CellVectors:
    sample = VECTORS[::25]
    cells = Cells.learn(sample, cells_for(ROWS))
    return lay_out(blocks, cells, learned_axes(cells, sample), exact=exact)


def exact(question: FloatMatrix, ids: np.ndarray) -> set[int]:
    rows = (ids - 3) // 7
    return set(ids[np.argsort(-(VECTORS[rows] @ question))[:10]].tolist())


def found(ids: np.ndarray, scores: np.ndarray) -> set[int]:
    return set(best(ids, scores.astype(np.float64), 10)[0].tolist())


def test_every_row_lies_in_one_cell(held: CellVectors) -> None:
    assert np.array_equal(np.sort(held.row_ids), IDS)
    assert held.ends[-1] == ROWS
    assert np.array_equal(held.row_ids[held.by_id], IDS)


def test_scores_are_cosines(held: CellVectors) -> None:
    ids, scores = held.scores(QUESTIONS[0], K, None)
    assert np.allclose(scores, VECTORS[(ids - 3) // 7] @ QUESTIONS[0], atol=5e-3)


def test_nearest_rows_are_found_while_only_a_part_is_read(held: CellVectors) -> None:
    assert all(len(held.scores(question, K, None)[0]) < ROWS for question in QUESTIONS)
    shares = [len(found(*held.scores(q, K, None)) & exact(q, IDS)) / 10 for q in QUESTIONS]
    assert np.mean(shares) >= 0.95


@pytest.mark.parametrize("step", [100, 2])
def test_a_filter_leaves_only_what_passes(held: CellVectors, step: int) -> None:
    """A hundredth of the rows is compared one by one, half of them cell by cell."""
    allowed = IDS[::step]
    for question in QUESTIONS:
        ids, scores = held.scores(question, K, allowed)
        assert set(ids.tolist()) <= set(allowed.tolist())
        assert len(found(ids, scores) & exact(question, allowed)) >= 9


def test_rows_that_are_not_held_pass_no_filter(held: CellVectors) -> None:
    ids, _ = held.scores(QUESTIONS[0], K, np.array([1, 2, IDS[5], 10**9]))
    assert ids.tolist() == [IDS[5]]


def test_many_questions_at_once_are_answered_like_each_alone(held: CellVectors) -> None:
    together = held.scores_of_many(QUESTIONS, K)
    for question, answer in zip(QUESTIONS, together, strict=True):
        assert found(*answer) == found(*held.scores(question, K, None))


def test_rows_are_given_as_they_were_read_where_these_are_kept(held: CellVectors) -> None:
    some = IDS[[5, 70_000, 3]]
    assert held.vectors(some) is None
    kept = held_in_cells(exact=True).vectors(some)
    assert kept is not None
    assert np.allclose(kept, VECTORS[(some - 3) // 7], atol=1e-3)


@pytest.mark.parametrize("count", [1, 50, 1_000, 30_000])
def test_the_highest_scores_are_among_those_kept(count: int) -> None:
    for scores in (RNG.normal(size=60_000), np.arange(60_000), np.zeros(60_000), RNG.integers(0, 3, 60_000)):
        kept = highest(scores.astype(np.float32), count)
        assert len(np.unique(kept)) == len(kept) >= count
        left = np.delete(scores, kept)
        assert not len(left) or scores[kept].min() >= left.max()
