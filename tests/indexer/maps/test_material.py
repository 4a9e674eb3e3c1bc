"""What panels are like: the terms that clusters are named by."""

from pathlib import Path

import lancedb
import pyarrow as pa
import pytest

from indexer.maps.material import read_terms
from tests.indexer.maps.libraries import book, write


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"box": [0.0, 0.0, 1.0, 1.0], "lightness": 0.1}, {"single panels", "dark"}),
        ({"lightness": 0.95, "text": ""}, {"white", "no words"}),
        ({"aspect": 1.5, "lightness": 0.7}, {"landscape panels", "bright"}),
        ({"aspect": 3.0}, {"wide strips", "landscape panels"}),
        ({"text": "word " * 60, "colourfulness": 0.0}, {"heavy text", "black and white"}),
    ],
)
def test_layout_light_and_lettering_are_told(tmp_path: Path, changes: dict, told: set[str]) -> None:
    library = write(tmp_path / "lib", book("One", ("forest",), 1))
    table = lancedb.connect(str(library)).open_table("panels")
    plain = {"box": [0.1, 0.1, 0.5, 0.5], "lightness": 0.5, "colourfulness": 0.4, "aspect": 1.0}
    (row,) = table.to_arrow().to_pylist()
    rows = pa.Table.from_pylist([{**row, **plain, **changes}], schema=table.schema)
    table.merge_insert("panel_id").when_matched_update_all().execute(rows, on_bad_vectors="null")
    (terms,) = read_terms(library, rows["panel_id"])
    assert {term.text for term in terms if term.kind == "layout"} == told


def test_panels_that_are_gone_say_nothing(tmp_path: Path) -> None:
    library = write(tmp_path / "lib", book("One", ("forest",), 3))
    there = sorted(lancedb.connect(str(library)).open_table("panels").to_arrow()["panel_id"].to_pylist())
    asked = ["a gone one", *there, "one after all"]
    terms = list(read_terms(library, pa.chunked_array([sorted(asked)])))
    assert [bool(one) for one in terms] == [panel in there for panel in sorted(asked)]
