"""Settings, parsed once at the edge and passed down as frozen values."""

from dataclasses import dataclass, field

MIB = 1024 * 1024
AS_TOLD = "auto"
"""The direction that is none: each book's own."""


@dataclass(frozen=True, slots=True)
class PictureLimits:
    """What a single picture may cost. Hostile until proven otherwise.

    ``max_pixels`` bounds the declared size before decoding (48 kB of PNG can declare 400 Mpx).
    """

    max_bytes: int = 200 * MIB
    max_pixels: int = 120_000_000
    max_side_px: int = 65_500


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """What a single book may cost.

    ``max_ratio`` bounds unpacked to packed bytes once more than ``ratio_free_bytes`` are unpacked,
    so that a small book of flat pictures is no bomb.
    """

    max_entries: int = 20_000
    max_total_bytes: int = 16 * 1024 * MIB
    max_metadata_bytes: int = 4 * MIB
    max_ratio: float = 200.0
    ratio_free_bytes: int = 64 * MIB
    max_depth: int = 1
    picture: PictureLimits = field(default_factory=PictureLimits)


@dataclass(frozen=True, slots=True)
class IndexOptions:
    """How books are read. ``workers`` 0 means one a core.

    ``detector``, ``reader``, ``page_reader`` and the encoders are registry names; a ``reader`` "none" skips
    OCR, a ``page_reader`` "none" leaves panels without descriptions.
    """

    detector: str = "classical"
    reader: str = "rapidocr"
    page_reader: str = "none"
    text_encoder: str = "minilm"
    picture_encoder: str = "longbox-mini"
    direction: str | None = None
    workers: int = 0
    limits: ContainerLimits = field(default_factory=ContainerLimits)
