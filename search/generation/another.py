"""Another go at one panel of a sequence: who is in it and where it plays stay as they are."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace

from models.generation.prompts.beats import Beat, beats_of, merged
from schemas.generation import MAX_SEED, GenerationRequest, Reference, ReferenceRole, ReferenceWish
from search.generation.records import PanelRecord
from search.generation.references import place_of


def request_of_another(
    records: Sequence[PanelRecord],
    number: int,
    *,
    prompt: str = "",
    ahead: int = 1,
    variants: int = 1,
    excluded: Sequence[str] = (),
) -> GenerationRequest:
    """Return the request for another go at a panel, its people and its place pinned to what they are.

    Args:
        records: Of all panels of the sequence, in order.
        number: Which panel, from 1.
        prompt: Other words than it was made of; empty keeps them.
        ahead: How many seeds after its own the first of the new ones is.
        variants: How many are made.
        excluded: Panels of the library that are not to be used for it any more.

    Raises:
        QueryError: the words are too long, or too many variants are asked for.
    """
    own = records[number - 1]
    known = own.request
    words = prompt.strip() or known.prompt
    never = {*known.excluded, *excluded}
    others = [record for record in records if record is not own]
    wishes = [
        ReferenceWish(one.panel_id, one.role, one.weight, one.box, element=element)
        for element, role in _settled(own if words == known.prompt else None, merged(beats_of(words)))
        if (one := _shown_as(element, role, (own, *others), never)) is not None
    ]
    return replace(
        with_pins(known, wishes, never),
        prompt=words,
        seed=(own.seed + ahead) % (MAX_SEED + 1),
        variants=variants,
        excluded=tuple(sorted(never)),
    )


def with_pins(
    request: GenerationRequest, wishes: Iterable[ReferenceWish], never: Container[str] = ()
) -> GenerationRequest:
    """Return a request with further panels pinned, except for whom it has pinned before.

    ``never`` are panels that are not to be pinned any more. A part that stands for two has one weight.
    """
    kept = [wish for wish in request.pinned if wish.panel_id not in never]
    pinned = {wish.element for wish in kept if wish.element}
    weights = {(wish.panel_id, wish.role, wish.box): wish.weight for wish in kept}
    for wish in wishes:
        if wish.element not in pinned:
            weight = weights.setdefault((wish.panel_id, wish.role, wish.box), wish.weight)
            kept.append(replace(wish, weight=weight))
    return replace(request, pinned=tuple(kept))


def _settled(own: PanelRecord | None, beat: Beat) -> list[tuple[str, ReferenceRole]]:
    """Return whom and which place a panel shows: by its record, or else by its words."""
    if own is not None:
        roles = (ReferenceRole.CHARACTER, ReferenceRole.BACKGROUND)
        told = [(one.element, one.reference.role) for one in own.offered if one.reference.role in roles]
        return list(dict.fromkeys(told))
    place = place_of(beat)
    people = [(who, ReferenceRole.CHARACTER) for who in beat.who]
    return [*people, *([(place, ReferenceRole.BACKGROUND)] if place else [])]


def _shown_as(
    element: str, role: ReferenceRole, records: Sequence[PanelRecord], never: set[str]
) -> Reference | None:
    """Return what stood for somebody, or for a place, in the first of some panels that shows them."""

    def used() -> Iterator[Reference]:
        for record in records:
            went_in = {(one.panel_id, one.role, one.box) for one in record.used}
            for offered in record.offered:
                one = offered.reference
                is_it = offered.element.casefold() == element.casefold() and one.role is role
                if is_it and one.panel_id not in never and (one.panel_id, one.role, one.box) in went_in:
                    yield one

    return next(used(), None)
