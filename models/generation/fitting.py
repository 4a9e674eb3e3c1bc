"""What generators of foreign make share: which reference to start from, sizes, and checks of what came."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

import cv2
import numpy as np

from models.generation.backend import Conditioning
from schemas.errors import GenerationError
from schemas.generation import Capability, GenerationRequest, ReferenceRole
from schemas.records import RgbImage

_ROLES_TO_START_FROM = (
    ReferenceRole.LAYOUT,
    ReferenceRole.BACKGROUND,
    ReferenceRole.CHARACTER,
    ReferenceRole.STYLE,
    ReferenceRole.PALETTE,
)


def by_weight(conditioning: Iterable[Conditioning], role: ReferenceRole) -> list[Conditioning]:
    """Return the references of a role, the weightiest first."""
    found = [one for one in conditioning if one.reference.role is role]
    return sorted(found, key=lambda one: -one.reference.weight)


def starting_point(conditioning: Sequence[Conditioning]) -> Conditioning | None:
    """Return the reference that a picture-to-picture model starts from: the best one for the layout."""
    for role in _ROLES_TO_START_FROM:
        if found := by_weight(conditioning, role):
            return found[0]
    return None


def ignored_of(
    request: GenerationRequest,
    conditioning: Iterable[Conditioning],
    used: Iterable[StrEnum],
) -> tuple[str, ...]:
    """Return what was asked for and not used, in a fixed order.

    A seed, a strength, steps and guidance are asked for by every request.
    """
    asked = {Capability.PROMPT, Capability.SEED, Capability.STEPS, Capability.GUIDANCE, Capability.SIZE}
    asked |= {Capability.NEGATIVE} if request.negative.strip() else set()
    asked |= {Capability.DRAWING} if request.drawing else set()
    asked |= {Capability.ELEMENTS} if request.elements else set()
    references = [one.reference for one in conditioning]
    asked |= {Capability.STRENGTH} if references else set()
    asked |= {Capability.WEIGHTS} if any(one.weight < 1.0 for one in references) else set()
    asked |= {Capability(one.role.value) for one in references}
    return tuple(sorted({one.value for one in asked} - {one.value for one in used}))


def covering(image: RgbImage, width_px: int, height_px: int) -> RgbImage:
    """Scale and crop a picture around its middle, so that it fills a size without being distorted."""
    height, width = image.shape[:2]
    if (width, height) == (width_px, height_px):
        return image
    scale = max(width_px / width, height_px / height)
    size = (max(width_px, round(width * scale)), max(height_px, round(height * scale)))
    smooth = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(image, size, interpolation=smooth)
    x0, y0 = (size[0] - width_px) // 2, (size[1] - height_px) // 2
    return np.ascontiguousarray(scaled[y0 : y0 + height_px, x0 : x0 + width_px], dtype=np.uint8)


def rounded_up(side_px: int, step_px: int) -> int:
    """Return the next multiple of what a model's latent space is made of."""
    return -(-side_px // step_px) * step_px


def check_drawn(picture: RgbImage, who: str) -> None:
    """Refuse a plain picture: content filters blank what they object to, overflowing models too.

    Raises:
        GenerationError: all pixels are alike.
    """
    if int(picture.max()) - int(picture.min()) < 2:
        raise GenerationError(
            f"{who} gave a plain picture: its content filter may have blanked it, or its model "
            "overflowed; try another seed or prompt"
        )
