"""Panels laid out: pages, a tall strip, and the page that names what they were made from."""

import io
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from schemas.records import RgbImage

PAGE_PX = (1240, 1754)
STRIP_WIDTH_PX, STRIP_GAP_PX = 800, 56
PANELS_A_PAGE = 6
_MARGIN_PX, _GUTTER_PX = 56, 22
_ROWS = {1: (1,), 2: (1, 1), 3: (1, 2), 4: (2, 2), 5: (2, 1, 2), 6: (2, 2, 2)}
_MOST_ROW_PX = 780
_PAPER, _INK = (253, 251, 246), (24, 20, 28)
_FONT = Path(__file__).parents[1] / "drawing" / "fonts" / "crimson-text.ttf"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_JPEG_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a panel lies: page from 0, and pixels of the page."""

    page: int
    x: int
    y: int
    width: int
    height: int


def page_frames(count: int) -> tuple[Frame, ...]:
    """Return the frames of so many panels, in reading order, on as many pages as they need."""
    frames: list[Frame] = []
    width, height = PAGE_PX[0] - 2 * _MARGIN_PX, PAGE_PX[1] - 2 * _MARGIN_PX
    for page, first in enumerate(range(0, count, PANELS_A_PAGE)):
        rows = _ROWS[min(PANELS_A_PAGE, count - first)]
        row_height = min((height - _GUTTER_PX * (len(rows) - 1)) // len(rows), _MOST_ROW_PX)
        for row, panels in enumerate(rows):
            own = (width - _GUTTER_PX * (panels - 1)) // panels
            y = _MARGIN_PX + row * (row_height + _GUTTER_PX)
            frames += [
                Frame(page, _MARGIN_PX + k * (own + _GUTTER_PX), y, own, row_height) for k in range(panels)
            ]
    return tuple(frames)


def pages_of(pictures: Sequence[RgbImage]) -> tuple[RgbImage, ...]:
    """Lay pictures out as pages, in the frames of :func:`page_frames`."""
    frames = page_frames(len(pictures))
    pages = [_paper(PAGE_PX[1], PAGE_PX[0]) for _ in range(frames[-1].page + 1)]
    for picture, frame in zip(pictures, frames, strict=True):
        fitted = cv2.resize(picture, (frame.width, frame.height), interpolation=cv2.INTER_AREA)
        pages[frame.page][frame.y : frame.y + frame.height, frame.x : frame.x + frame.width] = fitted
    return tuple(pages)


def strip_of(pictures: Sequence[RgbImage], credit: str) -> RgbImage:
    """Lay pictures out one below the other, as phones read them, with what they were made from at the end."""
    gap = _paper(STRIP_GAP_PX, STRIP_WIDTH_PX)
    parts = [gap]
    for picture in pictures:
        height = round(picture.shape[0] * STRIP_WIDTH_PX / picture.shape[1])
        fitted = cv2.resize(picture, (STRIP_WIDTH_PX, height), interpolation=cv2.INTER_AREA)
        parts += [np.asarray(fitted, np.uint8), gap]
    return np.vstack([*parts, _written([credit], STRIP_WIDTH_PX, size_px=20), gap])


def strip_frames(sizes_px: Sequence[tuple[int, int]]) -> tuple[Frame, ...]:
    """Return where :func:`strip_of` lays pictures of so many pixels, width and height."""
    frames, y = list[Frame](), STRIP_GAP_PX
    for width, height in sizes_px:
        fitted = round(height * STRIP_WIDTH_PX / width)
        frames.append(Frame(0, 0, y, STRIP_WIDTH_PX, fitted))
        y += fitted + STRIP_GAP_PX
    return tuple(frames)


def credits_page(lines: Sequence[str]) -> RgbImage:
    """Return a page that names what the panels were made from."""
    page = _paper(PAGE_PX[1], PAGE_PX[0])
    text = _written(["Made from", "", *lines], PAGE_PX[0], size_px=30)[: PAGE_PX[1] - 2 * _MARGIN_PX]
    page[_MARGIN_PX : _MARGIN_PX + len(text)] = text
    return page


def as_cbz(pages: Sequence[RgbImage], *, title: str, credit: str, licence: str) -> bytes:
    """Return pages as a CBZ with a ComicInfo.xml; the same pages give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number, page in enumerate(pages, start=1):
            data = io.BytesIO()
            Image.fromarray(page).save(data, "JPEG", quality=_JPEG_QUALITY)
            archive.writestr(zipfile.ZipInfo(f"p{number:02d}.jpg", _ZIP_TIME), data.getvalue())
        notes = f"{credit}. Licence: {licence}" if licence else credit
        info = (
            "<?xml version='1.0' encoding='utf-8'?>\n<ComicInfo>\n"
            f"  <Title>{escape(printable(title))}</Title>\n  <Notes>{escape(printable(notes))}</Notes>\n"
            f"  <Tags>generated</Tags>\n  <PageCount>{len(pages)}</PageCount>\n</ComicInfo>\n"
        )
        archive.writestr(zipfile.ZipInfo("ComicInfo.xml", _ZIP_TIME), info)
    return out.getvalue()


def as_pdf(pages: Sequence[RgbImage], *, title: str, credit: str) -> bytes:
    """Return pages as a PDF; the same ones give the same bytes: no file tells when it was made."""
    first, *others = (Image.fromarray(page) for page in pages)
    out = io.BytesIO()
    made = time.struct_time((*_ZIP_TIME, 1, 1, 0))
    first.save(
        out, "PDF", save_all=True, append_images=others, title=title, subject=credit[:2_000], resolution=150,
        creationDate=made, modDate=made,
    )  # fmt: skip
    return out.getvalue()


def _paper(height: int, width: int) -> RgbImage:
    return np.full((height, width, 3), _PAPER, np.uint8)


def _written(lines: Sequence[str], width_px: int, *, size_px: int) -> RgbImage:
    """Return lines of text on paper, broken to a width."""
    font = ImageFont.truetype(str(_FONT), size_px)
    room = width_px - 2 * _MARGIN_PX
    broken = [part for line in lines for part in _broken(printable(line), font, room)]
    image = Image.fromarray(_paper(max(round(len(broken) * size_px * 1.35), size_px), width_px))
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(broken):
        draw.text((_MARGIN_PX, round(number * size_px * 1.35)), line, font=font, fill=_INK)
    return np.asarray(image, np.uint8)


def _broken(line: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    out = [""]
    for word in line.split():
        longer = f"{out[-1]} {word}".strip()
        if out[-1] and font.getlength(longer) > room:
            out.append(word)
        else:
            out[-1] = longer
    return out


def printable(text: str) -> str:
    """Return text without what XML cannot hold or nobody can see."""
    return "".join(c if c.isprintable() else " " for c in text)
