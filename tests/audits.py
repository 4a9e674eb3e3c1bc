"""A library with something for an audit to find: copies, an issue in a collection, a page of many books."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from tests.comics import COMIC_INFO, page_with

TALK = ["Where is it?", "Not here!", "Look again"]


def page(seed: int, panels: int = 3) -> Image.Image:
    return Image.open(io.BytesIO(page_with(TALK[:panels], seed=seed))).convert("RGB")


def blank(tone: int = 255, noise: int = 0) -> Image.Image:
    grains = np.random.default_rng(noise).integers(0, 3, (1100, 800, 1)) if noise else 0
    return Image.fromarray(np.clip(np.full((1100, 800, 3), tone) - grains, 0, 255).astype(np.uint8))


def packed(picture: Image.Image, *, quality: int = 90, scale: float = 1.0) -> bytes:
    size = (round(picture.width * scale), round(picture.height * scale))
    out = io.BytesIO()
    picture.resize(size).save(out, "JPEG", quality=quality)
    return out.getvalue()


def cut(picture: Image.Image, share: float = 0.05) -> Image.Image:
    width, height = picture.size
    return picture.crop(
        (int(share * width), int(share * height), int((1 - share) * width), int((1 - share) * height))
    )


def write_book(path: Path, pages: Sequence[bytes]) -> None:
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "ComicInfo.xml", COMIC_INFO.format(title=path.stem, series=path.stem, year=2001, manga="No")
        )
        for number, data in enumerate(pages, start=1):
            book.writestr(f"p{number:02d}.jpg", data)


def make_library(folder: Path) -> Path:
    """Write the books and index them, without reading their lettering."""
    comics = folder / "comics"
    comics.mkdir()
    issue = [page(seed) for seed in range(1, 6)]
    mark = page(99, 2)
    write_book(comics / "issue.cbz", [packed(one) for one in [*issue, mark]])
    write_book(comics / "issue again.cbz", [packed(cut(one, 0.03), quality=50, scale=0.7) for one in issue])
    others = [page(seed) for seed in range(20, 28)]
    collection = [*others[:4], *issue, *others[4:]]
    write_book(comics / "collection.cbz", [packed(one, quality=60, scale=0.8) for one in collection])
    write_book(comics / "alone.cbz", [packed(one) for one in [page(40), blank(), page(41), mark]])
    write_book(comics / "other.cbz", [packed(one) for one in [page(50), blank(250), page(51), mark]])
    index_library([comics], folder / "library", IndexOptions(workers=1, reader="none"))
    return folder / "library"
