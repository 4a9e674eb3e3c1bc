"""A folder as diffusers saves pipelines: looked at and checked before anything of it is loaded.

Beside the pipeline may lie ``controlnet/``, ``depth_estimator/`` (DPT), ``ip_adapter/*.safetensors`` with
``image_encoder/``, and settings, ``longbox.json``::

    {"control": "depth", "control_scale": 0.8, "adapter_scale": 0.7, "device": "auto", "dtype": "auto"}

Weights are safetensors: pickles run code. A folder names the classes to load it with; only those of
diffusers and transformers are let through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from pathlib import Path

from models.encoders.local_model import read_json
from models.settings import Settings
from models.weights import sha256_of
from schemas.errors import BackendUnavailableError, ConfigError, WeightsError

INSTALL = "pip install 'longbox[diffusion]'"
_SETTINGS = "longbox.json"
_LIBRARIES = frozenset({"diffusers", "transformers", "stable_diffusion"})
"""The last is how old folders call the safety checker's home in diffusers."""


class Family(StrEnum):
    """How a model is conditioned."""

    SD = "stable-diffusion"
    DEPTH = "stable-diffusion-depth"
    SDXL = "stable-diffusion-xl"
    FLUX = "flux"


class Control(StrEnum):
    """What a ControlNet was trained to follow."""

    DEPTH = "depth"
    LINES = "lines"


_FAMILIES = {
    "StableDiffusionPipeline": Family.SD,
    "StableDiffusionImg2ImgPipeline": Family.SD,
    "StableDiffusionControlNetPipeline": Family.SD,
    "StableDiffusionControlNetImg2ImgPipeline": Family.SD,
    "StableDiffusionDepth2ImgPipeline": Family.DEPTH,
    "StableDiffusionXLPipeline": Family.SDXL,
    "StableDiffusionXLImg2ImgPipeline": Family.SDXL,
    "FluxPipeline": Family.FLUX,
    "FluxImg2ImgPipeline": Family.FLUX,
}
_ADAPTED = frozenset({Family.SD, Family.SDXL})
"""Families whose pipelines take a ControlNet and an IP-Adapter."""


@dataclass(frozen=True, slots=True)
class DiffusersFolder:
    """What lies in a folder; paths are None where there is no such part."""

    path: Path
    family: Family
    pipeline: Mapping[str, object]
    controlnet: Path | None
    depth_estimator: Path | None
    adapter: Path | None
    control: Control = Control.DEPTH
    control_scale: float = 0.8
    adapter_scale: float = 1.0
    device: str = "auto"
    dtype: str = "auto"

    @classmethod
    def open(cls, path: Path) -> "DiffusersFolder":
        """Look at a folder, without loading it.

        Raises:
            ConfigError: there is no such folder, or its settings are wrong.
            WeightsError: it is no pipeline that can be used, names foreign code, or lacks a part.
        """
        if not path.is_dir():
            raise ConfigError(f"there is no folder {path}: save a pipeline with save_pretrained, and name it")
        pipeline = read_json(path / "model_index.json")
        family = _FAMILIES.get(str(pipeline.get("_class_name")))
        if family is None:
            raise WeightsError(
                f"{path} holds a {pipeline.get('_class_name')!r}; panels are drawn by {', '.join(_FAMILIES)}"
            )
        _check_parts(path, pipeline)
        fields = _settings(path)
        folder = cls(
            path=path,
            family=family,
            pipeline=pipeline,
            controlnet=_part(path, "controlnet") if family in _ADAPTED else None,
            depth_estimator=_part(path, "depth_estimator"),
            adapter=_adapter(path) if family in _ADAPTED else None,
            control=Control(fields.choice("control", Control, Control.DEPTH)),
            control_scale=fields.number("control_scale", 0.8, low=0, high=2),
            adapter_scale=fields.number("adapter_scale", 1.0, low=0, high=2),
            device=fields.choice("device", ("auto", "cpu", "cuda", "mps"), "auto"),
            dtype=fields.choice("dtype", ("auto", "float32", "float16", "bfloat16"), "auto"),
        )
        fields.refuse_unknown()
        if folder.controlnet and folder.control is Control.DEPTH and folder.depth_estimator is None:
            raise WeightsError(
                f"{path} has a ControlNet for depth and no depth_estimator: save a DPT there, or set "
                f"'control' to 'lines' in {_SETTINGS}"
            )
        return folder

    def weights_sha256(self) -> str:
        """Return one hash of all weights; seconds for each gigabyte."""
        files = sorted(self.path.rglob("*.safetensors"))
        named = (f"{file.relative_to(self.path).as_posix()} {sha256_of(file)}\n" for file in files)
        return sha256("".join(named).encode()).hexdigest()


def require_packages() -> None:
    """Import torch, transformers and diffusers. Raises BackendUnavailableError naming what is missing."""
    try:
        import diffusers  # noqa: F401 - this is what is being tried
        import torch  # noqa: F401
        import transformers  # noqa: F401
    except ImportError as error:
        raise BackendUnavailableError(f"diffusion models need {error.name}: {INSTALL}") from error


def _check_parts(path: Path, pipeline: Mapping[str, object]) -> None:
    """Refuse what would be loaded by other code than that of the two libraries, or from pickles."""
    for name, value in pipeline.items():
        match value:
            case [None, None] | [str(), None] | [None, str()]:
                continue
            case [str(library), str(class_name)]:
                if library not in _LIBRARIES or not class_name.isidentifier():
                    raise WeightsError(
                        f"{path} names {library}.{class_name} as its {name}: only diffusers' own run"
                    )
                _check_safe(path / name)
            case list() | dict():
                if not name.startswith("_"):
                    raise WeightsError(
                        f"{path / 'model_index.json'} says something else than a class of {name}"
                    )


def _check_safe(part: Path) -> None:
    """Refuse a part without its files, or with weights that are pickles only."""
    if part.is_symlink() or not part.is_dir():
        raise WeightsError(f"{part} is missing: copy the whole pipeline")
    if any(part.glob("*.bin")) and not any(part.glob("*.safetensors")):
        raise WeightsError(f"{part} holds pickles only, which run code: save it as safetensors")


def _part(path: Path, name: str) -> Path | None:
    part = path / name
    if not part.is_dir():
        return None
    if not any(part.glob("*.safetensors")):
        raise WeightsError(f"{part} holds no *.safetensors: save the weights so; pickles run code")
    return part


def _adapter(path: Path) -> Path | None:
    """Return the weights of the IP-Adapter; what sees its pictures must lie beside it."""
    part = _part(path, "ip_adapter")
    if part is None:
        return None
    if _part(path, "image_encoder") is None:
        raise WeightsError(f"{path} has an ip_adapter and no image_encoder: copy the one it was trained with")
    (weights, *others) = sorted(part.glob("*.safetensors"))
    if others:
        raise WeightsError(f"{part} holds {1 + len(others)} adapters: leave one")
    return weights


def _settings(path: Path) -> Settings:
    file = path / _SETTINGS
    return Settings.read(file) if file.exists() else Settings({}, str(file))
