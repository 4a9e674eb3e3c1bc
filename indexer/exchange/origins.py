"""What made the vectors of a group: the format that a library of them has."""

from collections.abc import Mapping
from dataclasses import dataclass

from indexer.exchange.page_vectors import Side, VectorGroup, side_named
from indexer.library.spaces import NO_ENCODER
from schemas.errors import ExchangeError
from schemas.tables import IMPORTED, EncoderSpec, LibraryFormat

_MAX_NAME = 200
_SPEC_SIDES = {"picture": "picture", "text": "text", "fused": "fusion"}
_NAMES = ("encoder", "model")
"""Attributes by which other tools name what made their vectors."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Which vectors a group holds, and what a library made of it says of itself."""

    side: Side
    library: LibraryFormat

    @property
    def made_by(self) -> EncoderSpec:
        """What made the vectors of the side."""
        told = self.library
        spec = {"picture": told.picture_encoder, "text": told.text_encoder, "fused": told.fusion}[self.side]
        if spec is None:
            raise TypeError("a group of fused vectors has a fusion")
        return spec


def origin_of(group: VectorGroup, *, encoder: str | None = None) -> Origin:
    """Find out what made the vectors.

    A group exported by Longbox tells it in full, so that words can be searched where that encoder is
    installed. Another group may name an encoder; where it names none, the group's own hash stands for
    one, and no other vectors are taken for its kin. A group that does not say which side its vectors
    are of is taken for one of pictures.

    Args:
        group: the group.
        encoder: what made the vectors, where the group does not tell.

    Raises:
        ExchangeError: the attributes say something else than they should.
    """
    told = group.attributes
    side = side_named(told.get("side", "picture"))
    specs = told.get("encoder_specs")
    if isinstance(specs, Mapping) and specs.get(_SPEC_SIDES[side]) is not None and encoder is None:
        return Origin(side, _format(group, side, specs))
    name = encoder or _name(group, side) or f"zarr:{group.digest}"
    made_by, nothing = (EncoderSpec(text, group.dim, IMPORTED) for text in (name, NO_ENCODER))
    return Origin(
        side,
        LibraryFormat(
            text_encoder=made_by if side == "text" else nothing,
            picture_encoder=made_by if side == "picture" else nothing,
            fusion=made_by if side == "fused" else None,
        ),
    )


def _name(group: VectorGroup, side: Side) -> str | None:
    named = group.attributes.get("encoders")
    names = [named.get(_SPEC_SIDES[side])] if isinstance(named, Mapping) else []
    names += [group.attributes.get(name) for name in _NAMES]
    return next((name[:_MAX_NAME] for name in names if isinstance(name, str) and name.strip()), None)


def _format(group: VectorGroup, side: Side, specs: Mapping[object, object]) -> LibraryFormat:
    found = {name: _spec(group, name, specs.get(name)) for name in _SPEC_SIDES.values()}
    picture, text = found["picture"], found["text"]
    if picture is None or text is None:
        raise ExchangeError(f"{group.path}: encoder_specs lacks the encoder of pictures or of text")
    own = found[_SPEC_SIDES[side]]
    if own is not None and own.dim != group.dim:
        raise ExchangeError(
            f"{group.path}: its vectors have {group.dim} numbers, those of {own.name} have {own.dim}"
        )
    return LibraryFormat(text, picture, found["fusion"])


def _spec(group: VectorGroup, name: str, told: object) -> EncoderSpec | None:
    if told is None:
        return None
    wanted = {"name": str, "dim": int, "preprocessing": str, "weights_sha256": str, "metric": str}
    if not isinstance(told, Mapping) or set(told) != set(wanted):
        raise ExchangeError(f"{group.path}: encoder_specs tells of {name} something else than {set(wanted)}")
    for key, kind in wanted.items():
        if type(told[key]) is not kind or len(str(told[key])) > _MAX_NAME:
            raise ExchangeError(f"{group.path}: the {key} of the {name} encoder is no {kind.__name__}")
    if not 0 < told["dim"] <= _MAX_DIM:
        raise ExchangeError(f"{group.path}: the {name} encoder cannot have {told['dim']} numbers")
    return EncoderSpec(**told)


_MAX_DIM = 16_384
