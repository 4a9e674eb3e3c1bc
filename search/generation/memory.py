"""What a sequence has settled: who looks how, and where it plays."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.generation.backend import Conditioning
from schemas.generation import Reference, ReferenceRole
from schemas.licences import Licence, licence_of


@dataclass(slots=True)
class SequenceMemory:
    """Elements of a sequence and the references that stand for them.

    Once a panel has shown somebody, later panels show the same: the same crop of the same panel. A new
    sequence has an empty memory. ``turn`` chooses among references that fit, for all of its panels alike;
    None leaves that to the seed of each.
    """

    turn: int | None = None
    style_book: str = ""
    licences: list[Licence] = field(default_factory=list)
    """Of all that was used so far: the whole must be given terms that fit them all."""
    _figures: dict[str, tuple[Conditioning, ...]] = field(default_factory=dict)
    _places: dict[str, tuple[Conditioning, ...]] = field(default_factory=dict)

    def figures_of(self, who: str) -> tuple[Conditioning, ...]:
        """Return the references of somebody, none where they are new."""
        return self._figures.get(_key(who), ())

    def places_of(self, where: str) -> tuple[Conditioning, ...]:
        """Return the references of a place, none where it is new or not named."""
        return self._places.get(_key(where), ()) if where else ()

    def remember(self, conditioning: Iterable[Conditioning], used: Iterable[Reference] | None) -> None:
        """Settle what a panel used, as far as it is new; one that was offered and not used is dropped."""
        kept = None if used is None else {(one.panel_id, one.role, one.box) for one in used}
        for one in conditioning:
            reference = one.reference
            is_used = kept is None or (reference.panel_id, reference.role, reference.box) in kept
            table = {ReferenceRole.CHARACTER: self._figures, ReferenceRole.BACKGROUND: self._places}.get(
                reference.role
            )
            if is_used and one.element and table is not None:
                table.setdefault(_key(one.element), (one,))
            if is_used:
                self.licences.append(licence_of(reference.licence))
            if is_used and not self.style_book:
                self.style_book = reference.book_id

    def settled(self) -> tuple[Conditioning, ...]:
        """Return all references that are settled."""
        return tuple(one for kept in (*self._figures.values(), *self._places.values()) for one in kept)


def _key(name: str) -> str:
    return " ".join(name.lower().split())
