"""Detections in the COCO format: ``images``, ``annotations`` with ``bbox`` in pixels, ``categories``.

The numbers of categories belong to a scheme (:mod:`models.detectors.categories`): CoMix and the raw
Faster R-CNN use the same numbers for other things. A file whose ``categories`` name its scheme is read
by that; one that names none, or contradicts the scheme asked for, is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from indexer.exchange.fields import Fields, PixelRect
from models.detectors.categories import SCHEMES, CategoryScheme, category_of, category_of_number, number_of
from schemas.errors import ConfigError, ExchangeError
from schemas.geometry import Box
from schemas.labels import DetectionCategory
from schemas.records import Detection

MIN_SCORE = 0.5
"""Detections of a lower score are not kept; ground truth has no score and is."""


@dataclass(frozen=True, slots=True)
class CocoImage:
    """A picture; sizes in pixels."""

    image_id: int
    file_name: str
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class CocoAnnotation:
    """Something marked in a picture. ``score`` is None for ground truth; ``order`` counts from 1."""

    annotation_id: int
    image_id: int
    category: DetectionCategory
    rect: PixelRect
    score: float | None = None
    order: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class CocoSet:
    """A set of pictures with what is marked in them; every annotation's picture is there."""

    images: tuple[CocoImage, ...]
    annotations: tuple[CocoAnnotation, ...]

    def by_image(self) -> Iterator[tuple[CocoImage, tuple[CocoAnnotation, ...]]]:
        """Yield each picture with its annotations, in order of the file."""
        groups: dict[int, list[CocoAnnotation]] = {image.image_id: [] for image in self.images}
        for annotation in self.annotations:
            groups[annotation.image_id].append(annotation)
        for image in self.images:
            yield image, tuple(groups[image.image_id])


def read_coco(data: object, scheme: CategoryScheme | None = None, *, where: str = "the set") -> CocoSet:
    """Read a set.

    Args:
        data: decoded JSON.
        scheme: what its category numbers mean; None takes it from ``categories``.
        where: how messages call the set.

    Raises:
        ExchangeError: a field is missing or wrong, an annotation has no picture, or the categories
            are of no known scheme or of another one than asked for.
    """
    fields = Fields(data, where)
    scheme = _scheme_of(fields, scheme)
    images = tuple(_image(Fields(v, f"{where}: image {n}")) for n, v in enumerate(fields.items("images")))
    ids = {image.image_id for image in images}
    if len(ids) != len(images):
        raise ExchangeError(f"{where}: two images have the same 'id'")
    annotations = tuple(
        _annotation(Fields(value, f"{where}: annotation {n}"), scheme, default_id=n)
        for n, value in enumerate(fields.items("annotations"), start=1)
    )
    for number, annotation in enumerate(annotations, start=1):
        if annotation.image_id not in ids:
            raise ExchangeError(f"{where}: annotation {number} is of image {annotation.image_id}, not listed")
    return CocoSet(images, annotations)


def read_results(
    data: object, images: Sequence[CocoImage], scheme: CategoryScheme, *, where: str = "the results"
) -> CocoSet:
    """Read the results format: a bare list of ``{image_id, category_id, bbox, score}``.

    Raises:
        ExchangeError: as :func:`read_coco`.
    """
    if not isinstance(data, list):
        raise ExchangeError(f"{where} must be a list of detections")
    listed: dict[str, object] = {"images": [image_to_json(image) for image in images], "annotations": data}
    return read_coco(listed, scheme, where=where)


def coco_to_json(found: CocoSet, scheme: CategoryScheme) -> dict[str, object]:
    """Return a set as JSON-ready data.

    Raises:
        ConfigError: the scheme has no number for a category that occurs.
    """
    return {
        "images": [image_to_json(image) for image in found.images],
        "annotations": [annotation_to_json(one, scheme) for one in found.annotations],
        "categories": categories_to_json(scheme),
    }


def image_to_json(image: CocoImage) -> dict[str, object]:
    """Return one entry of ``images``."""
    return {
        "id": image.image_id,
        "file_name": image.file_name,
        "width": image.width_px,
        "height": image.height_px,
    }


def annotation_to_json(annotation: CocoAnnotation, scheme: CategoryScheme) -> dict[str, object]:
    """Return one entry of ``annotations``; score, order and text only where they are known.

    Raises:
        ConfigError: the scheme has no number for the category.
    """
    number = number_of(scheme, annotation.category)
    if number is None:
        raise ConfigError(f"{scheme.__name__} has no number for {annotation.category.value}")
    _, _, width, height = annotation.rect
    data: dict[str, object] = {
        "id": annotation.annotation_id,
        "image_id": annotation.image_id,
        "category_id": number,
        "bbox": list(annotation.rect),
        "area": width * height,
        "iscrowd": 0,
    }
    known = {"score": annotation.score, "reading_order": annotation.order, "text": annotation.text}
    return data | {name: value for name, value in known.items() if value is not None}


def categories_to_json(scheme: CategoryScheme) -> list[dict[str, object]]:
    """Return the list ``categories`` of a scheme."""
    return [{"id": member.value, "name": category_of(member).value} for member in scheme]


def detections_of(
    image: CocoImage, annotations: Sequence[CocoAnnotation], *, min_score: float = MIN_SCORE
) -> tuple[Detection, ...]:
    """Return page-relative detections of one picture, clipped to it, without the doubtful and the empty."""
    found = []
    for one in annotations:
        x, y, width, height = one.rect
        corners = (x, y, x + width, y + height)
        box = Box.from_pixels(corners, width_px=image.width_px, height_px=image.height_px)
        score = 1.0 if one.score is None else one.score
        if score >= min_score and box.area > 0:
            found.append(Detection(box, one.category, score))
    return tuple(found)


def _scheme_of(fields: Fields, asked: CategoryScheme | None) -> CategoryScheme:
    """Return the scheme that the set names; it must be the one asked for, if one was."""
    entries = [Fields(v, f"{fields.where}: a category") for v in fields.items("categories", required=False)]
    named = {entry.integer("id"): _plain(entry.text("name")) for entry in entries}
    if not named:
        if asked is None:
            raise ExchangeError(f"{fields.where} names no categories: say which of {_known()} they follow")
        return asked
    fitting = [scheme for scheme in SCHEMES.values() if named.items() <= _names(scheme).items()]
    if asked is not None and asked not in fitting:
        raise ExchangeError(f"{fields.where}: its categories contradict the scheme {asked.__name__}")
    if asked is None and len(fitting) != 1:
        problem = "fit no known scheme" if not fitting else "fit several schemes"
        raise ExchangeError(f"{fields.where}: its categories {problem}: say which of {_known()} they follow")
    return asked or fitting[0]


def _names(scheme: CategoryScheme) -> Mapping[int, str]:
    return {member.value: category_of(member).value for member in scheme}


def _plain(name: str) -> str:
    """Return a category's name as schemes spell it: one word, singular."""
    return name.strip().casefold().removesuffix("s")


def _known() -> str:
    return ", ".join(SCHEMES)


def _image(fields: Fields) -> CocoImage:
    width, height = fields.integer("width"), fields.integer("height")
    if min(width, height) < 1:
        raise fields.error("width", "and 'height' must be at least 1")
    return CocoImage(fields.integer("id"), fields.text("file_name"), width, height)


def _annotation(fields: Fields, scheme: CategoryScheme, *, default_id: int) -> CocoAnnotation:
    try:
        category = category_of_number(scheme, fields.integer("category_id"))
    except ConfigError as error:
        raise ExchangeError(f"{fields.where}: {error}") from error
    return CocoAnnotation(
        annotation_id=fields.integer("id") if "id" in fields else default_id,
        image_id=fields.integer("image_id"),
        category=category,
        rect=fields.rect("bbox"),
        score=fields.optional_share("score"),
        order=fields.optional_integer("reading_order"),
        text=fields.optional_text("text"),
    )
