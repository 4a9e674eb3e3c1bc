"""Trial pages: books made up by chance, one for each class of pages on which panel detectors fail.

The labels are exact, so that a detector is measured class by class; fresh seeds keep it honest.
"""

from dataclasses import dataclass, replace

from models.drawing.dice import dice
from models.drawing.random_script import Recipe, random_script
from models.drawing.scene import Scan, Script
from schemas.labels import ReadingDirection

_TIERED = (
    "classic-5", "wide-top-5", "grid-6", "classic-7", "three-tiers", "wide-bottom-5", "album-8", "grid-9",
)  # fmt: skip
_IRREGULAR = (*_TIERED[:4], "tall-left-5", "staggered-4", "pinwheel-5", "hanging-4", "tall-right-4")
_SLANTED = ("slant-4", "slant-3", "slant-5", "diagonal-3", "slant-6", "slant-2")
_SHARED = ("shared-6", "shared-5")
_LTR, _RTL, _TTB = ReadingDirection
_DAILY_PX = 1500, 500


@dataclass(frozen=True, slots=True)
class Trial:
    """One class of pages; the rest of the fields as in ``Script``."""

    name: str
    style: str
    direction: ReadingDirection
    recipe: Recipe
    scan: Scan = Scan.NONE
    overhang_chance: float = 0.0
    page_size_px: tuple[int, int] | None = None


def _trial(
    name: str, style: str, direction: ReadingDirection, layouts: tuple[str, ...], *frames: str
) -> Trial:
    return Trial(name, style, direction, Recipe(layouts, frames or ("border",)))


def _crossed(trial: Trial, *, captions: float = 0.1) -> Trial:
    """Let every balloon (and so many captions) reach over the gutters."""
    return replace(trial, overhang_chance=1.0, recipe=replace(trial.recipe, caption_chance=captions))


TRIALS: tuple[Trial, ...] = (
    _trial("bordered-manga", "manga", _RTL, _IRREGULAR),
    _trial("slanted-manga-bleed", "manga", _RTL, _SLANTED, "bleed"),
    _trial("slants", "album", _LTR, _SLANTED),
    _crossed(_trial("balloons-over-gutters", "album", _LTR, _IRREGULAR)),
    _crossed(_trial("captions-over-gutters", "western", _LTR,
                    ("classic-5", "wide-top-5", "two-tiers", "grid-4")), captions=1.0),
    _trial("insets", "western", _LTR,
           ("insets-top-8", "inset-1", "inset-tall-3", "inset-3", "bleed-inset-2")),
    _trial("splash", "western", _LTR, ("splash", "bleed-1")),
    _trial("black-gutters", "western", _LTR, ("dark-5", "dark-4")),
    _trial("shared-borders", "western", _LTR, _SHARED),
    _crossed(_trial("shared-borders-crossed", "album", _LTR, _SHARED)),
    _trial("jagged-frames", "manga", _RTL, _TIERED, "jagged", "border"),
    _trial("round-frames", "album", _LTR, _TIERED, "round"),
    _trial("full-bleed", "western", _LTR, _IRREGULAR, "bleed"),
    _trial("double-spreads", "album", _LTR, ("spread-4", "spread-6")),
    _trial("frameless", "album", _LTR, _TIERED, "none"),
    _trial("vignettes", "album", _LTR, ("grid-4", "wide-top-3", "grid-6"), "none", "disc", "border"),
    replace(_trial("tinted-paper", "western", _LTR, _TIERED), scan=Scan.YELLOWED),
    replace(_trial("skewed-scans", "western", _LTR, _IRREGULAR), scan=Scan.SKEWED),
    Trial("white-objects", "manga", _RTL,
          Recipe(_TIERED, ("border",), effect_chance=1.0, effects=("pillars",))),
    _trial("four-koma", "manga", _RTL, ("koma-4", "koma-8")),
    Trial("white-strips", "daily", _LTR, Recipe(("columns-3",), ("hand",), ("plain",)),
          page_size_px=_DAILY_PX),
    Trial("flat-strips", "album", _LTR, Recipe(("columns-3",), ("none", "none", "disc"), ("plain",)),
          overhang_chance=1.0, page_size_px=_DAILY_PX),
    _trial("webtoon-slices", "webtoon", _TTB,
           ("strip-2", "strip-3", "strip-steps-3", "strip-pair-4", "strip-4")),
)  # fmt: skip


def trial_books(seed: int, *, pages: int) -> tuple[Script, ...]:
    """Return a book of so many pages for each class, its name as slug.

    Args:
        seed: The same seed gives the same books.
        pages: Pages of each book, at least 1.
    """
    return tuple(_book(trial, seed, pages) for trial in TRIALS)


def _book(trial: Trial, seed: int, pages: int) -> Script:
    book = random_script(
        dice("trials", seed, trial.name).randrange(2**31),
        direction=trial.direction,
        style=trial.style,
        pages=pages,
        recipe=trial.recipe,
    )
    return replace(
        book,
        slug=trial.name,
        scan=trial.scan,
        overhang_chance=trial.overhang_chance,
        page_size_px=trial.page_size_px or book.page_size_px,
    )
