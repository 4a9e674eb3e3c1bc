"""Machines that share a library on object storage, and what it holds."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from indexer.remote import state
from indexer.remote.state import named
from indexer.running.indexing import Scope
from indexer.running.reports import IndexReport
from schemas.config import IndexOptions
from tests.indexer.builders import DEFAULT, KEYS, Models, _plain, run_index
from tests.object_store import BUCKET

ORIGINAL = f"s3://{BUCKET}/original"
OPTIONS = IndexOptions(workers=2, picture_encoder="fake-picture", text_encoder="fake-text")


def index(
    comics: Path, library: Path, models: Models | None = None, *, scope: Scope = DEFAULT
) -> IndexReport:
    """Bring a library up to date with the fake models by their own names, as verify wants them."""
    return run_index(comics, library, models, options=OPTIONS, scope=scope)


def new_library() -> str:
    """An address where nothing lies yet."""
    return f"s3://{BUCKET}/{uuid4().hex[:8]}"


def prefix_of(uri: str) -> str:
    return uri.removeprefix(f"s3://{BUCKET}/")


@contextmanager
def machine(folder: Path) -> Iterator[None]:
    """Be another machine: one whose state folders lie elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(state.STATE_VARIABLE, str(folder))
        yield


def rows(uri: str, table: str) -> list[dict[str, object]]:
    found = state.connect(named(uri)).open_table(table).search().limit(None).to_arrow().to_pylist()
    return sorted(found, key=lambda row: str(row[KEYS[table]]))


def contents(uri: str, tables: Sequence[str] = tuple(KEYS)) -> str:
    """Everything a library holds, as one comparable text."""
    return json.dumps({table: rows(uri, table) for table in tables}, default=_plain, indent=1)


def titles(uri: str) -> list[str]:
    return sorted(str(row["source"]).rpartition("/")[2] for row in rows(uri, "books"))
