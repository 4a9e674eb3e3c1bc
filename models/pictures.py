"""Pictures in, arrays out: decode hostile bytes, resize, hash, crop, encode thumbnails.

Decoding trusts nothing that a file says of itself: the format is named by content, the declared
size is checked before a pixel is decoded, and whatever can be saved of a truncated file is kept.
"""

import hashlib
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageFile

from schemas.config import PictureLimits
from schemas.errors import PictureTooLargeError, UnreadablePictureError
from schemas.geometry import Box
from schemas.records import DecodedPicture, RgbImage

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "JPEG2000")
"""Pillow's names of what is decoded; others are refused rather than handed to rare parsers."""

WEBP_MAX_SIDE_PX = 16_383  # limit of the WebP format
_ORIENTATION_TAG = 0x0112
_SIXTEEN_BIT_MODES = ("I;16", "I;16L", "I;16B", "I;16N")
_TRUNCATED = "the file is truncated or damaged: only a part of the picture could be decoded"
_DECODE_ERRORS = (
    *(OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError),
    *(ArithmeticError, AttributeError, MemoryError, RuntimeError, SystemError, struct.error, zlib.error),
    Image.DecompressionBombError,
)
"""What Pillow's plug-ins let escape from damaged files; none of them is a fault of the program."""
_NOT_DECODED_HERE = {
    b"\xff\x0a": "JPEG XL",
    b"\x00\x00\x00\x0cJXL ": "JPEG XL",
    b"\x00\x00\x00\x18ftypheic": "HEIC",
    b"\x00\x00\x00\x18ftypmif1": "HEIF",
}
_filters_lock = threading.Lock()
_Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class _Pixels:
    """A decoded frame before conversion, and whether the decoder ran out of data."""

    image: Image.Image
    size_px: tuple[int, int]
    truncated: bool


def decode_picture(
    data: bytes, *, name: str, limits: PictureLimits, max_side_px: int | None = None
) -> DecodedPicture:
    """Decode the first frame of a picture into upright RGB.

    Transparency is laid over white, CMYK and 16-bit are converted without clipping, embedded
    colour profiles are ignored, EXIF orientation is applied.

    Args:
        data: the encoded picture, of whatever format its content says.
        name: how messages call the picture.
        limits: checked on the declared size, before decoding.
        max_side_px: bound of the returned picture's longer side; JPEG is then decoded at a
            fraction of its size, which is several times faster.

    Raises:
        PictureTooLargeError: more bytes or declared pixels than ``limits`` allows.
        UnreadablePictureError: no picture, or nothing of it can be decoded.
    """
    if len(data) > limits.max_bytes:
        raise PictureTooLargeError(
            f"{name} has {len(data)} bytes, more than the limit of {limits.max_bytes}: skipped"
        )
    pixels = _decode(data, name, limits, max_side_px)
    try:
        image = _to_rgb(pixels.image)
    except _DECODE_ERRORS as error:
        raise UnreadablePictureError(f"{name} has colours that cannot be converted: {error}") from error
    if pixels.truncated and image.min() == image.max():
        raise UnreadablePictureError(f"{name} is truncated before its first pixel: replace the file")
    orientation = _orientation(pixels.image.info.get("exif"), pixels.image)
    image = _upright(image, orientation)
    width_px, height_px = pixels.size_px[::-1] if orientation >= 5 else pixels.size_px
    return DecodedPicture(
        image=image if max_side_px is None else resize_to(image, max_side_px),
        width_px=width_px,
        height_px=height_px,
        sha256=hashlib.sha256(data).hexdigest(),
        degraded=_TRUNCATED if pixels.truncated else None,
    )


def resize_to(image: RgbImage, max_side_px: int) -> RgbImage:
    """Shrink a picture so that its longer side is at most ``max_side_px``; never enlarge."""
    height, width = image.shape[:2]
    scale = max_side_px / max(height, width)
    if scale >= 1:
        return image
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return _as_rgb(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def crop(image: RgbImage, box: Box) -> RgbImage:
    """Cut a page-relative box out of a page; a contiguous copy, at least one pixel wide and high."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
    return np.ascontiguousarray(image[y0:y1, x0:x1])


def encode_webp(
    image: RgbImage, *, max_side_px: int, quality: int, effort: int = 4
) -> tuple[bytes, int, int]:
    """Encode a thumbnail as lossy WebP; the same picture always gives the same bytes.

    Args:
        image: the picture.
        max_side_px: bound of the longer side.
        quality: 0 to 100.
        effort: WebP's "method", 0 to 6; 2 takes half the time of 4 and gives 5 % more bytes.

    Returns:
        The bytes, and the width and height in pixels after shrinking to ``max_side_px``.
    """
    small = resize_to(image, min(max_side_px, WEBP_MAX_SIDE_PX))
    buffer = BytesIO()
    # Pinned, though 4 is Pillow's default: it decides the bytes.
    Image.fromarray(small).save(buffer, "WEBP", quality=quality, method=effort)
    return buffer.getvalue(), small.shape[1], small.shape[0]


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode a picture, (h, w, 3) RGB or (h, w, 4) RGBA, as PNG."""
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def to_jpeg(webp: bytes) -> bytes:
    """Turn a picture of our own making into JPEG, for programs that know no WebP."""
    buffer = BytesIO()
    with Image.open(BytesIO(webp), formats=("WEBP",)) as image:
        image.convert("RGB").save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def perceptual_hash(image: RgbImage) -> int:
    """Return a 64-bit DCT hash; near-equal pictures differ in few bits (Hamming distance).

    The signs of the 63 lowest frequencies of a 32 px grey copy against their median, without
    the mean brightness (Zauner 2010, "Implementation and benchmarking of perceptual image hash
    functions"). A plain surface hashes to 0.
    """
    small = cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    frequencies = cv2.dct(grey)[:8, :8].ravel()
    frequencies[0] = 0.0
    # Rounding keeps the float noise of a plain surface from voting.
    frequencies = np.round(frequencies, 2)
    bits = frequencies > np.median(frequencies[1:])
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _decode(data: bytes, name: str, limits: PictureLimits, max_side_px: int | None) -> _Pixels:
    """Decode, and decode again from mended bytes where the file breaks off."""
    image, mended_header = _open(data, name, limits)
    size = image.size
    try:
        _load(image, max_side_px)
        return _Pixels(image, size, truncated=mended_header)
    except _DECODE_ERRORS as error:
        reason = error
    mended = _mend(data)
    if mended is not None:
        try:
            whole, _ = _open(mended, name, limits)
            _load(whole, max_side_px)
            return _Pixels(whole, size, truncated=True)
        except (*_DECODE_ERRORS, UnreadablePictureError):
            pass  # the rows decoded before the break are still in ``image``
    image.tile = []  # else Pillow starts to decode again at the next access
    if getattr(image, "_im", None) is None:
        raise UnreadablePictureError(f"{name} cannot be decoded: {reason}") from reason
    return _Pixels(image, size, truncated=True)


def _open(data: bytes, name: str, limits: PictureLimits) -> tuple[ImageFile.ImageFile, bool]:
    """Read the header only and check the size that it declares; say whether it had to be mended."""
    for magic, format_name in _NOT_DECODED_HERE.items():
        if data.startswith(magic):
            raise UnreadablePictureError(
                f"{name} is a {format_name} picture, which is not decoded: convert it to WebP or PNG"
            )
    for mended, source in enumerate((data, _mend(data))):
        image = _parse_header(source, name) if source is not None else None
        if image is not None:
            _check_size(image.size, name, limits)
            return image, bool(mended)
    raise UnreadablePictureError(f"{name} is not a picture, or its header is damaged: replace the file")


def _parse_header(data: bytes, name: str) -> ImageFile.ImageFile | None:
    """Let the plug-in that accepts these bytes read the header; None where none can.

    The plug-ins are called directly, so that our own limits apply and not
    ``Image.MAX_IMAGE_PIXELS``, which belongs to the whole process.
    """
    Image.init()
    with _without_warnings():
        for format_name in FORMATS:
            factory, accepts = Image.OPEN.get(format_name, (None, None))
            if factory is None or (accepts is not None and accepts(data[:16]) is not True):
                continue
            try:
                image = factory(BytesIO(data), "")
            except Image.DecompressionBombError as error:  # before the others: it is one of them
                raise PictureTooLargeError(f"{name} declares too many pixels: skipped") from error
            except _DECODE_ERRORS:
                continue
            return image if isinstance(image, ImageFile.ImageFile) else None
    return None


def _check_size(size: tuple[int, int], name: str, limits: PictureLimits) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise UnreadablePictureError(f"{name} declares no pixels: replace the file")
    if width * height > limits.max_pixels or max(size) > limits.max_side_px:
        raise PictureTooLargeError(
            f"{name} declares {width} x {height} pixels, more than the limit of "
            f"{limits.max_pixels} in all or {limits.max_side_px} a side: skipped"
        )


def _load(image: ImageFile.ImageFile, max_side_px: int | None) -> None:
    if max_side_px is not None and image.format in ("JPEG", "MPO"):
        longest = max(image.size)
        if longest > max_side_px:
            scale = max_side_px / longest
            wanted = (max(1, int(image.width * scale)), max(1, int(image.height * scale)))
            image.draft(image.mode, wanted)
    if image.format == "TIFF":  # reads its tags again at the end
        with _without_warnings():
            image.load()
    else:
        image.load()


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Silence what Pillow warns of: odd EXIF, TIFF and APNG headers, large pictures.

    Under a lock, because silencing changes the filters of the process for a moment.
    """
    with _filters_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _mend(data: bytes) -> bytes | None:
    """Complete a file that breaks off, so that its decoder does not refuse all of it.

    A JPEG gets its end marker: libjpeg fills the rest, also of a progressive file. A WebP is
    padded to the length its RIFF header declares, an AVIF by as much as it has.
    """
    if data.startswith(b"\xff\xd8"):
        return data + b"\xff\xd9"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        missing = int.from_bytes(data[4:8], "little") + 8 - len(data)
        # A header that declares far more than is there lies or has lost nearly everything.
        return data + bytes(missing) if 0 < missing <= 20 * len(data) else None
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return data + bytes(len(data))
    return None


def _to_rgb(image: Image.Image) -> RgbImage:
    if image.mode in _SIXTEEN_BIT_MODES or image.mode in ("I", "F"):
        return _grey_to_rgb(_eight_bit(np.asarray(image)))
    if image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        # Pillow inverts every CMYK JPEG, as Adobe writes them; without Adobe's mark they are plain.
        image = ImageChops.invert(image)
    if image.mode in ("LA", "PA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        return _over_white(image.convert("RGBA"))
    return _as_rgb(np.asarray(image.convert("RGB")))


def _eight_bit(values: _Array) -> _Array:
    """Scale grey values of any depth to uint8; 16 bit by 257, so that 65535 becomes 255."""
    if values.dtype.kind == "f":
        finite = np.nan_to_num(values, nan=0.0, posinf=255.0, neginf=0.0)
        top = 1.0 if finite.max(initial=0.0) <= 1.0 else 255.0
        return np.clip(finite * (255.0 / top), 0, 255).astype(np.uint8)
    wide = np.clip(values, 0, None).astype(np.int64)
    if wide.max(initial=0) > 65_535:
        wide = wide >> 16
    return ((wide + 128) // 257).astype(np.uint8)


def _over_white(rgba: Image.Image) -> RgbImage:
    paper = Image.new("RGB", rgba.size, "white")
    paper.paste(rgba, mask=rgba.getchannel("A"))
    return _as_rgb(np.asarray(paper))


def _grey_to_rgb(grey: _Array) -> RgbImage:
    return _as_rgb(np.repeat(grey[..., None], 3, axis=2))


def _as_rgb(image: _Array) -> RgbImage:
    return np.ascontiguousarray(image, dtype=np.uint8)


def _upright(image: RgbImage, orientation: int) -> RgbImage:
    """Undo the EXIF orientation (1 to 8) of a decoded picture."""
    if orientation >= 5:
        image = np.swapaxes(image, 0, 1)
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return np.ascontiguousarray(image)


def _orientation(exif: object, image: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where nothing credible is said.

    Read by hand: Pillow's own reader parses every tag and warns about damaged ones.
    """
    if image.format == "TIFF":
        return _credible(getattr(image, "tag_v2", {}).get(_ORIENTATION_TAG))
    if not isinstance(exif, bytes):
        return 1
    tiff = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, start)
        for at in range(start + 2, start + 2 + 12 * count, 12):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, at)
            if tag == _ORIENTATION_TAG:
                return _credible(value)
    except struct.error:
        return 1
    return 1


def _credible(value: object) -> int:
    return value if isinstance(value, int) and 1 <= value <= 8 else 1
