"""Pages drawn by code, one recipe a kind, with the panels that are on them.

The art is rough on purpose: shapes with outlines, hatching, white objects, tones, balloons. What
matters here is how panels are framed and parted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from schemas.geometry import Box
from schemas.labels import ReadingDirection

Quad = tuple[tuple[int, int], ...]
Colour = tuple[int, int, int]
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
PAGE = (1000, 1414)


@dataclass(frozen=True)
class DrawnPage:
    kind: str
    image: np.ndarray
    boxes: tuple[Box, ...]
    direction: ReadingDirection = ReadingDirection.LTR


@dataclass(frozen=True)
class Look:
    """How a page is drawn."""

    paper: Colour = WHITE
    frame: Colour | None = BLACK
    frame_px: int = 4
    gutter_px: int = 18
    margin_px: int = 50
    colour: bool = True
    balloons: float = 0.5
    bridging: float = 0.0
    white_ground: float = 0.15


def corners(x0: int, y0: int, x1: int, y1: int) -> Quad:
    return ((x0, y0), (x1, y0), (x1, y1), (x0, y1))


def bounding(quad: Quad) -> tuple[int, int, int, int]:
    xs, ys = zip(*quad, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def tiers(rng: np.random.Generator, look: Look, size: tuple[int, int] = PAGE) -> list[Quad]:
    """Random tiers of random columns inside the margins."""
    width, height = size
    left, top = look.margin_px, look.margin_px
    quads = []
    for y0, y1 in _spans(rng, top, height - top, int(rng.integers(2, 5)), look.gutter_px):
        for x0, x1 in _spans(rng, left, width - left, int(rng.integers(1, 4)), look.gutter_px):
            quads.append(corners(x0, y0, x1, y1))
    return quads


def _spans(rng, start: int, stop: int, count: int, gap: int) -> list[tuple[int, int]]:
    shares = rng.uniform(0.7, 1.4, count)
    sizes = shares / shares.sum() * (stop - start - gap * (count - 1))
    spans, at = [], float(start)
    for size in sizes:
        spans.append((round(at), round(at + size)))
        at += size + gap
    return spans


def paint_page(
    rng: np.random.Generator, quads: Sequence[Quad], look: Look, size: tuple[int, int] = PAGE
) -> np.ndarray:
    image = np.full((size[1], size[0], 3), look.paper, np.uint8)
    for quad in quads:
        paint_panel(rng, image, quad, look)
    for quad in quads:
        if rng.random() < look.balloons:
            paint_balloon(rng, image, quad, bridging=rng.random() < look.bridging)
    return image


def paint_panel(rng: np.random.Generator, image: np.ndarray, quad: Quad, look: Look) -> None:
    mask = np.zeros(image.shape[:2], np.uint8)
    points = np.array(quad, np.int32)
    cv2.fillPoly(mask, [points], 255)
    art = paint_art(rng, image.shape[:2], bounding(quad), look)
    image[mask > 0] = art[mask > 0]
    if look.frame is not None:
        cv2.polylines(image, [points], True, look.frame, look.frame_px, cv2.LINE_AA)


def paint_art(rng, shape: tuple[int, int], box: tuple[int, int, int, int], look: Look) -> np.ndarray:
    """A scene: ground, far shapes, figures with outlines, hatching."""
    x0, y0, x1, y1 = box
    ground = WHITE if rng.random() < look.white_ground else _tone(rng, look, low=90)
    art = np.full((*shape, 3), ground, np.uint8)
    horizon = int(rng.uniform(y0 + 0.3 * (y1 - y0), y1))
    if rng.random() < 0.6:
        cv2.rectangle(art, (x0, horizon), (x1, y1), _tone(rng, look), -1)
    for _ in range(int(rng.integers(4, 10))):
        centre = np.array([rng.uniform(x0, x1), rng.uniform(y0, y1)])
        reach = rng.uniform(0.08, 0.3) * min(x1 - x0, y1 - y0) + 8
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(5, 12))))
        rays = reach * rng.uniform(0.5, 1.3, angles.size)
        points = centre + np.stack([np.cos(angles) * rays, np.sin(angles) * rays], axis=1)
        cv2.fillPoly(art, [points.astype(np.int32)], _tone(rng, look), cv2.LINE_AA)
        cv2.polylines(art, [points.astype(np.int32)], True, BLACK, int(rng.integers(1, 4)), cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 40))):
        start = (int(rng.uniform(x0, x1)), int(rng.uniform(y0, y1)))
        cv2.line(art, start, (start[0] + int(rng.integers(5, 40)), start[1] + 12), BLACK, 1, cv2.LINE_AA)
    return art


def _tone(rng, look: Look, low: int = 0) -> Colour:
    if look.colour:
        return tuple(int(v) for v in rng.integers(low, 245, 3))
    value = int(rng.choice([max(low, 20), 120, 180, 215, 255]))
    return (value, value, value)


def paint_balloon(rng, image: np.ndarray, quad: Quad, *, bridging: bool) -> None:
    x0, y0, x1, y1 = bounding(quad)
    width, height = x1 - x0, y1 - y0
    rx, ry = int(rng.uniform(0.14, 0.22) * width) + 20, int(rng.uniform(0.1, 0.16) * height) + 16
    cx = int(rng.uniform(x0 + rx, max(x0 + rx + 1, x1 - rx)))
    cy = y0 + ry + 10
    if bridging:
        side = rng.integers(0, 2)
        cx, cy = (x1, cy) if side else (cx, y1)
    cv2.ellipse(image, (cx, cy), (rx, ry), 0, 0, 360, WHITE, -1, cv2.LINE_AA)
    cv2.ellipse(image, (cx, cy), (rx, ry), 0, 0, 360, BLACK, 3, cv2.LINE_AA)
    paint_lettering(rng, image, (cx - int(rx * 0.7), cy - int(ry * 0.5), cx + int(rx * 0.7), cy + ry // 2))


def paint_lettering(rng, image: np.ndarray, box: tuple[int, int, int, int], line_px: int = 22) -> None:
    x0, y0, x1, y1 = box
    for y in range(y0, max(y0 + 1, y1 - line_px // 2), line_px):
        x = x0
        while x < x1:
            word = int(rng.integers(2, 8)) * line_px // 3
            for at in range(x, min(x + word, x1), line_px // 3):
                height = line_px // 2 + int(rng.integers(-2, 3))
                cv2.rectangle(image, (at, y), (at + line_px // 6, y + height), BLACK, 2)
            x += word + line_px // 2


def to_boxes(quads: Sequence[Quad], size: tuple[int, int] = PAGE) -> tuple[Box, ...]:
    return tuple(Box.from_pixels(bounding(q), width_px=size[0], height_px=size[1]) for q in quads)


def _page(kind: str, rng, look: Look, quads: list[Quad] | None = None) -> DrawnPage:
    quads = quads if quads is not None else tiers(rng, look)
    return DrawnPage(kind, paint_page(rng, quads, look), to_boxes(quads))


MANGA = Look(colour=False, margin_px=70, gutter_px=16, white_ground=0.4)


def clean_manga(rng) -> DrawnPage:
    return _page("clean manga", rng, MANGA)


def painted(rng) -> DrawnPage:
    return _page("painted", rng, Look(frame=None, margin_px=40, gutter_px=25, white_ground=0.0))


def tinted_paper(rng) -> DrawnPage:
    page = _page("tinted paper", rng, Look(paper=(232, 214, 178)))
    grain = rng.normal(0, 5, page.image.shape)
    return replace(page, image=np.clip(page.image + grain, 0, 255).astype(np.uint8))


def black_gutters(rng) -> DrawnPage:
    return _page("black gutters", rng, Look(paper=BLACK, frame=None, white_ground=0.0))


def shared_lines(rng) -> DrawnPage:
    return _page("shared lines", rng, Look(gutter_px=0, frame_px=5, white_ground=0.3))


def slanted(rng, look: Look = MANGA, kind: str = "slanted") -> DrawnPage:
    """Tiers whose inner gutters lean, horizontal ones too."""
    width, height = PAGE
    left, right = look.margin_px, width - look.margin_px
    half = look.gutter_px // 2
    rows = _spans(rng, look.margin_px, height - look.margin_px, int(rng.integers(2, 4)), look.gutter_px)
    leans = [0, *(int(v) for v in rng.uniform(-70, 70, len(rows) - 1)), 0]
    quads = []
    for index, (y0, y1) in enumerate(rows):
        top = ((left, y0 - leans[index] // 2), (right, y0 + leans[index] // 2))
        low = ((left, y1 - leans[index + 1] // 2), (right, y1 + leans[index + 1] // 2))
        if rng.random() < 0.3:
            quads.append((top[0], top[1], low[1], low[0]))
            continue
        at, lean = rng.uniform(0.35, 0.65), rng.uniform(-0.1, 0.1)
        upper, lower = _between(top, at + lean), _between(low, at - lean)
        quads.append((top[0], (upper[0] - half, upper[1]), (lower[0] - half, lower[1]), low[0]))
        quads.append(((upper[0] + half, upper[1]), top[1], low[1], (lower[0] + half, lower[1])))
    return _page(kind, rng, look, quads)


def _between(line: Sequence[tuple[int, int]], share: float) -> tuple[int, int]:
    (x0, y0), (x1, y1) = line
    return round(x0 + (x1 - x0) * share), round(y0 + (y1 - y0) * share)


def full_bleed(rng) -> DrawnPage:
    return _page("full bleed", rng, replace(MANGA, margin_px=0, white_ground=0.1))


def slanted_bleed(rng) -> DrawnPage:
    return slanted(rng, replace(MANGA, margin_px=0, white_ground=0.1), "slanted bleed")


def western_insets(rng) -> DrawnPage:
    """A large picture with smaller ones framed in white on it, and tiers below."""
    look = Look(gutter_px=14, balloons=0.6, bridging=0.3)
    quads = [corners(50, 50, 950, 760), *_band(rng, look, 774, 1060), *_band(rng, look, 1074, 1364)]
    image = paint_page(rng, quads, replace(look, balloons=0))
    insets = []
    for x0, x1 in _spans(rng, 90, 910, int(rng.integers(1, 4)), 40):
        y0 = int(rng.integers(80, 130)) if rng.random() < 0.5 else int(rng.integers(480, 530))
        inset = corners(x0, y0, x1, y0 + int(rng.integers(170, 210)))
        cv2.polylines(image, [np.array(inset)], True, WHITE, 16)
        paint_panel(rng, image, inset, look)
        insets.append(inset)
    for quad in quads[1:]:
        if rng.random() < look.balloons:
            paint_balloon(rng, image, quad, bridging=rng.random() < look.bridging)
    return DrawnPage("western insets", image, to_boxes([quads[0], *insets, *quads[1:]]))


def line_insets(rng) -> DrawnPage:
    """One large picture; smaller ones lie on it, framed by a line that a balloon covers in part."""
    look = Look(balloons=0, white_ground=0.0)
    host = corners(50, 50, 950, 1364)
    image = paint_page(rng, [host], look)
    insets = [corners(x0, 940, x0 + 380, 1300) for x0 in (90, 520)]
    for inset in insets:
        paint_panel(rng, image, inset, look)
    cv2.ellipse(image, (150, 970), (80, 50), 0, 0, 360, WHITE, -1, cv2.LINE_AA)
    cv2.ellipse(image, (150, 970), (80, 50), 0, 0, 360, BLACK, 3, cv2.LINE_AA)
    return DrawnPage("line insets", image, to_boxes([host, *insets]))


def _band(rng, look: Look, y0: int, y1: int) -> list[Quad]:
    return [
        corners(x0, y0, x1, y1) for x0, x1 in _spans(rng, 50, 950, int(rng.integers(1, 5)), look.gutter_px)
    ]


def captions_over_gutters(rng) -> DrawnPage:
    look = Look(gutter_px=12)
    page = _page("captions over gutters", rng, look)
    image = page.image
    for box in page.boxes[:: int(rng.integers(1, 3))]:
        x0, y0, x1, y1 = box.to_pixels(width_px=PAGE[0], height_px=PAGE[1])
        width, height = int((x1 - x0) * rng.uniform(0.4, 0.8)), 50
        left, top = (x0 + 20, y0 - 25) if rng.random() < 0.5 else (x1 - width // 2, y1 - 90)
        fill = WHITE if rng.random() < 0.5 else (250, 235, 160)
        cv2.rectangle(image, (left, top), (left + width, top + height), fill, -1)
        cv2.rectangle(image, (left, top), (left + width, top + height), BLACK, 3)
        paint_lettering(rng, image, (left + 8, top + 8, left + width - 8, top + height - 4))
    return page


def bridging_balloons(rng) -> DrawnPage:
    return _page("bridging balloons", rng, Look(balloons=0.8, bridging=1.0))


def skewed_scan(rng) -> DrawnPage:
    page = _page("skewed scan", rng, MANGA)
    angle = float(rng.choice([-1.5, -1.0, 0.8, 1.5]))
    width, height = PAGE
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    image = cv2.warpAffine(page.image, turn, PAGE, borderValue=(250, 250, 248))
    boxes = []
    for box in page.boxes:
        x0, y0, x1, y1 = box.to_pixels(width_px=width, height_px=height)
        points = np.array([[x, y, 1] for x, y in corners(x0, y0, x1, y1)]) @ turn.T
        (left, top), (right, low) = points.min(axis=0), points.max(axis=0)
        boxes.append(Box.clipped(left / width, top / height, right / width, low / height))
    return replace(page, image=image, boxes=tuple(boxes))


def jagged_frames(rng) -> DrawnPage:
    look = replace(MANGA, gutter_px=26)
    quads = []
    for quad in tiers(rng, look):
        points: list[tuple[int, int]] = []
        for start, stop in zip(quad, quad[1:] + quad[:1], strict=True):
            steps = max(2, int(np.hypot(stop[0] - start[0], stop[1] - start[1]) // 25))
            for step in range(steps):
                x, y = _between((start, stop), step / steps)
                points.append((x + int(rng.integers(-4, 5)), y + int(rng.integers(-4, 5))))
        quads.append(tuple(points))
    return _page("jagged frames", rng, look, quads)


def splash(rng) -> DrawnPage:
    look = Look(margin_px=0, frame=None, white_ground=0.0)
    return _page("splash", rng, look, [corners(0, 0, *PAGE)])


def double_spread(rng) -> DrawnPage:
    halves = [tiers(rng, MANGA), tiers(rng, MANGA)]
    quads = [*halves[0], *(tuple((x + PAGE[0], y) for x, y in quad) for quad in halves[1])]
    size = (2 * PAGE[0], PAGE[1])
    return DrawnPage("double spread", paint_page(rng, quads, MANGA, size), to_boxes(quads, size))


def frameless_neighbours(rng) -> DrawnPage:
    """One tier of pictures with frames, one of figures without."""
    look = Look(balloons=0)
    framed = _band(rng, look, 50, 650)
    image = paint_page(rng, framed, look)
    quads = list(framed)
    for x0, x1 in ((90, 450), (550, 910)):
        points = []
        for angle in np.linspace(0, 2 * np.pi, 24, endpoint=False):
            reach = rng.uniform(0.55, 1.0)
            points.append(
                (int((x0 + x1) / 2 + 170 * reach * np.cos(angle)), int(1020 + 260 * reach * np.sin(angle)))
            )
        quad = tuple(points)
        paint_panel(rng, image, quad, look)
        quads.append(quad)
    return DrawnPage("frameless neighbours", image, to_boxes(quads))


def discs(rng) -> DrawnPage:
    """Pictures in ovals; a figure reaches out of each."""
    image = np.full((PAGE[1], PAGE[0], 3), WHITE, np.uint8)
    quads = [corners(x, y, x + 440, y + 380) for y in (60, 500, 940) for x in (50, 510)]
    for quad in quads:
        mask = np.zeros(image.shape[:2], np.uint8)
        x0, y0, x1, y1 = bounding(quad)
        middle, half = ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) // 2, (y1 - y0) // 2)
        cv2.ellipse(mask, middle, half, 0, 0, 360, 255, -1)
        art = paint_art(rng, image.shape[:2], (x0, y0, x1, y1), Look(white_ground=0.0))
        image[mask > 0] = art[mask > 0]
        cv2.ellipse(image, (x0 + int(rng.uniform(30, 90)), y1 - 60), (25, 70), 20, 0, 360, BLACK, -1)
    return DrawnPage("discs", image, to_boxes(quads))


def webtoon(rng) -> DrawnPage:
    size = (800, 6000)
    quads, y = [], 120
    image = np.full((size[1], size[0], 3), 255, np.uint8)
    look = Look(balloons=0.4, white_ground=0.0, frame=BLACK if rng.random() < 0.5 else None)
    while y < 5200:
        height = int(rng.integers(350, 900))
        left = int(rng.choice([0, 60, 200]))
        right = int(rng.choice([800, 740, 640]))
        quads.append(corners(left, y, right, y + height))
        y += height + int(rng.integers(60, 400))
    for quad, after in zip(quads, [*quads[1:], None], strict=True):
        paint_panel(rng, image, quad, look)
        low = bounding(quad)[3]
        room = (bounding(after)[1] if after else size[1]) - low
        if room > 200:
            paint_lettering(rng, image, (150, low + 60, 650, low + 130), 26)
    return DrawnPage("webtoon", image, to_boxes(quads, size), ReadingDirection.TTB)


def fading_strip(rng) -> DrawnPage:
    """A vertical strip whose ground fades from night to day; one panel of two bleeds off."""
    size = (800, 3000)
    fade = np.linspace((20, 20, 50), (250, 235, 225), size[1])[:, None]
    image = np.ascontiguousarray(np.broadcast_to(fade, (size[1], size[0], 3)).astype(np.uint8))
    look = Look(frame=None, balloons=0, white_ground=0.0)
    quads = [corners(80, 200, 720, 900), corners(0, 1200, 800, 1800), corners(60, 2150, 640, 2800)]
    for quad in quads:
        paint_panel(rng, image, quad, look)
    return DrawnPage("fading strip", image, to_boxes(quads, size), ReadingDirection.TTB)


def gentle_photo(rng) -> np.ndarray:
    """A picture without any straight edge: blurred noise."""
    noise = rng.normal(128, 60, (60, 42, 3))
    smooth = cv2.resize(noise, PAGE, interpolation=cv2.INTER_CUBIC)
    return np.clip(smooth, 0, 255).astype(np.uint8)


def text_page(rng) -> np.ndarray:
    image = np.full((PAGE[1], PAGE[0], 3), 255, np.uint8)
    paint_lettering(rng, image, (120, 150, 880, 1250), 28)
    return image


RECIPES: dict[str, Callable[[np.random.Generator], DrawnPage]] = {
    recipe.__name__: recipe
    for recipe in (
        clean_manga, painted, tinted_paper, black_gutters, shared_lines, slanted, full_bleed, slanted_bleed,
        western_insets, line_insets, captions_over_gutters, bridging_balloons, skewed_scan, jagged_frames,
        splash, double_spread, frameless_neighbours, discs, webtoon, fading_strip,
    )
}  # fmt: skip
