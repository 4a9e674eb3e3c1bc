"""Examples that are pictures: files, panels and parts of them, encoded as panels are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from indexer.elements.labels import Example
from indexer.elements.material import Panels
from indexer.library.export import open_table
from indexer.library.faults import reading
from indexer.stages.drafts import PANEL_THUMBNAIL_PX
from schemas.config import MIB, PictureLimits
from schemas.elements import Answer
from schemas.errors import ConfigError, EncoderMismatchError, NotFoundError, UnreadablePictureError
from schemas.geometry import Box
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import ASSETS

if TYPE_CHECKING:
    from models.protocols import PictureEncoder

LIMITS = PictureLimits(max_bytes=32 * MIB, max_pixels=64_000_000, max_side_px=32_000)
SMALLEST_CROP_PX = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture that shows an element or does not, and where it is from."""

    image: RgbImage
    origin: str
    answer: Answer


def split_crop(text: str) -> tuple[str, Box | None]:
    """Return what is named and the part of it: ``NAME@x0,y0,x1,y1``. Raises ConfigError."""
    name, at, rest = text.rpartition("@")
    numbers = rest.split(",")
    if not at or len(numbers) != 4:
        return text, None
    try:
        return name, Box(*map(float, numbers))
    except ValueError as error:
        raise ConfigError(
            f"{rest[:60]!r} is no part of a picture: write @x0,y0,x1,y1, from 0 to 1"
        ) from error


def read_file(path: Path) -> RgbImage:
    """Read a picture from a file. Raises PictureError."""
    from models.pictures import decode_picture

    try:
        with path.open("rb") as file:
            data = file.read(LIMITS.max_bytes + 1)
    except OSError as error:
        raise UnreadablePictureError(f"{path} cannot be read: {error.strerror or error}") from error
    return decode_picture(data, name=path.name, limits=LIMITS).image


def read_thumbnail(library: Path, panel_id: str) -> RgbImage:
    """Return the picture of a panel as it is stored. Raises NotFoundError."""
    from lancedb.expr import col, lit

    from models.pictures import decode_picture

    with reading(library, ASSETS):
        query = open_table(library, ASSETS).search().where(col("asset_id").eq(lit(panel_id))).select(["webp"])
        found = query.limit(1).to_arrow()["webp"].to_pylist()
    if not found:
        raise NotFoundError(f"there is no picture of the panel {panel_id[:100]!r}")
    return decode_picture(found[0], name=panel_id, limits=LIMITS).image


def cut(image: RgbImage, box: Box | None) -> RgbImage:
    """Return a part of a picture. Raises ConfigError for one too small to see anything in."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = (box or Box.whole_page()).as_tuple()
    part = image[round(y0 * height) : round(y1 * height), round(x0 * width) : round(x1 * width)]
    if min(part.shape[:2]) < SMALLEST_CROP_PX:
        raise ConfigError(f"the part of the picture is under {SMALLEST_CROP_PX} pixels: cut out more")
    return np.ascontiguousarray(part)


def encode(shown: Sequence[Shown], panels: Panels) -> list[Example]:
    """Encode pictures as the panels of the library are. Raises EncoderMismatchError."""
    if not shown:
        return []
    vectors = encoder_of_pictures(panels).encode_images([one.image for one in shown])
    return [
        Example(one.answer, one.origin, panels.encoder, vector, _webp(one.image))
        for one, vector in zip(shown, vectors, strict=True)
    ]


def encoded_again(examples: Sequence[Example], panels: Panels) -> list[Example]:
    """Encode examples anew that another encoder encoded. Raises as :func:`encode`."""
    from models.pictures import decode_picture

    images = [decode_picture(one.webp, name=one.origin, limits=LIMITS).image for one in examples]
    vectors: FloatMatrix = encoder_of_pictures(panels).encode_images(images)
    return [
        replace(one, encoder=panels.encoder, vector=vector)
        for one, vector in zip(examples, vectors, strict=True)
    ]


def words_vector(words: str, panels: Panels) -> FloatMatrix:
    """Return the vector of words among those of pictures. Raises ConfigError without a text tower."""
    tower = encoder_of_pictures(panels).text_tower
    if tower is None:
        raise ConfigError("the picture encoder of this library knows no words: begin with pictures or panels")
    vector: FloatMatrix = tower.encode_texts([words])[0]
    return vector


def encoder_of_pictures(panels: Panels) -> PictureEncoder:
    """Return the encoder that made the panels. Raises ConfigError, EncoderMismatchError."""
    from models.registry import load_picture_encoder

    if not panels.encoder.startswith("look:"):
        raise ConfigError(
            f"pictures and words are compared on the side look, and this element goes by "
            f"{panels.encoder.partition(':')[0]}: give ids of panels"
        )
    spec = panels.format.picture_encoder
    encoder = load_picture_encoder(spec.name)
    if encoder.spec != spec:
        raise EncoderMismatchError(
            f"the encoder {spec.name!r} here is not the one that made the library: give ids of panels"
        )
    return encoder


def _webp(image: RgbImage) -> bytes:
    from models.pictures import encode_webp

    return encode_webp(image, max_side_px=PANEL_THUMBNAIL_PX, quality=90)[0]
