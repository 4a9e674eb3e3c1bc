"""How well comics are told from other books that bundles bring: AUROC of the gate of page types.

Other books are made by none of the means that the gate learnt from: prose and sources of Python's own
documentation and library, set in another typeface; rules with tables and boxes; diagrams; photographs
(those of scikit-learn, and of ``--photographs``) whole, in albums and in articles; and, where ``--corpus``
names the open comics, illustrated stories as they were published. Comics are drawn in styles
that training never sees, and the real ones of the corpus.

    python -m benchmarks.gate [--corpus DIR] [--photographs DIR] [--books 6] [--reader rapidocr] [--json]

Peer: the share of a page that lies in panels, which a gate without a model would go by.
"""

import argparse
import inspect
import json
import random
import textwrap
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module, resources
from pathlib import Path
from pydoc_data.topics import topics

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont, ImageOps

from models.drawing.streams.art import painted_gallery
from models.drawing.streams.plans import KINDS
from models.drawing.streams.press import Press
from models.page_types.evidence import PageEvidence
from models.page_types.looks import look_of
from models.page_types.segmenter import StreamSegmenter, load_segmenter, read_segmenter
from models.panels.measures import auroc
from models.registry import load_panel_detector, load_picture_encoder, load_text_reader
from schemas.config import IndexOptions
from schemas.records import RgbImage

WIDTH, HEIGHT, MARGIN = 760, 1060, 70
PAGES, CHUNK, LEAST, SEED = 5, 8, 3, 11
_PHOTOGRAPHS = (".jpg", ".jpeg", ".png")
_SOURCES = ("argparse", "json.decoder", "ast", "textwrap", "random", "heapq", "zipfile", "csv", "html.parser")
_COMICS = (
    "pepper-and-carrot/*",
    "page-blanche",
    "tori-no-me",
    "climate-frogs",
    "manga-demo",
    "mimi-and-eunice",
)
_PAPERS = ((255, 255, 255), (250, 246, 235), (240, 228, 200))


@dataclass(frozen=True, slots=True)
class Book:
    """A book to be told: its pages, and whether it is a comic."""

    name: str
    pages: Sequence[RgbImage]
    is_comic: bool


class Page:
    """A page set by Pillow in its own typeface."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.image = Image.new("RGB", (WIDTH, HEIGHT), rng.choice(_PAPERS))
        self.pen = ImageDraw.Draw(self.image)

    def words(self, text: str, left: int, top: int, width: int, size: int) -> int:
        """Set text into a column; return where it ends."""
        face = ImageFont.load_default(size)
        for paragraph in text.splitlines():
            for line in textwrap.wrap(paragraph, max(8, int(width / (size * 0.5)))) or [""]:
                if top > HEIGHT - MARGIN:
                    return top
                self.pen.text((left, top), line, fill=(20, 20, 20), font=face)
                top += round(size * 1.3)
        return top

    def source(self, lines: Sequence[str], top: int, size: int) -> int:
        """Set lines of a program as they are; return where they end."""
        for line in lines:
            if top > HEIGHT - MARGIN:
                break
            self.pen.text((MARGIN, top), line[:90], fill=(25, 25, 60), font=ImageFont.load_default(size))
            top += round(size * 1.25)
        return top

    def table(self, left: int, top: int, width: int) -> int:
        """Draw a table of numbers; return where it ends."""
        rows, cells = self.rng.randint(4, 11), self.rng.randint(2, 5)
        for row in range(rows):
            for cell in range(cells):
                x, y = left + cell * width // cells, top + row * 24
                self.pen.rectangle((x, y, x + width // cells, y + 24), outline=(60, 60, 60))
                told = (
                    f"{self.rng.randint(1, 20)}d{self.rng.choice((4, 6, 8, 20))}"
                    if cell
                    else f"Level {row + 1}"
                )
                self.pen.text((x + 4, y + 4), told, fill=(20, 20, 20), font=ImageFont.load_default(13))
        return top + rows * 24 + 12

    def diagram(self, top: int) -> int:
        """Draw boxes and arrows; return where they end."""
        for row in range(self.rng.randint(1, 3)):
            for cell in range(self.rng.randint(2, 4)):
                x, y = MARGIN + cell * 160, top + row * 90
                self.pen.rectangle((x, y, x + 110, y + 50), outline=(0, 0, 0), width=2)
                self.pen.text(
                    (x + 8, y + 16),
                    self.rng.choice(_SOURCES),
                    fill=(0, 0, 0),
                    font=ImageFont.load_default(14),
                )
                self.pen.line((x + 110, y + 25, x + 160, y + 25), fill=(0, 0, 0), width=2)
            top += 90
        return top + 10

    def picture(self, image: Image.Image, left: int, top: int, width: int, height: int) -> int:
        """Paste a picture, cut to fit; return where it ends."""
        self.image.paste(ImageOps.fit(image, (width, height)), (left, top))
        return top + height + 8

    def done(self) -> RgbImage:
        """Return the page as a file would hold it."""
        data = cv2.imencode(".jpg", np.asarray(self.image)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
        return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])  # type: ignore[index]


def prose(rng: random.Random, _photos: Sequence[Image.Image]) -> Page:
    """A page of running text in one to three columns."""
    page, columns = Page(rng), rng.choice((1, 1, 2, 3))
    wide = (WIDTH - 2 * MARGIN) // columns
    for column in range(columns):
        page.words(_prose(rng), MARGIN + column * wide, MARGIN, wide - 16, rng.choice((13, 15, 18)))
    return page


def programming(rng: random.Random, _photos: Sequence[Image.Image]) -> Page:
    """A page of a programming book: prose, a listing, at times a diagram."""
    page = Page(rng)
    top = page.words(_prose(rng)[: rng.randint(200, 900)], MARGIN, MARGIN, WIDTH - 2 * MARGIN, 16)
    if rng.random() < 0.5:
        top = page.diagram(top + 10)
    source = inspect.getsource(import_module(rng.choice(_SOURCES))).splitlines()
    start = rng.randrange(max(1, len(source) - 60))
    page.source(source[start : start + 60], top + 12, rng.choice((13, 15)))
    return page


def rules(rng: random.Random, photos: Sequence[Image.Image]) -> Page:
    """A page of rules: two columns, tables, boxes, a picture."""
    page, wide = Page(rng), (WIDTH - 2 * MARGIN) // 2
    for column in range(2):
        left, top = MARGIN + column * wide, MARGIN
        while top < HEIGHT - 2 * MARGIN:
            part = rng.random()
            if part < 0.3:
                top = page.table(left, top, wide - 20)
            elif part < 0.4:
                top = page.picture(_crop(rng, photos), left, top, wide - 20, rng.randint(120, 260))
            else:
                top = page.words(_prose(rng)[: rng.randint(150, 600)], left, top, wide - 20, 14) + 8
    return page


def article(rng: random.Random, photos: Sequence[Image.Image]) -> Page:
    """A page of a magazine: a photograph and text about it, in columns."""
    page, tall = Page(rng), rng.randint(250, 600)
    top = page.picture(_crop(rng, photos), MARGIN, MARGIN, WIDTH - 2 * MARGIN, tall)
    for column in range(2):
        wide = (WIDTH - 2 * MARGIN) // 2
        page.words(_prose(rng), MARGIN + column * wide, top + 8, wide - 16, 15)
    return page


def album(rng: random.Random, photos: Sequence[Image.Image]) -> Page:
    """A page of an album: photographs in a grid, as panels stand, with a line under some."""
    page, rows, columns = Page(rng), rng.choice((1, 2, 3)), rng.choice((1, 2))
    wide, tall = (WIDTH - 2 * MARGIN) // columns, (HEIGHT - 2 * MARGIN) // rows
    for number in range(rows * columns):
        left, top = MARGIN + number % columns * wide, MARGIN + number // columns * tall
        ends = page.picture(_crop(rng, photos), left, top, wide - 10, tall - 40)
        if rng.random() < 0.5:
            page.words(_prose(rng)[:60], left, ends, wide - 10, 14)
    return page


def photograph(rng: random.Random, photos: Sequence[Image.Image]) -> Page:
    """A photograph that fills the page."""
    page = Page(rng)
    page.picture(_crop(rng, photos), 0, 0, WIDTH, HEIGHT)
    return page


OTHERS: dict[str, Callable[[random.Random, Sequence[Image.Image]], Page]] = {
    one.__name__: one for one in (prose, programming, rules, article, album, photograph)
}


def _prose(rng: random.Random) -> str:
    text = topics[rng.choice(sorted(topics))]
    start = rng.randrange(max(1, len(text) - 3000))
    return " ".join(text[start : start + 6000].replace("*", "").split())


def _crop(rng: random.Random, photos: Sequence[Image.Image]) -> Image.Image:
    """Return a part of a photograph, mirrored or grey at times."""
    photo = rng.choice(list(photos))
    share = rng.uniform(0.4, 1.0)
    wide, tall = round(photo.width * share), round(photo.height * share)
    x, y = rng.randint(0, photo.width - wide), rng.randint(0, photo.height - tall)
    cut = photo.crop((x, y, x + wide, y + tall))
    cut = ImageOps.mirror(cut) if rng.random() < 0.5 else cut
    return ImageOps.grayscale(cut).convert("RGB") if rng.random() < 0.25 else cut


def photographs(folder: Path | None) -> list[Image.Image]:
    """Return the photographs that scikit-learn brings, and those of a folder."""
    own = Path(str(resources.files("sklearn.datasets") / "images"))
    paths = [*own.iterdir(), *(sorted(folder.rglob("*")) if folder else ())]
    return [Image.open(path).convert("RGB") for path in paths if path.suffix.lower() in _PHOTOGRAPHS]


def other_books(count: int, photos: Sequence[Image.Image]) -> Iterator[Book]:
    """Make so many books of each kind that is no comic."""
    for name, draw in OTHERS.items():
        for number in range(count):
            rng = random.Random(f"{SEED}/{name}/{number}")  # noqa: S311 (pictures, not secrets)
            yield Book(name, [draw(rng, photos).done() for _ in range(PAGES)], is_comic=False)


def illustrated(corpus: Path, count: int) -> Iterator[Book]:
    """Set illustrated stories as they were published: a picture, and the text of its page under it."""
    pages = defaultdict(list)
    for row in json.loads((corpus / "african-storybook" / "pairs.json").read_text("utf-8")):
        pages[row["story"]].append(row)
    rng = random.Random(SEED)  # noqa: S311 (pictures, not secrets)
    long = [story for story in sorted(pages) if len(pages[story]) >= PAGES]
    for story in rng.sample(long, min(count, len(long))):
        size, tall = rng.choice((18, 22, 28)), rng.randint(500, 760)
        made = []
        for row in pages[story][:CHUNK]:
            page = Page(rng)
            picture = Image.open(corpus / "african-storybook" / row["image"]).convert("RGB")
            top = page.picture(picture, MARGIN, MARGIN, WIDTH - 2 * MARGIN, tall)
            page.words(row["text"], MARGIN, top + 8, WIDTH - 2 * MARGIN, size)
            made.append(page.done())
        yield Book("illustrated", made, is_comic=False)


def drawn_comics(count: int) -> Iterator[Book]:
    """Draw comics of every kind in styles that training never sees."""
    press, number, left = Press(painted_gallery(9, fresh=True, per_hand=30), seed=SEED, fresh=True), 0, count
    comics = {name for name, (_, is_comic, _) in KINDS.items() if is_comic and name != "artbook"}
    while left:
        book, number = press.book(number), number + 1
        if book.kind in comics:
            left -= 1
            yield Book("drawn", [page.picture for page in book.pages][:CHUNK], is_comic=True)


def real_comics(corpus: Path, most: int) -> Iterator[Book]:
    """Read the comics of the corpus, in parts of as many pages as a short book has."""
    for pattern in _COMICS:
        for folder in sorted(corpus.glob(pattern)):
            paths = sorted(path for path in folder.iterdir() if path.suffix in (".jpg", ".png"))
            parts = [paths[start : start + CHUNK] for start in range(0, min(len(paths), most * CHUNK), CHUNK)]
            for part in parts:
                if len(part) < LEAST:
                    continue
                pages = [cv2.imread(str(path)) for path in part]
                yield Book("real", [p[..., ::-1].copy() for p in pages if p is not None], is_comic=True)  # type: ignore[misc]


class Looker:
    """Looks at pages as an index run does."""

    def __init__(self, model: StreamSegmenter, reader: str) -> None:
        options = IndexOptions()
        encoder = load_picture_encoder(options.picture_encoder)
        self._detector = load_panel_detector(options.detector)
        self._encoder = encoder if model.knows(encoder.spec) else None
        self._reader = None if reader == "none" else load_text_reader(reader)

    def __call__(self, image: RgbImage) -> PageEvidence:
        """Look at a page."""
        return PageEvidence(
            aspect=image.shape[1] / image.shape[0],
            panels=tuple(panel.box for panel in self._detector.detect(image).panels),
            lines=self._reader.read_lines(image) if self._reader else None,
            look=look_of(image),
            vector=self._encoder.encode_images([image])[0] if self._encoder else None,
        )


def score(told: Sequence[tuple[str, bool, float, float]]) -> dict[str, float | None]:
    """Return AUROC over all, for real and drawn comics, and against each kind of other book.

    Args:
        told: kind, truth, how sure the gate is, and the share of panels, of each book.
    """

    def of(column: int, kinds: set[str]) -> float | None:
        kept = [one for one in told if one[0] in kinds]
        return auroc([float(one[column]) for one in kept], [one[1] for one in kept])

    comics = {kind for kind, is_comic, *_ in told if is_comic}
    others = {kind for kind, *_ in told} - comics
    figures = {"AUROC": of(2, comics | others), "AUROC, panels alone": of(3, comics | others)}
    figures |= {f"AUROC, {kind} comics": of(2, {kind} | others) for kind in sorted(comics)}
    figures |= {f"AUROC, against {kind}": of(2, {kind} | comics) for kind in sorted(others)}
    right = [(sure > 0.5) == is_comic for _, is_comic, sure, _ in told]
    lost = [sure <= 0.5 for _, is_comic, sure, _ in told if is_comic]
    return figures | {
        "right": float(np.mean(right)),
        "comics taken for other books": float(np.mean(lost)),
        "books": len(told),
    }


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--photographs", type=Path)
    parser.add_argument("--books", type=int, default=6, help="of each kind that is no comic")
    parser.add_argument("--reader", default=IndexOptions().reader)
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    model = read_segmenter(options.weights) if options.weights else load_segmenter()
    look, told = Looker(model, options.reader), []
    for book in books_of(options):
        pages = [look(page) for page in book.pages]
        covered = float(np.mean([min(sum(box.area for box in page.panels), 1.0) for page in pages]))
        told.append((book.name, book.is_comic, model.segment(pages).comic, covered))
    figures = score(told)
    print(
        json.dumps(figures, indent=1)
        if options.json
        else "\n".join(f"{k:40} {v}" for k, v in figures.items())
    )


def books_of(options: argparse.Namespace) -> Iterator[Book]:
    """Give all books that the options ask for."""
    yield from other_books(options.books, photographs(options.photographs))
    yield from drawn_comics(4 * options.books)
    if options.corpus:
        yield from illustrated(options.corpus, 2 * options.books)
        yield from real_comics(options.corpus, 3)


if __name__ == "__main__":
    main()
