"""What the care of a library needs of a path, locally and on object storage."""

import hashlib
import time
from pathlib import Path
from uuid import uuid4

import pytest

from indexer.remote.paths import BLOCK_BYTES, ObjectPath, TablePath
from schemas.errors import StoreUnreachableError
from schemas.places import StoreUri
from tests.object_store import BUCKET, ObjectStore

FILES = {
    "t.lance/data/a.lance": b"one",
    "t.lance/data/b.lance": b"",
    "t.lance/_indices/x/page.lance": b"three",
}


@pytest.fixture(params=["folder", "store"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> TablePath:
    if request.param == "folder":
        for name, data in FILES.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        return tmp_path
    request.getfixturevalue("s3")
    uri = StoreUri(BUCKET, uuid4().hex[:8])
    for name, data in FILES.items():
        (ObjectPath(uri) / name).write([data])
    return ObjectPath(uri)


def test_files_and_folders_are_told_apart(place: TablePath) -> None:
    assert (place / "t.lance").is_dir()
    assert not (place / "t.lance").is_file()
    assert (place / "t.lance/data/a.lance").is_file()
    assert not (place / "t.lance/data/a.lance").is_dir()
    assert not (place / "t.lance/nothing").exists()
    assert (place / "t.lance").exists()


def test_patterns_find_what_lies_that_deep(place: TablePath) -> None:
    table = place / "t.lance"
    assert sorted(path.name for path in (table / "data").glob("*")) == ["a.lance", "b.lance"]
    assert [path.parts[len(table.parts) :] for path in (table / "_indices").glob("*/*")] == [
        ("_indices", "x", "page.lance")
    ]
    assert [path.stem for path in (table / "data").glob("a*")] == ["a"]
    assert list((table / "nothing").glob("*")) == []


def test_contents_sizes_and_times_are_told(place: TablePath) -> None:
    file = place / "t.lance/data/a.lance"
    assert file.read_bytes() == b"one"
    assert file.stat().st_size == 3
    assert abs(file.stat().st_mtime - time.time()) < 60
    assert [path.stat().st_size for path in sorted((place / "t.lance/data").glob("*"))] == [3, 0]  # type: ignore[type-var]
    assert file.parent.name == "data"


def test_an_open_file_can_be_hashed_and_read_in_pieces(place: TablePath) -> None:
    with (place / "t.lance/_indices/x/page.lance").open("rb") as file:
        assert file.read(2) == b"th"
        assert file.tell() == 2
        assert file.read() == b"ree"
    with (place / "t.lance/_indices/x/page.lance").open("rb") as file:
        assert hashlib.file_digest(file, "sha256").hexdigest() == hashlib.sha256(b"three").hexdigest()
        assert file.tell() == 5


def test_what_is_missing_is_said_as_the_system_does(place: TablePath) -> None:
    missing = place / "t.lance/data/c.lance"
    for act in (missing.read_bytes, missing.stat, missing.unlink, lambda: missing.open("rb")):
        with pytest.raises(FileNotFoundError):
            act()
    missing.unlink(missing_ok=True)


def test_a_deleted_file_is_gone_and_its_neighbours_stay(place: TablePath) -> None:
    (place / "t.lance/data/a.lance").unlink()
    assert [path.name for path in (place / "t.lance/data").glob("*.lance")] == ["b.lance"]


def test_a_file_of_many_blocks_arrives_whole(s3: ObjectStore) -> None:
    path = ObjectPath(StoreUri(BUCKET, uuid4().hex[:8])) / "large"
    data = bytes(range(256)) * (BLOCK_BYTES // 256) * 2 + b"end"
    path.write(data[start : start + BLOCK_BYTES] for start in range(0, len(data), BLOCK_BYTES))
    assert path.read_bytes() == data


def test_a_folder_on_the_store_is_moved_and_deleted_object_by_object(s3: ObjectStore) -> None:
    place = ObjectPath(StoreUri(BUCKET, uuid4().hex[:8]))
    for name, data in FILES.items():
        (place / name).write([data])
    (place / "t.lance").move_to(place / "t.damaged")
    assert not (place / "t.lance").exists()
    assert (place / "t.damaged/data/a.lance").read_bytes() == b"one"
    (place / "t.damaged").delete_folder()
    assert not (place / "t.damaged").exists()
    (place / "t.damaged").delete_folder()


def test_a_store_that_refuses_is_told_from_a_missing_file(s3: ObjectStore) -> None:
    path = ObjectPath(StoreUri(BUCKET, "refused")) / "file"
    with s3.failing("403 Forbidden", b"<Error><Code>AccessDenied</Code></Error>"):
        for act in (path.read_bytes, path.stat, path.exists, lambda: path.write([b"x"]), path.unlink):
            with pytest.raises(StoreUnreachableError, match=r"s3://\w+/refused: "):
                act()
