"""Balloons moved by hand: words go there, art and tails stay true, a replay does the same."""

import json
from dataclasses import replace

import numpy as np
import pytest

from models.generation.layered import as_ora, layers_of
from schemas.errors import ExchangeError, QueryError
from schemas.generation import GenerationRequest
from schemas.rights import RightsRegister
from search.generation.editing import BALLOONS, with_balloons_at
from search.generation.making import MadePanel, Maker
from search.generation.records import read_record
from search.library import Library
from webui.pictures import stored_page

PROMPT = 'A girl in the street, night\nNarrator: Later.\nGirl: "Hello there!"'


@pytest.fixture
def maker(library: Library) -> Maker:
    return Maker(library, stored_page, RightsRegister())


@pytest.fixture
def made(maker: Maker) -> MadePanel:
    (panel,) = maker.make(GenerationRequest(PROMPT, width_px=320, height_px=320, layers=True))
    return panel


def middles_of(made: MadePanel) -> list[tuple[float, float]]:
    return [box.center for box in made.record.boxes["balloon"]]


def moved(made: MadePanel, *places: tuple[float, float] | None) -> MadePanel:
    return MadePanel(*with_balloons_at(made.panel, made.record, places))


def test_a_balloon_lies_where_it_was_put_and_the_others_stay(made: MadePanel) -> None:
    first, *others = middles_of(made)
    away = 0.5, 0.75
    after = moved(made, away, *[None] * len(others))
    assert middles_of(after)[0] == pytest.approx(away, abs=0.01)
    assert np.allclose(middles_of(after)[1:], others)
    assert first != pytest.approx(away, abs=0.01)
    assert not np.array_equal(after.picture, made.picture)


def test_no_place_given_is_the_panel_as_it_was_made(made: MadePanel) -> None:
    count = len(middles_of(made))
    there = moved(made, *[(0.5, 0.8)] * count)
    back = moved(there, *[None] * count)
    assert back.record == made.record
    assert back.png() == made.png()


def test_words_never_leave_the_panel(made: MadePanel) -> None:
    count = len(middles_of(made))
    for corner in ((0.0, 0.0), (1.0, 1.0)):
        for box in moved(made, *[corner] * count).record.boxes["balloon"]:
            assert min(box.as_tuple()) >= 0
            assert max(box.as_tuple()) <= 1


def test_a_replay_moves_them_too_and_gives_the_same_bytes(maker: Maker, made: MadePanel) -> None:
    count = len(middles_of(made))
    after = moved(made, (0.3, 0.85), *[None] * (count - 1))
    told = read_record(json.dumps(after.record.to_json()))
    assert told.edits[0]["kind"] == BALLOONS
    again = maker.replay(told)
    assert np.array_equal(again.picture, after.picture)
    assert again.record.picture_sha256 == after.record.picture_sha256


def test_layers_are_read_back_as_they_were_written(made: MadePanel) -> None:
    back = layers_of(as_ora(made.picture, made.panel.layers))
    assert [layer.name for layer in back] == [layer.name for layer in made.panel.layers]
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(back, made.panel.layers, strict=True))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"\x00" * 100])
def test_damaged_layers_are_said_to_be(data: bytes) -> None:
    with pytest.raises(ExchangeError, match="damaged"):
        layers_of(data)


def test_what_cannot_be_moved_says_why(made: MadePanel) -> None:
    count = len(middles_of(made))
    with pytest.raises(QueryError, match=f"has {count} balloons"):
        moved(made, *[None] * (count + 1))
    with pytest.raises(QueryError, match="within its panel"):
        moved(made, (float("nan"), 0.5), *[None] * (count - 1))
    bare = MadePanel(replace(made.panel, layers=()), made.record)
    with pytest.raises(QueryError, match="without layers"):
        moved(bare, *[None] * count)
    old = MadePanel(made.panel, replace(made.record, boxes={**made.record.boxes, "speaker": ()}))
    if made.record.boxes["figure"]:
        with pytest.raises(QueryError, match="made before balloons"):
            moved(old, *[None] * count)


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "cropped"},
        {"kind": BALLOONS},
        {"kind": BALLOONS, "middles": [[1]]},
        {"kind": BALLOONS, "middles": 3},
    ],
)
def test_an_edit_that_nobody_knows_ends_a_replay(
    maker: Maker, made: MadePanel, edit: dict[str, object]
) -> None:
    with pytest.raises(ExchangeError):
        maker.replay(replace(made.record, edits=(edit,)))
