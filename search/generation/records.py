"""The record of a generated panel: all that is needed to credit it, to make it again, to take it back."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Self

from models.generation.backend import Conditioning, GeneratedPanel
from schemas.errors import ExchangeError
from schemas.generation import (
    BackendDescription,
    Belief,
    GenerationRequest,
    Reference,
    ReferenceRole,
    ReferenceWish,
)
from schemas.geometry import Box
from schemas.licences import Terms, licence_of, terms_of

RECORD_VERSION = 1
MAX_RECORD_BYTES = 4_000_000


@dataclass(frozen=True, slots=True)
class Offered:
    """A reference that a backend was given, and whom or what of the prompt it stands for."""

    reference: Reference
    element: str


@dataclass(frozen=True, slots=True)
class PanelRecord:
    """How one panel was made. ``used`` went into it, ``offered`` was there to choose from.

    ``variant`` is which of the request's panels it is; ``picture_sha256`` is of its pixels;
    ``parent`` is that of the panel it is another go at; ``edits`` are what people changed by hand.
    """

    request: GenerationRequest
    backend: BackendDescription
    seed: int
    variant: int
    used: tuple[Reference, ...]
    offered: tuple[Offered, ...]
    left_out: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    boxes: Mapping[str, tuple[Box, ...]]
    notes: Mapping[str, str]
    encoders: Mapping[str, str]
    picture_sha256: str
    longbox: str
    parent: str = ""
    edits: tuple[Mapping[str, object], ...] = ()

    @property
    def credit(self) -> str:
        """The line that must stand beside the picture."""
        return credit_line(self.used)

    @property
    def remarks(self) -> str:
        """What whoever asked should be told beside the picture: a judge's verdict, doubts on references."""
        return "; ".join(self.notes[name] for name in ("verdict", "references") if name in self.notes)

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        terms = terms_of_all(self.used)
        return {
            "record": RECORD_VERSION,
            "longbox": self.longbox,
            "backend": {
                "name": self.backend.name,
                "version": self.backend.version,
                "model_sha256": self.backend.model_sha256,
                "is_deterministic": self.backend.is_deterministic,
                "capabilities": sorted(self.backend.capabilities),
            },
            "digital_source_type": self.backend.source_type.value,
            "request": request_json(self.request),
            "seed": self.seed,
            "variant": self.variant,
            "ignored": list(self.ignored),
            "references": [_reference_json(one) for one in self.used],
            "offered": [{**_reference_json(one.reference), "element": one.element} for one in self.offered],
            "left_out": [{"panel_id": panel, "why": why} for panel, why in self.left_out],
            "boxes": {name: [_corners(box) for box in boxes] for name, boxes in self.boxes.items()},
            "notes": dict(self.notes),
            "encoders": dict(self.encoders),
            "picture_sha256": self.picture_sha256,
            "credit": self.credit,
            "licence": terms.licence,
            "conditions": list(terms.conditions),
            "parent": self.parent,
            "edits": [dict(edit) for edit in self.edits],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read a record. Raises ExchangeError, naming the field, for anything else."""
        try:
            if data["record"] != RECORD_VERSION:
                raise ExchangeError(
                    f"the record is of version {data['record']!r}, this Longbox reads {RECORD_VERSION}"
                )
            backend = data["backend"]
            from schemas.generation import Capability, SourceType

            request = request_of(data["request"])
            if not 0 <= int(data["variant"]) < request.variants:
                raise ExchangeError(f"the record is of variant {data['variant']} of {request.variants}")
            return cls(
                request=request,
                backend=BackendDescription(
                    str(backend["name"]), str(backend["version"]),
                    frozenset(Capability(one) for one in backend["capabilities"]),
                    SourceType(data["digital_source_type"]), str(backend["model_sha256"]),
                    bool(backend["is_deterministic"]),
                ),
                seed=int(data["seed"]),
                variant=int(data["variant"]),
                used=tuple(_reference_of(one) for one in data["references"]),
                offered=tuple(Offered(_reference_of(one), str(one["element"])) for one in data["offered"]),
                left_out=tuple((str(one["panel_id"]), str(one["why"])) for one in data["left_out"]),
                ignored=tuple(map(str, data["ignored"])),
                boxes={str(name): tuple(Box(*box) for box in boxes) for name, boxes in data["boxes"].items()},
                notes={str(key): str(value) for key, value in data["notes"].items()},
                encoders={str(key): str(value) for key, value in data["encoders"].items()},
                picture_sha256=str(data["picture_sha256"]),
                longbox=str(data["longbox"]),
                parent=str(data.get("parent", "")),
                edits=tuple(data.get("edits", ())),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, ExchangeError):
                raise
            raise ExchangeError(f"this is no record of a generated panel: {error}") from error


def record_of(
    request: GenerationRequest,
    backend: BackendDescription,
    panel: GeneratedPanel,
    conditioning: Sequence[Conditioning],
    **facts: Any,
) -> PanelRecord:
    """Put together what is known of a panel; ``facts`` are the fields that neither of these tells."""
    used = tuple(one.reference for one in conditioning) if panel.used is None else panel.used
    return PanelRecord(
        request=request,
        backend=backend,
        seed=panel.seed,
        used=used,
        offered=tuple(Offered(one.reference, one.element) for one in conditioning),
        ignored=panel.ignored,
        boxes=panel.boxes,
        notes=panel.notes,
        longbox=version("longbox"),
        **facts,
    )


def read_record(text: str) -> PanelRecord:
    """Read a record from its JSON. Raises ExchangeError."""
    if len(text) > MAX_RECORD_BYTES:
        raise ExchangeError(f"a record has at most {MAX_RECORD_BYTES:,} bytes")
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ExchangeError(f"this is no JSON: {error}") from error
    if not isinstance(data, dict):
        raise ExchangeError("this is no record of a generated panel: it is no object")
    return PanelRecord.from_json(data)


def credit_line(used: Sequence[Reference]) -> str:
    """Name the works that a picture was made from, with page, author and licence, each once."""
    told: dict[tuple[str, str, str], set[int]] = {}
    for one in used:
        told.setdefault((one.title, one.credit, one.licence), set()).add(one.page_no)
    parts = []
    for (title, credit, licence), pages in told.items():
        numbers = ", ".join(map(str, sorted(pages)))
        by = f" by {credit}" if credit and credit != title else ""
        parts.append(f"{title}, p. {numbers}{by} ({licence})")
    return "Made from " + "; ".join(parts) if parts else ""


def terms_of_all(used: Iterable[Reference]) -> Terms:
    """Return the terms that a picture made of references must have."""
    return terms_of(licence_of(one.licence) for one in used)


def request_json(request: GenerationRequest) -> dict[str, object]:
    """Return a request as JSON-ready data that :func:`request_of` reads."""
    data = asdict(request)
    data["pinned"] = [
        {
            "panel_id": one.panel_id,
            "role": one.role,
            "weight": one.weight,
            "box": one.box and _corners(one.box),
            "element": one.element,
        }
        for one in request.pinned
    ]
    data["excluded"] = list(request.excluded)
    return data


def request_of(data: Mapping[str, Any]) -> GenerationRequest:
    """Read a request. Raises QueryError, KeyError, TypeError or ValueError for what is none."""
    pinned = tuple(
        ReferenceWish(
            str(one["panel_id"]), ReferenceRole(one["role"]) if one["role"] else None, float(one["weight"]),
            Box(*one["box"]) if one["box"] else None, str(one.get("element", "")),
        )
        for one in data["pinned"]
    )  # fmt: skip
    known = {name: data[name] for name in GenerationRequest.__dataclass_fields__ if name in data}
    for name in ("seed", "steps", "width_px", "height_px", "variants"):
        if name in known and type(known[name]) is not int:
            raise ValueError(f"{name} is a whole number, not {known[name]!r}")
    told = data.get("elements", ())  # records of before know none
    elements = tuple(Belief(str(one["name"]), float(one["share"])) for one in told)
    excluded = tuple(map(str, data["excluded"]))
    return GenerationRequest(**{**known, "pinned": pinned, "excluded": excluded, "elements": elements})


def _reference_json(reference: Reference) -> dict[str, object]:
    return {**asdict(reference), "role": reference.role.value, "box": _corners(reference.box)}


def _reference_of(data: Mapping[str, Any]) -> Reference:
    known = {name: data[name] for name in Reference.__dataclass_fields__ if name in data}
    return Reference(**{**known, "role": ReferenceRole(data["role"]), "box": Box(*data["box"])})


def _corners(box: Box) -> list[float]:
    """Exact: a replay cuts the very same pixels."""
    return list(box.as_tuple())
