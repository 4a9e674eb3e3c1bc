"""Finds label files and the pictures they speak of."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from indexer.stages.pictures import decode_page
from schemas.config import PictureLimits
from schemas.errors import UnreadablePictureError
from schemas.geometry import Box
from schemas.labels import PageLabel
from schemas.records import RgbImage

PICTURE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".avif", ".gif", ".bmp", ".tif", ".tiff", ".jp2")
MAX_LABEL_BYTES = 16 * 1024 * 1024
"""No label of a page is that long; what is longer is a data set of its own."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A label that could not be scored: its path below the folder of labels, and why in one line."""

    item: str
    why: str

    def __str__(self) -> str:
        """Return one printable line."""
        return "".join(c if c.isprintable() else " " for c in f"{self.item}: {self.why}")


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page with its label. ``name`` is the label's path below the folder of labels, without suffix."""

    work: str
    name: str
    picture: Path
    label: PageLabel

    @property
    def true_panels(self) -> tuple[Box, ...]:
        """The labelled panels in reading order, page-relative."""
        width, height = self.label.size
        return tuple(
            Box.from_pixels(panel.box, width_px=width, height_px=height) for panel in self.label.panels
        )


def find_pages(labels: Path, images: Path) -> Iterator[LabelledPage | Skipped]:
    """Yield every label file below ``labels`` with its picture below ``images``, in order of path.

    A work is the first folder below ``labels``; labels in no folder belong to the work of that name.
    """
    for path in label_files(labels):
        relative = path.relative_to(labels)
        read = read_json(path)
        label = to_label(read) if isinstance(read, Mapping) else read
        if isinstance(label, str):
            yield Skipped(relative.as_posix(), label)
            continue
        picture = find_picture(images, label.image, relative)
        if picture is None:
            yield Skipped(relative.as_posix(), f"its picture {label.image!r} is not in {images}")
            continue
        yield LabelledPage(work_of(relative, labels), relative.with_suffix("").as_posix(), picture, label)


def label_files(labels: Path) -> list[Path]:
    """Return the JSON files below a folder, sorted by path."""
    return sorted(path for path in labels.rglob("*.json") if path.is_file())


def work_of(relative: Path, labels: Path) -> str:
    """Return the work that a label belongs to: its first folder."""
    return relative.parts[0] if len(relative.parts) > 1 else labels.resolve().name


def read_json(path: Path) -> Mapping[str, object] | str:
    """Read a file that should hold a JSON object; else return what is wrong with it."""
    try:
        if path.stat().st_size > MAX_LABEL_BYTES:
            return f"is longer than {MAX_LABEL_BYTES} bytes, which no label is"
        data: object = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        return f"cannot be read: {error.strerror or error}"
    except (ValueError, RecursionError) as error:
        return f"is no JSON: {error}"
    return data if isinstance(data, dict) else "is no label: a JSON object is needed"


def to_label(data: Mapping[str, object]) -> PageLabel | str:
    """Read a label; return what is wrong where it is none."""
    try:
        label = PageLabel.from_json(data)
    except (ValueError, OverflowError) as error:
        return f"is no label: {error}"
    if min(label.size) < 1:
        return f"is no label: 'size' must be positive, got {list(label.size)}"
    return label


def find_picture(images: Path, image: str, relative: Path) -> Path | None:
    """Return the picture of a label; None where there is none inside ``images``.

    Args:
        images: folder of the pictures.
        image: the path that the label gives, relative to ``images``.
        relative: the label's own path; tried with the suffixes of pictures where ``image`` is missing.
    """
    given = PurePosixPath(image.replace("\\", "/"))
    inside = image and not given.is_absolute() and ".." not in given.parts
    candidates = [images / given] if inside else []
    candidates += [images / relative.with_suffix(suffix) for suffix in PICTURE_SUFFIXES]
    return next((path for path in candidates if path.is_file()), None)


def decode(picture: Path) -> RgbImage:
    """Decode a picture to the size that the indexer works on.

    Raises:
        PictureError: it cannot be read or decoded.
    """
    try:
        data = picture.read_bytes()
    except OSError as error:
        raise UnreadablePictureError(f"{picture} cannot be read: {error.strerror or error}") from error
    return decode_page(data, name=picture.name, limits=PictureLimits()).image
