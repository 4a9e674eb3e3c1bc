"""A ComfyUI workflow as a form to fill in: saved with "Export (API)", with named slots as values.

A slot is a value such as ``"{{seed}}"``, or stands within a text: ``"ink drawing, {{prompt}}"``.
``{{layout}}``, ``{{character}}``, ``{{character.2}}`` … are names of uploaded pictures, as LoadImage takes
them; ``{{layout.weight}}`` is how much a picture counts, 0 where there is none.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.settings import Settings
from schemas.errors import ConfigError
from schemas.generation import Capability, ReferenceRole

_SLOT = re.compile(r"\{\{\s*([a-z0-9.]+)\s*\}\}")
_PICTURE_SLOT = re.compile(rf"({'|'.join(role.value for role in ReferenceRole)})(?:\.([1-9]))?(\.weight)?")
_NUMBERS = ("seed", "strength", "steps", "guidance")
_WORDS_AND_NUMBERS = ("prompt", "negative", *_NUMBERS, "width", "height")
_MAX_NODES = 2_000

SlotValue = str | int | float


@dataclass(frozen=True, slots=True, order=True)
class PictureSlot:
    """A place for a reference: the ``number``-th of its role, from 1."""

    role: ReferenceRole
    number: int
    name: str
    has_weight: bool


@dataclass(frozen=True, slots=True)
class Workflow:
    """The nodes by their id, with slots."""

    nodes: Mapping[str, Mapping[str, object]]
    slots: frozenset[str]
    sha256: str

    @classmethod
    def read(cls, path: Path) -> "Workflow":
        """Read a workflow.

        Raises:
            ConfigError: it is none in API format, has a slot that nobody knows, or none for the prompt.
        """
        with_slots = cls.of(Settings.read(path).everything(), str(path))
        for slot in sorted(with_slots.slots):
            if slot not in _WORDS_AND_NUMBERS and not _PICTURE_SLOT.fullmatch(slot):
                roles = ", ".join(role.value for role in ReferenceRole)
                raise ConfigError(
                    f"{path} has a slot {{{{{slot}}}}} that nobody fills; known: "
                    f"{', '.join(_WORDS_AND_NUMBERS)}, {roles}, with .2 to .9 and .weight"
                )
        if "prompt" not in with_slots.slots:
            raise ConfigError(
                f"{path} has no slot {{{{prompt}}}}: write it where the text of the prompt stands"
            )
        return with_slots

    @classmethod
    def of(cls, table: Mapping[str, object], where: str) -> "Workflow":
        """Check the nodes and find the slots.

        Raises:
            ConfigError: the nodes are not those of the API format.
        """
        if "nodes" in table and "links" in table:
            raise ConfigError(f'{where} is a workflow for the editor: save it with "Export (API)"')
        nodes = {name: node for name, node in table.items() if _is_node(node) and isinstance(node, dict)}
        if not nodes or len(table) > _MAX_NODES or len(nodes) < len(table):
            raise ConfigError(
                f'{where} is no ComfyUI workflow: save it with "Export (API)", with class_type and inputs'
            )
        slots = frozenset(name for text in _texts(list(nodes.values())) for name in _SLOT.findall(text))
        digest = hashlib.sha256(json.dumps(nodes, sort_keys=True).encode()).hexdigest()
        return cls(nodes=nodes, slots=slots, sha256=digest)

    @property
    def classes(self) -> frozenset[str]:
        """The kinds of nodes that the server must know."""
        return frozenset(str(node["class_type"]) for node in self.nodes.values())

    @property
    def pictures(self) -> tuple[PictureSlot, ...]:
        """The places for references, by role and number."""
        found = set()
        for slot in self.slots:
            match = _PICTURE_SLOT.fullmatch(slot)
            if match and not match[3]:
                number = int(match[2] or 1)
                role = ReferenceRole(match[1])
                found.add(PictureSlot(role, number, slot, f"{slot}.weight" in self.slots))
        return tuple(sorted(found))

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the slots let in."""
        found = {Capability(name) for name in ("prompt", "negative", *_NUMBERS) if name in self.slots}
        found |= {Capability(slot.role.value) for slot in self.pictures}
        found |= {Capability.WEIGHTS} if any(slot.has_weight for slot in self.pictures) else set()
        found |= {Capability.SIZE} if {"width", "height"} <= self.slots else set()
        return frozenset(found)

    def filled(self, values: Mapping[str, SlotValue]) -> object:
        """Return the nodes with every slot filled; one that is a whole value keeps its filling's type."""
        return _filled(dict(self.nodes), values)


def _is_node(node: object) -> bool:
    match node:
        case {"class_type": str(), "inputs": dict()}:
            return True
    return False


def _texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for one in value.values():
                yield from _texts(one)
        case list():
            for one in value:
                yield from _texts(one)


def _filled(value: object, values: Mapping[str, SlotValue]) -> object:
    match value:
        case str():
            whole = _SLOT.fullmatch(value)
            if whole:
                return values[whole[1]]
            return _SLOT.sub(lambda slot: str(values[slot[1]]), value)
        case dict():
            return {key: _filled(one, values) for key, one in value.items()}
        case list():
            return [_filled(one, values) for one in value]
        case _:
            return value
