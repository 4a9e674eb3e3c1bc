"""References as pipelines take them: a picture to start from, depth or lines, vectors to resemble."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from models.generation.backend import Conditioning
from models.generation.diffusion.depth import depth_of, lines_of
from models.generation.diffusion.folder import Control, DiffusersFolder, Family
from models.generation.diffusion.pipelines import Loaded
from models.generation.fitting import by_weight, covering, starting_point
from schemas.generation import Capability, ReferenceRole
from schemas.records import RgbImage

NUMBERS = frozenset(
    {
        *(Capability.PROMPT, Capability.NEGATIVE, Capability.SEED, Capability.STRENGTH),
        *(Capability.STEPS, Capability.GUIDANCE, Capability.SIZE),
    }
)
_GREY = 128
_RESEMBLED = (ReferenceRole.CHARACTER, ReferenceRole.STYLE)

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Resemblance:
    """Vectors for the IP-Adapter: what is resembled, and nothing; ``scale`` 0 leaves the model alone."""

    positive: Any
    negative: Any
    scale: float


@dataclass(frozen=True, slots=True)
class Conditions:
    """See the module; ``roles`` are those used, ``notes`` say what for."""

    start: Image.Image
    starts_somewhere: bool
    roles: frozenset[Capability]
    notes: Mapping[str, str]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    resemblance: Resemblance | None = None

    def arguments(self, guidance: float) -> dict[str, Any]:
        """Return the arguments of the pipeline; with guidance it draws each panel with and without."""
        if self.resemblance is None:
            return dict(self.fixed)
        import torch

        both = [self.resemblance.negative, self.resemblance.positive]
        vectors = torch.cat(both) if guidance > 1.0 else self.resemblance.positive
        return {**self.fixed, "ip_adapter_image_embeds": [vectors]}


def uses(folder: DiffusersFolder) -> frozenset[Capability]:
    """Return what a pipeline with these parts makes use of."""
    found = {*NUMBERS, Capability.LAYOUT}
    if folder.family is Family.FLUX:
        found -= {Capability.NEGATIVE}
    if folder.controlnet:
        found |= {Capability.BACKGROUND}
    if folder.adapter:
        found |= {Capability.CHARACTER, Capability.STYLE, Capability.WEIGHTS}
    return frozenset(found)


def prepare(
    folder: DiffusersFolder, loaded: Loaded, conditioning: Sequence[Conditioning], size: Size
) -> Conditions:
    """Give every reference its place; the pipeline's adapter is set as strong as they weigh."""
    layout = starting_point(conditioning)
    backgrounds = by_weight(conditioning, ReferenceRole.BACKGROUND) if folder.controlnet else []
    start = backgrounds[0] if backgrounds else layout
    used = [one for one in (layout, start) if one]
    notes = {"started_from": start.reference.panel_id} if start else {}
    fixed: dict[str, Any] = {}
    picture = covering(layout.picture, *size) if layout else _blank(size)
    if folder.controlnet:
        fixed |= _control(folder, loaded, picture, notes, is_given=layout is not None)
    if folder.family is Family.DEPTH:
        fixed |= _depth(loaded, picture, notes)
    if folder.family is Family.FLUX:
        fixed |= {"width": size[0], "height": size[1]}
    resemblance = None
    if folder.adapter:
        resembled = [one for one in conditioning if one.reference.role in _RESEMBLED]
        resemblance = _resemblance(loaded, resembled, folder.adapter_scale)
        used += resembled
    return Conditions(
        start=Image.fromarray(covering(start.picture, *size) if start else _blank(size)),
        starts_somewhere=start is not None,
        roles=frozenset(Capability(one.reference.role.value) for one in used)
        | ({Capability.WEIGHTS} if folder.adapter else set()),
        notes=notes,
        fixed=fixed,
        resemblance=resemblance,
    )


def _blank(size: Size) -> RgbImage:
    return np.full((size[1], size[0], 3), _GREY, np.uint8)


def _control(
    folder: DiffusersFolder, loaded: Loaded, picture: RgbImage, notes: dict[str, str], *, is_given: bool
) -> dict[str, Any]:
    """Return what the ControlNet follows; without a layout it is there and has no say."""
    if folder.control is Control.DEPTH:
        depth = depth_of(picture, loaded.depth_estimator, loaded.depth_processor)
        _note_flat(notes, is_made_up=is_given and depth.is_made_up)
        values = depth.values
    else:
        values = lines_of(picture)
    grey = np.round(values * 255.0).astype(np.uint8)
    return {
        "control_image": Image.fromarray(np.repeat(grey[..., None], 3, axis=2)),
        "controlnet_conditioning_scale": folder.control_scale if is_given else 0.0,
    }


def _depth(loaded: Loaded, picture: RgbImage, notes: dict[str, str]) -> dict[str, Any]:
    import torch

    depth = depth_of(picture, loaded.depth_estimator, loaded.depth_processor)
    _note_flat(notes, is_made_up=depth.is_made_up)
    return {"depth_map": torch.from_numpy(depth.values)[None]}


def _note_flat(notes: dict[str, str], *, is_made_up: bool) -> None:
    if is_made_up:
        notes["depth"] = "the reference is flat: a plain slope was followed instead"


def _resemblance(loaded: Loaded, resembled: Sequence[Conditioning], scale: float) -> Resemblance:
    """Mix the vectors of the references by their weights; the weightiest says how strongly."""
    import torch

    pipeline = loaded.pipeline
    wants_tokens = (
        type(pipeline.unet.encoder_hid_proj.image_projection_layers[0]).__name__ != "ImageProjection"
    )
    pictures = [one.picture for one in resembled] or [_blank((64, 64))]
    weights = [one.reference.weight for one in resembled] or [1.0]
    positives, negatives = [], []
    with torch.inference_mode():
        for picture in pictures:
            there, nothing = pipeline.encode_image(Image.fromarray(picture), loaded.device, 1, wants_tokens)
            positives.append(there[None])
            negatives.append(nothing[None])
    mixed = sum(weight * vector for weight, vector in zip(weights, positives, strict=True))
    strength = scale * max(weights) if resembled else 0.0
    pipeline.set_ip_adapter_scale(strength)
    return Resemblance(mixed / sum(weights), negatives[0], strength)
