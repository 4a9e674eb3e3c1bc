"""Balloons and heads, judged by the heads that the painter of the references knows, not by a finder."""

import random

import pytest

from benchmarks.lettering import tried
from models.generation.backend import Placement
from models.generation.storyboard import StoryboardBackend
from schemas.generation import Reference, ReferenceRole
from schemas.geometry import Box

PANELS = 8


def test_no_balloon_lies_on_a_drawn_head_and_nothing_is_cut_off() -> None:
    rng, backend = random.Random(5), StoryboardBackend()
    made = [one for one in (tried(rng, backend) for _ in range(PANELS)) if one is not None]
    assert len(made) >= PANELS // 2
    assert sum(len(one.panel.boxes["balloon"]) for one in made) >= len(made)
    assert sum(len(one.heads) for one in made) >= len(made)
    assert [one.on_heads for one in made] == [0] * len(made)
    assert not any(one.is_clipped for one in made)


def test_a_placement_carries_boxes_into_the_panel_mirrored_where_it_is() -> None:
    reference = Reference("b/1#1", "b", "B", ReferenceRole.CHARACTER, 1.0, Box.whole_page(), "", "", "", 1)
    plain = Placement(reference, (0.5, 0.0, 1.0, 1.0), (0.0, 0.5, 1.0, 1.5))
    turned = Placement(reference, (0.5, 0.0, 1.0, 1.0), (0.0, 0.5, 1.0, 1.5), is_mirrored=True)
    head = Box(0.5, 0.0, 0.6, 0.2)
    assert plain.carried(head).as_tuple() == pytest.approx((0.0, 0.5, 0.2, 0.7))
    assert turned.carried(head).as_tuple() == pytest.approx((0.8, 0.5, 1.0, 0.7))
    assert plain.carried(Box(0.0, 0.0, 0.4, 0.4)) is None
    assert plain.lowered(0.6).carried(head) is None
