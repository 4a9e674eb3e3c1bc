"""Planning: from a request to the legs that answer it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import numpy as np

from models.protocols import ReadsTags
from schemas.errors import BackendUnavailableError, EncoderMismatchError
from schemas.messages import SearchRequest
from schemas.tables import PAGES, PANELS
from search.answers.crops import CropReader
from search.encoding import Encoders
from search.legs.composition import Composer
from search.legs.descriptions import DESCRIPTION, DESCRIPTION_WORDS
from search.legs.examples import example_notes, example_probes, unliked_rows
from search.legs.lexical import LexicalProbe
from search.legs.nearness import FUSED, LINE_MEANING, LOOK, MEANING, PAGE_LOOK, VectorProbe
from search.legs.sides import (
    BESIDE_WORDS,
    FUSED_FLOOR,
    HALFWAY,
    LINE_LEGS,
    LINE_MEANING_FLOOR,
    MEANING_FLOOR,
    PICTURE_LEGS,
    PICTURE_QUESTION,
    STRANGE_FLOOR,
    TEXT_LEGS,
    numbered,
    weight_of,
)
from search.legs.tags import TAGS, named_tags
from search.legs.words import Lexicon, split_terms
from search.state.snapshot import Snapshot
from search.state.vectors import DESCRIPTION_VECTOR, FUSED_VECTOR, PICTURE_VECTOR, TEXT_VECTOR


@dataclass(frozen=True, slots=True)
class DescribedWords:
    """Words to look for in what a page reader says of panels."""

    leg: str
    text: str
    weight: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What to look for beside the lettering: vectors, tags (weight 0: none), words of descriptions.

    ``notes`` say what had to be left out and why.
    """

    probes: tuple[VectorProbe, ...]
    tags: tuple[str, ...] = ()
    tags_weight: float = 0.0
    described: tuple[DescribedWords, ...] = ()
    notes: tuple[str, ...] = ()


def digest(request: SearchRequest, state: str = "") -> str:
    """Return a short hash of what is asked of a ``state``, apart from how much of the answer is wanted."""
    hashed = hashlib.sha256(state.encode())
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
        "texts": [asdict(wish) for wish in request.texts],
        "negatives": [asdict(wish) for wish in request.negatives],
        "phrases": [asdict(phrase) for phrase in request.phrases],
        "crops": [asdict(crop) for crop in request.crops],
        "run": [digest(step) for step in request.run],
    }
    hashed.update(json.dumps(parts, sort_keys=True).encode())
    for picture in request.shown:
        hashed.update(str(picture.shape).encode() + np.ascontiguousarray(picture).tobytes())
    return hashed.hexdigest()[:24]


def lexical_probes(request: SearchRequest) -> tuple[LexicalProbe, ...]:
    """Return what to look for in the lettering."""
    probes = [
        _lexical_probe(request, wish.words, number, factor=wish.weight, is_line=False)
        for number, wish in enumerate(request.wishes)
    ]
    probes += [
        _lexical_probe(request, line.text, number, factor=1.0, is_line=True)
        for number, line in enumerate(request.lines)
    ]
    return tuple(probe for probe in probes if probe.words_weight)


def _lexical_probe(
    request: SearchRequest, text: str, number: int, *, factor: float, is_line: bool
) -> LexicalProbe:
    words, line = ("line_words", "dialogue") if is_line else ("words", "phrase")
    weights = LINE_LEGS if is_line else TEXT_LEGS
    return LexicalProbe(
        text,
        numbered(words, number),
        numbered(line, number),
        words_weight=weight_of(words, weights[words] * factor, request),
        line_weight=weight_of(line, weights[line] * factor, request),
        is_line=is_line,
    )


def plan_of(
    request: SearchRequest, snapshot: Snapshot, encoders: Encoders, *, crops: CropReader | None = None
) -> Plan:
    """Return what to look for beside the lettering.

    Words whose encoder is not installed are left out with a note: their letters are still searched.

    Raises:
        NotFoundError: an example panel, or the page of a crop, is not in the library.
    """
    unliked = unliked_rows(request, snapshot)
    composer = Composer(request, encoders, crops or CropReader(snapshot), unliked=unliked)
    probes = [
        *example_probes(request, snapshot, encoders),
        *_picture_probes(request, composer, encoders),
        *_meaning_probes(request, composer, snapshot.lexicon),
        *_look_probes(request, composer, encoders),
        *(_description_probes(request, composer, snapshot) if snapshot.is_described else ()),
    ]
    notes = (*composer.notes, *example_notes(request, probes))
    weighed = (replace(probe, weight=weight_of(probe.leg, probe.weight, request)) for probe in probes)
    tags_weight = 0.0
    if request.wishes and snapshot.knows_seen:
        tags_weight = weight_of(TAGS, TEXT_LEGS[TAGS], request)
    return Plan(
        tuple(probe for probe in weighed if probe.weight > 0),
        tags=_named_tags(request, encoders) if tags_weight else (),
        tags_weight=tags_weight,
        described=tuple(_described_words(request)) if snapshot.is_described else (),
        notes=notes,
    )


def _named_tags(request: SearchRequest, encoders: Encoders) -> tuple[str, ...]:
    """Return the tags that the words name, none where nothing is installed that knows them."""
    try:
        encoder = encoders.picture()
    except (BackendUnavailableError, EncoderMismatchError):
        return ()
    if not isinstance(encoder, ReadsTags):
        return ()
    named = (named_tags(wish.words, encoder.tags) for wish in request.wishes)
    return tuple(dict.fromkeys(tag for tags in named for tag in tags))


def _described_words(request: SearchRequest) -> Iterator[DescribedWords]:
    for number, wish in enumerate(request.wishes):
        weight = weight_of(DESCRIPTION_WORDS, TEXT_LEGS[DESCRIPTION_WORDS] * wish.weight, request)
        if weight:
            yield DescribedWords(numbered(DESCRIPTION_WORDS, number), wish.words, weight)


def _description_probes(
    request: SearchRequest, composer: Composer, snapshot: Snapshot
) -> Iterator[VectorProbe]:
    for number, wish in enumerate(request.wishes):
        vectors = composer.meaning(wish.words)
        if vectors is not None:
            leg, weight = numbered(DESCRIPTION, number), TEXT_LEGS[DESCRIPTION] * wish.weight
            floor = meaning_floor(wish.words, snapshot.description_lexicon)
            yield VectorProbe(leg, PANELS, DESCRIPTION_VECTOR, vectors, weight, floor)


def meaning_floor(words: str, lexicon: Lexicon) -> float:
    """Return the cosine a panel needs; words that the library has never seen raise it, long ones more."""
    terms = set(split_terms(words))
    letters = sum(len(term) for term in terms)
    known = sum(len(term) for term in terms if lexicon.frequency[term]) / letters if letters else 0.0
    return MEANING_FLOOR + (STRANGE_FLOOR - MEANING_FLOOR) * (1.0 - known)


def _meaning_probes(request: SearchRequest, composer: Composer, lexicon: Lexicon) -> Iterator[VectorProbe]:
    asked = [
        (wish.words, numbered(MEANING, number), MEANING_FLOOR, TEXT_LEGS[MEANING] * wish.weight)
        for number, wish in enumerate(request.wishes)
    ]
    asked += [
        (line.text, numbered(LINE_MEANING, number), LINE_MEANING_FLOOR, LINE_LEGS[LINE_MEANING])
        for number, line in enumerate(request.lines)
    ]
    for words, leg, least, weight in asked:
        vectors = composer.meaning(words)
        if vectors is not None:
            floor = max(least, meaning_floor(words, lexicon))
            yield VectorProbe(leg, PANELS, TEXT_VECTOR, vectors, weight, floor)


def _look_probes(request: SearchRequest, composer: Composer, encoders: Encoders) -> Iterator[VectorProbe]:
    """Give what words look like, and all sides of the request fused."""
    if request.shows:
        weight = (TEXT_LEGS if request.wishes else PICTURE_LEGS)[FUSED]
        if weight_of(FUSED, weight, request) and composer.fused is not None:
            yield VectorProbe(FUSED, PANELS, FUSED_VECTOR, composer.fused, weight, FUSED_FLOOR)
        return
    for number, wish in enumerate(request.wishes):
        look = composer.look_of(wish.words)
        if look is None:
            continue
        floor, full = encoders.picture().words_range
        leg, weight = numbered(LOOK, number), TEXT_LEGS[LOOK] * wish.weight
        yield VectorProbe(leg, PANELS, PICTURE_VECTOR, look, weight, floor, full=full)
        leg, weight = numbered(FUSED, number), TEXT_LEGS[FUSED] * wish.weight
        fused = composer.fused_of(wish.words) if weight_of(leg, weight, request) else None
        if fused is not None:
            yield VectorProbe(leg, PANELS, FUSED_VECTOR, fused, weight, FUSED_FLOOR)


def _picture_probes(request: SearchRequest, composer: Composer, encoders: Encoders) -> Iterator[VectorProbe]:
    if not request.shows or composer.look is None:
        return
    # Moved by words, the picture lies halfway between both: no nearer to its own panel than that.
    full, weight = (HALFWAY, BESIDE_WORDS) if request.wishes else (1.0, 1.0)
    floor = encoders.picture().score_floor * full
    for leg, table in ((LOOK, PANELS), (PAGE_LOOK, PAGES)):
        yield VectorProbe(
            *(leg, table, PICTURE_VECTOR, composer.look),
            weight=weight * PICTURE_LEGS[leg],
            floor=floor,
            question=PICTURE_QUESTION,
            full=full,
        )
