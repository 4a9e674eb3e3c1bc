"""Fusions are compared on the vectors of a library: each side alone, ranks, gates and tasks."""

import numpy as np
import pytest

from models.fusion import PanelParts
from models.fusion.closure import Closure, array_shapes
from models.fusion.loading import load_plain
from models.fusion.plain import plain_arrays
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.queries import KnownItemQuery, PanelReference
from schemas.records import RgbImage
from search.evaluation.fusion import FusionBench
from search.library import Library, open_library
from tests.search import builders
from tests.search.builders import (
    PICTURE_SPEC,
    TEXT_SPEC,
    BookSpec,
    FakeTextEncoder,
    PageSpec,
    PanelSpec,
    SeeingEncoder,
)
from tests.search.conftest import fake_encoders

PLAIN = load_plain(PICTURE_SPEC, TEXT_SPEC)
RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)


def book(name: str) -> BookSpec:
    colours = (RED, GREEN, BLUE)
    said = ("one apple", "two pears", "")
    pages = (
        PageSpec(tuple(PanelSpec(f"{line} {name}{p}" if line else "", colour=colour)
                       for line, colour in zip(said, colours, strict=True)))
        for p in range(3)
    )  # fmt: skip
    return BookSpec(name, tuple(pages))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = builders.create(tmp_path_factory.mktemp("fusion") / "lib", book("Ant"), book("Bee"))
    return open_library(path, encoders=fake_encoders())


def asked(kind: str, place: str, panel: int, **words: str) -> KnownItemQuery:
    return KnownItemQuery(kind, (PanelReference(place, panel),), **words)


def bench(library: Library, *queries: KnownItemQuery) -> FusionBench:
    picture: RgbImage = np.full((8, 8, 3), (0, 255, 0), np.uint8)
    return FusionBench(
        library,
        queries,
        pictures=SeeingEncoder(),
        texts=FakeTextEncoder(),
        read_picture=lambda _: picture,
    )


QUERIES = (
    asked("caption+word", "Ant/p02", 1, text="red", dialogue="Ant1"),
    asked("dialogue", "Bee/p03", 2, dialogue="two pears Bee2"),
    asked("crop", "Bee/p03", 2, image="green.png"),
    asked("caption", "Nowhere/p01", 1, text="red"),
)


def test_fused_words_find_what_no_side_finds_alone(library: Library) -> None:
    compared = bench(library, *QUERIES)
    sides, fused = compared.sides(), compared.measure(PLAIN)
    assert list(fused.kinds) == ["caption+word", "dialogue", "crop"]  # what the library lacks is not scored
    assert fused.kinds["caption+word"].recall_1 == 1.0
    assert sides["picture alone"].kinds["caption+word"].mrr < 0.5  # six panels are red
    assert sides["lettering alone"].kinds["dialogue"].recall_1 == 1.0


def test_a_side_that_is_not_asked_finds_nothing(library: Library) -> None:
    sides = bench(library, *QUERIES).sides()
    assert sides["picture alone"].kinds["dialogue"].recall_10 == 0.0
    assert sides["lettering alone"].kinds["crop"].recall_10 == 0.0


def test_gates_see_a_collapsed_fusion_and_one_without_order(library: Library) -> None:
    good = bench(library, *QUERIES).measure(PLAIN)
    assert good.collapse is not None
    assert good.collapse < 0.8
    assert good.shuffled is not None
    assert good.shuffled < 0.99
    arrays = plain_arrays(array_shapes(PICTURE_SPEC.dim, TEXT_SPEC.dim))
    arrays["place"][:] = 0
    for name in ("map_picture", "map_text", "map_layout"):
        arrays[name][:] = 1.0  # every panel becomes the same direction, up to its sign
    flat = bench(library, *QUERIES).measure(Closure(PLAIN.spec, arrays))
    assert flat.shuffled == pytest.approx(1.0, abs=1e-5)
    assert flat.collapse is not None
    assert flat.collapse > good.collapse


def test_tasks_are_scored_between_chance_and_all(library: Library) -> None:
    tasks = bench(library, *QUERIES, asked("caption", "Ant/p01", 2, text="green")).measure(PLAIN).tasks
    assert set(tasks) == {"sequence filling", "visual closure", "text closure", "caption relevance"}
    assert all(0.0 <= score <= 1.0 for score in tasks.values())
    assert tasks["caption relevance"] == 1.0 or tasks["caption relevance"] == 0.0  # one question


def test_figures_become_json(library: Library) -> None:
    data = bench(library, *QUERIES).measure(PLAIN).to_json()
    assert set(data) == {"kinds", "collapse", "shuffled", "tasks"}


def numbered(page: str, *numbers: int) -> list[KnownItemQuery]:
    """Queries that name the panels of a page with their boxes, as build-queries writes them."""
    boxes = {number: Box(0.1, 0.1 * number, 0.5, 0.1 * number + 0.08) for number in (1, 2, 3)}
    return [
        KnownItemQuery("caption", (PanelReference(page, label, boxes[number]),), text="red")
        for label, number in enumerate(numbers, start=1)
    ]


class Backwards(Closure):
    """Reads from the bottom: what it says of a page can be told from geometry's."""

    def order(self, parts: PanelParts, direction: ReadingDirection) -> tuple[int, ...]:
        heights = parts.layouts[:, 4]  # the cosine of the centre's height falls downwards
        return tuple(np.argsort(heights).tolist())


def test_orders_are_scored_beside_geometry_and_chance(library: Library) -> None:
    queries = [*numbered("Ant/p01", 1, 2, 3), *numbered("Bee/p02", 3, 2, 1), *numbered("Bee/p03", 1, 1)]
    plain = load_plain(PICTURE_SPEC, TEXT_SPEC)
    turned = Backwards(plain.spec, plain_arrays(array_shapes(PICTURE_SPEC.dim, TEXT_SPEC.dim)))
    orders = bench(library, *queries).orders({"backwards": turned})
    assert list(orders) == ["chance", "geometry", "backwards"]
    assert {own.pages for own in orders.values()} == {2}  # two labels on one panel tell no order
    assert orders["chance"].exact == pytest.approx(1 / 6)
    assert (orders["geometry"].exact, orders["geometry"].tau) == (0.5, 0.0)
    assert (orders["backwards"].exact, orders["backwards"].tau) == (0.5, 0.0)
    assert orders["backwards"].disputed == ("Ant/p01", "Bee/p02")
    assert orders["geometry"].disputed == ()
    assert orders["backwards"].to_json()["exact"] == 0.5


def test_queries_that_tell_no_order_are_scored_without(library: Library) -> None:
    assert bench(library, *QUERIES).orders({}) == {}
