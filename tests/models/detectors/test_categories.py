import pytest

from models.detectors.categories import (
    SCHEMES,
    ComixId,
    FasterRcnnId,
    category_of,
    category_of_number,
    class_map,
    number_of,
)
from schemas.errors import ConfigError
from schemas.labels import DetectionCategory

COMIX = {
    1: DetectionCategory.PANEL,
    2: DetectionCategory.CHARACTER,
    3: DetectionCategory.BALLOON,
    4: DetectionCategory.TEXT,
    5: DetectionCategory.ONOMATOPOEIA,
    6: DetectionCategory.LINK,
    7: DetectionCategory.FACE,
}
FASTER_RCNN = {
    1: DetectionCategory.PANEL,
    2: DetectionCategory.CHARACTER,
    3: DetectionCategory.TEXT,
    4: DetectionCategory.FACE,
}


@pytest.mark.parametrize(("scheme", "numbers"), [(ComixId, COMIX), (FasterRcnnId, FASTER_RCNN)])
def test_numbers_mean_what_the_formats_say(scheme, numbers) -> None:
    assert class_map(scheme) == numbers
    for number, category in numbers.items():
        assert category_of_number(scheme, number) is category
        assert number_of(scheme, category) == number


def test_the_same_number_of_two_schemes_is_never_equal() -> None:
    assert ComixId.TEXT.value == FasterRcnnId.FACE.value
    assert ComixId.TEXT != FasterRcnnId.FACE
    assert ComixId.PANEL != FasterRcnnId.PANEL
    assert ComixId.PANEL != 1
    assert len({ComixId.PANEL, FasterRcnnId.PANEL, 1}) == 3


def test_members_of_both_schemes_meet_only_in_their_meaning() -> None:
    assert category_of(ComixId.FACE) is category_of(FasterRcnnId.FACE) is DetectionCategory.FACE


def test_faster_rcnn_has_no_number_for_a_balloon() -> None:
    assert number_of(FasterRcnnId, DetectionCategory.BALLOON) is None


@pytest.mark.parametrize("number", [0, -1, 5, 7, 10**30])
def test_number_of_another_scheme_is_refused(number: int) -> None:
    with pytest.raises(ConfigError, match=r"no category of FasterRcnnId \(1 to 4\)"):
        category_of_number(FasterRcnnId, number)


def test_schemes_can_be_told_by_their_number_of_classes() -> None:
    assert len({len(scheme) for scheme in SCHEMES.values()}) == len(SCHEMES)
