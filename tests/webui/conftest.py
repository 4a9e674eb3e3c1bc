"""Clients of the app on a library indexed for real, and on an empty one."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from webui import WebConfig, create_app
from webui.app import close_app


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


@pytest.fixture(scope="session")
def base(library_path: Path) -> Iterator[str]:
    """The address of a server on the shared library."""
    with served(WebConfig(library=library_path)) as address:
        yield address


@pytest.fixture(scope="session")
def driver():
    """One browser for all tests."""
    from tests.webui.browser import open_browser

    driver = open_browser()
    yield driver
    driver.quit()


@pytest.fixture
def visitor(driver, base: str):
    """A visitor whose window must stay without complaints and must ask no other machine."""
    from tests.webui.browser import DESKTOP, Visitor

    visitor = Visitor(driver, base)
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})  # whichever site the window looks at
    visitor.size(DESKTOP)
    visitor.theme("light")
    visitor.complaints(), visitor.asked_elsewhere()  # of the test before
    yield visitor
    visitor.scripts(run=True)
    visitor.leave()
    assert visitor.complaints() == []
    assert visitor.asked_elsewhere() == set()


@contextmanager
def served(config: WebConfig) -> Iterator[str]:
    """Serve a library from a thread; yields the address."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request says nothing of a failure
    app = create_app(config)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
        close_app(app)
