"""The catalogue of page layouts by name, from plain grids to slants, insets, spreads and strips."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from models.drawing.frames import rectangle
from models.drawing.layout import Layout, grid, strip, tiers, with_insets


def _tiered() -> tuple[Layout, ...]:
    return (
        tiers("splash", "1"),
        tiers("two-tiers", "1/1"),
        tiers("three-tiers", "1/1/1"),
        tiers("four-tiers", "1/1/1/1", heights="3443"),
        tiers("grid-4", "11/11"),
        tiers("grid-6", "11/11/11"),
        tiers("grid-8", "11/11/11/11"),
        tiers("grid-9", "111/111/111"),
        tiers("wide-top-3", "1/11", heights="54"),
        tiers("wide-top-4", "1/111", heights="75"),
        tiers("wide-top-5", "1/11/11", heights="433"),
        tiers("wide-top-6", "1/12/111", heights="433"),
        tiers("wide-bottom-3", "11/1", heights="45"),
        tiers("wide-bottom-4", "12/1/1", heights="334"),
        tiers("wide-bottom-5", "32/23/1", heights="334"),
        tiers("wide-middle-5", "11/1/11", heights="343"),
        tiers("classic-4", "1/23/1", heights="333"),
        tiers("classic-5", "23/1/32", heights="343"),
        tiers("classic-6", "23/32/11"),
        tiers("classic-7", "32/111/23"),
        tiers("columns-3", "111"),
        tiers("album-8", "23/111/1/11", heights="3333"),
    )


def _irregular() -> tuple[Layout, ...]:
    return (
        grid("tall-left-4", "ABB/ACC/ADD"),
        grid("tall-left-5", "ABB/ACC/DDE"),
        grid("tall-right-4", "AAD/BBD/CCD"),
        grid("tall-right-5", "AAC/BBC/DEE"),
        grid("pinwheel-5", "AAB/CDB/CEE"),
        grid("staggered-4", "AB/AB/AB/AB/CB/CD/CD/CD/CD"),
        grid("hanging-4", "ABC/ABC/ABD"),
        tiers("slant-2", "1/1", tilt="14"),
        tiers("slant-3", "1/11", heights="54", lean="0 7", tilt="9"),
        tiers("slant-4", "11/11", lean="6 -6", tilt="-8"),
        tiers("slant-5", "23/1/32", heights="343", lean="5 0 -5", tilt="6 -6"),
        tiers("slant-6", "11/111/1", lean="-5 5 0", tilt="-6 7"),
        tiers("diagonal-3", "1/1/1", heights="343", tilt="16 -14"),
        _koma("koma-4", columns=1),
        _koma("koma-8", columns=2),
    )


def _special() -> tuple[Layout, ...]:
    splash, bleed = tiers("splash", "1"), replace(tiers("bleed-1", "1"), bleed=True)
    wide = tiers("wide", "1/23/32", heights="433")
    return (
        with_insets(splash, "inset-1", (0.56, 0.69, 0.97, 0.97)),
        with_insets(
            splash, "inset-3", (0.03, 0.73, 0.33, 0.97), (0.35, 0.73, 0.65, 0.97), (0.67, 0.73, 0.97, 0.97)
        ),
        replace(tiers("shared-6", "11/11/11"), gutter=0.0),
        replace(wide, name="shared-5", gutter=0.0),
        replace(wide, name="dark-5", dark=True),
        replace(tiers("dark-4", "1/1/23", heights="433"), dark=True),
        bleed,
        replace(tiers("bleed-3", "1/23", heights="54"), bleed=True),
        replace(tiers("bleed-4", "1/11/1", heights="434", lean="0 5 0", tilt="7 -6"), bleed=True),
        with_insets(bleed, "bleed-inset-2", (0.03, 0.7, 0.45, 0.96), (0.55, 0.7, 0.97, 0.96)),
        with_insets(
            tiers("insets-top", "1/11/111", heights="533"),
            "insets-top-8",
            (0.04, 0.3, 0.32, 0.43),
            (0.68, 0.3, 0.96, 0.43),
        ),
        with_insets(tiers("insets-tall", "12", heights="1"), "inset-tall-3", (0.42, 0.62, 0.7, 0.92)),
        replace(tiers("spread-4", "1/111", heights="64"), spread=True),
        replace(tiers("spread-6", "111/1/12", heights="353"), spread=True),
    )


def _strips() -> tuple[Layout, ...]:
    return (
        strip("strip-1", 1.6, (0.0, 0.12, 1.0, 1.48)),
        strip("strip-tall-1", 2.2, (0.0, 0.0, 1.0, 2.2)),
        strip("strip-2", 2.2, (0.06, 0.15, 0.94, 0.95), (0.0, 1.2, 1.0, 2.1)),
        strip("strip-3", 2.9, (0.0, 0.1, 1.0, 0.95), (0.06, 1.17, 0.94, 1.8), (0.0, 2.05, 1.0, 2.82)),
        strip("strip-steps-3", 2.8, (0.04, 0.1, 0.74, 0.9), (0.26, 1.0, 0.96, 1.8), (0.04, 1.9, 0.74, 2.7)),
        strip(
            "strip-pair-4",
            2.9,
            (0.0, 0.08, 1.0, 0.9),
            (0.04, 1.06, 0.49, 1.76),
            (0.51, 1.06, 0.96, 1.76),
            (0.0, 1.95, 1.0, 2.82),
        ),
        strip(
            "strip-4",
            3.0,
            (0.06, 0.08, 0.94, 0.68),
            (0.0, 0.84, 1.0, 1.5),
            (0.12, 1.66, 0.88, 2.2),
            (0.0, 2.34, 1.0, 2.94),
        ),
    )


def _matter() -> tuple[Layout, ...]:
    """Layouts of pages that are not story: their lettering stands outside the frames."""
    return (
        Layout("text", ()),
        Layout("text-vignette", (rectangle(0.0, 0.66, 1.0, 1.0),)),
        Layout("credits-art", (rectangle(0.0, 0.0, 1.0, 0.46),)),
        Layout("advert-art", (rectangle(0.06, 0.22, 0.94, 0.68),)),
        Layout("advert-side", (rectangle(0.0, 0.2, 0.5, 0.82),)),
    )


def _koma(name: str, *, columns: int) -> Layout:
    """Make a four-panel strip; with two columns each is read to its end before the next."""
    # Two strips stand further apart than the panels of one: else the page is a grid, read in tiers.
    spans = ((0.2, 0.8),) if columns == 1 else ((0.0, 0.47), (0.53, 1.0))
    cells = tuple(rectangle(left, row / 4, right, (row + 1) / 4) for left, right in spans for row in range(4))
    return Layout(name, cells, gutter=0.028)


LAYOUTS: Mapping[str, Layout] = MappingProxyType(
    {layout.name: layout for layout in (*_tiered(), *_irregular(), *_special(), *_strips(), *_matter())}
)
