"""What a library's keeper declares on rights: licences that books do not state, and what is not to be used.

Kept as ``rights.json`` beside the tables: few lines, made by people, that outlive any indexing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from schemas.errors import LibraryFormatError, QueryError

RIGHTS_FILE = "rights.json"
MAX_BYTES = 8_000_000
MAX_ENTRIES = 50_000
_MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Declared:
    """The licence of a book and whom to name, as its keeper says; empty leaves what the book says."""

    licence: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class RightsRegister:
    """Declared licences by book id, and refused items (books, pages, panels) with the reason.

    ``taken_down`` are those of the refused whose works are not to be shown either.
    """

    declared: Mapping[str, Declared] = field(default_factory=lambda: MappingProxyType({}))
    refused: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    taken_down: frozenset[str] = frozenset()

    def refusal_of(self, panel_id: str) -> str | None:
        """Return why a panel is not to be used, None where nobody refused it, its page or its book."""
        page, book = panel_id.partition("#")[0], panel_id.partition("/")[0]
        return next((self.refused[item] for item in (panel_id, page, book) if item in self.refused), None)

    def is_taken_down(self, panel_id: str) -> bool:
        """Say whether a panel, its page or its book was taken down."""
        page, book = panel_id.partition("#")[0], panel_id.partition("/")[0]
        return not self.taken_down.isdisjoint((panel_id, page, book))

    def declare(self, book_id: str, declared: Declared) -> "RightsRegister":
        """Return the register with a book's licence declared. Raises QueryError for more than it holds."""
        for text in (declared.licence, declared.credit):
            _check(text)
        return self._checked(replace(self, declared={**self.declared, book_id: declared}))

    def refuse(self, item_id: str, why: str) -> "RightsRegister":
        """Return the register with an item refused. Raises QueryError for more than it holds."""
        _check(why)
        return self._checked(replace(self, refused={**self.refused, item_id: why or "taken back"}))

    def take_down(self, item_id: str, why: str) -> "RightsRegister":
        """Return the register with an item refused and taken down. Raises QueryError as :meth:`refuse`."""
        return replace(self.refuse(item_id, why), taken_down=self.taken_down | {item_id})

    def allow(self, item_id: str) -> "RightsRegister":
        """Return the register without the refusal, or the takedown, of an item."""
        refused = {item: why for item, why in self.refused.items() if item != item_id}
        return replace(self, refused=refused, taken_down=self.taken_down - {item_id})

    def to_json(self) -> str:
        """Return the register as it is stored."""
        declared = {
            book: {"licence": one.licence, "credit": one.credit} for book, one in self.declared.items()
        }
        told = {"declared": declared, "refused": dict(self.refused), "taken_down": sorted(self.taken_down)}
        return json.dumps(told, ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "RightsRegister":
        """Read a stored register. Raises LibraryFormatError for anything else."""
        try:
            data = json.loads(text)
            declared = {
                str(book): Declared(str(one["licence"]), str(one["credit"]))
                for book, one in data["declared"].items()
            }
            refused = {str(item): str(why) for item, why in data["refused"].items()}
            taken_down = frozenset(map(str, data.get("taken_down", ())))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise LibraryFormatError(
                f"{RIGHTS_FILE} is damaged: restore it from a backup, or move it away and declare again"
            ) from error
        return cls(declared, refused, taken_down)

    def _checked(self, changed: "RightsRegister") -> "RightsRegister":
        if max(len(changed.declared), len(changed.refused)) > MAX_ENTRIES:
            raise QueryError(f"at most {MAX_ENTRIES:,} declarations or refusals in one library")
        return changed


def _check(text: str) -> None:
    if len(text) > _MAX_TEXT:
        raise QueryError(f"at most {_MAX_TEXT} characters, got {len(text):,}: shorten it")
