"""The Python interface: words in, tables out."""

import builtins

import numpy as np
import pyarrow as pa
import pytest

from schemas.errors import BackendUnavailableError, QueryError
from schemas.hit_tables import HITS_SCHEMA
from schemas.messages import SearchFilters, SearchHit, SearchRequest
from search.library import Library
from tests.search.builders import panel_key
from tests.search.conftest import WITCH


def test_query_reads_words_as_typed_into_the_box(library: Library) -> None:
    response = library.query("potion -genius", filters=SearchFilters(languages=("en",)), limit=5, window=1)
    plain = library.search(
        SearchRequest(text="potion", without="genius", filters=SearchFilters(languages=("en",)), window=1)
    )
    assert [hit.panel_id for hit in response.hits] == [hit.panel_id for hit in plain.hits]
    assert panel_key(WITCH, 1, 2) not in {hit.panel_id for hit in response.hits}
    with pytest.raises(QueryError, match=r"^character 1"):
        library.query('"never closed')


def test_query_takes_pictures_and_examples(library: Library) -> None:
    red = np.full((8, 8, 3), (255, 0, 0), np.uint8)
    assert library.query(picture=red).hits[0].panel_id == panel_key(WITCH, 2, 1)
    assert library.query("+image", picture=red).hits[0].panel_id == panel_key(WITCH, 2, 1)
    liked = panel_key(WITCH, 1, 2)
    found = [hit.panel_id for hit in library.query("crickets", like=[liked]).hits]
    assert found
    assert liked not in found


def test_hits_become_an_arrow_table_with_every_field(library: Library) -> None:
    response = library.query("nothing works", window=1)
    table = response.to_arrow()
    assert table.schema == HITS_SCHEMA
    assert set(table.schema.names) == set(SearchHit.__slots__)
    row, hit = table.to_pylist()[0], response.hits[0]
    assert (row["panel_id"], row["score"]) == (hit.panel_id, hit.score)
    assert {leg["leg"]: leg["rank"] for leg in row["legs"]} == {
        name: leg.rank for name, leg in hit.legs.items()
    }
    assert [tuple(span) for span in row["highlights"]] == list(hit.highlights)
    assert tuple(row["after"]) == hit.after


def test_an_empty_answer_and_a_run_are_tables_too(library: Library) -> None:
    assert library.query("gribbolux").to_arrow().num_rows == 0
    run = library.query('"nothing ever" > "the potion"').to_arrow().to_pylist()[0]["run"]
    assert [step["step"] for step in run] == [1, 2]
    assert pa.types.is_list(HITS_SCHEMA.field("run").type)


def test_pandas_is_asked_for_kindly_where_it_is_missing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object, **more: object) -> object:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(BackendUnavailableError, match="pip install pandas"):
        library.query("potion").to_pandas()


def test_hits_become_a_data_frame_where_pandas_is_installed(library: Library) -> None:
    pytest.importorskip("pandas")
    response = library.query("potion")
    frame = response.to_pandas()
    assert list(frame["panel_id"]) == [hit.panel_id for hit in response.hits]
