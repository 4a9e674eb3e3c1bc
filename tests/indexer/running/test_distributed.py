"""Books read by the workers of a Ray cluster: the same library, whatever dies on the way."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.commands.cli import index
from indexer.containers import content_hash, fingerprint
from indexer.library.ledger import Ledger
from indexer.library.status import library_status
from indexer.running.books import BookJob, FailedBook
from indexer.running.distributed import Assignment, RayEngine, ReadBook, Unseen, read_book
from indexer.running.indexing import index_library
from indexer.stages.models import StageModels
from schemas.config import IndexOptions
from schemas.errors import BackendUnavailableError, ConfigError
from schemas.labels import BookStatus, ReadingDirection
from schemas.records import PageLayout, RgbImage
from tests.fakes import FakeDetector
from tests.indexer.builders import OPTIONS, Models, comic_info, contents, run_index, write_book

ONE = IndexOptions(workers=1)


def load_fakes(options: IndexOptions) -> StageModels:
    """Models that a worker finds by name."""
    return Models()(options)


class SlowDetector(FakeDetector):
    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        time.sleep(0.4)
        return super().detect(page, direction=direction)


def load_slow(options: IndexOptions) -> StageModels:
    return replace(Models()(options), detector=SlowDetector())


class DeadlyDetector(FakeDetector):
    """Takes its process with it, as a decoder does over a hostile file."""

    def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
        os._exit(1)


def load_deadly(options: IndexOptions) -> StageModels:
    return replace(Models()(options), detector=DeadlyDetector())


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    for seed in range(6):
        files = comic_info(Series="Moons", Number=str(seed)) if seed % 2 else {}
        write_book(tmp_path / "comics" / f"b{seed}.cbz", seed=seed, pages=3, files=files)
    (tmp_path / "comics" / "broken.cbz").write_bytes(b"PK\x03\x04 no book")
    (tmp_path / "comics" / "twin.cbz").write_bytes((tmp_path / "comics" / "b1.cbz").read_bytes())
    return tmp_path / "comics"


def job_of(path: Path) -> BookJob:
    return BookJob(path, str(path), content_hash(path), *fingerprint(path))


def assignment(path: Path, **changes: object) -> Assignment:
    given = Assignment(job_of(path), ONE, load_fakes(ONE).revision(None), load_fakes)
    return replace(given, **changes)  # type: ignore[arg-type]


def test_a_worker_reads_a_whole_book_and_what_to_remember(comics):
    answer = read_book(assignment(comics / "b1.cbz"))
    assert isinstance(answer, ReadBook)
    assert answer.assembled.book.page_count == 3
    assert len(answer.thumbnails) == 9
    assert len(answer.vectors.panel_pictures) == 6
    assert len(answer.lines) == 3


def test_a_worker_says_what_is_wrong_with_a_book(comics):
    answer = read_book(assignment(comics / "broken.cbz"))
    assert isinstance(answer, FailedBook)
    assert answer.failure.stage == "container"


def test_a_worker_that_sees_another_file_reads_none(comics):
    asked = assignment(comics / "b1.cbz")
    write_book(comics / "b1.cbz", seed=9)
    assert isinstance(read_book(asked), Unseen)
    (comics / "b1.cbz").unlink()
    assert isinstance(read_book(asked), Unseen)


def test_a_worker_with_other_models_reads_none(comics):
    with pytest.raises(ConfigError, match="install the same there"):
        read_book(assignment(comics / "b1.cbz", revision="another"))


def test_without_ray_the_way_to_it_is_named(comics, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(BackendUnavailableError, match=r"pip install 'longbox\[ray\]'"):
        index_library([comics], tmp_path / "library", OPTIONS, load=load_fakes, engine=RayEngine())


def test_an_address_without_the_engine_is_refused(comics, tmp_path):
    result = CliRunner().invoke(
        index, [str(comics), "--library", str(tmp_path / "library"), "--address", "x:1"]
    )
    assert result.exit_code == 2
    assert "--address goes with --engine ray" in result.output


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    """A real cluster of two nodes on this machine; only the second takes books."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'longbox[ray]'")
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    started = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    yield started
    started.shutdown()


slow = pytest.mark.slow
ray_warns = pytest.mark.filterwarnings("ignore")


@slow
@ray_warns
def test_two_nodes_make_the_library_that_one_machine_makes(comics, tmp_path, cluster):
    node = cluster.add_node(num_cpus=1)
    run_index(comics, tmp_path / "local")
    engine = RayEngine(cluster.address, load_fakes)
    library = tmp_path / "ray"
    report = index_library([comics], library, OPTIONS, load=load_fakes, engine=engine)
    assert (report.indexed, len(report.failed)) == (6, 1)
    assert contents(library) == contents(tmp_path / "local")
    assert library_status(library).damage is None
    with Ledger.open_read_only(library) as mine, Ledger.open_read_only(tmp_path / "local") as theirs:
        assert mine.entries() == theirs.entries()
    again = index_library([comics], library, OPTIONS, load=load_fakes, engine=engine)
    assert (again.indexed, again.unchanged) == (0, 7)
    cluster.remove_node(node)


@slow
@ray_warns
def test_a_node_that_is_killed_loses_nothing(comics, tmp_path, cluster):
    node = cluster.add_node(num_cpus=1)
    killed = threading.Timer(3.0, lambda: cluster.remove_node(node, allow_graceful=False))
    killed.start()
    engine = RayEngine(cluster.address, load_slow)
    report = index_library([comics], tmp_path / "ray", OPTIONS, load=load_slow, engine=engine)
    killed.join()
    assert (report.indexed, len(report.failed)) == (6, 1)
    run_index(comics, tmp_path / "local")
    assert contents(tmp_path / "ray") == contents(tmp_path / "local")


@slow
@ray_warns
def test_a_book_that_kills_its_workers_is_named_and_stops_no_other_run(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr("indexer.running.distributed.RETRIES", 1)
    write_book(tmp_path / "comics" / "b.cbz", seed=1)
    engine = RayEngine(cluster.address, load_deadly)
    report = index_library([tmp_path / "comics"], tmp_path / "ray", OPTIONS, load=load_deadly, engine=engine)
    assert [(entry.status, entry.reason) for entry in report.failed] == [(BookStatus.FAILED, "worker-lost")]


def test_a_cluster_that_is_not_there_is_named(comics, tmp_path):
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'longbox[ray]'")
    with pytest.raises(BackendUnavailableError, match=r"cannot join the Ray cluster at 127\.0\.0\.1:9"):
        index_library(
            [comics],
            tmp_path / "library",
            OPTIONS,
            load=load_fakes,
            engine=RayEngine("127.0.0.1:9", load_fakes),
        )
