"""A library on object storage is searched as a local one."""

from pathlib import Path
from uuid import uuid4

import lancedb
import pytest

import search
from schemas.errors import LibraryNotFoundError, StoreUnreachableError
from schemas.messages import SearchRequest
from schemas.tables import BOOKS
from search.library import Library, open_library
from tests.object_store import BUCKET, ObjectStore
from tests.search.conftest import fake_encoders

WORDS = SearchRequest(text="dragon kitchen")


@pytest.fixture
def uri(s3: ObjectStore, folder: Path) -> str:
    """The shared library of the read side, uploaded."""
    prefix = uuid4().hex[:8]
    for path in folder.rglob("*"):
        if path.is_file():
            s3.write(f"{prefix}/{path.relative_to(folder)}", path.read_bytes())
    return f"s3://{BUCKET}/{prefix}"


def opened(uri: str) -> Library:
    return open_library(uri, encoders=fake_encoders(), refresh_seconds=0.0)


def test_it_finds_what_the_local_one_finds(uri: str, library: Library) -> None:
    with opened(uri) as remote:
        ours, theirs = remote.search(WORDS), library.search(WORDS)
    assert [hit.panel_id for hit in ours.hits] == [hit.panel_id for hit in theirs.hits]
    assert [hit.score for hit in ours.hits] == pytest.approx([hit.score for hit in theirs.hits])
    assert ours.hits


def test_a_thumbnail_comes_from_the_store(uri: str, library: Library) -> None:
    page = library.search(WORDS).hits[0].page_id
    with opened(uri) as remote:
        assert remote.thumbnail(page) == library.thumbnail(page)


def test_a_warm_search_asks_the_store_for_nothing_but_news(uri: str, s3: ObjectStore) -> None:
    with opened(uri) as remote:
        remote.warm()
        remote.search(WORDS)
        s3.requests.clear()
        assert remote.search(SearchRequest(text="dragon kitchen potion")).hits
    assert [request.method for request in s3.requests] == ["GET", "GET"]
    assert all("_versions" in request.query for request in s3.requests)


def test_a_change_is_seen(uri: str, s3: ObjectStore) -> None:
    with opened(uri) as remote:
        assert remote.stats().books == 4
        options = {"aws_endpoint": s3.endpoint, "allow_http": "true"}
        books = lancedb.connect(uri, storage_options=options).open_table(BOOKS)
        books.delete("title = 'Noisy'")
        assert remote.stats().books == 3


def test_where_there_is_none_the_way_to_make_one_is_named(s3: ObjectStore) -> None:
    with pytest.raises(LibraryNotFoundError, match=f"longbox index COMICS --library s3://{BUCKET}/none"):
        search.open(f"s3://{BUCKET}/none")


def test_a_store_that_goes_away_is_named_and_searches_go_on_when_it_is_back(
    uri: str, s3: ObjectStore
) -> None:
    denied = ("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")
    with opened(uri) as remote:
        with s3.failing(*denied), pytest.raises(StoreUnreachableError, match=uri):
            remote.search(WORDS)
        assert remote.search(WORDS).hits
    with s3.failing(*denied), pytest.raises(StoreUnreachableError, match=uri):
        opened(uri)
