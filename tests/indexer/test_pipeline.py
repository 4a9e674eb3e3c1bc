"""Books through the pipeline: order, boundaries, bounded work ahead."""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from indexer.pipeline import attempt
from indexer.running.books import BookJob, BookOutcome, BookPipeline, FailedBook, FinishedBook
from schemas.config import IndexOptions
from schemas.errors import EncryptedContainerError, LibraryError
from schemas.geometry import Box
from schemas.labels import BookStatus, PageType, ReadingDirection
from schemas.records import PageLayout, PanelRegion, RgbImage, StageFailure, TextLine
from schemas.vlm import PageReading
from tests.fakes import FakeDetector, FakePictureEncoder, FakeTextReader
from tests.indexer.builders import (
    BrokenDetector,
    Models,
    comic_info,
    page_picture,
    png,
    write_book,
    write_cbz,
)


class Memory:
    """A cache of readings in a dictionary."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], tuple[TextLine, ...]] = {}
        self.page_readings: dict[tuple[str, str], PageReading] = {}

    def reading(self, sha256: str, reader: str) -> tuple[TextLine, ...] | None:
        return self.lines.get((sha256, reader))

    def remember_reading(self, sha256: str, reader: str, lines: Sequence[TextLine]) -> None:
        self.lines[sha256, reader] = tuple(lines)

    def page_reading(self, sha256: str, reader: str) -> PageReading | None:
        return self.page_readings.get((sha256, reader))

    def remember_page_reading(self, sha256: str, reader: str, reading: PageReading) -> None:
        self.page_readings[sha256, reader] = reading

    def set_type(self, sha256: str) -> PageType | None:
        return self.set_types().get(sha256)

    def set_types(self) -> dict[str, PageType]:
        return {}


class BrokenReader(FakeTextReader):
    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        raise RuntimeError("out of words")


class BrokenEncoder(FakePictureEncoder):
    def encode_images(self, images: Sequence[RgbImage]) -> object:  # type: ignore[override]
        raise MemoryError


def job(path: Path, number: int = 0) -> BookJob:
    return BookJob(path, str(path), f"{number:024x}", path.stat().st_size, 1)


def read(
    jobs: Iterator[BookJob] | list[BookJob],
    models: Models,
    options: IndexOptions = IndexOptions(workers=3),  # noqa: B008
) -> list[BookOutcome]:
    pipeline = BookPipeline(models.models, options, Memory())
    return list(pipeline.run(jobs, on_page=lambda *_: None))


def read_one(path: Path, models: Models, **options: str) -> FinishedBook:
    [outcome] = read([job(path)], models, IndexOptions(workers=2, **options))  # type: ignore[arg-type]
    assert isinstance(outcome, FinishedBook)
    return outcome


def test_books_and_pages_come_out_in_order_whatever_finishes_first(tmp_path: Path) -> None:
    jobs = [job(write_book(tmp_path / f"{n}.cbz", seed=n, pages=1 + 7 * (n % 2)), n) for n in range(6)]
    outcomes = read(jobs, Models())
    assert [outcome.job for outcome in outcomes] == jobs
    for outcome in outcomes:
        assert isinstance(outcome, FinishedBook)
        pages = outcome.assembled.pages
        assert [page.page_no for page in pages] == list(range(1, len(pages) + 1))


def test_thumbnails_follow_the_reading_order_of_their_panels(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.cbz", seed=1, pages=1, files=comic_info(Manga="YesAndRightToLeft"))
    [outcome] = read([job(path)], Models())[:1]
    assert isinstance(outcome, FinishedBook)
    assert outcome.assembled.book.direction is ReadingDirection.RTL
    assert [panel.region.box.x0 for panel in outcome.assembled.pages[0].panels] == [0.5, 0.0]
    assert outcome.assembled.orders == ((1, 0),)


def test_no_more_than_a_handful_of_pages_is_read_ahead(tmp_path: Path) -> None:
    path = write_book(tmp_path / "a.cbz", seed=1, pages=60)
    gate, most = threading.Event(), 0
    running = threading.Lock()

    class Waiting(FakeDetector):
        def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
            nonlocal most
            gate.wait(0.2)
            with running:
                most += 1
            return super().detect(page, direction=direction)

    drawn = 0

    class Counting(Memory):
        def reading(self, sha256: str, reader: str) -> tuple[TextLine, ...] | None:
            nonlocal drawn
            drawn += 1
            assert drawn - most <= 3 * 2 + 2
            return None

    pipeline = BookPipeline(Models(detector=Waiting()).models, IndexOptions(workers=2), Counting())
    assert len(list(pipeline.run([job(path)], on_page=lambda *_: gate.set()))) == 1
    assert drawn == 60


@pytest.mark.parametrize(
    ("models", "stage", "lost"),
    [
        (Models(detector=BrokenDetector()), "panels", "boxes"),
        (Models(reader=BrokenReader()), "text", "texts"),
        (Models(picture_encoder=BrokenEncoder()), "vectors", "vectors"),
    ],
)
def test_a_stage_that_breaks_costs_its_own_results_only(
    tmp_path: Path, models: Models, stage: str, lost: str
) -> None:
    done = read_one(write_book(tmp_path / "a.cbz", seed=1), models)
    book, [first, second] = done.assembled.book, done.assembled.pages
    assert book.status is BookStatus.PARTIAL
    assert [(f.stage, f.reason, f.page_no) for f in book.failures] == [
        (stage, "internal", 1),
        (stage, "internal", 2),
    ]
    whole = [panel.region.box for panel in first.panels] == [Box.whole_page()]
    assert whole is (lost == "boxes")
    assert bool(second.panels[0].text) is (lost != "texts")
    assert bool(done.vectors.panel_pictures) is (lost != "vectors")


def test_an_unexpected_error_names_the_log_and_not_its_trace(tmp_path: Path) -> None:
    done = read_one(write_book(tmp_path / "a.cbz", seed=1, pages=1), Models(detector=BrokenDetector()))
    [failure] = done.assembled.book.failures
    assert "ZeroDivisionError" in failure.message
    assert "longbox.log" in failure.message


def test_a_failed_reading_is_tried_again_a_good_one_never(tmp_path: Path) -> None:
    path, cache = write_book(tmp_path / "a.cbz", seed=1), Memory()
    for reader, expected in ((BrokenReader(), 0), (FakeTextReader(["x"]), 2), (FakeTextReader(["x"]), 0)):
        models = Models(reader=reader)
        list(BookPipeline(models.models, IndexOptions(), cache).run([job(path)], on_page=lambda *_: None))
        assert reader.pages == expected


def test_a_book_without_any_readable_page_fails_with_the_first_reason(tmp_path: Path) -> None:
    [outcome] = read([job(write_cbz(tmp_path / "a.cbz", [b"x", b"y"]))], Models())
    assert isinstance(outcome, FailedBook)
    assert outcome.failure.reason == "unreadable-picture"
    assert outcome.failure.message.startswith("none of the 2 pages of a.cbz can be read: p001.png")


def test_blank_pages_are_kept_without_panels_and_full_ones_get_one(tmp_path: Path) -> None:
    blank = page_picture(1)
    blank[:] = 250
    pages = [png(blank), png(page_picture(2))]
    models = Models(detector=FakeDetector(()), reader=FakeTextReader())
    done = read_one(write_cbz(tmp_path / "a.cbz", pages), models)
    assert [len(page.panels) for page in done.assembled.pages] == [0, 1]


def test_insets_point_to_their_panel_in_reading_order(tmp_path: Path) -> None:
    class Inset(FakeDetector):
        def detect(self, page: RgbImage, *, direction: ReadingDirection = ReadingDirection.LTR) -> PageLayout:
            inset = PanelRegion(Box(0.6, 0.1, 0.8, 0.3), 1.0, parent=2)
            left, right = (PanelRegion(box, 1.0) for box in (Box(0, 0, 0.49, 1), Box(0.5, 0, 1, 1)))
            return PageLayout((inset, left, right), 1.0)

    done = read_one(write_book(tmp_path / "a.cbz", seed=1, pages=1), Models(detector=Inset()))
    panels = done.assembled.pages[0].panels
    assert [panel.region.parent for panel in panels] == [None, None, 1]


def test_library_errors_end_the_run_and_others_become_failures() -> None:
    failures: list[StageFailure] = []

    def refuse() -> int:
        raise EncryptedContainerError("a.cbz needs a password")

    def full_disk() -> int:
        raise LibraryError("the disk is full")

    assert attempt("container", None, failures, refuse, otherwise=7) == 7
    assert failures == [StageFailure("container", "encrypted", "a.cbz needs a password")]
    with pytest.raises(LibraryError):
        attempt("container", None, failures, full_disk, otherwise=7)
