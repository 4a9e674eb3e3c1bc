"""How a random book looks: page size, paper, type, gutters, and what its scans went through."""

import random
from dataclasses import dataclass

from schemas.labels import ReadingDirection

_SPEECH_FONTS = ("comic-neue-bold", "comic-neue-bold-italic", "patrick-hand", "balsamiq-sans-bold")
_FRESH_SPEECH_FONTS = ("kalam",)
_LOGO_FONTS = ("bangers", "comic-neue-bold", "balsamiq-sans-bold", "crimson-text")
_PROSE_FONTS = ("crimson-text", "crimson-text", "comic-neue-bold", "patrick-hand")
_PAPERS = ("#ffffff",) * 5 + ("#fdfaf3", "#f6efdc", "#efe4c8", "#fffdf6")
_DARK_PAPERS = ("#000000", "#14121a", "#1b1b1b")
_LOGO_COLOURS = ("#ffd23f", "#e63946", "#ffffff", "#1d70b8", "#2a9d4f", "#f4772e", "#111111", "#b3418a")
_FLATS = ("#ffd23f", "#e63946", "#1d70b8", "#2a9d4f", "#f4772e", "#fff3c4", "#cfe8f5", "#f9d6d5", "#e5e5e5")

_DIRECTIONS = {"manga": ReadingDirection.RTL, "webtoon": ReadingDirection.TTB, "scroll": ReadingDirection.TTB}


@dataclass(frozen=True, slots=True)
class Look:
    """One book's looks.

    Attributes:
        size_px: width and height of a page.
        stretch: of all letters, 1 is as designed.
        lettering: height of speech letters, a share of the page width.
        gutter: a share of the page width.
        border_px: width of the frames, 0 for none.
        caps: whether speech is set in capitals.
        scan: what is done to the pages, see :mod:`models.drawing.streams.scans`.
    """

    size_px: tuple[int, int]
    direction: ReadingDirection
    grey: bool
    paper: str
    ink: str
    speech_font: str
    logo_font: str
    prose_font: str
    stretch: float
    lettering: float
    gutter: float
    border_px: float
    caps: bool
    caption_fill: str
    accent: str
    second: str
    scan: str

    @property
    def width(self) -> int:
        """Width of a page in pixels."""
        return self.size_px[0]


def random_look(rng: random.Random, kind: str, *, fresh: bool) -> Look:
    """Draw a look for a kind of book; ``fresh`` uses what training books never do."""
    direction = _DIRECTIONS.get(kind, ReadingDirection.LTR)
    dark = rng.random() < 0.08
    grey = rng.random() < {"manga": 0.95, "textbook": 0.6, "rulebook": 0.3}.get(kind, 0.15)
    long_side = rng.randint(760, 920)
    aspect = {"manga": (0.62, 0.72), "photos": (0.55, 1.7), "album": (0.7, 0.78), "episode": (0.55, 1.0)}.get(
        kind, (0.62, 0.78)
    )
    return Look(
        size_px=_size(rng, kind, long_side, aspect),
        direction=direction,
        grey=grey,
        paper=rng.choice(_DARK_PAPERS) if dark else rng.choice(_PAPERS),
        ink="#f4f4f4" if dark else rng.choice(("#111111", "#15121a", "#2a2622")),
        speech_font=rng.choice(_FRESH_SPEECH_FONTS if fresh else _SPEECH_FONTS),
        logo_font=rng.choice(_LOGO_FONTS),
        prose_font=rng.choice(_PROSE_FONTS),
        stretch=rng.uniform(0.8, 0.88) if fresh and rng.random() < 0.5 else rng.uniform(0.88, 1.15),
        lettering=rng.uniform(0.02, 0.042) if kind == "scroll" else rng.uniform(0.016, 0.027),
        gutter=rng.choice((0.006, 0.012, 0.016, 0.022, 0.03)),
        border_px=rng.choice((0.0, 1.2, 1.8, 2.4, 3.2)) if rng.random() < 0.8 else 1.8,
        caps=rng.random() < 0.6,
        caption_fill=rng.choice(("#fff3c4", "#ffffff", "#f5e6a8", "#dfeaf0", "#222222")),
        accent=rng.choice(_LOGO_COLOURS),
        second=rng.choice(_FLATS),
        scan=_scan(rng, kind),
    )


def _size(rng: random.Random, kind: str, long_side: int, aspect: tuple[float, float]) -> tuple[int, int]:
    if kind == "webtoon":
        return rng.randint(420, 520), 900
    if kind == "scroll":  # as sites cut: near the shape of a page, or several screens tall
        width = rng.randint(400, 480)
        tall = rng.choices(
            (rng.uniform(0.55, 0.8), rng.uniform(0.35, 0.55), rng.uniform(0.2, 0.35)), (6, 2, 1)
        )[0]
        return width, round(width / tall)
    return round(long_side * min(rng.uniform(*aspect), 1.0)), long_side


def _scan(rng: random.Random, kind: str) -> str:
    """Choose what the pages went through; nobody scans what was made for a screen."""
    if kind == "scroll":
        return rng.choices(("clean", "jpeg", "soft"), (4, 4, 1))[0]
    return rng.choices(("clean", "jpeg", "old", "grey", "turned", "soft"), (4, 4, 3, 1, 1.5, 1.5))[0]
