"""Stores that are not there, refuse, or go away: one clear line, nothing half-written, nothing told."""

from pathlib import Path

import pytest

from indexer.care.repair import repair
from indexer.care.report import verify_library
from indexer.library.status import library_status
from indexer.remote import lease
from indexer.remote.state import local_path, named
from schemas.errors import ConfigError, LibraryError, LibraryNotFoundError, StoreUnreachableError
from schemas.places import place_of
from tests.indexer.builders import write_book
from tests.indexer.remote.machines import contents, index, new_library, titles
from tests.object_store import ACCESS_KEY, DENIED, SECRET_KEY, Answer, ObjectStore, Request

ACCESS_DENIED: Answer = ("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>")
"""Clients do not ask again after it."""


def test_a_bucket_that_is_not_there_is_named(s3: ObjectStore, comics: Path) -> None:
    with pytest.raises(StoreUnreachableError, match=r"s3://nobucket/lib: there is no such bucket.*make it"):
        index(comics, named("s3://nobucket/lib"))


def test_where_there_is_no_library_that_is_said(s3: ObjectStore) -> None:
    uri = new_library()
    with pytest.raises(LibraryNotFoundError, match=f"no library in {uri}: make one"):
        library_status(named(uri))
    with pytest.raises(LibraryNotFoundError, match=f"no library in {uri}"):
        verify_library(named(uri), sample=0)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        ("403 Forbidden", DENIED, "does not know these credentials: check AWS_ACCESS_KEY_ID"),
        ("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>", "may not do that"),
        ("503 Slow Down", b"<Error><Code>SlowDown</Code></Error>", "overloaded or failing"),
    ],
)
def test_a_store_that_refuses_is_no_damage_and_no_key_is_told(
    uri: str, s3: ObjectStore, comics: Path, status: str, body: bytes, told: str
) -> None:
    with s3.failing(status, body), pytest.raises(StoreUnreachableError) as raised:
        index(comics, named(uri))
    assert told in str(raised.value)
    assert uri in str(raised.value)
    for path in named(uri).iterdir():
        data = path.read_bytes()
        assert ACCESS_KEY.encode() not in data
        assert SECRET_KEY.encode() not in data


def test_an_address_that_is_not_encrypted_must_be_allowed(
    s3: ObjectStore, comics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    with pytest.raises(ConfigError, match=r"not encrypted.*AWS_ALLOW_HTTP=true"):
        index(comics, named(new_library()))


@pytest.mark.parametrize("after", [60, 110])
def test_a_store_that_goes_away_in_the_middle_leaves_whole_books(
    uri: str, s3: ObjectStore, comics: Path, after: int
) -> None:
    for seed in (5, 6):
        write_book(comics / f"book {seed}.cbz", seed=seed)
    with s3.failing(*ACCESS_DENIED, after=after), pytest.raises(StoreUnreachableError, match=uri):
        index(comics, named(uri))
    assert set(titles(uri)) >= {"book 0.cbz", "book 1.cbz"}
    index(comics, named(uri))
    assert titles(uri) == ["book 0.cbz", "book 1.cbz", "book 5.cbz", "book 6.cbz"]
    assert verify_library(named(uri), sample=0).findings == ()


def test_beats_that_are_not_taken_end_no_run(
    uri: str, s3: ObjectStore, comics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "BEAT_S", 0.01)
    beats = 0

    def refuse(request: Request) -> Answer | None:
        nonlocal beats
        beats += is_beat(request)
        return ACCESS_DENIED if is_beat(request) and 1 < beats < 4 else None

    s3.intercept = refuse
    write_book(comics / "book 1.cbz", seed=5)
    assert index(comics, named(uri)).indexed == 1
    assert beats > 4


def test_a_writer_whose_first_beat_was_refused_can_begin_again_at_once(
    uri: str, s3: ObjectStore, comics: Path
) -> None:
    s3.intercept = lambda request: ACCESS_DENIED if is_beat(request) else None
    with pytest.raises(StoreUnreachableError, match="may not do that"):
        index(comics, named(uri))
    s3.intercept = None
    assert index(comics, named(uri)).unchanged == 2


def is_beat(request: Request) -> bool:
    return request.method == "PUT" and "/writers/0" in request.path


def test_an_outage_while_a_library_is_repaired_harms_no_table(uri: str, s3: ObjectStore) -> None:
    before, asked = contents(uri), 0

    def fail(request: Request) -> Answer | None:
        nonlocal asked
        asked += "prefix" in request.query and "books.lance" in request.query
        return ACCESS_DENIED if asked > 3 else None

    s3.intercept = fail
    with pytest.raises(StoreUnreachableError):
        repair(named(uri), sample=0)
    s3.intercept = None
    assert asked > 3
    assert contents(uri) == before


def test_a_state_folder_that_cannot_be_made_names_the_setting(
    s3: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LONGBOX_STATE", str(tmp_path / "file" / "below"))
    with pytest.raises(LibraryError, match="set LONGBOX_STATE to a folder that can be written"):
        local_path(place_of(new_library()))
