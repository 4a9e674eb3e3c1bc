"""Facts of panels in memory, as the table holds them, also while it changes."""

from dataclasses import replace
from pathlib import Path

import lancedb
import pytest

from schemas.tables import MEASURES, PANELS
from search.state.columns import NO_NUMBER, PanelColumns
from tests.search import builders
from tests.search.builders import BookSpec, PageSpec, PanelSpec, book_of

BOOKS = [
    BookSpec(
        f"Book {n}",
        tuple(
            PageSpec(
                tuple(
                    PanelSpec(f"{n} {page} {m}", tags=("night", f"t{m}")[: (n + m) % 3], lightness=m / 4)
                    for m in range(4)
                )
            )
            for page in range(3)
        ),
        series=None if n % 3 else f"series {n}",
        year=None if n % 2 else 1990 + n,
    )
    for n in range(12)
]


def columns(path: Path) -> PanelColumns:
    return PanelColumns.read(lancedb.connect(str(path)).open_table(PANELS), tags=True, measures=MEASURES)


def told(held: PanelColumns) -> dict[int, tuple[object, ...]]:
    """All that the columns say of each row."""
    assert held.tags is not None
    return {
        row_id: (
            held.panel_id(row),
            held.revisions.values[held.revisions.codes[row]],
            int(held.places[row]),
            held.around(row, 2),
            [column.counts(rows) for column in held.facets.values()],
            held.tags.counts(rows),
            int(held.years[row]),
            bool(held.has_text[row]),
            [str(column[row]) for column in held.measures.values()],
        )
        for row, row_id in enumerate(held.row_ids.tolist())
        if (rows := held.rows_of([row_id])) is not None
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return builders.create(tmp_path / "lib", *BOOKS)


def test_columns_say_what_the_table_says(path: Path) -> None:
    held = columns(path)
    rows = lancedb.connect(str(path)).open_table(PANELS).search().with_row_id(True).limit(None).to_list()
    assert len(rows) == len(held.row_ids) == 144
    for row in rows:
        (place,) = held.rows_of([row["_rowid"]]).tolist()
        assert held.panel_id(place) == row["panel_id"]
        assert held.places[place] == (row["page_no"] - 1) * 4 + row["panel_no"] - 1
        assert held.years[place] == (NO_NUMBER if row["year"] is None else row["year"])
        assert held.tags is not None
        assert held.tags.counts(held.rows_of([row["_rowid"]])) == dict.fromkeys(row["tags"], 1)


@pytest.mark.parametrize("removed", [False, True])
@pytest.mark.parametrize("added", [False, True])
def test_a_changed_table_is_followed_as_if_read_anew(path: Path, *, removed: bool, added: bool) -> None:
    before = columns(path)
    table = lancedb.connect(str(path)).open_table(PANELS)
    if removed:
        table.delete(f"book_id = '{BOOKS[3].book_id}'")
    if added:
        builders.add(path, replace(BOOKS[5], ingest_rev="rev2"), listed=False)
        builders.add(path, book_of("New", "one", "two", series="new series"))
    after = before.followed(lancedb.connect(str(path)).open_table(PANELS))
    assert after is not None
    assert told(after) == told(columns(path))


def test_a_table_that_changed_much_is_not_followed(path: Path) -> None:
    before = columns(path)
    table = lancedb.connect(str(path)).open_table(PANELS)
    table.delete("page_no > 1")
    assert before.followed(table) is None
