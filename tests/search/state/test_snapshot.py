from dataclasses import replace
from pathlib import Path

import lancedb
import pytest

from schemas.errors import LibraryFormatError
from schemas.messages import SearchRequest
from schemas.tables import BOOKS, FORMAT_VERSION, PANELS, books_schema, page_id
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import book_of
from tests.search.conftest import fake_encoders

OLD = book_of("Tale", "the old potion")
NEW = book_of("Tale", "the new potion", "another new potion", ingest_rev="rev2")


def texts(library: Library) -> set[str]:
    return {hit.text for hit in library.search(SearchRequest(text="potion")).hits}


def write_panels(path: Path, old: builders.BookSpec, new: builders.BookSpec) -> None:
    lancedb.connect(str(path)).open_table(PANELS).delete(f"book_id = '{old.book_id}'")
    builders.add(path, new, listed=False)


def test_new_book_shows_in_an_open_library(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", OLD)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        assert texts(library) == {"the old potion"}
        builders.add(path, book_of("Other", "a second potion"))
        assert texts(library) == {"the old potion", "a second potion"}
        assert library.stats().books == 2


def test_book_being_replaced_shows_as_it_was_until_it_is_whole(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", OLD)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        assert texts(library) == {"the old potion"}
        write_panels(path, OLD, NEW)
        assert texts(library) == {"the old potion"}
        lancedb.connect(str(path)).open_table(BOOKS).delete(f"book_id = '{OLD.book_id}'")
        builders.list_book(path, NEW)
        assert texts(library) == {"the new potion", "another new potion"}


def test_library_opened_amid_a_replacement_shows_neither_half(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", OLD, book_of("Other", "a second potion"))
    write_panels(path, OLD, NEW)
    with open_library(path, encoders=fake_encoders()) as library:
        assert texts(library) == {"a second potion"}


def test_removed_book_is_gone(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", OLD, book_of("Other", "a second potion"))
    with open_library(path, encoders=fake_encoders(), refresh_seconds=0) as library:
        library.search(SearchRequest(text="potion"))
        lancedb.connect(str(path)).open_table(BOOKS).delete(f"book_id = '{OLD.book_id}'")
        assert texts(library) == {"a second potion"}


def test_library_of_a_newer_format_says_upgrade_whatever_tables_it_has(tmp_path: Path) -> None:
    newer = replace(builders.FORMAT, format_version=FORMAT_VERSION + 1)
    path = tmp_path / "lib"
    lancedb.connect(str(path)).create_table(BOOKS, schema=books_schema(newer))
    with pytest.raises(LibraryFormatError, match="upgrade Longbox"):
        open_library(path, encoders=fake_encoders())


def test_missing_book_is_still_found_and_counted_apart(tmp_path: Path) -> None:
    away = book_of("Away", "a lost potion", status="missing")
    path = builders.create(tmp_path / "lib", OLD, away, book_of("Broken", "no potion", status="failed"))
    with open_library(path, encoders=fake_encoders()) as library:
        assert texts(library) == {"the old potion", "a lost potion"}
        assert library.book(away.book_id).status == "missing"
        assert library.thumbnail(page_id(away.book_id, 1)) == builders.THUMBNAIL
        stats = library.stats()
        assert (stats.books, stats.missing_books, stats.failed_books) == (2, 1, 1)


def test_news_within_the_refresh_time_are_not_asked_for(tmp_path: Path) -> None:
    path = builders.create(tmp_path / "lib", OLD)
    with open_library(path, encoders=fake_encoders(), refresh_seconds=3600) as library:
        builders.add(path, book_of("Other", "a second potion"))
        assert texts(library) == {"the old potion"}
