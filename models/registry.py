"""Names to models. Nothing heavy is imported before a model is asked for.

A name is ``family`` or ``family:argument``: ``classical``, ``tesseract:kor+rus``,
``open_clip:ViT-B-32@local-dir:/models/clip``. :mod:`models.backends` says what works here.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

from models.protocols import PageReader, PanelDetector, PictureEncoder, TextEncoder, TextReader
from schemas.errors import ConfigError
from schemas.records import RgbImage, TextLine

_Factory = TypeVar("_Factory", bound=Callable[..., object])


class NoTextReader:
    """Reads nothing: the reader of a library without OCR."""

    @property
    def name(self) -> str:
        """Its registry name."""
        return "none"

    def reads(self, language: str | None) -> bool:
        """Say False: it knows no script."""
        del language
        return False

    def read_lines(self, page: RgbImage) -> tuple[TextLine, ...]:
        """Return no line."""
        del page
        return ()


def load_panel_detector(name: str) -> PanelDetector:
    """Return the panel detector of that name.

    Raises:
        ConfigError: there is none, or its settings are wrong.
        BackendUnavailableError: it needs something that is not installed.
        WeightsError: its weights are damaged or of another model.
    """
    factory, argument = find_factory(_DETECTORS, name, "panel detector")
    return factory(argument)


def load_text_reader(name: str, *, threads: int = 1) -> TextReader:
    """Return the text reader of that name; ``threads`` is what one page may use.

    Raises:
        ConfigError: there is none.
        BackendUnavailableError: it needs something that is not installed.
    """
    factory, argument = find_factory(_READERS, name, "text reader")
    return factory(argument, threads)


def load_page_reader(name: str) -> PageReader:
    """Return the page reader of that name; no server is asked before the first page.

    Raises:
        ConfigError: there is none, or its settings are wrong.
    """
    factory, argument = find_factory(_PAGE_READERS, name, "page reader")
    return factory(argument)


def load_text_encoder(name: str) -> TextEncoder:
    """Return the text encoder of that name.

    Raises:
        ConfigError: there is none.
        BackendUnavailableError: its package is not installed.
        WeightsError: its weights are damaged.
    """
    factory, argument = find_factory(_TEXT_ENCODERS, name, "text encoder")
    return factory(argument)


def load_picture_encoder(name: str) -> PictureEncoder:
    """Return the picture encoder of that name.

    Raises:
        ConfigError: there is none.
        BackendUnavailableError: its package is not installed, or its weights cannot be had.
        WeightsError: its weights are damaged.
    """
    factory, argument = find_factory(_PICTURE_ENCODERS, name, "picture encoder")
    return factory(argument)


def find_factory(table: Mapping[str, _Factory], name: str, kind: str) -> tuple[_Factory, str]:
    """Return the factory and what follows the colon; a form ``family`` takes no argument.

    Raises:
        ConfigError: the table has no such name; ``kind`` is what the message calls it.
    """
    family, colon, argument = name.partition(":")
    forms = {form.partition(":")[0]: form for form in table}
    form = forms.get(family)
    if form is None:
        raise ConfigError(f"there is no {kind} {name!r}; known: {', '.join(sorted(table))}")
    if not argument if ":" in form else colon:
        raise ConfigError(f"{name!r} is incomplete or says too much for a {kind}: write {form}")
    return table[form], argument


def _classical(_: str) -> PanelDetector:
    from models.panels import ClassicalPanelDetector

    return ClassicalPanelDetector()


def _faster_rcnn(argument: str) -> PanelDetector:
    from models.detectors.faster_rcnn import PREFIX, FasterRcnnDetector

    return FasterRcnnDetector(PREFIX + argument)


def _onnx(argument: str) -> PanelDetector:
    from models.detectors.onnx import OnnxDetector

    return OnnxDetector(argument)


def _rapidocr(_: str, threads: int) -> TextReader:
    from models.text.rapid import RapidTextReader

    return RapidTextReader(threads=threads)


def _tesseract(argument: str, _: int) -> TextReader:
    from models.text.tesseract import TesseractTextReader

    return TesseractTextReader(argument.split("+"))


def _no_reader(_: str, _threads: int) -> TextReader:
    return NoTextReader()


def _chat(argument: str) -> PageReader:
    from models.settings import path_of
    from models.vlm.reader import VlmPageReader

    return VlmPageReader.from_file(path_of(argument))


def _minilm(_: str) -> TextEncoder:
    from models.encoders.minilm import shared_minilm

    return shared_minilm()


def _standby(_: str) -> PictureEncoder:
    from models.encoders.standby import StandbyPictureEncoder

    return StandbyPictureEncoder()


def _longbox_mini(_: str) -> PictureEncoder:
    from models.encoders.mini import MiniPictureEncoder

    return MiniPictureEncoder()


def _mini(argument: str) -> PictureEncoder:
    from models.encoders.mini import MiniPictureEncoder
    from models.settings import path_of

    return MiniPictureEncoder(path_of(argument))


def _open_clip(argument: str) -> PictureEncoder:
    from models.encoders.clip import PREFIX, OpenClipEncoder

    return OpenClipEncoder(PREFIX + argument)


def _transformers_text(argument: str) -> TextEncoder:
    from models.encoders.sentences import TransformersTextEncoder

    return TransformersTextEncoder(argument)


def _transformers_picture(argument: str) -> PictureEncoder:
    from models.encoders.dual import TransformersPictureEncoder

    return TransformersPictureEncoder(argument)


_DETECTORS: Mapping[str, Callable[[str], PanelDetector]] = {
    "classical": _classical,
    "faster_rcnn:<path>@<sha256>": _faster_rcnn,
    "onnx:<settings.json>": _onnx,
}
_READERS: Mapping[str, Callable[[str, int], TextReader]] = {
    "rapidocr": _rapidocr,
    "tesseract:<language>[+<language>]": _tesseract,
    "none": _no_reader,
}
_PAGE_READERS: Mapping[str, Callable[[str], PageReader]] = {"chat:<settings.json>": _chat}
_TEXT_ENCODERS: Mapping[str, Callable[[str], TextEncoder]] = {
    "minilm": _minilm,
    "transformers:<folder>": _transformers_text,
}
_PICTURE_ENCODERS: Mapping[str, Callable[[str], PictureEncoder]] = {
    "standby": _standby,
    "longbox-mini": _longbox_mini,
    "mini:<folder>": _mini,
    "open_clip:<model>@<pretrained tag or local-dir:folder>": _open_clip,
    "transformers:<folder>": _transformers_picture,
}
