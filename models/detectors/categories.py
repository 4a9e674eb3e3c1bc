"""The numbers that detectors give to what they find, kept apart by type.

CoMix's COCO files and the raw Faster R-CNN both count from 1 and mean different things by the
same number: 4 is text in one and a face in the other. Each scheme is an enum of its own, and a
plain :class:`~enum.Enum`, whose members equal neither integers nor members of the other.

Source: Vivoli et al. 2024, "CoMix", arXiv:2407.03550.
"""

from collections.abc import Mapping
from enum import Enum, unique

from schemas.errors import ConfigError
from schemas.labels import DetectionCategory


@unique
class ComixId(Enum):
    """Category ids of CoMix annotations in COCO format."""

    PANEL = 1
    CHARACTER = 2
    BALLOON = 3
    TEXT = 4
    ONOMATOPOEIA = 5
    LINK = 6
    FACE = 7


@unique
class FasterRcnnId(Enum):
    """Labels as a Faster R-CNN of four classes gives them; 0 is its background."""

    PANEL = 1
    CHARACTER = 2
    TEXT = 3
    FACE = 4


CategoryScheme = type[ComixId] | type[FasterRcnnId]
ClassMap = Mapping[int, DetectionCategory | None]
"""A model's class numbers; None for a class that is known and not wanted."""

SCHEMES: Mapping[str, CategoryScheme] = {"comix": ComixId, "faster_rcnn": FasterRcnnId}
"""The schemes by the names that settings files and exports call them."""


def category_of(member: ComixId | FasterRcnnId) -> DetectionCategory:
    """Return what a number of a scheme means."""
    return DetectionCategory[member.name]


def category_of_number(scheme: CategoryScheme, number: int) -> DetectionCategory:
    """Return what an integer read from a file means in a scheme.

    Raises:
        ConfigError: the scheme has no such number, so the file follows another one.
    """
    try:
        return category_of(scheme(number))
    except ValueError as error:
        raise ConfigError(
            f"{number!r} is no category of {scheme.__name__} (1 to {len(scheme)}): "
            "the file follows another scheme"
        ) from error


def number_of(scheme: CategoryScheme, category: DetectionCategory) -> int | None:
    """Return the number of a category in a scheme, None where the scheme does not know it."""
    return next((member.value for member in scheme if category_of(member) is category), None)


def class_map(scheme: CategoryScheme) -> ClassMap:
    """Return the whole scheme as numbers and meanings."""
    return {member.value: category_of(member) for member in scheme}
