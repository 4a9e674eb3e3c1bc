"""Scripts to pages: frames, scenes, borders, lettering and page furniture, with exact labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import skia

from models.drawing.art import PaintedScene, paint_scene
from models.drawing.art.geometry import Rect
from models.drawing.describe import describe_scene
from models.drawing.dice import dice
from models.drawing.frames import bounds, clipped, grown, jagged, pixel_box, shrunk, trembling
from models.drawing.layout import BOTTOM_MARGIN, MARGIN, Layout, place_frames
from models.drawing.layouts import LAYOUTS
from models.drawing.lettering import (
    LetteringError,
    LetteringStyle,
    PanelToLetter,
    draw_lettering,
    plan_lettering,
)
from models.drawing.matter import draw_matter
from models.drawing.scanning import DrawnPage, scanned
from models.drawing.scene import Design, PageScript, PanelScript, Scan, Script, TimeOfDay
from models.drawing.style import STYLES, Style
from models.drawing.typography import font, text_width
from schemas.geometry import Polygon
from schemas.labels import PageLabel, PageType, PanelLabel, ReadingDirection, TextLabel
from schemas.records import RgbImage

T = TypeVar("T")

# Height of letters as a share of the page width; strips are read on phones.
_FONT_SHARE, _STRIP_FONT_SHARE = 0.0245, 0.031
_LEAST_SHARED_LINE_PX = 3.0  # one line between two panels must show in every style
_TOOTH_PX, _ROUND_PX, _TREMOR_PX = 9.0, 26.0, 2.0
_OVERHANG_PX = 26.0
_STRIP_OVERHANG_PX = 60.0  # speech floats between the pictures of a strip
_DARK_PAPER, _LIGHT_LINE = "#101010", "#f2f2f2"
_STRIP_PAPERS: Mapping[TimeOfDay, tuple[str, str]] = {
    TimeOfDay.DAWN: ("#ffffff", "#fdeee4"),
    TimeOfDay.DAY: ("#ffffff", "#ffffff"),
    TimeOfDay.DUSK: ("#fff4ec", "#f3d9dc"),
    TimeOfDay.NIGHT: ("#161a2e", "#0c0e1a"),
}
_FOLIO_PX = 15.0
_NUMBERED = (PageType.STORY, PageType.FIRST_PAGE, PageType.TEXT, PageType.TEXTSTORY)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page on the drawing board."""

    canvas: skia.Canvas
    script: Script
    page: PageScript
    layout: Layout
    style: Style
    cast: Mapping[str, Design]
    size_px: tuple[int, int]
    seed: int
    place_seed: int  # the same all through a book: its places are recognised again

    @property
    def dark(self) -> bool:
        return self.layout.dark

    @property
    def unit_px(self) -> float:
        """Width of a single page: a spread has two."""
        return self.size_px[0] / (2 if self.layout.spread else 1)

    @property
    def look(self) -> LetteringStyle:
        share = _STRIP_FONT_SHARE if self.layout.strip_height else _FONT_SHARE
        return LetteringStyle.of(
            self.style,
            self.unit_px * share,
            self.size_px,
            right_to_left=self.script.direction is ReadingDirection.RTL,
            cast=self.cast,
        )


@dataclass(frozen=True, slots=True)
class _Panel:
    script: PanelScript
    polygon: Polygon  # the art, up to the middle of its border
    painted: PaintedScene

    def visible_heads(self) -> tuple[Rect, ...]:
        """Return the parts of heads that the frame shows."""
        frame = bounds(self.polygon)
        parts = (clipped(figure.head, frame) for figure in self.painted.figures)
        return tuple(part for part in parts if part is not None)


def draw_page(
    script: Script, page_no: int, *, seed: int, drop_crowded: bool = False
) -> tuple[RgbImage, PageLabel]:
    """Draw one page of a book: picture and label of ``compose_page``, same arguments and errors."""
    drawn = compose_page(script, page_no, seed=seed, drop_crowded=drop_crowded)
    return drawn.picture, drawn.label


def compose_page(script: Script, page_no: int, *, seed: int, drop_crowded: bool = False) -> DrawnPage:
    """Draw one page of a book.

    Args:
        script: The book.
        page_no: Index of the page, from 0.
        seed: The same seed gives the same pixels.
        drop_crowded: Leave out words that do not fit (for random books) instead of raising.

    Returns:
        The page; ``image`` of its label is ``<slug>/pNN.png`` with the
        number counted from 1.

    Raises:
        ValueError: The script names an unknown layout or style, or its panels are too few or many.
        LetteringError: The words of a panel do not fit into it.
    """
    page = script.pages[page_no]
    layout, style = _named(LAYOUTS, page.layout, "layout"), _named(STYLES, script.style, "style")
    size_px = layout.page_size(script.page_size_px)
    surface = skia.Surface(*size_px)
    page_seed = dice(seed, script.slug, page_no).randrange(2**31)
    cast = {design.name: design for design in script.cast}
    place_seed = dice(seed, script.slug).randrange(2**31)
    sheet = _Sheet(surface.getCanvas(), script, page, layout, style, cast, size_px, page_seed, place_seed)
    _draw_paper(sheet)
    polygons = place_frames(layout, size_px, script.direction, [panel.frame for panel in page.panels])
    panels = [_draw_panel(sheet, k, polygon) for k, polygon in enumerate(polygons)]
    try:
        lettered = _letter(sheet, panels, drop_crowded=drop_crowded or script.improvised)
    except LetteringError as error:
        raise LetteringError(f"page {page_no + 1} of {script.slug}: {error}") from error
    _draw_folio(sheet, page_no)
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)
    picture: RgbImage = np.ascontiguousarray(pixels[:, :, :3])
    labels = tuple(_label(sheet, panel, texts) for panel, texts in zip(panels, lettered, strict=True))
    name = f"{script.slug}/p{page_no + 1:02d}.png"
    label = PageLabel(name, size_px, script.direction, page.page_type, labels)
    heads = tuple(head for panel in panels for head in panel.visible_heads())
    drawn = DrawnPage(picture, label, heads)
    return drawn if script.scan is Scan.NONE else scanned(drawn, script.scan, seed=page_seed)


def _named(known: Mapping[str, T], name: str, what: str) -> T:
    if name not in known:
        raise ValueError(f"no {what} {name!r}; known are {', '.join(sorted(known))}")
    return known[name]


def _draw_paper(sheet: _Sheet) -> None:
    width, height = sheet.size_px
    if sheet.layout.strip_height is None:
        sheet.canvas.clear(_argb(_DARK_PAPER if sheet.dark else sheet.style.gutter_colour))
        return
    first, last = (sheet.page.panels[k].scene.time for k in (0, -1))
    colours = [_argb(_STRIP_PAPERS[first][0]), _argb(_STRIP_PAPERS[last][1])]
    paint = skia.Paint(
        Shader=skia.GradientShader.MakeLinear([skia.Point(0, 0), skia.Point(0, height)], colours)
    )
    sheet.canvas.drawRect(skia.Rect.MakeWH(width, height), paint)


def _draw_panel(sheet: _Sheet, index: int, polygon: Polygon) -> _Panel:
    script = sheet.page.panels[index]
    outline = _outline(script.frame, polygon, sheet.seed + 101 * index)
    canvas = sheet.canvas
    canvas.save()
    canvas.clipPath(outline, skia.ClipOp.kIntersect, True)
    painted = paint_scene(
        canvas, script.scene, bounds(polygon), cast=sheet.cast, style=sheet.style, seed=sheet.place_seed
    )
    canvas.restore()
    border = _border_px(sheet, script)
    if border > 0:
        paint = skia.Paint(
            Color=_argb(_LIGHT_LINE if sheet.dark else sheet.style.border_colour), AntiAlias=True
        )
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(border)
        paint.setStrokeJoin(skia.Paint.kMiter_Join)
        canvas.drawPath(outline, paint)
    return _Panel(script, polygon, painted)


def _border_px(sheet: _Sheet, script: PanelScript) -> float:
    if script.frame in ("none", "disc"):
        return 0.0
    shared = sheet.layout.gutter == 0 and sheet.layout.strip_height is None
    return max(sheet.style.border_px, _LEAST_SHARED_LINE_PX) if shared else sheet.style.border_px


def _outline(frame: str, polygon: Polygon, seed: int) -> skia.Path:
    path = skia.Path()
    box = bounds(polygon)
    whole = skia.Rect(box.x0, box.y0, box.x1, box.y1)
    if frame == "round":
        path.addRRect(skia.RRect(whole, _ROUND_PX, _ROUND_PX))
    elif frame == "disc":
        path.addOval(whole)
    else:
        path.addPoly([skia.Point(x, y) for x, y in _corners(frame, polygon, seed)], True)
    return path


def _corners(frame: str, polygon: Polygon, seed: int) -> Polygon:
    if frame == "jagged":
        return jagged(polygon, tooth_px=_TOOTH_PX, seed=seed)
    return trembling(polygon, reach_px=_TREMOR_PX, seed=seed) if frame == "hand" else polygon


def _letter(sheet: _Sheet, panels: Sequence[_Panel], *, drop_crowded: bool) -> list[tuple[TextLabel, ...]]:
    """Letter all panels, once all are drawn: balloons may reach over gutters."""
    look = sheet.look
    heads = tuple(head for panel in panels for head in panel.visible_heads())
    covers = [grown(bounds(panels[k].polygon), sheet.style.border_px) for k in sorted(sheet.layout.insets)]
    prints = draw_matter(sheet.canvas, sheet.page, [p.polygon for p in panels], heads, look)
    taken = [printed.rect for printed in prints]
    texts = []
    for index, panel in enumerate(panels):
        inset = index in sheet.layout.insets
        job = PanelToLetter(
            panel.script.lines,
            panel.polygon,
            panel.painted.figures,
            panel.visible_heads() if inset else heads,
            (*taken, *(() if inset else covers)),
            _overhang(sheet, sheet.seed + index),
        )
        letters = plan_lettering(job, look, seed=sheet.seed + 1009 * index, drop_crowded=drop_crowded)
        draw_lettering(sheet.canvas, letters, look, seed=sheet.seed + index)
        taken += [letter.rect for letter in letters]
        here = [printed.label(sheet.size_px) for printed in prints if printed.panel == index]
        texts.append((*here, *(letter.label(sheet.size_px) for letter in letters)))
    return texts


def _overhang(sheet: _Sheet, seed: int) -> float:
    if sheet.layout.strip_height is not None:
        return _STRIP_OVERHANG_PX
    # Balloons that bridge a gutter are common in print and the classic trap of panel detection.
    lucky = dice(seed).random() < sheet.script.overhang_chance and not sheet.layout.insets
    return _OVERHANG_PX if lucky else 0.0


def _draw_folio(sheet: _Sheet, page_no: int) -> None:
    if sheet.layout.strip_height is not None or sheet.layout.bleed or sheet.page.page_type not in _NUMBERED:
        return
    text, (width, height) = str(page_no + 1), sheet.size_px
    room = text_width(text, "prose", _FOLIO_PX * 1.4)
    x = width - MARGIN * sheet.unit_px - room if page_no % 2 == 0 else MARGIN * sheet.unit_px
    ink = _LIGHT_LINE if sheet.dark else sheet.style.border_colour
    paint = skia.Paint(Color=_argb(ink), AntiAlias=True)
    y = height - BOTTOM_MARGIN * sheet.unit_px * 0.3
    sheet.canvas.drawString(text, x, y, font("prose", _FOLIO_PX * 1.4), paint)


def _label(sheet: _Sheet, panel: _Panel, texts: tuple[TextLabel, ...]) -> PanelLabel:
    reach = _border_px(sheet, panel.script) / 2
    outer = shrunk(panel.polygon, lambda _a, _b: -reach)
    scene = panel.script.scene
    width, height = sheet.size_px
    return PanelLabel(
        box=pixel_box(bounds(outer), sheet.size_px),
        caption=panel.script.caption or describe_scene(scene, sheet.cast),
        characters=tuple(dict.fromkeys(figure.character for figure in panel.painted.figures)),
        shot=scene.shot.value,
        polygon=tuple((min(max(round(x), 0), width), min(max(round(y), 0), height)) for x, y in outer),
        place=scene.place,
        time=scene.time.value,
        weather=scene.weather.value,
        texts=texts,
    )


def _argb(value: str) -> int:
    return 0xFF000000 | int(value.lstrip("#"), 16)
