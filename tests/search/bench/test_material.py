from pathlib import Path

import lancedb
import numpy as np
import pytest

from schemas.errors import QueryError
from schemas.messages import SearchRequest
from schemas.tables import PANELS
from search.bench.clock import Limits, cpu_seconds, measure, peak_mb
from search.bench.material import (
    panel_of,
    row_of,
    rows_of_series,
    series_of,
    texts,
    usual_format,
    write_library,
)
from search.bench.peers import PEERS, load_peer
from search.bench.questions import K, Questions, planned_encoders, recall
from search.bench.running import NARROWED, VECTORS_FILE, Bounds, measure_peer
from search.bench.vectors import Source, open_vectors, questions_about, write_vectors
from search.library import open_library
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec

ROWS = 1_200


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    write_vectors(folder / VECTORS_FILE, Source(), ROWS)
    vectors = open_vectors(folder / VECTORS_FILE)
    Questions.make(vectors, 12, answered=6).write(folder)
    write_library(folder / "library", vectors, usual_format())
    return folder


def test_vectors_are_unit_rows_and_the_same_again(place: Path, tmp_path: Path) -> None:
    vectors = open_vectors(place / VECTORS_FILE)
    assert np.allclose(np.linalg.norm(vectors.astype(np.float32), axis=1), 1.0, atol=2e-3)
    write_vectors(tmp_path / "again.npy", Source(), ROWS)
    assert np.array_equal(open_vectors(tmp_path / "again.npy"), vectors)


def test_real_vectors_are_repeated_with_noise(tmp_path: Path) -> None:
    pages = (PageSpec((PanelSpec("a cat"), PanelSpec("two dogs"), PanelSpec())),)
    library = builders.create(tmp_path / "lib", BookSpec("Real", pages))
    source = Source.of_library(library)
    assert source.real is not None
    assert len(source.real) == 2
    (block,) = source.blocks(50)
    assert (block @ source.real.T).max(axis=1).min() > 0.7
    assert len(np.unique(block, axis=0)) == 50


def test_a_library_without_words_has_no_vectors_to_repeat(tmp_path: Path) -> None:
    library = builders.create(tmp_path / "lib", BookSpec("Mute", (PageSpec((PanelSpec(),)),)))
    with pytest.raises(QueryError, match="text reader"):
        Source.of_library(library)


def test_questions_differ_from_every_vector(place: Path) -> None:
    vectors = open_vectors(place / VECTORS_FILE)
    best = (questions_about(vectors, 20, seed=1) @ vectors.astype(np.float32).T).max(axis=1)
    assert (best < 0.99).all()
    assert (best > 0.6).all()


def test_panels_know_their_rows_and_series(place: Path) -> None:
    assert [row_of(panel_of(row)) for row in (0, 5, 6, 959, 1_199)] == [0, 5, 6, 959, 1_199]
    rows = rows_of_series(series_of(700), ROWS)
    assert 700 in rows
    table = lancedb.connect(str(place / "library")).open_table(PANELS)
    assert table.count_rows() == ROWS
    stored = table.search().where(f"series = '{series_of(700)}'").limit(ROWS).to_list()
    assert sorted(row_of(panel["panel_id"]) for panel in stored) == rows.tolist()
    assert stored[0]["text"] == next(texts(ROWS))[row_of(stored[0]["panel_id"])]


def test_lines_are_distinct_and_answers_exact(place: Path) -> None:
    questions, vectors = Questions.read(place), open_vectors(place / VECTORS_FILE)
    assert len(set(questions.lines)) == len(questions.lines) == 36
    scores = questions.vectors @ vectors.astype(np.float32).T
    assert questions.answers[0] == np.argsort(-scores[0])[:K].tolist()
    first = questions.narrowed[0]
    assert set(questions.narrowed_answers[0]) <= set(rows_of_series(questions.series[first], ROWS).tolist())
    assert not set(questions.plain) & set(questions.narrowed)


def test_recall_is_the_share_of_right_answers() -> None:
    assert recall([[1, 2, 3], [9]], [[1, 2, 4, 5], [9]]) == pytest.approx(0.75)


def test_the_front_door_finds_what_was_planned(place: Path) -> None:
    questions = Questions.read(place)
    with open_library(place / "library") as plain:
        encoders = planned_encoders(plain.format, questions)
    alone = {"words": 0.0, "look": 0.0, "fused": 0.0}
    with open_library(place / "library", encoders=encoders) as library:
        for number, answer in enumerate(questions.answers):
            request = SearchRequest(text=questions.lines[number], weights=alone, min_score=0.0, limit=K)
            assert [row_of(hit.panel_id) for hit in library.search(request).hits] == answer


@pytest.mark.parametrize("name", PEERS)
def test_peers_answer_rightly(place: Path, tmp_path: Path, name: str) -> None:
    pytest.importorskip(PEERS[name][0])
    peer = load_peer(name)
    questions, vectors = Questions.read(place), open_vectors(place / VECTORS_FILE)
    assert peer.build(vectors, tmp_path, seconds=60) > 0
    found = [peer.ask(questions.vectors[number], None).tolist() for number in questions.plain[:6]]
    assert recall(found, questions.answers) >= (0.7 if name == "faiss_ivf" else 0.95)
    if peer.has_filters and name != "faiss_ivf":
        number = questions.narrowed[0]
        mine = peer.ask(questions.vectors[number], questions.series[number]).tolist()
        assert set(mine) == set(questions.narrowed_answers[0])


def test_figures_of_a_peer(place: Path) -> None:
    figures = measure_peer(load_peer("numpy"), place, Bounds(10, 5))
    assert figures["recall@10"] == figures["recall@10" + NARROWED] == 1.0
    assert {"build_s", "size_mb", "p50_ms", "p95_ms", "cpu_ms", "qps", "qps_8_clients"} < set(figures)
    assert figures["size_mb"] == pytest.approx(ROWS * 384 * 4 / 1e6, abs=0.1)


def test_engines_that_copy_everything_are_asked_by_few_at_a_time() -> None:
    from search.bench.running import clients_of

    assert clients_of(load_peer("zarr_brute_force"), 10_000 * 384) == 8
    assert clients_of(load_peer("zarr_brute_force"), 1_000_000 * 384) == 1
    assert clients_of(load_peer("numpy"), 1_000_000 * 384) == 8


def test_a_slow_engine_is_asked_few_questions() -> None:
    import time

    def slow(number: int) -> list[int]:
        time.sleep(0.02)
        return [number]

    timing = measure(slow, [[n] for n in range(100)], numbers=range(100), limits=Limits(0.15))
    assert timing.asked < 60
    assert timing.p50_ms >= 20
    assert timing.recall == 1.0
    assert timing.qps_clients > timing.qps


def test_memory_and_processor_time_of_a_process() -> None:
    import os

    assert peak_mb() > 20
    assert peak_mb(os.getpid()) > 20
    assert cpu_seconds(os.getpid()) == pytest.approx(cpu_seconds(), abs=0.5)
    assert np.isnan(peak_mb(2**22 + 1))
