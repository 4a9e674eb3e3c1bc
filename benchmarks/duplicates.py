"""How well copies of pages are told: recall and precision after each alteration, and a million hashes.

Draws books (and reads open comics where ``--corpus`` names them), alters every page in six ways,
indexes it all with its lettering, and lets the audit look for pages that are the same. Drawn pages come in
another language too. A copy counts
as found where it is linked with its page, over other copies too; a pair of different pages is an error.

    python -m benchmarks.duplicates [--books 6] [--corpus DIR] [--hashes 1000000] [--json]

Peer of the hashes: comparing each with all others in numpy, on as many as take a second.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from indexer.audit.copies import same_pages
from indexer.audit.material import Material
from indexer.running.indexing import index_library
from models.drawing.pages import draw_page
from models.drawing.random_script import random_script
from models.drawing.scene import Line, Script
from models.drawing.style import STYLES
from models.duplicates.grouping import groups_of
from models.duplicates.hashes import near_pairs
from schemas.config import IndexOptions
from schemas.labels import ReadingDirection
from schemas.records import RgbImage

KINDS = ("recompressed", "rescaled", "cropped", "cropped all round", "bordered", "all of these")
RELETTERED = "in another language"
_OTHER_LETTERS = str.maketrans("aeioutshAEIOUTSH", "ouaeikzjOUAEIKZJ")
SEED, PAGES = 3, 6
BITS, PEER_HASHES = 7, 20_000


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--books", type=int, default=6)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="longbox-bench-") as folder:
        comics, library = Path(folder, "comics"), Path(folder, "library")
        pages = list(drawn(options.books))
        write_books(comics, [*(page for page, _ in pages), *real(options.corpus)])
        write_relettered(comics, [other for _, other in pages])
        index_library([comics], library, IndexOptions())
        figures = score(Material(library)) | time_hashes(options.hashes)
    print(
        json.dumps(figures, indent=1)
        if options.json
        else "\n".join(f"{k:40} {v}" for k, v in figures.items())
    )


def drawn(books: int) -> Iterator[tuple[RgbImage, RgbImage]]:
    """Draw pages of several styles, and each once more with words of another language."""
    styles = list(STYLES)
    for number in range(books):
        script = random_script(
            100 + number, direction=ReadingDirection.LTR, style=styles[number % len(styles)], pages=PAGES
        )
        other = in_other_words(script)
        for page in range(PAGES):
            yield tuple(  # type: ignore[misc]
                draw_page(one, page, seed=100 + number, drop_crowded=True)[0] for one in (script, other)
            )


def in_other_words(script: Script) -> Script:
    """Return a script whose words are of another language, as long as they were."""

    def turned(line: Line) -> Line:
        return replace(line, text=line.text.translate(_OTHER_LETTERS))

    return replace(
        script,
        pages=tuple(
            replace(page, panels=tuple(replace(p, lines=tuple(map(turned, p.lines))) for p in page.panels))
            for page in script.pages
        ),
    )


def real(corpus: Path | None) -> Iterator[RgbImage]:
    """Read every third page of Pepper & Carrot and of the French album."""
    if corpus is None:
        return
    for path in sorted([*corpus.glob("pepper-and-carrot/*/*.jpg"), *corpus.glob("page-blanche/*.jpg")])[::3]:
        yield cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)  # type: ignore[misc]


def write_books(folder: Path, pages: list[RgbImage]) -> None:
    """Write a folder of the pages as they are, and one for each alteration."""
    chance = np.random.default_rng(SEED)
    for kind in ("original", *KINDS):
        (folder / kind).mkdir(parents=True)
    for number, page in enumerate(pages):
        for kind in ("original", *KINDS):
            picture = altered(page, kind, chance)
            name = str(folder / kind / f"{number:04d}.jpg")
            cv2.imwrite(name, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])


def write_relettered(folder: Path, pages: list[RgbImage]) -> None:
    """Write the folder of the drawn pages in the other language, which its metadata name."""
    (folder / RELETTERED).mkdir()
    (folder / RELETTERED / "ComicInfo.xml").write_text(
        f"<ComicInfo><Title>{RELETTERED}</Title><LanguageISO>eo</LanguageISO></ComicInfo>", "utf-8"
    )
    for number, page in enumerate(pages):
        name = str(folder / RELETTERED / f"{number:04d}.jpg")
        cv2.imwrite(name, cv2.cvtColor(page, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92])


def altered(image: RgbImage, kind: str, chance: np.random.Generator) -> RgbImage:
    """Return a picture as somebody else's copy of it might be."""
    height, width = image.shape[:2]
    if kind == "all of these":
        for one in ("cropped", "rescaled", "bordered"):
            image = altered(image, one, chance)
        return image
    if kind in ("recompressed", "rescaled"):
        scale = chance.uniform(0.35, 0.75) if kind == "rescaled" else 1.0
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(chance.integers(20, 60))]
        return cv2.imdecode(cv2.imencode(".jpg", small, quality)[1], cv2.IMREAD_COLOR)  # type: ignore[return-value]
    if kind == "cropped":
        top, bottom = (int(share * height) for share in chance.uniform(0, 0.05, 2))
        left, right = (int(share * width) for share in chance.uniform(0, 0.05, 2))
        return image[top : height - bottom, left : width - right].copy()
    if kind == "cropped all round":
        y, x = int(0.05 * height), int(0.05 * width)
        return image[y : height - y, x : width - x].copy()
    if kind == "bordered":
        side = int(chance.uniform(0.03, 0.08) * max(height, width))
        tone = int(chance.choice([0, 245, 255]))
        return cv2.copyMakeBorder(  # type: ignore[return-value]
            image, side, side, side, side, cv2.BORDER_CONSTANT, value=(tone, tone, tone)
        )
    return image


def score(material: Material) -> dict[str, float]:
    """Return recall for each alteration, and how many pairs are of one page."""
    started = time.perf_counter()
    found = same_pages(material)
    seconds = time.perf_counter() - started
    numbers = [int(Path(name).stem) for name in material.words("page_file")]
    titles = {book.book_id: book.title for book in material.books}
    kinds = [titles[book] for book in material.words("book_id")]
    group = {page: number for number, pages in enumerate(groups_of(found.pairs)) for page in pages}
    originals = {numbers[page]: page for page, kind in enumerate(kinds) if kind == "original"}
    figures: dict[str, float] = {}
    for kind in (*KINDS, RELETTERED):
        copies = [page for page, one in enumerate(kinds) if one == kind]
        linked = [group.get(page, -1) == group.get(originals[numbers[page]], -2) for page in copies]
        figures[f"recall, {kind}"] = round(float(np.mean(linked)), 4)
    right = [numbers[left] == numbers[right] for left, right in found.pairs.tolist()]
    figures["precision of pairs"] = round(float(np.mean(right)), 4)
    figures["pairs"] = len(right)
    figures["ms a page"] = round(1000 * seconds / len(numbers), 1)
    return figures


def time_hashes(count: int) -> dict[str, float]:
    """Return seconds for pairs among many hashes of which a third are near copies, and the peer's share."""
    chance = np.random.default_rng(SEED)
    hashes = chance.integers(1, 2**63, count, dtype=np.uint64)
    copies = np.arange(0, count - 1, 3)
    flips = np.uint64(1) << chance.integers(0, 63, (2, len(copies)), dtype=np.uint64)
    hashes[copies + 1] = hashes[copies] ^ flips[0] ^ flips[1]
    started = time.perf_counter()
    pairs = near_pairs(hashes, BITS)
    seconds = time.perf_counter() - started
    few = hashes[: min(count, PEER_HASHES)]
    started = time.perf_counter()
    for start in range(0, len(few), 500):
        np.flatnonzero(np.bitwise_count(few[start : start + 500, np.newaxis] ^ few[np.newaxis]) <= BITS)
    brute = (time.perf_counter() - started) * (count / len(few)) ** 2
    known = set(map(tuple, pairs.tolist()))
    return {
        f"seconds, {count:,} hashes": round(seconds, 1),
        "near copies among them found": round(
            float(np.mean([(one, one + 1) in known for one in copies.tolist()])), 4
        ),
        "times faster than comparing all": round(brute / seconds, 1),
    }


if __name__ == "__main__":
    main()
