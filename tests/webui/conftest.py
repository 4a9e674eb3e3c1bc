"""Clients of the app on a library indexed for real, and on an empty one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.indexing import index_library
from schemas.config import IndexOptions
from webui import WebConfig, create_app


@pytest.fixture(scope="session")
def library_path(lamps_library: Path) -> Path:
    return lamps_library


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
