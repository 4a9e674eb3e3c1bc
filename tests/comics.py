"""Little comics with known lettering, packed as CBZ: enough for the whole way, end to end."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

PAGE_SIZE_PX = (800, 1100)
COMIC_INFO = (
    "<?xml version='1.0'?><ComicInfo><Title>{title}</Title><Series>{series}</Series><Year>{year}</Year>"
    "<LanguageISO>en</LanguageISO><Manga>{manga}</Manga></ComicInfo>"
)


def page_with(lines: Sequence[str], *, seed: int) -> bytes:
    """Return a PNG page: one framed panel a line, each with its own picture and the line in a balloon."""
    width, height = PAGE_SIZE_PX
    page = Image.new("RGB", PAGE_SIZE_PX, "white")
    draw = ImageDraw.Draw(page)
    tall = (height - 40) // len(lines)
    random = np.random.default_rng(seed)
    font = ImageFont.load_default(30)
    for i, line in enumerate(lines):
        top = 30 + i * tall
        box = (30, top, width - 30, top + tall - 24)
        draw.rectangle(box, fill=tuple(random.integers(60, 200, 3).tolist()), outline="black", width=5)
        for _ in range(6):
            x, y = (int(v) for v in random.integers((60, top + 120), (width - 160, top + tall - 90)))
            colour = tuple(random.integers(0, 255, 3).tolist())
            draw.ellipse((x, y, x + 80, y + 50), fill=colour, outline="black", width=4)
        span = draw.textlength(line, font=font)
        draw.rounded_rectangle(
            (60, top + 20, 100 + span, top + 84), 26, fill="white", outline="black", width=3
        )
        draw.text((80, top + 33), line, "black", font)
    out = io.BytesIO()
    page.save(out, "PNG")
    return out.getvalue()


def write_cbz(
    path: Path,
    pages: Sequence[Sequence[str]],
    *,
    title: str,
    series: str = "Lamps",
    year: int = 1999,
    right_to_left: bool = False,
) -> Path:
    """Write a book whose pages hold the given lines, one panel each."""
    with zipfile.ZipFile(path, "w") as book:
        manga = "YesAndRightToLeft" if right_to_left else "No"
        book.writestr("ComicInfo.xml", COMIC_INFO.format(title=title, series=series, year=year, manga=manga))
        for number, lines in enumerate(pages, start=1):
            book.writestr(f"p{number:02d}.png", page_with(lines, seed=number + year))
    return path
