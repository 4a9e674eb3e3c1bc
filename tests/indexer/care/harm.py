"""What befalls libraries: flipped bits, lost files, rows too many, rows of nothing."""

from pathlib import Path

import lancedb
from lancedb.table import Table

from schemas.tables import BOOKS


def table_of(library: Path, name: str) -> Table:
    return lancedb.connect(str(library)).open_table(name)


def flip_a_bit(path: Path, position: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * position)] ^= 4
    path.write_bytes(bytes(data))


def largest_file(library: Path, name: str, kind: str = "data") -> Path:
    files = [path for path in (library / f"{name}.lance" / kind).rglob("*") if path.is_file()]
    return max(files, key=lambda path: path.stat().st_size)


def index_folder(library: Path, name: str) -> Path:
    index = next(iter(table_of(library, name).list_indices()))
    return library / f"{name}.lance" / "_indices" / str(index.index_uuid)


def replace_bytes(library: Path, name: str, old: bytes, new: bytes) -> None:
    """Change stored data in place, as a failing disk does: LanceDB itself refuses bad vectors."""
    files = [path for path in (library / f"{name}.lance" / "data").iterdir() if old in path.read_bytes()]
    assert files
    for path in files:
        path.write_bytes(path.read_bytes().replace(old, new, 1))


def book_ids(library: Path) -> list[str]:
    return sorted(table_of(library, BOOKS).to_arrow()["book_id"].to_pylist())
