import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from models.registry import (
    load_page_reader,
    load_panel_detector,
    load_picture_encoder,
    load_text_encoder,
    load_text_reader,
)
from schemas.config import IndexOptions
from schemas.errors import BackendUnavailableError, ConfigError

LOADERS: dict[str, Callable[[str], object]] = {
    "panel detector": load_panel_detector,
    "text reader": load_text_reader,
    "page reader": load_page_reader,
    "text encoder": load_text_encoder,
    "picture encoder": load_picture_encoder,
}


def test_defaults_of_the_index_are_known() -> None:
    options = IndexOptions()
    assert load_panel_detector(options.detector).name
    assert load_text_reader(options.reader).name
    assert load_picture_encoder(options.picture_encoder).spec.name == options.picture_encoder
    try:
        assert load_text_encoder(options.text_encoder).spec.name == options.text_encoder
    except BackendUnavailableError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("kind", LOADERS)
@pytest.mark.parametrize("name", ["", "nonsense", ":", "os:system", "../classical", "x" * 10_000])
def test_unknown_name_lists_the_known_ones(kind: str, name: str) -> None:
    with pytest.raises(ConfigError, match=f"no {kind} .*known: "):
        LOADERS[kind](name)


@pytest.mark.parametrize(
    ("kind", "name", "form"),
    [
        ("panel detector", "onnx", "write onnx:<settings.json>"),
        ("panel detector", "faster_rcnn:", "write faster_rcnn:<path>@<sha256>"),
        ("panel detector", "faster_rcnn:/weights.pth", "write faster_rcnn:<path>@<sha256>"),
        ("page reader", "chat", "write chat:<settings.json>"),
        ("text reader", "tesseract", "write tesseract:<language>"),
        ("text reader", "tesseract:", "write tesseract:<language>"),
        ("text reader", "rapidocr:en", "write rapidocr"),
        ("picture encoder", "open_clip", "write open_clip:<model>@"),
        ("picture encoder", "standby:", "write standby"),
    ],
)
def test_name_of_the_wrong_form_shows_the_right_one(kind: str, name: str, form: str) -> None:
    with pytest.raises(ConfigError, match=form):
        LOADERS[kind](name)


def test_open_clip_without_weights_is_refused_before_anything_is_imported() -> None:
    with pytest.raises(ConfigError, match="local-dir"):
        load_picture_encoder("open_clip:ViT-B-32")


def test_no_reader_reads_nothing_in_no_language() -> None:
    reader = load_text_reader("none")
    assert reader.name == "none"
    assert not reader.reads("en")
    assert not reader.reads(None)
    assert reader.read_lines(np.zeros((5, 5, 3), np.uint8)) == ()


def test_registry_imports_no_backend() -> None:
    heavy = "{'torch', 'open_clip', 'rapidocr', 'onnxruntime', 'cv2', 'tokenizers', 'lancedb'}"
    script = f"import sys, models.registry; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
