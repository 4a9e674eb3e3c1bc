"""Loading a pipeline from its folder, whole, on the device of the settings."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.encoders.local_model import LOADING, loaded_whole, loading
from models.generation.diffusion.folder import DiffusersFolder, Family, require_packages
from schemas.errors import BackendUnavailableError, WeightsError

_PIPELINES = {
    (Family.SD, False): "StableDiffusionImg2ImgPipeline",
    (Family.SD, True): "StableDiffusionControlNetImg2ImgPipeline",
    (Family.SDXL, False): "StableDiffusionXLImg2ImgPipeline",
    (Family.SDXL, True): "StableDiffusionXLControlNetImg2ImgPipeline",
    (Family.DEPTH, False): "StableDiffusionDepth2ImgPipeline",
    (Family.FLUX, False): "FluxImg2ImgPipeline",
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A pipeline, and what sees depth for it; ``device`` is torch's name."""

    pipeline: Any
    depth_estimator: Any
    depth_processor: Any
    device: str


def load_pipeline(folder: DiffusersFolder) -> Loaded:
    """Load everything that the folder holds.

    Raises:
        BackendUnavailableError: a package or the device is missing.
        WeightsError: a part is damaged or of another model.
    """
    require_packages()
    import diffusers

    device = _device(folder)
    options: dict[str, Any] = {
        "local_files_only": True,
        "use_safetensors": True,
        "torch_dtype": _dtype(folder, device),
        "low_cpu_mem_usage": False,
    }
    pipeline_class = getattr(diffusers, _PIPELINES[folder.family, folder.controlnet is not None])
    with _quietly(), loading(folder.path):
        parts = {}
        if folder.controlnet:
            load: Any = diffusers.ControlNetModel.from_pretrained
            parts["controlnet"] = load(folder.controlnet, **options)
        pipeline: Any = pipeline_class.from_pretrained(folder.path, **parts, **options)
        _check_whole(folder, pipeline)
        if folder.adapter:
            _add_adapter(pipeline, folder.adapter, folder.path / "image_encoder")
        pipeline.to(device)
        pipeline.set_progress_bar_config(disable=True)
        estimator, processor = _depth(folder, pipeline, device)
    return Loaded(pipeline, estimator, processor, device)


def _device(folder: DiffusersFolder) -> str:
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if folder.device == "auto":
        return next(name for name, found in here.items() if found)
    if not here[folder.device]:
        raise BackendUnavailableError(
            f"{folder.path} is to run on {folder.device}, which this machine lacks: set 'device' to 'auto'"
        )
    return folder.device


def _dtype(folder: DiffusersFolder, device: str) -> Any:
    import torch

    half = torch.bfloat16 if folder.family is Family.FLUX else torch.float16
    automatic = torch.float32 if device == "cpu" else half
    known = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
    return known.get(folder.dtype, automatic)


def _add_adapter(pipeline: Any, weights: Path, encoder: Path) -> None:
    """Hang an IP-Adapter into the UNet, with what sees its pictures."""
    from safetensors.torch import load_file
    from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

    vision = loaded_whole(encoder, CLIPVisionModelWithProjection.from_pretrained)
    pipeline.register_modules(
        image_encoder=vision.to(pipeline.unet.dtype),
        feature_extractor=CLIPImageProcessor.from_pretrained(encoder, local_files_only=True)
        if (encoder / "preprocessor_config.json").exists()
        else CLIPImageProcessor(),
    )
    tensors: dict[str, dict[str, Any]] = {"image_proj": {}, "ip_adapter": {}}
    for name, tensor in load_file(weights).items():
        group, _, rest = name.partition(".")
        if group not in tensors:
            raise WeightsError(f"{weights} is no IP-Adapter: it holds a tensor {name[:80]!r}")
        tensors[group][rest] = tensor
    pipeline.load_ip_adapter(tensors, subfolder="", weight_name="", low_cpu_mem_usage=False)


def _depth(folder: DiffusersFolder, pipeline: Any, device: str) -> tuple[Any, Any]:
    """Return what sees depth, and what prepares pictures for it; a depth pipeline brings its own."""
    if folder.family is Family.DEPTH:
        return pipeline.depth_estimator.float(), pipeline.feature_extractor
    if folder.controlnet is None or folder.depth_estimator is None:
        return None, None
    from transformers import DPTForDepthEstimation, DPTImageProcessor

    estimator = loaded_whole(folder.depth_estimator, DPTForDepthEstimation.from_pretrained)
    processor: Any = DPTImageProcessor.from_pretrained
    return estimator.to(device), processor(folder.depth_estimator, **LOADING)


def _check_whole(folder: DiffusersFolder, pipeline: Any) -> None:
    """Make sure that every weight came from the files: diffusers fills the others with random numbers."""
    import torch
    from safetensors import safe_open

    for name, part in pipeline.components.items():
        if not isinstance(part, torch.nn.Module):
            continue
        held: set[str] = set()
        for file in sorted((folder.path / name).glob("*.safetensors")):
            with safe_open(file, framework="pt") as weights:
                held |= set(weights.keys())
        state = part.state_dict()
        placed = {tensor.data_ptr() for key, tensor in state.items() if key in held}
        missing = [
            key for key, tensor in state.items() if key not in held and tensor.data_ptr() not in placed
        ]
        if missing:
            raise WeightsError(
                f"the weights of {folder.path / name} lack {len(missing)} tensors, such as {missing[0]}: "
                "they are cut off or belong to another model"
            )


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep the libraries' advice and bars to themselves while they load."""
    from diffusers.utils import logging as diffusers_logging
    from transformers.utils import logging as transformers_logging

    libraries: tuple[Any, ...] = (diffusers_logging, transformers_logging)
    levels = [library.get_verbosity() for library in libraries]
    for library in libraries:
        library.set_verbosity_error()
        library.disable_progress_bar()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for library, level in zip(libraries, levels, strict=True):
            library.set_verbosity(level)
            library.enable_progress_bar()
