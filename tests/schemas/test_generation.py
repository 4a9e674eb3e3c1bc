"""A request for a panel says at once what no backend could do."""

from dataclasses import replace

import pytest

from schemas.errors import QueryError
from schemas.generation import GenerationRequest, ReferenceRole, ReferenceWish

REQUEST = GenerationRequest("a dragon over the harbour, night")


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("prompt", "   ", "empty"),
        ("prompt", "x" * 100_000, "prompt"),
        ("seed", -1, "seed"),
        ("strength", float("nan"), "strength"),
        ("steps", 0, "steps"),
        ("width_px", 100_000, "width"),
        ("variants", 9, "variants"),
    ],
)
def test_a_request_out_of_range_names_its_field(field: str, value: object, named: str) -> None:
    with pytest.raises(QueryError, match=named):
        replace(REQUEST, **{field: value})


def test_a_panel_cannot_be_pinned_and_excluded() -> None:
    pin = ReferenceWish("book/00001#01", ReferenceRole.CHARACTER)
    with pytest.raises(QueryError, match="pinned and excluded"):
        replace(REQUEST, pinned=(pin,), excluded=(pin.panel_id,))


@pytest.mark.parametrize("weight", [0.0, -1.0, 1.5, float("inf")])
def test_a_reference_weighs_something(weight: float) -> None:
    with pytest.raises(QueryError, match="weight"):
        ReferenceWish("book/00001#01", weight=weight)
