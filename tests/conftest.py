"""Fixtures shared by all tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.object_store import ObjectStore

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real open comics beside the project; skips where it is missing."""
    if not (CORPUS / "README.md").is_file():
        pytest.skip(f"the open comics corpus is not at {CORPUS}")
    return CORPUS


@pytest.fixture(scope="session")
def s3_server() -> Iterator["ObjectStore"]:
    """An S3 server of this test run; use ``s3``."""
    from tests.object_store import running_store

    with running_store() as store:
        yield store


@pytest.fixture
def s3(s3_server: "ObjectStore", tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["ObjectStore"]:
    """An S3 server that this process may use, and a place for the state of libraries on it."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LONGBOX_STATE", str(tmp_path / "state"))
    s3_server.requests.clear()
    yield s3_server
    s3_server.intercept = None


@pytest.fixture(scope="session")
def lamps_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three little books indexed for real: the whole way, end to end."""
    from indexer.running.indexing import index_library
    from schemas.config import IndexOptions
    from tests.comics import write_cbz

    books = tmp_path_factory.mktemp("books")
    write_cbz(
        books / "lamps.cbz",
        [
            ["The lighthouse keeper sleeps"],
            ["Where is my red umbrella?", "Ask the harbour cat", "It never answers me"],
        ],
        title="The &lt;script&gt;alert(1)&lt;/script&gt; Lamp",
    )
    write_cbz(
        books / "trains.cbz",
        [["Tickets please"], ["This train is late", "So am I"]],
        title="Trains",
        year=2005,
    )
    write_cbz(
        books / "moons.cbz",
        [["A paper moon"], ["Hold the ladder"]],
        title="Moons",
        series="Night",
        year=1988,
        right_to_left=True,
    )
    library = tmp_path_factory.mktemp("library")
    index_library([books], library, IndexOptions(workers=1))
    return library


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that was audited, for tests that change nothing in it."""
    from indexer.audit.making import audit_library
    from tests.audits import make_library

    library = make_library(tmp_path_factory.mktemp("audited"))
    audit_library(library)
    return library


@pytest.fixture(scope="session")
def drawn_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four drawn books with and without licences: what generation finds its references in."""
    from tests.drawn_books import index_drawn

    library = tmp_path_factory.mktemp("drawn-library")
    index_drawn(tmp_path_factory.mktemp("drawn"), library)
    return library
