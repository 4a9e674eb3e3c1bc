"""Types of pages that people set: at once, in panels too, and for good."""

import json
import shutil
from pathlib import Path

import pytest

from indexer.care.report import verify_library
from indexer.exchange.cosmo import export_cosmo
from indexer.library.export import open_table
from indexer.library.ledger import Ledger
from indexer.library.retyping import set_page_types
from schemas.errors import QueryError
from schemas.labels import PageType
from schemas.tables import PAGES, PANELS


@pytest.fixture
def library(lamps_library: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lamps_library, tmp_path / "library"))


def types_of(library: Path, table: str) -> dict[str, set[str]]:
    rows = open_table(library, table).search().select(["page_id", "page_type"]).limit(None).to_list()
    return {
        row["page_id"]: {one["page_type"] for one in rows if one["page_id"] == row["page_id"]} for row in rows
    }


def test_a_set_type_is_that_of_page_and_panels_and_kept_by_its_picture(library: Path) -> None:
    page, *others = sorted(types_of(library, PANELS))
    before = types_of(library, PAGES)
    assert set_page_types(library, {page: PageType.ADVERTISEMENT}) == 1
    assert types_of(library, PAGES)[page] == types_of(library, PANELS)[page] == {"advertisement"}
    assert {other: types_of(library, PAGES)[other] for other in others} == {
        one: before[one] for one in others
    }
    with Ledger.open_read_only(library) as ledger:
        assert list(ledger.set_types().values()) == [PageType.ADVERTISEMENT]
    set_page_types(library, {page: None})
    with Ledger.open_read_only(library) as ledger:
        assert not ledger.set_types()


def test_a_page_that_is_not_there_is_named(library: Path) -> None:
    with pytest.raises(QueryError, match="nowhere"):
        set_page_types(library, {"nowhere/00001": PageType.COVER})


def test_a_library_whose_pages_were_set_is_whole(library: Path) -> None:
    set_page_types(library, {min(types_of(library, PAGES)): PageType.COVER})
    assert not verify_library(library, sample=10).findings


def test_page_streams_of_a_library_name_every_page(library: Path, tmp_path: Path) -> None:
    set_page_types(library, {min(types_of(library, PAGES)): PageType.COVER})
    written = export_cosmo(library, tmp_path / "out")
    books = json.loads(written.path.read_text("utf-8"))
    assert len(books) == written.items["books"] == 3
    assert sum(len(book["covers"]) for book in books) >= 1
    assert sum(book["page_count"] for book in books) == len(types_of(library, PAGES))
