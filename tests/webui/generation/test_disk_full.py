"""A disk that takes no more: a clear word, the truth about the job, nothing half-written."""

import json
import resource
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from models.generation.backend import GeneratedPanel
from schemas.errors import LibraryError
from schemas.generation import BackendDescription, GenerationRequest, SourceType
from search.generation.making import MadePanel
from search.generation.records import PanelRecord
from webui.generation.files import write_panel
from webui.generation.job import StudioState
from webui.generation.keeping import keep_pictures
from webui.generation.studio import Studio

ROOM = 3_000


@contextmanager
def full_disk(room: int = ROOM) -> Iterator[None]:
    """Let no file grow beyond some bytes: writing fails as it does where a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def made() -> MadePanel:
    art = np.random.default_rng(7).integers(0, 255, (96, 96, 3)).astype(np.uint8)
    description = BackendDescription("storyboard", "2", frozenset(), SourceType.COMPOSITE)
    record = PanelRecord(
        GenerationRequest("a cat"), description, 0, 0, (), (), (), (), {}, {}, {}, "0" * 64, "test"
    )
    return MadePanel(GeneratedPanel(art, 0), record)


def test_a_panel_that_finds_no_room_leaves_none_of_its_picture(made: MadePanel, tmp_path: Path) -> None:
    assert len(made.png()) > ROOM
    with full_disk(), pytest.raises(LibraryError, match=r"panel\.png"):
        write_panel(made, tmp_path / "panel.png")
    assert list(tmp_path.iterdir()) == []


def test_a_panel_that_finds_no_room_leaves_the_one_before_with_its_record(
    made: MadePanel, tmp_path: Path
) -> None:
    for name in ("panel.json", "panel.png"):
        (tmp_path / name).write_text("before", "utf-8")
    with full_disk(), pytest.raises(LibraryError, match=r"panel\.png"):
        write_panel(made, tmp_path / "panel.png", beside={".report.html": b"a report"})
    assert {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()} == {
        "panel.json": "before",
        "panel.png": "before",
    }


def test_a_job_that_finds_no_room_has_failed_and_shows_no_picture(made: MadePanel, tmp_path: Path) -> None:
    studio = Studio(tmp_path, lambda request, progress: (made,))
    with full_disk():
        job = studio.start(GenerationRequest("a cat"))
        until = time.monotonic() + 20
        while not (now := studio.job(job.job_id)).is_over:
            assert time.monotonic() < until
            time.sleep(0.01)
    assert (now.state, now.pictures) == (StudioState.FAILED, 0)
    assert "1.png" in now.message
    assert [path.name for path in tmp_path.rglob("*.*")] == ["job.json"]


def test_a_picture_that_cannot_be_kept_leaves_the_library_as_it_was(
    made: MadePanel, drawn_library: Path, tmp_path: Path
) -> None:
    library = shutil.copytree(drawn_library, tmp_path / "library")
    record = json.dumps(made.record.to_json()).encode()
    with full_disk(), pytest.raises(LibraryError):
        keep_pictures(library, "A cat", [made.png()], [record])
    assert not list((library / "generated").glob("*.cbz"))
