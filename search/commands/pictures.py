"""Pictures to search by."""

from pathlib import Path

from schemas.config import PictureLimits
from schemas.errors import UnreadablePictureError
from schemas.records import RgbImage

QUERY_PICTURE_SIDE_PX = 1024
"""A query picture is decoded no larger: encoders look at far fewer pixels."""


def read_query_picture(path: Path) -> RgbImage:
    """Decode a query picture within the limits of any picture. Raises PictureError."""
    from models.pictures import decode_picture

    limits = PictureLimits()
    try:
        with path.open("rb") as file:
            data = file.read(limits.max_bytes + 1)
    except OSError as error:
        raise UnreadablePictureError(f"cannot read the picture {path}: {error.strerror}") from error
    return decode_picture(data, name=str(path), limits=limits, max_side_px=QUERY_PICTURE_SIDE_PX).image
