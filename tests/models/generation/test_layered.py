"""Layers as OpenRaster and SVG, and records inside PNG."""

import io
import zipfile
from xml.etree import ElementTree

import numpy as np
import pytest

from models.generation.backend import Layer
from models.generation.layered import as_ora, as_svg
from models.generation.pages import page_frames, pages_of
from models.generation.png import encode_png, record_in
from schemas.errors import PictureError

PICTURE = np.zeros((20, 30, 3), np.uint8)
LAYERS = (
    Layer("plate", np.zeros((20, 30, 4), np.uint8)),
    Layer('a "cat" <1>', np.ones((20, 30, 4), np.uint8)),
)


def test_openraster_begins_with_its_type_and_names_the_top_layer_first() -> None:
    with zipfile.ZipFile(io.BytesIO(as_ora(PICTURE, LAYERS))) as archive:
        assert archive.namelist()[0] == "mimetype"
        stack = ElementTree.fromstring(archive.read("stack.xml"))
        names = [layer.get("name") for layer in stack.iter("layer")]
        assert names == ['a "cat" <1>', "plate"]
        assert all(layer.get("src") in archive.namelist() for layer in stack.iter("layer"))


def test_svg_has_a_group_a_layer() -> None:
    groups = ElementTree.fromstring(as_svg(PICTURE, LAYERS)).findall("{http://www.w3.org/2000/svg}g")
    assert len(groups) == 2


def test_a_record_is_read_back_without_decoding_the_picture() -> None:
    assert record_in(encode_png(PICTURE, {"credit": "Zoë", "seed": 3}))["credit"] == "Zoë"


@pytest.mark.parametrize("data", [b"", b"GIF89a", encode_png(PICTURE, {})[:40]])
def test_what_carries_no_record_says_so(data: bytes) -> None:
    with pytest.raises(PictureError):
        record_in(data)


def test_frames_of_a_page_do_not_overlap_and_pages_fill_up() -> None:
    frames = page_frames(8)
    assert [frame.page for frame in frames] == [0] * 6 + [1] * 2
    for k, one in enumerate(frames):
        for other in frames[k + 1 :]:
            apart = one.page != other.page or one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    assert len(pages_of([PICTURE] * 8)) == 2
