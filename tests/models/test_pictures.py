"""Decoding hostile pictures, and what thumbnails and hashes promise."""

import struct
import time
import warnings
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageOps

from models.pictures import crop, decode_picture, encode_webp, perceptual_hash, resize_to
from schemas.config import PictureLimits
from schemas.errors import PictureError, PictureTooLargeError, UnreadablePictureError
from schemas.geometry import Box
from schemas.records import DecodedPicture, RgbImage

LIMITS = PictureLimits()
RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def quadrants(width: int = 160, height: int = 240) -> RgbImage:
    """Red, green / blue, white: every rotation and every channel mix-up shows."""
    image = np.zeros((height, width, 3), np.uint8)
    image[: height // 2, : width // 2] = RED
    image[: height // 2, width // 2 :] = GREEN
    image[height // 2 :, : width // 2] = BLUE
    image[height // 2 :, width // 2 :] = WHITE
    return image


def noisy(width: int = 160, height: int = 240) -> RgbImage:
    rng = np.random.default_rng(7)
    return (quadrants(width, height) // 2 + rng.integers(0, 100, (height, width, 3))).astype(np.uint8)


def encoded(image: Image.Image | RgbImage, form: str, **options: object) -> bytes:
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    buffer = BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def decode(data: bytes, **options: int) -> DecodedPicture:
    return decode_picture(data, name="page.jpg", limits=LIMITS, **options)


def corners(image: RgbImage) -> list[tuple[int, ...]]:
    height, width = image.shape[:2]
    at = [(height // 4, width // 4), (height // 4, 3 * width // 4)]
    at += [(3 * height // 4, width // 4), (3 * height // 4, 3 * width // 4)]
    return [tuple(int(v) for v in image[y, x]) for y, x in at]


def assert_close(left: RgbImage, right: RgbImage, tolerance: int = 6) -> None:
    assert left.shape == right.shape
    assert np.abs(left.astype(int) - right.astype(int)).max() <= tolerance


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
        ("AVIF", {"quality": 95}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("JPEG2000", {}),
    ],
)
def test_every_format_decodes_to_the_same_upright_rgb(form: str, options: dict[str, object]) -> None:
    picture = decode(encoded(quadrants(), form, **options))
    assert picture.image.dtype == np.uint8
    assert picture.image.flags.c_contiguous
    assert (picture.width_px, picture.height_px, picture.degraded) == (160, 240, None)
    for found, wanted in zip(corners(picture.image), (RED, GREEN, BLUE, WHITE), strict=True):
        assert np.abs(np.subtract(found, wanted)).max() <= 6


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(form: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = encoded(quadrants(), form, exif=exif)
    picture = decode(data)
    upright = np.asarray(ImageOps.exif_transpose(Image.open(BytesIO(data))).convert("RGB"))
    assert_close(picture.image, upright)
    assert (picture.height_px, picture.width_px) == upright.shape[:2]


@pytest.mark.parametrize(
    "exif", [b"Exif\x00\x00", b"Exif\x00\x00II*\x00\xff\xff\xff\xff", b"junk", b"Exif\x00\x00MM"]
)
def test_damaged_exif_is_ignored(exif: bytes) -> None:
    assert decode(encoded(quadrants(), "JPEG", exif=b"Exif\x00\x00" + exif)).image.shape == (240, 160, 3)


def test_adobe_cmyk_jpeg_has_its_true_colours() -> None:
    cmyk = Image.fromarray(quadrants()).convert("CMYK")
    assert_close(decode(encoded(cmyk, "JPEG", quality=95)).image, quadrants(), tolerance=12)


def test_cmyk_jpeg_without_adobe_marker_is_not_inverted() -> None:
    # The same bytes with the marker cut out store plain ink: what was inverted paper is now ink.
    cmyk = Image.fromarray(quadrants()).convert("CMYK")
    data = encoded(cmyk, "JPEG", quality=95)
    at = data.index(b"Adobe") - 4
    (length,) = struct.unpack(">H", data[at + 2 : at + 4])
    plain = data[:at] + data[at + 2 + length :]
    inverted = 255 - np.asarray(cmyk)
    # A fully inked key plate is black everywhere, whatever the other inks are.
    expected = np.asarray(Image.frombytes("CMYK", cmyk.size, inverted.tobytes()).convert("RGB"))
    assert_close(decode(plain).image, expected, tolerance=12)


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    ramp = np.linspace(0, 65_535, 256, dtype=np.uint16)[None].repeat(8, axis=0)
    picture = decode(encoded(Image.fromarray(ramp), "PNG"))
    assert np.array_equal(picture.image[0, :, 0], np.arange(256))


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparency_is_laid_over_white(mode: str) -> None:
    clear = Image.new(mode, (20, 20), tuple([0] * len(mode)))
    assert decode(encoded(clear, "PNG")).image.min() == 255
    half = Image.new(mode, (20, 20), (*[0] * (len(mode) - 1), 128))
    assert abs(int(decode(encoded(half, "PNG")).image[0, 0, 0]) - 127) <= 1


def test_transparent_palette_colour_becomes_white() -> None:
    palette = Image.fromarray(quadrants()).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    red = palette.getpixel((0, 0))
    for transparency in (red, bytes(0 if index == red else 255 for index in range(256))):
        picture = decode(encoded(palette, "PNG", transparency=transparency))
        assert corners(picture.image) == [WHITE, GREEN, BLUE, WHITE]


def test_first_frame_of_an_animation_is_taken() -> None:
    frames = [Image.fromarray(quadrants()), Image.new("RGB", (160, 240), BLUE)]
    for form in ("GIF", "PNG", "WEBP"):
        data = encoded(frames[0], form, save_all=True, append_images=frames[1:])
        assert np.abs(np.subtract(corners(decode(data).image)[0], RED)).max() <= 60, form


def test_embedded_profile_changes_nothing() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_close(decode(encoded(quadrants(), "PNG", icc_profile=profile)).image, quadrants(), 0)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("AVIF", {}),
        ("GIF", {}),
        ("BMP", {}),
        ("TIFF", {}),
    ],
)
def test_truncated_picture_is_degraded_and_its_first_rows_are_kept(
    form: str, options: dict[str, object]
) -> None:
    data = encoded(noisy(), form, **options)
    whole, part = decode(data), decode(data[: len(data) * 6 // 10])
    assert whole.degraded is None
    assert part.degraded is not None
    assert part.image.shape == whole.image.shape
    rows = slice(210, 240) if form == "BMP" else slice(0, 30)  # a BMP starts at the bottom
    lost = np.abs(part.image[rows].astype(int) - whole.image[rows].astype(int)).mean()
    # A truncated progressive JPEG is blurred all over instead of missing its end.
    assert lost < (30 if options.get("progressive") else 3)


def test_truncation_is_judged_the_same_at_reduced_size() -> None:
    data = encoded(noisy(800, 1200), "JPEG")
    picture = decode(data[: len(data) // 2], max_side_px=300)
    assert picture.degraded is not None
    assert (picture.width_px, picture.height_px) == (800, 1200)


def test_picture_that_lies_about_its_type_decodes_by_content() -> None:
    picture = decode_picture(encoded(quadrants(), "WEBP", lossless=True), name="page.png", limits=LIMITS)
    assert corners(picture.image) == [RED, GREEN, BLUE, WHITE]


NO_PICTURES = [b"", b"not a picture", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBP"]


@pytest.mark.parametrize("data", NO_PICTURES)
def test_no_picture_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(UnreadablePictureError, match=r"page\.jpg"):
        decode(data)


def test_unsupported_picture_formats_are_named() -> None:
    with pytest.raises(UnreadablePictureError, match="JPEG XL"):
        decode(b"\xff\x0a" + bytes(100))


def bomb_png(width: int, height: int) -> bytes:
    """A small PNG that truly unpacks to so many pixels."""
    compressor = zlib.compressobj(9)
    rows = b"".join(compressor.compress(bytes(1 + width // 8)) for _ in range(height)) + compressor.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_bomb_is_refused_by_its_declared_size_at_once_and_without_warnings() -> None:
    data = bomb_png(20_000, 20_000)
    assert len(data) < 100_000
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(PictureTooLargeError, match="20000 x 20000"):
            decode(data)
    assert time.process_time() - start < 0.5


def test_large_picture_within_the_limits_gives_no_warning() -> None:
    # Above Pillow's own warning threshold of 89 million pixels.
    picture = decode_picture(bomb_png(10_000, 10_000), name="p", limits=LIMITS, max_side_px=100)
    assert picture.image.shape == (100, 100, 3)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "JPEG2000"])
def test_pixel_and_side_limits_hold_for_every_format(form: str) -> None:
    data = encoded(quadrants(), form)
    for limits in (PictureLimits(max_pixels=160 * 240 - 1), PictureLimits(max_side_px=239)):
        with pytest.raises(PictureTooLargeError):
            decode_picture(data, name="p", limits=limits)


def test_byte_limit_holds() -> None:
    data = encoded(quadrants(), "PNG")
    with pytest.raises(PictureTooLargeError):
        decode_picture(data, name="p", limits=PictureLimits(max_bytes=len(data) - 1))


def test_reduced_decoding_keeps_the_original_size_and_the_same_picture() -> None:
    data = encoded(quadrants(1600, 2400), "JPEG", quality=95)
    small = decode(data, max_side_px=300)
    assert small.image.shape == (300, 200, 3)
    assert (small.width_px, small.height_px) == (1600, 2400)
    assert small.sha256 == decode(data).sha256
    assert_close(np.array(corners(small.image)), np.array([RED, GREEN, BLUE, WHITE]), 8)


def test_thinnest_strip_decodes_at_reduced_size() -> None:
    strip = decode(encoded(np.zeros((3000, 4, 3), np.uint8), "JPEG"), max_side_px=30)
    assert strip.image.shape == (30, 1, 3)


def test_pictures_smaller_than_the_bound_are_not_enlarged() -> None:
    assert decode(encoded(quadrants(), "JPEG"), max_side_px=5000).image.shape == (240, 160, 3)


def test_resize_keeps_a_pixel_of_the_thinnest_strip() -> None:
    assert resize_to(np.zeros((10_000, 3, 3), np.uint8), 100).shape == (100, 1, 3)


def test_crop_returns_the_box_as_a_contiguous_copy() -> None:
    image = quadrants()
    part = crop(image, Box(0.5, 0.0, 1.0, 0.5))
    assert part.shape == (120, 80, 3)
    assert part.flags.c_contiguous
    assert (part == GREEN).all()
    part[:] = 0
    assert (image[0, -1] == GREEN).all()


def test_crop_of_an_empty_box_is_one_pixel() -> None:
    assert crop(quadrants(), Box(1.0, 1.0, 1.0, 1.0)).shape == (1, 1, 3)


def test_thumbnail_is_bounded_deterministic_webp() -> None:
    data, width, height = encode_webp(noisy(400, 600), max_side_px=120, quality=70)
    assert (width, height) == (80, 120)
    assert data == encode_webp(noisy(400, 600), max_side_px=120, quality=70)[0]
    assert Image.open(BytesIO(data)).size == (80, 120)


def test_thumbnail_never_exceeds_what_webp_can_hold() -> None:
    _, _, height = encode_webp(np.zeros((20_000, 10, 3), np.uint8), max_side_px=20_000, quality=50)
    assert height == 16_383


def scene(seed: int) -> RgbImage:
    rng = np.random.default_rng(seed)
    return resize_to(rng.integers(0, 255, (6, 6, 3)).astype(np.uint8).repeat(60, 0).repeat(60, 1), 300)


def test_perceptual_hash_survives_size_and_compression_but_not_another_picture() -> None:
    original = scene(1)
    copy = decode(encoded(resize_to(original, 150), "JPEG", quality=40)).image
    assert (perceptual_hash(original) ^ perceptual_hash(copy)).bit_count() <= 6
    assert (perceptual_hash(original) ^ perceptual_hash(scene(2))).bit_count() >= 16


@pytest.mark.parametrize("colour", [0, 77, 255])
def test_perceptual_hash_of_a_plain_surface_is_zero_and_fits_64_bits(colour: int) -> None:
    assert perceptual_hash(np.full((50, 40, 3), colour, np.uint8)) == 0
    assert 0 < perceptual_hash(scene(3)) < 2**64


@settings(max_examples=150, deadline=None)
@given(
    form=st.sampled_from(["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000"]),
    changes=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=12),
    keep=st.floats(0, 1),
)
def test_mutated_pictures_decode_or_raise_picture_errors(
    form: str, changes: list[tuple[float, int]], keep: float
) -> None:
    data = bytearray(encoded(noisy(40, 60), form))
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    kept = bytes(data[: int(keep * len(data)) + 1])
    try:
        picture = decode_picture(kept, name="p", limits=PictureLimits(max_pixels=10**6))
    except PictureError:
        return
    assert picture.image.dtype == np.uint8
    assert picture.image.ndim == 3
