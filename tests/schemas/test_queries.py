"""Query files: what is written is read again, and what is wrong is named."""

import pytest

from schemas.errors import ConfigError
from schemas.geometry import Box
from schemas.queries import KnownItemQuery, PanelReference, queries_from_json

PANEL = PanelReference("work/ep01/p02", 3, Box(0.1, 0.2, 0.5, 0.6))


@pytest.mark.parametrize(
    "query",
    [
        KnownItemQuery("caption", (PANEL,), text="a witch stirs a cauldron"),
        KnownItemQuery("caption+word", (PANEL,), text="a witch", dialogue="potion"),
        KnownItemQuery("dialogue", (PanelReference("work/ep01/p02"),), dialogue="Nothing works!"),
        KnownItemQuery("dialogue-typos", (PANEL,), dialogue="Nothng works!"),
        KnownItemQuery("next", (PANEL,), image="pictures/1.png", excluded=(PanelReference("work/p01", 1),)),
        KnownItemQuery("mixed", (PANEL,), text="like this but at night", image="1.png"),
    ],
)
def test_what_is_written_is_read_again(query: KnownItemQuery) -> None:
    assert queries_from_json([query.to_json()], "q.json") == (query,)


def test_the_documented_form_is_read() -> None:
    written = {"query": "a line", "relevant": ["work/p01#2", "work/p02"], "kind": "dialogue"}
    [query] = queries_from_json([written], "q.json")
    assert (query.dialogue, query.text) == ("a line", "")
    assert query.relevant == (PanelReference("work/p01", 2), PanelReference("work/p02"))
    [query] = queries_from_json([{"query": "rain", "relevant": ["work/p01#2"]}], "q.json")
    assert (query.kind, query.text) == ("text", "rain")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"query": "x"}, "q.json is no query file: a JSON list is needed"),
        (["x"], "query 1 of q.json is no query"),
        ([{"relevant": ["a#1"]}], "query 1 of q.json asks nothing"),
        ([{"query": 5, "relevant": ["a#1"]}], "query 1 of q.json: 'query' must be text, got int"),
        ([{"query": "x", "relevant": []}], "'relevant' names no panel"),
        ([{"query": "x"}], "'relevant' must be a list"),
        ([{"query": "x", "relevant": ["a#b"]}], "a panel is written page#number, got 'a#b'"),
        ([{"query": "x", "relevant": ["a#0"]}], "got 'a#0'"),
        ([{"query": "x", "relevant": ["#1"]}], "got '#1'"),
        ([{"query": "x", "relevant": ["a#1"], "boxes": []}], "'boxes' maps panels"),
        ([{"query": "x", "relevant": ["a#1"], "boxes": {"a#1": [1, 2]}}], "a box is"),
        ([{"query": "x", "relevant": ["a#1"], "boxes": {"a#1": [0, 0, 1, float("nan")]}}], "a box is"),
    ],
)
def test_what_is_wrong_is_named(data: object, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        queries_from_json(data, "q.json")
    assert says in str(error.value)
