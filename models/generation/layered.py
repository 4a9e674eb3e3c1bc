"""Panels in layers, to go on working with: OpenRaster for painting programs, SVG for vector ones."""

import base64
import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

import numpy as np
from PIL import Image

from models.generation.backend import Layer
from models.generation.pages import printable
from models.generation.png import png_of
from schemas.errors import ExchangeError
from schemas.generation import MAX_SIDE_PX
from schemas.records import RgbImage

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_THUMBNAIL_PX = 256
_LAYERS, _MOST_BYTES = 40, 40_000_000
"""Layers read back, and bytes of each."""


def as_ora(picture: RgbImage, layers: Sequence[Layer]) -> bytes:
    """Return layers, the lowest first, as an OpenRaster file (freedesktop.org, baseline 0.0.3)."""
    height, width = picture.shape[:2]
    names = [f"data/layer{number}.png" for number in range(len(layers))]
    stack = "".join(
        f"<layer name={quoteattr(printable(layer.name))} src={quoteattr(name)} x='0' y='0'/>"
        for layer, name in reversed(list(zip(layers, names, strict=True)))
    )
    small = Image.fromarray(picture)
    small.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    files = {
        "mimetype": b"image/openraster",
        "stack.xml": f"<image w='{width}' h='{height}'><stack>{stack}</stack></image>".encode(),
        **{name: png_of(layer.pixels, quickly=True) for name, layer in zip(names, layers, strict=True)},
        "mergedimage.png": png_of(picture, quickly=True),
        "Thumbnails/thumbnail.png": png_of(np.asarray(small)),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _ZIP_TIME), data)
    return out.getvalue()


def layers_of(data: bytes) -> tuple[Layer, ...]:
    """Return the layers of a file that :func:`as_ora` wrote, the lowest first.

    Raises:
        ExchangeError: it is damaged, or larger than what is ever written.
    """
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            stack = fromstring(_bounded(archive, "stack.xml")).iter("layer")
            found = [(layer.get("name", ""), layer.get("src", "")) for layer in stack]
            return tuple(
                Layer(name, _pixels(_bounded(archive, source))) for name, source in reversed(found[:_LAYERS])
            )
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, ParseError) as error:
        raise ExchangeError(f"the layers of this panel are damaged: {error}") from error


def _bounded(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _MOST_BYTES:
        raise ValueError(f"{name} is too large")
    return archive.read(name)


def _pixels(png: bytes) -> RgbImage:
    picture = Image.open(io.BytesIO(png), formats=("PNG",))
    if max(picture.size) > MAX_SIDE_PX:
        raise ValueError(f"a layer is {picture.size[0]} px wide and {picture.size[1]} px high")
    return np.asarray(picture.convert("RGBA"))


def as_svg(picture: RgbImage, layers: Sequence[Layer]) -> bytes:
    """Return layers, the lowest first, as an SVG of groups that Inkscape takes for layers."""
    height, width = picture.shape[:2]
    groups = "".join(
        f"<g inkscape:groupmode='layer' inkscape:label={quoteattr(printable(layer.name))}>"
        f"<image width='{width}' height='{height}' "
        f"href='data:image/png;base64,{base64.b64encode(png_of(layer.pixels)).decode()}'/></g>"
        for layer in layers
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='{height}' "
        f"xmlns:inkscape='http://www.inkscape.org/namespaces/inkscape'>{groups}</svg>"
    ).encode()
