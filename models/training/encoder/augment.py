"""Comic augmentation: what scanning, printing, lettering and cropping do to a panel.

All functions take and return RGB, uint8 (height, width, 3), and draw their chance from ``rng``.
"""

import random

import cv2
import numpy as np

from schemas.records import RgbImage


def augmented(
    picture: RgbImage, side_px: int, rng: random.Random, *, donor: RgbImage | None = None, hard: bool = False
) -> RgbImage:
    """Return a training view of a stored square.

    Args:
        picture: a stored square.
        side_px: side of the view.
        rng: chance.
        donor: another picture, painted by hand, whose palette is now and then taken over.
        hard: also change the colours at will, for views that are only compared with each other.
    """
    view = _cropped(picture, side_px, rng)
    if rng.random() < 0.5:
        view = np.ascontiguousarray(view[:, ::-1])
    if rng.random() < 0.14:
        view = _simplified(view, rng)
    if donor is not None and rng.random() < 0.22:
        view = _in_colours_of(view, donor, rng.uniform(0.3, 0.9))
    if rng.random() < 0.35:
        view = _lit(view, rng)
    view = _toned(view, rng, hard=hard)
    if rng.random() < 0.3:
        _letter(view, rng)
    if rng.random() < 0.3:
        _frame(view, rng)
    return _scanned(view, rng)


def _cropped(picture: RgbImage, side_px: int, rng: random.Random) -> RgbImage:
    """Cut a part of at least half the area, turn it a little and shrink it, in one resampling."""
    side = picture.shape[0]
    if rng.random() < 0.3:
        width = height = float(side)
    else:
        area, aspect = rng.uniform(0.5, 1.0), rng.uniform(0.8, 1.25)
        width, height = (min(side, side * (area * factor) ** 0.5) for factor in (aspect, 1 / aspect))
    x, y = rng.uniform(0, side - width), rng.uniform(0, side - height)
    turn = np.deg2rad(rng.gauss(0, 2.5)) if rng.random() < 0.4 else 0.0
    sx, sy, cos, sin = width / side_px, height / side_px, np.cos(turn), np.sin(turn)
    middle, half = (x + width / 2, y + height / 2), side_px / 2
    back = np.array(
        [[sx * cos, -sx * sin, middle[0] - sx * (cos - sin) * half],
         [sy * sin, sy * cos, middle[1] - sy * (sin + cos) * half]],
        np.float32,
    )  # fmt: skip
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    blurred = cv2.blur(picture, (2, 2)) if sx > 1.15 else picture
    view = cv2.warpAffine(blurred, back, (side_px, side_px), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(view, dtype=np.uint8)


def _simplified(view: RgbImage, rng: random.Random) -> RgbImage:
    """Redraw a picture in another hand: brushed, posterised, or with its edges inked."""
    kind = rng.random()
    if kind < 0.4:
        return np.asarray(cv2.bilateralFilter(cv2.medianBlur(view, 3), 7, 60, 5), dtype=np.uint8)
    if kind < 0.65:
        step = rng.choice((32, 48, 64))
        return np.asarray(view // step * step + step // 2, dtype=np.uint8)
    grey = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY)
    edges = cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, 7, 6)
    if kind < 0.85:
        return np.minimum(view, np.maximum(edges, 40)[..., None])
    return np.repeat(edges[..., None], 3, axis=2)


def _in_colours_of(view: RgbImage, donor: RgbImage, share: float) -> RgbImage:
    """Give a view the mean and spread of the donor's lightness and colours (Reinhard et al. 2001)."""
    lab, other = (cv2.cvtColor(picture, cv2.COLOR_RGB2LAB).astype(np.float32) for picture in (view, donor))
    mean, spread = lab.mean((0, 1)), lab.std((0, 1)) + 4
    moved = (lab - mean) * ((other.std((0, 1)) + 4) / spread) + other.mean((0, 1))
    mixed = np.clip(moved * share + lab * (1 - share), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(mixed, cv2.COLOR_LAB2RGB), dtype=np.uint8)


def _lit(view: RgbImage, rng: random.Random) -> RgbImage:
    """Light a view unevenly, in patches of light and shade with a little colour, as painters do."""
    side, cells = view.shape[0], rng.choice((2, 3, 4, 7))
    noise = np.random.default_rng(rng.randrange(1 << 30))
    field = noise.normal(0, rng.uniform(0.1, 0.35), (cells, cells, 1)) + noise.normal(
        0, 0.05, (cells, cells, 3)
    )
    light = cv2.resize(field.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    return np.clip(view * np.exp(light), 0, 255).astype(np.uint8)


def _toned(view: RgbImage, rng: random.Random, *, hard: bool) -> RgbImage:
    """Change light and colours with one table a channel; now and then all colour is lost."""
    if hard and rng.random() < 0.5:
        hsv = cv2.cvtColor(view, cv2.COLOR_RGB2HSV)
        hsv[..., 0] = (hsv[..., 0].astype(np.int16) + rng.randrange(180)) % 180
        view = np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), dtype=np.uint8)
    if rng.random() < (0.3 if hard else 0.1):
        view = np.repeat(cv2.cvtColor(view, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    ramp = np.arange(256, dtype=np.float32) / 255
    gamma, contrast, light = rng.uniform(0.65, 1.5), rng.uniform(0.7, 1.2), rng.uniform(-0.08, 0.1)
    tints = [rng.uniform(0.82, 1.1) if rng.random() < 0.5 else 1.0 for _ in range(3)]
    tables = [((ramp**gamma - 0.5) * contrast + 0.5 + light) * tint for tint in tints]
    table = (np.clip(np.stack(tables, axis=-1), 0, 1) * 255).astype(np.uint8)
    return np.asarray(cv2.LUT(view, table[:, None, :]), dtype=np.uint8)


def _letter(view: RgbImage, rng: random.Random) -> None:
    """Lay one or two balloons or caption boxes with illegible letters over the picture."""
    side = view.shape[0]
    paper = rng.choice(((255, 255, 255), (255, 255, 250), (252, 240, 200), (20, 20, 24)))
    ink = (20, 20, 24) if paper[0] > 100 else (240, 240, 240)
    for _ in range(rng.choice((1, 1, 2))):
        half = (rng.randint(side // 10, side // 4), rng.randint(side // 16, side // 7))
        x, y = rng.randrange(side), round(side * rng.choice((rng.uniform(0, 0.25), rng.uniform(0.75, 1))))
        if rng.random() < 0.7:
            cv2.ellipse(view, (x, y), half, 0, 0, 360, paper, cv2.FILLED, cv2.LINE_AA)
            cv2.ellipse(view, (x, y), half, 0, 0, 360, ink, 1, cv2.LINE_AA)
        else:
            box = (x - half[0], y - half[1]), (x + half[0], y + half[1])
            cv2.rectangle(view, *box, paper, cv2.FILLED)
            cv2.rectangle(view, *box, ink, 1)
        for row in range(y - half[1] // 2, y + half[1] // 2 + 1, 4):
            reach = round(half[0] * rng.uniform(0.4, 0.7))
            for left in range(x - reach, x + reach, 4):
                cv2.line(view, (left, row), (left + rng.randint(1, 3), row + rng.randint(-1, 1)), ink, 1)


def _frame(view: RgbImage, rng: random.Random) -> None:
    """Draw the frame of a panel, with gutter outside it."""
    side, margin = view.shape[0], rng.choice((0, 0, 1, 2, 4))
    paper = rng.choice((255, 255, 245, 10))
    for edge in (slice(0, margin), slice(side - margin, side)):
        view[edge] = paper
        view[:, edge] = paper
    cv2.rectangle(
        view, (margin, margin), (side - 1 - margin, side - 1 - margin), (15, 15, 18), rng.choice((1, 1, 2))
    )


def _scanned(view: RgbImage, rng: random.Random) -> RgbImage:
    """Blur, noise, a screen of dots or JPEG blocks; often nothing."""
    kind = rng.random()
    if kind < 0.12:
        return np.asarray(cv2.GaussianBlur(view, (3, 3), rng.uniform(0.5, 1.1)), dtype=np.uint8)
    if kind < 0.28:
        noise = np.random.default_rng(rng.randrange(1 << 30)).normal(0, rng.uniform(3, 12), view.shape)
        return np.clip(view + noise, 0, 255).astype(np.uint8)
    if kind < 0.33:
        return _screened(view, rng)
    if kind < 0.48:
        _, data = cv2.imencode(".jpg", view, [cv2.IMWRITE_JPEG_QUALITY, rng.randint(25, 80)])
        return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)
    return view


def _screened(view: RgbImage, rng: random.Random) -> RgbImage:
    """Print in dots: an ordered raster over the lightness."""
    pitch = rng.choice((2, 3, 4))
    side = view.shape[0]
    wave = np.cos(np.arange(side) * 2 * np.pi / pitch)
    raster = (wave[:, None] * wave[None, :] * 0.5 + 0.5) * 255
    strength = rng.uniform(0.2, 0.6)
    mixed = view * (1 - strength) + (view > raster[..., None]) * 255 * strength
    return np.asarray(mixed, dtype=np.uint8)
