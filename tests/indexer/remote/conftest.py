"""A small library on object storage, made once and copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.remote.state import named
from tests.indexer.builders import write_book
from tests.indexer.remote.machines import ORIGINAL, index, machine, new_library, prefix_of
from tests.object_store import ObjectStore


@pytest.fixture(scope="session")
def original(s3_server: ObjectStore, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two books, in ``comics``, and a library of them at ORIGINAL."""
    folder = tmp_path_factory.mktemp("original")
    for seed in range(2):
        write_book(folder / "comics" / f"book {seed}.cbz", seed=seed)
    shutil.copytree(folder / "comics", folder / "unchanged")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in s3_server.environment.items():
            patch.setenv(name, value)
        with machine(folder / "state"):
            index(folder / "comics", named(ORIGINAL))
    return folder


@pytest.fixture
def comics(original: Path) -> Iterator[Path]:
    """The folder of two books, as it was after each test."""
    yield original / "comics"
    shutil.rmtree(original / "comics")
    shutil.copytree(original / "unchanged", original / "comics")


@pytest.fixture
def uri(s3: ObjectStore, original: Path) -> str:
    """A library of these books, which another machine has written."""
    place = new_library()
    s3.copy(prefix_of(ORIGINAL), prefix_of(place))
    return place
