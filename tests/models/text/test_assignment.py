from models.text.assignment import assign_to_panels
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import PanelRegion, TextRegion

LEFT = PanelRegion(Box(0.05, 0.05, 0.48, 0.45), 0.9)
RIGHT = PanelRegion(Box(0.52, 0.05, 0.95, 0.45), 0.9)


def region(x0: float, y0: float, x1: float, y1: float, text: str) -> TextRegion:
    return TextRegion(Box(x0, y0, x1, y1), text, text, 1.0)


def texts(regions: tuple[TextRegion, ...]) -> list[str]:
    return [item.text for item in regions]


def test_balloon_over_the_gutter_goes_to_the_panel_that_holds_most_of_it() -> None:
    (left, right), stray = assign_to_panels(
        [region(0.40, 0.1, 0.56, 0.2, "mostly left")], [LEFT, RIGHT], direction=ReadingDirection.LTR
    )
    assert (texts(left), texts(right), stray) == (["mostly left"], [], ())


def test_lettering_in_an_inset_is_the_insets() -> None:
    inset = PanelRegion(Box(0.1, 0.1, 0.3, 0.3), 0.8, parent=0)
    (outer, inner), _ = assign_to_panels(
        [region(0.12, 0.12, 0.2, 0.2, "inside"), region(0.35, 0.12, 0.45, 0.2, "outside")],
        [LEFT, inset],
        direction=ReadingDirection.LTR,
    )
    assert (texts(outer), texts(inner)) == (["outside"], ["inside"])


def test_balloon_in_the_gutter_goes_to_the_nearest_panel_and_a_far_one_is_stray() -> None:
    (left, right), stray = assign_to_panels(
        [region(0.505, 0.1, 0.515, 0.2, "gutter"), region(0.4, 0.9, 0.6, 0.95, "page number")],
        [LEFT, RIGHT],
        direction=ReadingDirection.LTR,
    )
    assert (texts(left), texts(right), texts(stray)) == ([], ["gutter"], ["page number"])


def test_regions_are_sorted_from_the_side_where_the_page_starts() -> None:
    pieces = [
        region(0.6, 0.1, 0.7, 0.2, "west"),
        region(0.8, 0.11, 0.9, 0.2, "east"),
        region(0.6, 0.3, 0.9, 0.4, "below"),
    ]
    (ltr,), _ = assign_to_panels(pieces, [RIGHT], direction=ReadingDirection.LTR)
    (rtl,), _ = assign_to_panels(pieces, [RIGHT], direction=ReadingDirection.RTL)
    assert texts(ltr) == ["west", "east", "below"]
    assert texts(rtl) == ["east", "west", "below"]


def test_without_panels_everything_is_stray() -> None:
    panels, stray = assign_to_panels(
        [region(0.1, 0.1, 0.2, 0.2, "title")], [], direction=ReadingDirection.LTR
    )
    assert (panels, texts(stray)) == ((), ["title"])


def test_region_without_area_is_placed_by_its_centre() -> None:
    (left, right), stray = assign_to_panels(
        [region(0.7, 0.2, 0.7, 0.2, "dot")], [LEFT, RIGHT], direction=ReadingDirection.LTR
    )
    assert (texts(left), texts(right), stray) == ([], ["dot"], ())
