"""One small library, indexed for real, and a client of the app on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.indexing import index_library
from schemas.config import IndexOptions
from tests.comics import write_cbz
from webui import WebConfig, create_app


@pytest.fixture(scope="session")
def library_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
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


@pytest.fixture
def client(library_path: Path) -> Iterator[FlaskClient]:
    app = create_app(WebConfig(library=library_path))
    with app.test_client() as client:
        yield client


@pytest.fixture
def empty_client(tmp_path: Path) -> Iterator[FlaskClient]:
    index_library([], tmp_path / "library", IndexOptions(workers=1))
    with create_app(WebConfig(library=tmp_path / "library")).test_client() as client:
        yield client
