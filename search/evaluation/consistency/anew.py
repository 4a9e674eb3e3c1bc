"""Another go at a panel that stands out: the same prompt, with what its fellows were made from pinned."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from schemas.generation import MAX_SEED, GenerationRequest, Reference, ReferenceRole, ReferenceWish
from search.evaluation.consistency.panels import SequencePanel
from search.evaluation.consistency.recorded import reference_of
from search.evaluation.consistency.report import Finding
from search.generation.another import with_pins


def request_anew(
    panels: Sequence[SequencePanel], number: int, findings: Sequence[Finding]
) -> GenerationRequest | None:
    """Return the request for another go at a panel, None where it was not made here.

    Everybody in it, and the place, is pinned to what the panels that do not stand out were made from; the
    seed moves on.
    """
    panel = next((one for one in panels if one.number == number), None)
    if panel is None or panel.record is None:
        return None
    request = panel.record.request
    roles = dict.fromkeys(panel.absent, ReferenceRole.CHARACTER)
    roles |= {
        one.element: ReferenceRole.CHARACTER if one.kind == "figure" else ReferenceRole.BACKGROUND
        for one in panel.parts
    }
    odd = {(one.element, one.panel) for one in findings}
    wishes = [
        ReferenceWish(one.panel_id, role, one.weight, one.box, element=name)
        for name, role in roles.items()
        if (one := _usual(panels, name, role, odd)) is not None and one.panel_id not in request.excluded
    ]
    return replace(with_pins(request, wishes), seed=(request.seed + 1) % (MAX_SEED + 1), variants=1)


def _usual(
    panels: Sequence[SequencePanel], name: str, role: ReferenceRole, odd: set[tuple[str, int]]
) -> Reference | None:
    """Return what stood for somebody, or for a place, in most panels."""

    def used() -> Iterator[Reference]:
        for panel in panels:
            if panel.record is not None and (name, panel.number) not in odd:
                found = reference_of(panel.record, name)
                if found is not None and found.role is role:
                    yield found

    most = Counter(used()).most_common(1)
    return most[0][0] if most else None
