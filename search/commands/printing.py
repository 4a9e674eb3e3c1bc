"""Hits as text for people."""

from collections.abc import Iterator

import click

from schemas.facets import FacetValue
from schemas.messages import SearchHit, SearchRequest, SearchResponse
from search.legs.words import TYPO_LETTERS, is_one_edit_away, plain, split_terms

MAX_SHOWN_TEXT = 160
MAX_SHOWN_VALUES = 8
_MARGIN = "    "


def describe(request: SearchRequest, response: SearchResponse) -> str:
    """Return a response as lines of text; words that were searched for are set bold."""
    terms = frozenset(term for words in _words(request) for term in split_terms(words))
    blocks = [_describe_hit(place, hit, terms) for place, hit in enumerate(response.hits, start=1)]
    notes = [click.style(f"note: {note}", fg="yellow") for note in response.notes]
    return "\n".join([*blocks, *_counted(response), *notes, _summary(request, response)])


def _words(request: SearchRequest) -> Iterator[str]:
    for asked in (request, *request.run):
        yield from (wish.words for wish in asked.wishes)
        yield from (line.text for line in (*asked.lines, *asked.conditions))


def _counted(response: SearchResponse) -> Iterator[str]:
    """Say which values the hits have, the most frequent of each facet."""
    if response.facets is None:
        return
    for slot in response.facets.__slots__:
        values: tuple[FacetValue, ...] = getattr(response.facets, slot)
        if values:
            shown = ", ".join(f"{facet.value} {facet.count}" for facet in values[:MAX_SHOWN_VALUES])
            yield f"{slot.replace('_', ' ')}: {shown}"


def _describe_hit(place: int, hit: SearchHit, terms: frozenset[str]) -> str:
    where = f"page {hit.page_no} ({hit.page_file}), panel {hit.panel_no}"
    if hit.story:
        where = f"“{hit.story}”, {where}"
    head = f"{place:>3} {click.style(hit.title, bold=True)}, {where}  {hit.score:.2f}"
    lines = [head]
    if hit.text:
        lines.append(f"{_MARGIN}“{_emphasise(_excerpt(hit.text, terms), terms)}”")
    if len(hit.run) > 1:
        lines.append(f"{_MARGIN}then {'; '.join(_place(step.panel_id) for step in hit.run[1:])}")
    legs = ", ".join(f"{name} #{leg.rank} ({leg.score:.2f})" for name, leg in hit.legs.items())
    more = _more(hit)
    lines.append(click.style(f"{_MARGIN}{legs}{more}", dim=True))
    lines.append(click.style(f"{_MARGIN}{hit.panel_id}  {hit.source}", dim=True))
    return "\n".join(lines)


def _place(panel_id: str) -> str:
    """Say where a panel of the same book stands, by its id."""
    page, _, panel = panel_id.rpartition("/")[2].partition("#")
    return f"page {int(page)}, panel {int(panel)}"


def _more(hit: SearchHit) -> str:
    parts = []
    if hit.group_size > 1:
        parts.append(f"{hit.group_size} hits here")
    if hit.duplicates:
        parts.append(f"{hit.duplicates} near-identical")
    return f"; {', '.join(parts)}" if parts else ""


def _summary(request: SearchRequest, response: SearchResponse) -> str:
    if not response.hits:
        return _nothing(request, response)
    count = f"{response.total}" if response.total_is_exact else f"more than {response.total}"
    more = f"; for the next ones add --cursor {response.cursor}" if response.cursor else ""
    return f"{len(response.hits)} of {count} hits in {response.took_ms:.0f} ms, {response.encoder}{more}"


def _nothing(request: SearchRequest, response: SearchResponse) -> str:
    if request.cursor is not None or response.total:
        return "no further hits"
    hint = "try " + _other_ways(request)
    if request.filters != type(request.filters)():
        hint = "try without the filters"
    elif request.min_score is None:
        hint += ", or --min-score 0 to see even what fits badly"
    return f"nothing found; {hint}"


def _other_ways(request: SearchRequest) -> str:
    """Say what to ask by instead, in terms of what was asked by."""
    if request.run:
        return "fewer steps, or other words for one of them"
    if request.says:
        return "fewer or other words"
    if request.shows:
        return "a larger or closer part of the picture"
    return "other example panels"


def _excerpt(text: str, terms: frozenset[str]) -> str:
    """Return the text on one line, cut around the first word that was searched for."""
    words = text.split()
    if len(" ".join(words)) <= MAX_SHOWN_TEXT:
        return " ".join(words)
    first = next((i for i, word in enumerate(words) if _is_match(word, terms)), 0)
    start = max(0, first - 3)
    kept = " ".join(words[start:])
    head = "… " if start else ""
    tail = " …" if len(kept) > MAX_SHOWN_TEXT else ""
    return f"{head}{kept[:MAX_SHOWN_TEXT].rstrip()}{tail}"


def _emphasise(text: str, terms: frozenset[str]) -> str:
    words = text.split(" ")
    return " ".join(click.style(word, bold=True) if _is_match(word, terms) else word for word in words)


def _is_match(word: str, terms: frozenset[str]) -> bool:
    mine = split_terms(word)
    if terms.intersection(mine):
        return True
    whole = plain(word)
    long_enough = [term for term in terms if len(term) >= TYPO_LETTERS]
    return any(is_one_edit_away(term, whole) for term in long_enough)
