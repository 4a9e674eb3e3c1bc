"""The command that compares fusions, on a real library with the shipped weights."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner

import search
from models.fusion.loading import FOLDER
from search.commands.eval_cli import fusion


def write_queries(library: Path, out: Path) -> Path:
    """Name the panels of the lamps' second page, as ``eval build-queries`` would."""
    with search.open(library) as opened:
        [book] = [book for book in opened.books().books if "Lamp" in book.title]
        panels = opened.page(opened.book(book.book_id).pages[1].page_id).panels
    queries = [
        {
            "query": "a lamp",
            "relevant": [f"lamps/p02#{panel.panel_no}"],
            "kind": "caption",
            "boxes": {f"lamps/p02#{panel.panel_no}": list(panel.box.as_tuple())},
        }
        for panel in panels
    ]
    out.write_text(json.dumps(queries))
    return out


def test_reading_orders_are_told_beside_the_fusions(lamps_library, tmp_path):
    queries = write_queries(lamps_library, tmp_path / "queries.json")
    heads = tmp_path / "trained" / "order"
    heads.mkdir(parents=True)
    for suffix in ("json", "safetensors"):
        shutil.copy(FOLDER / f"order.{suffix}", heads / f"mine.{suffix}")
    asked = ["--library", str(lamps_library), "--queries", str(queries), "--weights", str(heads.parent)]
    told = json.loads(CliRunner().invoke(fusion, [*asked, "--json"]).output)
    orders = told.pop("reading order")
    assert list(orders) == ["chance", "geometry", "shipped head", "head: mine"]
    assert orders["geometry"] == {"exact": 1.0, "tau": 1.0, "pages": 1, "disputed": []}
    assert orders["shipped head"] == orders["head: mine"] == orders["geometry"]
    assert set(told) == {"picture alone", "lettering alone", "plain sum", "closure"}
    words = CliRunner().invoke(fusion, asked).output
    assert "reading order by" in words
    assert "shipped head     1.000 1.000     1" in words
