"""Stable Diffusion, SDXL and FLUX from a local folder: ``diffusers:FOLDER``. Needs the extra ``diffusion``.

The layout reference gives depth or lines to a ControlNet or a depth model; the picture that is started
from is the background, or the layout itself; characters and styles go to an IP-Adapter by their weight.
See :mod:`models.generation.diffusion.folder` for what may lie in the folder.

Sources: Rombach et al. 2022, arXiv:2112.10752; Zhang et al. 2023, arXiv:2302.05543 (ControlNet); Ye et
al. 2023, arXiv:2308.06721 (IP-Adapter).
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from models.generation.backend import Conditioning, GeneratedPanel, Progress, unwatched
from models.generation.diffusion.conditions import NUMBERS, Conditions, prepare, uses
from models.generation.diffusion.folder import DiffusersFolder, Family
from models.generation.diffusion.pipelines import Loaded, load_pipeline
from models.generation.fitting import check_drawn, covering, ignored_of, rounded_up
from schemas.errors import GenerationError
from schemas.generation import BackendDescription, Capability, GenerationRequest, SourceType
from schemas.records import RgbImage

_STEP_PX = 16  # of the latents of FLUX; those of the others are of 8


class DiffusersBackend:
    """Draws panels here; one at a time, whoever asks."""

    def __init__(self, folder: Path, *, name: str = "diffusers") -> None:
        """Load the model: seconds to minutes.

        Raises:
            ConfigError: there is no such folder, or its settings are wrong.
            BackendUnavailableError: a package or the device is missing.
            WeightsError: a part is damaged, a pickle, or of another model.
        """
        self._folder = DiffusersFolder.open(folder)
        self._loaded: Loaded = load_pipeline(self._folder)
        self._lock = Lock()  # schedulers remember where they are
        import diffusers

        self._description = BackendDescription(
            name=name,
            version=f"diffusers-1+{diffusers.__version__}+{self._folder.family.value}",
            capabilities=uses(self._folder),
            source_type=SourceType.TRAINED_ALGORITHMIC_MEDIA,
            model_sha256=self._folder.weights_sha256(),
            is_deterministic=self._loaded.device == "cpu",
        )

    @property
    def description(self) -> BackendDescription:
        """What its parts make use of; the same bytes come on one machine where it runs on the CPU."""
        return self._description

    def generate(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        *,
        progress: Progress = unwatched,
    ) -> tuple[GeneratedPanel, ...]:
        """Draw every variant; see :class:`models.generation.backend.GenerationBackend`."""
        progress(0.0, "waiting for the model")
        with self._lock:
            progress(0.0, "looking at the references")
            size = rounded_up(request.width_px, _STEP_PX), rounded_up(request.height_px, _STEP_PX)
            conditions = prepare(self._folder, self._loaded, conditioning, size)
            ignored = ignored_of(request, conditioning, {*conditions.roles, *self._numbers()})
            panels = []
            for variant in range(request.variants):
                picture = self._draw(request, conditions, variant, progress)
                panels.append(
                    GeneratedPanel(
                        picture=covering(picture, request.width_px, request.height_px),
                        seed=request.seed + variant,
                        ignored=ignored,
                        notes=conditions.notes,
                    )
                )
        progress(1.0, "done")
        return tuple(panels)

    def _numbers(self) -> frozenset[Capability]:
        return NUMBERS - ({Capability.NEGATIVE} if self._folder.family is Family.FLUX else set())

    def _draw(
        self, request: GenerationRequest, conditions: Conditions, variant: int, progress: Progress
    ) -> RgbImage:
        import torch

        strength = request.strength if conditions.starts_somewhere else 1.0
        arguments: dict[str, Any] = {
            "prompt": request.prompt,
            "image": conditions.start,
            # Less than one step of noise would be no step at all, which pipelines refuse.
            "strength": min(1.0, max(strength, 1.001 / request.steps)),
            "num_inference_steps": request.steps,
            "guidance_scale": request.guidance,
            # On the CPU, so that a seed means the same noise on every device.
            "generator": torch.Generator("cpu").manual_seed(request.seed + variant),
            "output_type": "np",
            "callback_on_step_end": _telling(request, variant, progress),
            **conditions.arguments(request.guidance),
        }
        if self._folder.family is not Family.FLUX:
            arguments["negative_prompt"] = request.negative
        with torch.inference_mode():
            output = self._loaded.pipeline(**arguments)
        if any(output.get("nsfw_content_detected") or ()):
            raise GenerationError(
                "the model's content filter refuses this panel: try another seed, prompt or references"
            )
        return _pixels(output.images[0])


def _telling(request: GenerationRequest, variant: int, progress: Progress) -> Callable[..., dict[str, Any]]:
    """Return what a pipeline calls after each step; what ``progress`` raises ends the pipeline."""

    def tell(pipeline: Any, step: int, _timestep: object, tensors: dict[str, Any]) -> dict[str, Any]:
        done = min(1.0, (step + 1) / max(1, pipeline.num_timesteps))
        share = (variant + 0.95 * done) / request.variants  # the decoder is still to come
        progress(share, f"drawing {variant + 1} of {request.variants}")
        return tensors

    return tell


def _pixels(values: Any) -> RgbImage:
    """Turn what a pipeline made into pixels.

    Raises:
        GenerationError: it holds what is no number, or is plain.
    """
    if not np.isfinite(values).all():
        raise GenerationError(
            "the model gave a picture of no numbers: it overflowed; set 'dtype' to 'float32' in longbox.json"
        )
    picture = np.ascontiguousarray(np.round(np.clip(values, 0.0, 1.0) * 255.0), dtype=np.uint8)
    check_drawn(picture, "the model")
    return picture
