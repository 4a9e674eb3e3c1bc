"""Planning: from a request to the legs that answer it."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from models.fusion import PanelParts, layout_row
from models.protocols import ReadsTags
from schemas.errors import BackendUnavailableError, EncoderMismatchError, NotFoundError
from schemas.geometry import Box
from schemas.messages import SearchRequest
from schemas.records import FloatMatrix
from schemas.tables import PAGES, PANELS
from search.composition import Composer, away_from
from search.descriptions import DESCRIPTION, DESCRIPTION_WORDS
from search.encoding import Encoders
from search.lexical import LexicalProbe
from search.nearness import (
    FUSED,
    LAYOUT,
    LIKE,
    LIKE_FUSED,
    LIKE_WORDS,
    LINE_MEANING,
    LOOK,
    MEANING,
    PAGE_LOOK,
    VectorProbe,
    mean_vector,
)
from search.snapshot import DESCRIPTION_VECTOR, Snapshot, is_one_of
from search.tags import TAGS, named_tags
from search.vectors import matrix_of
from search.words import Lexicon, split_terms

TEXT_VECTOR, PICTURE_VECTOR, FUSED_VECTOR = "vector_text", "vector_picture", "vector_fused"

TEXT_LEGS = {
    "words": 1.0,
    "phrase": 2.0,
    MEANING: 1.0,
    LOOK: 1.0,
    FUSED: 1.0,
    TAGS: 0.4,
    DESCRIPTION: 2.0,
    DESCRIPTION_WORDS: 1.0,
}
"""Weights for plain words: a line found as printed outweighs any single other leg, and where somebody
described the panels, that says more than what an encoder of pictures sees. Tags only settle ties."""
LINE_LEGS = {"line_words": 0.25, "dialogue": 3.0, LINE_MEANING: 0.25}
"""Weights for a line of dialogue: the other legs only settle ties, and help where OCR failed."""
PICTURE_LEGS = {LOOK: 1.0, PAGE_LOOK: 0.95, FUSED: 0.0}
"""Alternatives: a picture shows a panel or a whole page. A page of one panel is that panel first.
A picture alone is found by its look; its fused vector adds only what is said in other panels."""
PICTURE_QUESTION = "picture"
HALFWAY, BESIDE_WORDS = 0.5**0.5, 3.0
"""A picture moved by words: the cosine it has with itself at best, and what it counts, so that it
weighs as much as the words do on all their sides."""
LIKE_LEGS = {LIKE: 1.0, LIKE_WORDS: 0.5, LIKE_FUSED: 0.0, LAYOUT: 0.0}
"""Weights for example panels."""

SIDE_OF: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("words", "phrase", "line_words", "dialogue"), "words"),
        **dict.fromkeys((MEANING, LINE_MEANING, LIKE_WORDS), "meaning"),
        **dict.fromkeys((LOOK, PAGE_LOOK, LIKE), "look"),
        **dict.fromkeys((FUSED, LIKE_FUSED), "fused"),
        **dict.fromkeys((DESCRIPTION, DESCRIPTION_WORDS), "description"),
        TAGS: "tags",
        LAYOUT: "layout",
    }
)
"""The side of a search, in the sense of ``schemas.messages.SIDES``, that each leg belongs to."""

MEANING_FLOOR, STRANGE_FLOOR = 0.33, 0.6
"""Cosine of words with something to do with each other, for words that the library knows and for
words it has never seen: made-up words lie near garbled lettering, at up to 0.56 of 50 tried, while
unrelated real sentences stay below 0.36 (benchmarks/floors.py)."""
LINE_MEANING_FLOOR = 0.55
"""Who types a line as printed wants that line, or at least one that says the same."""
FUSED_FLOOR = 0.3
"""Cosine of a question and a panel with something to do with each other, all sides fused."""
LIKE_FLOORS = {LIKE: 0.3, LIKE_WORDS: 0.4, LIKE_FUSED: 0.3, LAYOUT: 0.2}
"""Neighbours of an example are never nonsense, only far; two short shouts are soon alike in words."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for beside the lettering: vectors, tags, words of descriptions (weight 0: nothing).

    ``notes`` say what had to be left out and why.
    """

    probes: tuple[VectorProbe, ...]
    tags: tuple[str, ...] = ()
    tags_weight: float = 0.0
    description_weight: float = 0.0
    notes: tuple[str, ...] = ()


def digest(request: SearchRequest) -> str:
    """Return a short hash of what is asked, apart from how much of the answer is wanted."""
    hashed = hashlib.sha256()
    parts = {
        "text": request.text,
        "dialogue": request.dialogue,
        "like": request.like,
        "without": request.without,
        "unlike": request.unlike,
        "weights": dict(request.weights),
        "filters": asdict(request.filters),
        "group_by": request.group_by,
        "collapse": request.collapse_duplicates,
        "min_score": request.min_score,
    }
    hashed.update(json.dumps(parts, sort_keys=True).encode())
    if request.picture is not None:
        hashed.update(str(request.picture.shape).encode() + np.ascontiguousarray(request.picture).tobytes())
    return hashed.hexdigest()[:24]


def lexical_probes(request: SearchRequest) -> tuple[LexicalProbe, ...]:
    """Return what to look for in the lettering."""
    asked = (
        (request.text, ("words", "phrase"), TEXT_LEGS, False),
        (request.dialogue, ("line_words", "dialogue"), LINE_LEGS, True),
    )
    return tuple(
        LexicalProbe(
            text,
            *(words, line),
            words_weight=_weight(words, weights[words], request),
            line_weight=_weight(line, weights[line], request),
            is_line=is_line,
        )
        for text, (words, line), weights, is_line in asked
        if text.strip() and _weight(words, weights[words], request)
    )


def plan_of(request: SearchRequest, snapshot: Snapshot, encoders: Encoders) -> Plan:
    """Return what to look for beside the lettering. Raises NotFoundError for an unknown example panel.

    Words whose encoder is not installed are left out with a note: their letters are still searched.
    """
    composer = Composer(request, encoders)
    probes = [
        *_example_probes(request, snapshot, encoders),
        *_picture_probes(request, composer, encoders),
        *_meaning_probes(request, composer, snapshot.lexicon),
        *_look_probes(request, composer, encoders),
        *(_description_probes(request, composer, snapshot) if snapshot.is_described else ()),
    ]
    notes = (*composer.notes, *_example_notes(request, probes))
    weighed = (replace(probe, weight=_weight(probe.leg, probe.weight, request)) for probe in probes)
    words, described = request.text.strip(), snapshot.is_described
    tags_weight = _weight(TAGS, TEXT_LEGS[TAGS], request) if words and snapshot.knows_seen else 0.0
    return Plan(
        tuple(probe for probe in weighed if probe.weight > 0),
        tags=_named_tags(request, encoders) if tags_weight else (),
        tags_weight=tags_weight,
        description_weight=_weight(DESCRIPTION_WORDS, TEXT_LEGS[DESCRIPTION_WORDS], request)
        if words and described
        else 0.0,
        notes=notes,
    )


def _named_tags(request: SearchRequest, encoders: Encoders) -> tuple[str, ...]:
    """Return the tags that the words name, none where nothing is installed that knows them."""
    try:
        encoder = encoders.picture()
    except (BackendUnavailableError, EncoderMismatchError):
        return ()
    return named_tags(request.text, encoder.tags) if isinstance(encoder, ReadsTags) else ()


def _description_probes(
    request: SearchRequest, composer: Composer, snapshot: Snapshot
) -> Iterator[VectorProbe]:
    vectors = composer.meaning(request.text) if request.text.strip() else None
    if vectors is not None:
        floor = meaning_floor(request.text, snapshot.description_lexicon)
        weight = TEXT_LEGS[DESCRIPTION]
        yield VectorProbe(DESCRIPTION, PANELS, DESCRIPTION_VECTOR, vectors, weight, floor)


def meaning_floor(words: str, lexicon: Lexicon) -> float:
    """Return the cosine a panel needs; words that the library has never seen raise it, long ones more."""
    terms = set(split_terms(words))
    letters = sum(len(term) for term in terms)
    known = sum(len(term) for term in terms if lexicon.frequency[term]) / letters if letters else 0.0
    return MEANING_FLOOR + (STRANGE_FLOOR - MEANING_FLOOR) * (1.0 - known)


def _weight(leg: str, usual: float, request: SearchRequest) -> float:
    """Return what a leg counts; one that usually counts nothing is switched on by a weight."""
    given = request.weights.get(SIDE_OF[leg])
    return usual if given is None else given * (usual or 1.0)


def _meaning_probes(request: SearchRequest, composer: Composer, lexicon: Lexicon) -> Iterator[VectorProbe]:
    for words, leg, least, weights in (
        (request.text, MEANING, MEANING_FLOOR, TEXT_LEGS),
        (request.dialogue, LINE_MEANING, LINE_MEANING_FLOOR, LINE_LEGS),
    ):
        vectors = composer.meaning(words)
        if vectors is not None:
            floor = max(least, meaning_floor(words, lexicon))
            yield VectorProbe(leg, PANELS, TEXT_VECTOR, vectors, weights[leg], floor)


def _look_probes(request: SearchRequest, composer: Composer, encoders: Encoders) -> Iterator[VectorProbe]:
    """Give what words look like, and all sides of the request fused."""
    weights = TEXT_LEGS if request.text.strip() else PICTURE_LEGS
    if request.text.strip() and request.picture is None and composer.look is not None:
        floor, full = encoders.picture().words_range
        yield VectorProbe(LOOK, PANELS, PICTURE_VECTOR, composer.look, weights[LOOK], floor, full=full)
    if _weight(FUSED, weights[FUSED], request) and composer.fused is not None:
        yield VectorProbe(FUSED, PANELS, FUSED_VECTOR, composer.fused, weights[FUSED], FUSED_FLOOR)


def _picture_probes(request: SearchRequest, composer: Composer, encoders: Encoders) -> Iterator[VectorProbe]:
    if request.picture is None or composer.look is None:
        return
    # Moved by words, the picture lies halfway between both: no nearer to its own panel than that.
    full, weight = (HALFWAY, BESIDE_WORDS) if request.text.strip() else (1.0, 1.0)
    floor = encoders.picture().score_floor * full
    for leg, table in ((LOOK, PANELS), (PAGE_LOOK, PAGES)):
        yield VectorProbe(
            *(leg, table, PICTURE_VECTOR, composer.look),
            weight=weight * PICTURE_LEGS[leg],
            floor=floor,
            question=PICTURE_QUESTION,
            full=full,
        )


def _example_probes(request: SearchRequest, snapshot: Snapshot, encoders: Encoders) -> Iterator[VectorProbe]:
    """Give the middle of the examples on each side, turned away from the middle of those unliked."""
    if not request.like:
        return
    wanted, unwanted = (_example_rows(snapshot, ids) for ids in (request.like, request.unlike))
    sides = [(LIKE, PICTURE_VECTOR), (LIKE_WORDS, TEXT_VECTOR)]
    if snapshot.format.fusion is not None:
        sides.append((LIKE_FUSED, FUSED_VECTOR))
    weights = dict(LIKE_LEGS)
    if wanted[PICTURE_VECTOR].null_count == len(wanted):  # as in a library of fused vectors alone
        weights[LIKE_FUSED] = weights[LIKE]
    for leg, column in sides:
        if not _weight(leg, weights[leg], request):
            continue
        middle = mean_vector(matrix_of(wanted[column]))
        if middle is not None:
            other = mean_vector(matrix_of(unwanted[column])) if request.unlike else None
            rows = away_from(middle[np.newaxis], None if other is None else other[np.newaxis])
            yield VectorProbe(leg, PANELS, column, rows, weights[leg], LIKE_FLOORS[leg])
    if not _weight(LAYOUT, LIKE_LEGS[LAYOUT], request):
        return
    layouts = _example_layouts(snapshot, wanted, encoders)
    if layouts is not None:
        yield VectorProbe(LAYOUT, PANELS, FUSED_VECTOR, layouts, LIKE_LEGS[LAYOUT], LIKE_FLOORS[LAYOUT])


def _example_notes(request: SearchRequest, probes: Sequence[VectorProbe]) -> tuple[str, ...]:
    """Say so if examples are compared by another side than usual."""
    legs = {probe.leg for probe in probes}
    if LIKE in legs or LIKE_FUSED not in legs or {"look", "fused"} & request.weights.keys():
        return ()
    return ("the examples have no vectors of their pictures: compared by their fused vectors",)


def _example_rows(snapshot: Snapshot, panel_ids: Sequence[str]) -> pa.Table:
    """Read the examples. Raises NotFoundError for a panel that the library has not."""
    columns = ["panel_id", "book_id", "ingest_rev", "page_id", "panel_no", "box", PICTURE_VECTOR, TEXT_VECTOR]
    if snapshot.format.fusion is not None:
        columns.append(FUSED_VECTOR)
    books = sorted({panel_id.partition("/")[0] for panel_id in panel_ids})
    # The book's id has an index, the panel's has none.
    where = is_one_of("book_id", books) & is_one_of("panel_id", sorted(set(panel_ids)))
    rows = snapshot.rows(PANELS, columns, where)
    facts = zip(*(rows[name].to_pylist() for name in columns[:3]), strict=True)
    known = {panel_id for panel_id, book_id, rev in facts if snapshot.is_current(book_id, rev)}
    if missing := [panel_id for panel_id in panel_ids if panel_id not in known]:
        raise NotFoundError(f"the library has no panel {missing[0][:100]!r}: take an id from a hit")
    return rows


def _example_layouts(snapshot: Snapshot, examples: pa.Table, encoders: Encoders) -> FloatMatrix | None:
    """Return the fused vectors of panels of which only the place is known, those of the examples."""
    fusion, sizes = encoders.fusion(), encoders.dims
    if fusion is None:
        return None
    columns = ["page_id", "width_px", "height_px", "panel_count"]
    ids = sorted(set(examples["page_id"].to_pylist()))
    pages = {
        row["page_id"]: row for row in snapshot.rows(PAGES, columns, is_one_of("page_id", ids)).to_pylist()
    }
    layouts = [
        layout_row(
            Box.clipped(*row["box"]),
            aspect=page["width_px"] / page["height_px"],
            panel_no=row["panel_no"],
            panel_count=page["panel_count"],
        )
        for row in examples.select(["page_id", "panel_no", "box"]).to_pylist()
        if (page := pages.get(row["page_id"])) is not None
    ]
    if not layouts:
        return None
    blank = [np.zeros((len(layouts), dim), np.float32) for dim in (sizes.picture, sizes.text)]
    return fusion.fuse(PanelParts(blank[0], blank[1], np.stack(layouts)))
