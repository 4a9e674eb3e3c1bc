"""Another go at one panel of a sequence: the same people, the same place, other words or references."""

from dataclasses import replace

import pytest

from schemas.errors import QueryError
from schemas.generation import MAX_SEED, GenerationRequest, ReferenceRole, ReferenceWish
from schemas.geometry import Box
from schemas.rights import RightsRegister
from search.generation.another import request_of_another, with_pins
from search.generation.making import Maker
from search.generation.sequences import make_sequence
from search.library import Library
from webui.pictures import stored_page

SCRIPT = "A girl in the harbour, night.\n\nA robot in the street.\n\nThe girl walks in the harbour, night."
SMALL = {"width_px": 256, "height_px": 256}


def shown(record, role):
    """Return the panels and parts that stood for somebody or a place."""
    return {(one.panel_id, one.box) for one in record.used if one.role is role}


@pytest.fixture
def maker(library: Library) -> Maker:
    return Maker(library, stored_page, RightsRegister())


def test_another_go_keeps_who_is_in_it_and_where_and_looks_otherwise(maker: Maker) -> None:
    made = make_sequence(maker, SCRIPT, GenerationRequest("-", **SMALL))
    records = [panel.record for panel in made.panels]
    request = request_of_another(records, 3, variants=2)
    assert (request.prompt, request.variants) == (records[2].request.prompt, 2)
    goes = maker.make(request)
    for role in (ReferenceRole.CHARACTER, ReferenceRole.BACKGROUND):
        assert shown(goes[0].record, role) >= shown(records[0], role) & shown(records[2], role)
        assert shown(goes[0].record, role) == shown(records[2], role)
    sums = {records[2].picture_sha256, *(one.record.picture_sha256 for one in goes)}
    assert len(sums) == 3
    assert maker.replay(goes[1].record).record.picture_sha256 == goes[1].record.picture_sha256


def test_words_that_name_somebody_of_another_panel_bring_them_as_they_are_there(maker: Maker) -> None:
    made = make_sequence(maker, SCRIPT, GenerationRequest("-", **SMALL))
    records = [panel.record for panel in made.panels]
    request = request_of_another(records, 2, prompt="A girl in the street.")
    girl = next(wish for wish in request.pinned if wish.element == "girl")
    assert (girl.panel_id, girl.box) in shown(records[0], ReferenceRole.CHARACTER)
    assert not any("robot" in wish.element for wish in request.pinned)


def test_what_is_not_wanted_any_more_is_neither_pinned_nor_found(maker: Maker) -> None:
    made = make_sequence(maker, "A girl in the harbour, night.", GenerationRequest("-", **SMALL))
    records = [panel.record for panel in made.panels]
    (unwanted,) = {one.panel_id for one in records[0].used if one.role is ReferenceRole.CHARACTER}
    request = request_of_another(records, 1, excluded=[unwanted])
    assert unwanted not in {wish.panel_id for wish in request.pinned}
    (panel,) = maker.make(request)
    assert unwanted not in {one.panel_id for one in panel.record.used}


def test_seeds_go_on_and_round(maker: Maker) -> None:
    (made,) = maker.make(GenerationRequest("A girl in the harbour.", **SMALL))
    late = replace(made.record, seed=MAX_SEED)
    assert [request_of_another([late], 1, ahead=ahead).seed for ahead in (1, 3)] == [0, 2]
    with pytest.raises(QueryError, match="variants"):
        request_of_another([late], 1, variants=9)


def test_a_part_that_stands_for_two_is_pinned_with_one_weight() -> None:
    box = Box(0, 0, 0.5, 1)
    wishes = [
        ReferenceWish("a/00001#01", ReferenceRole.CHARACTER, weight, box, element=name)
        for name, weight in (("girl", 0.4), ("robot", 0.9))
    ]
    request = with_pins(GenerationRequest("x"), wishes)
    assert [(one.element, one.weight) for one in request.pinned] == [("girl", 0.4), ("robot", 0.4)]
    again = with_pins(request, [replace(wishes[0], panel_id="a/00002#01")])
    assert again.pinned == request.pinned
    assert with_pins(request, [], never={"a/00001#01"}).pinned == ()


def test_variants_of_another_go_are_all_staged_otherwise(maker: Maker) -> None:
    made = make_sequence(maker, SCRIPT, GenerationRequest("-", render="ink", **SMALL))
    request = request_of_another([panel.record for panel in made.panels], 1, variants=3)
    goes = maker.make(request)
    assert [one.record.seed for one in goes] == [1, 2, 3]
    layouts = [
        next(
            each.reference.panel_id
            for each in one.record.offered
            if each.reference.role is ReferenceRole.LAYOUT
        )
        for one in (made.panels[0], *goes)
    ]
    assert len(set(layouts)) == 4
    people = shown(made.panels[0].record, ReferenceRole.CHARACTER)
    assert all(shown(one.record, ReferenceRole.CHARACTER) == people for one in goes)
    for one in goes:
        assert maker.replay(one.record).record.picture_sha256 == one.record.picture_sha256


def test_a_script_with_another_seed_is_another_story_board(maker: Maker) -> None:
    looks = {
        tuple(tuple(one.panel_id for one in panel.record.used) for panel in made.panels)
        for seed in (0, 3, 6, 9)
        if (made := make_sequence(maker, SCRIPT, GenerationRequest("-", seed=seed, **SMALL)))
    }
    assert len(looks) > 2
    again = make_sequence(maker, SCRIPT, GenerationRequest("-", seed=3, **SMALL))
    girl = shown(again.panels[0].record, ReferenceRole.CHARACTER)
    assert girl == shown(again.panels[2].record, ReferenceRole.CHARACTER)
