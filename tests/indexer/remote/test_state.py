"""State folders: one for each place and server, on this machine."""

from pathlib import Path

import pytest

from indexer.remote.state import STORE_FILE, local_path, named, shown, state_id, store_of
from schemas.errors import LibraryError, LibraryFormatError
from schemas.places import StoreUri, place_of


@pytest.fixture(autouse=True)
def states(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LONGBOX_STATE", str(tmp_path / "states"))
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "states"


def test_a_place_has_one_folder_that_names_it(states: Path) -> None:
    folder = named("s3://shelf/comics/")
    assert folder == named("s3://shelf/comics")
    assert folder.parent == states
    assert folder.name.startswith("shelf-")
    assert store_of(folder) == StoreUri("shelf", "comics")
    assert str(shown(folder)) == "s3://shelf/comics"


def test_places_and_servers_have_folders_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    first = named("s3://shelf/comics")
    assert named("s3://shelf/manga") != first
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://minio.example")
    assert named("s3://shelf/comics") != first


def test_two_state_folders_are_told_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = state_id(named("s3://shelf/comics"))
    assert state_id(named("s3://shelf/comics")) == first
    monkeypatch.setenv("LONGBOX_STATE", str(tmp_path / "other"))
    assert state_id(named("s3://shelf/comics")) != first


def test_without_the_setting_it_lies_where_states_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LONGBOX_STATE")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))
    assert named("s3://shelf").parent == tmp_path / "xdg" / "longbox"
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert named("s3://shelf").parent == tmp_path / "home" / ".local" / "state" / "longbox"


def test_a_folder_is_its_own_place(tmp_path: Path) -> None:
    assert named(tmp_path / "library") == tmp_path / "library"
    assert store_of(tmp_path / "library") is None
    assert shown(tmp_path / "library") == tmp_path / "library"


def test_a_damaged_pointer_is_said_with_the_way_out() -> None:
    folder = named("s3://shelf/comics")
    (folder / STORE_FILE).write_text("{}")
    with pytest.raises(LibraryFormatError, match="names no store: delete it"):
        store_of(folder)
    (folder / STORE_FILE).write_text('{"tables": "s3://shelf/manga"}')
    with pytest.raises(
        LibraryFormatError, match="is the state of s3://shelf/manga, not of s3://shelf/comics"
    ):
        local_path(place_of("s3://shelf/comics"))
    with pytest.raises(LibraryError, match="delete it"):
        state_id(folder)
