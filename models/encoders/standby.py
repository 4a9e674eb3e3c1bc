"""A stand-by picture encoder: a classical descriptor, until an encoder of our own is trained.

It knows nothing of what is drawn. It finds the same drawing again, recompressed, rescaled,
recoloured or cropped by a tenth, and pictures of like layout and colour. It has no text tower.

Gaussian windows on a grid pool four things of the picture shrunk to a square: orientations of
the edges (after Dalal and Triggs 2005, coarse and fine), lightness, and the two colour axes of
CIELAB; a histogram of hues forgets places. Each is centred over the picture, so that unrelated
pictures score about zero without a learned mean.
"""

from collections.abc import Sequence
from math import pi

import cv2
import numpy as np
from numpy.typing import NDArray

from models.encoders.rows import check_pictures, unit_rows
from models.protocols import TextEncoder
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import EncoderSpec

DIM = 384
SPEC = EncoderSpec(name="standby", dim=DIM, preprocessing="lab96-hog5+3-light8-colour4-hue15/v1")
# Of 384 panels asked in 2,667 pictures of other works, 8 % find any above this. Above it lie all
# copies cropped by 10 %, greyed or tinted, and 99 % of those tinted, cropped, halved and recompressed.
SCORE_FLOOR = 0.55

_Plane = NDArray[np.float32]

_SIDE_PX = 96
_MARGIN = 0.04  # share of each side left out: the frame of a panel says nothing of its content
_ORIENTATIONS = 8
_EDGE_GRIDS = (5, 3)
_LIGHT_GRID = 8
_COLOUR_GRID = 4
_HUES = 15
_WINDOW = 0.35  # width (sigma) of a pooling window as a share of its cell; wider forgives crops
# Weights of the blocks, tuned on the recall of altered panels; colour stays low, so that a grey
# copy is still found.
_EDGE_WEIGHTS = (1.0, 0.5)
_LIGHT_WEIGHT = 0.7
_COLOUR_WEIGHT = 0.4
_HUE_WEIGHT = 0.3
_CONSTANT = 0.01  # what is left of a blank picture, so that it has a direction too
# Root mean square of a block's values from which on it counts fully; under it the block fades
# out, so that the noise of compression on a flat picture is not blown up to full weight.
_FULL_EDGES = 0.02
_FULL_LIGHT = 0.02
_FULL_CHROMA = 0.05


class StandbyPictureEncoder:
    """Describes pictures without learning: finds the same drawing again, not the same subject."""

    @property
    def spec(self) -> EncoderSpec:
        """Name and version; there are no weights."""
        return SPEC

    @property
    def text_tower(self) -> TextEncoder | None:
        """None: it knows no words."""
        return None

    @property
    def score_floor(self) -> float:
        """Cosine under which two pictures have nothing to do with each other."""
        return SCORE_FLOOR

    @property
    def words_range(self) -> tuple[float, float]:
        """Cosines of words with a picture: from where on they fit, and where they fit fully."""
        return (0.0, 1.0)

    def encode_images(self, images: Sequence[RgbImage]) -> FloatMatrix:
        """Describe pictures of any size.

        Returns:
            (n, 384) float32, rows of L2 norm 1, input order; (0, 384) for no picture.

        Raises:
            UnreadablePictureError: one is not uint8 (height, width, 3).
        """
        check_pictures(images)
        rows = np.empty((len(images), DIM), dtype=np.float32)
        for row, image in zip(rows, images, strict=True):
            row[:] = _describe(image)
        return unit_rows(rows)


def _describe(image: RgbImage) -> _Plane:
    """Return the descriptor of one picture, (384,), not normalised."""
    lab = cv2.cvtColor(_inner_square(image), cv2.COLOR_RGB2LAB) / np.float32(100)
    light, colour = lab[..., 0], lab[..., 1:]
    edges = _edge_planes(light)
    blocks = [
        weight * _faded(_centred(_pool(edges, grid)), _FULL_EDGES)
        for grid, weight in zip(_EDGE_GRIDS, _EDGE_WEIGHTS, strict=True)
    ]
    blocks.append(_LIGHT_WEIGHT * _faded(_centred(_pool(light[..., None], _LIGHT_GRID)), _FULL_LIGHT))
    blocks.append(_COLOUR_WEIGHT * _faded(_pool(colour, _COLOUR_GRID), _FULL_CHROMA))
    blocks.append(_HUE_WEIGHT * _faded(_hues(colour), _FULL_CHROMA))
    blocks.append(np.full(1, _CONSTANT, dtype=np.float32))
    return np.concatenate(blocks)


def _inner_square(image: RgbImage) -> _Plane:
    """Return the picture without its margin, shrunk to a square, float32 in [0, 1]."""
    height, width = image.shape[:2]
    dy, dx = int(height * _MARGIN), int(width * _MARGIN)
    inner = np.ascontiguousarray(image[dy : height - dy, dx : width - dx])
    square = cv2.resize(inner, (_SIDE_PX, _SIDE_PX), interpolation=cv2.INTER_AREA)
    return square.astype(np.float32) / np.float32(255)


def _edge_planes(light: _Plane) -> _Plane:
    """Return the strength of edges by orientation, (side, side, orientations)."""
    smooth = cv2.GaussianBlur(light, (0, 0), 1.0)
    gx, gy = (cv2.Scharr(smooth, cv2.CV_32F, *axes, scale=1 / 16) for axes in ((1, 0), (0, 1)))
    strength, angle = cv2.cartToPolar(gx, gy)
    np.sqrt(strength, out=strength)  # ink lines must not drown soft tones
    place = (angle * np.float32(_ORIENTATIONS / pi))[..., None]
    distance = np.abs(place - np.arange(_ORIENTATIONS, dtype=np.float32))
    distance = np.minimum(distance % _ORIENTATIONS, -distance % _ORIENTATIONS)
    return np.asarray(strength[..., None] * np.maximum(0, 1 - distance), dtype=np.float32)


def _hues(colour: _Plane) -> _Plane:
    """Return the root of the chroma found in each of the hues, (hues,), centred."""
    chroma, angle = cv2.cartToPolar(colour[..., 0].copy(), colour[..., 1].copy())
    hue = np.minimum((angle * np.float32(_HUES / (2 * pi))).astype(np.intp), _HUES - 1)
    amounts = np.bincount(hue.ravel(), weights=chroma.ravel(), minlength=_HUES) / chroma.size
    roots = np.sqrt(amounts.astype(np.float32))
    return np.asarray(roots - roots.mean(), dtype=np.float32)


def _pool(planes: _Plane, grid: int) -> _Plane:
    """Pool (side, side, n) planes with Gaussian windows on a grid: (grid * grid, n)."""
    window = _WINDOWS[grid]
    rows = np.tensordot(window, planes, axes=(1, 0))
    cells: _Plane = np.tensordot(rows, window, axes=(1, 1)).transpose(0, 2, 1)
    return np.asarray(cells.reshape(grid * grid, -1))


def _centred(cells: _Plane) -> _Plane:
    return np.asarray(cells - cells.mean(axis=0))


def _faded(block: _Plane, full: float) -> _Plane:
    """Scale a block to norm 1, less where its root mean square is under ``full``."""
    flat = block.ravel()
    norm = float(np.linalg.norm(flat))
    return flat / np.float32(max(norm, full * flat.size**0.5))


def _windows(grid: int) -> _Plane:
    """Return one Gaussian window a cell, (grid, side), each of sum 1."""
    cell = _SIDE_PX / grid
    centres = (np.arange(grid)[:, None] + 0.5) * cell - 0.5
    rows = np.exp(-(((np.arange(_SIDE_PX) - centres) / (_WINDOW * cell)) ** 2) / 2)
    return np.asarray(rows / rows.sum(axis=1, keepdims=True), dtype=np.float32)


_WINDOWS = {grid: _windows(grid) for grid in (*_EDGE_GRIDS, _LIGHT_GRID, _COLOUR_GRID)}
