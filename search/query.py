"""Planning: from a request to the legs that answer it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from schemas.errors import BackendUnavailableError, NotFoundError
from schemas.messages import SearchRequest
from schemas.records import RgbImage
from schemas.tables import PAGES, PANELS
from search.encoding import Encoders
from search.lexical import LexicalProbe
from search.nearness import LIKE, LIKE_WORDS, LINE_MEANING, LOOK, MEANING, PAGE_LOOK, VectorProbe, mean_vector
from search.snapshot import Snapshot, is_one_of
from search.vectors import matrix_of
from search.words import Lexicon, split_terms

TEXT_VECTOR, PICTURE_VECTOR = "vector_text", "vector_picture"

TEXT_LEGS = {"words": 1.0, "phrase": 2.0, MEANING: 1.0, LOOK: 1.0}
"""Weights for plain words: a line found as printed outweighs any single other leg."""
LINE_LEGS = {"line_words": 0.25, "dialogue": 3.0, LINE_MEANING: 0.25}
"""Weights for a line of dialogue: the other legs only settle ties, and help where OCR failed."""
PICTURE_LEGS = {LOOK: 1.0, PAGE_LOOK: 0.95}
"""Alternatives: a picture shows a panel or a whole page. A page of one panel is that panel first."""
PICTURE_QUESTION = "picture"
LIKE_LEGS = {LIKE: 1.0, LIKE_WORDS: 0.5}

MEANING_FLOOR, STRANGE_FLOOR = 0.33, 0.6
"""Cosine of words with something to do with each other, for words that the library knows and for
words it has never seen: made-up words lie near garbled lettering, at up to 0.56 of 50 tried, while
unrelated real sentences stay below 0.36 (benchmarks/floors.py)."""
LINE_MEANING_FLOOR = 0.55
"""Who types a line as printed wants that line, or at least one that says the same."""
LOOK_BY_WORDS_FLOOR = 0.2
"""Cosine of words and picture in a shared space; LAION kept pairs above 0.28 to 0.3, drawings score less."""
WORDLESS_ENCODER = "standby"
"""The classical encoder has no text tower: it is not loaded to find that out."""
LIKE_FLOORS = {LIKE: 0.3, LIKE_WORDS: 0.4}
"""Neighbours of an example are never nonsense, only far; two short shouts are soon alike in words."""


@dataclass(frozen=True, slots=True)
class VectorPlan:
    """Vectors to look for; ``notes`` say what had to be left out and why."""

    probes: tuple[VectorProbe, ...]
    notes: tuple[str, ...] = ()


def digest(request: SearchRequest) -> str:
    """Return a short hash of what is asked, apart from how much of the answer is wanted."""
    hashed = hashlib.sha256()
    parts = {
        "text": request.text,
        "dialogue": request.dialogue,
        "like": request.like,
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
    probes = []
    if request.text.strip():
        probes.append(_lexical_probe(request.text, ("words", "phrase"), TEXT_LEGS, is_line=False))
    if request.dialogue.strip():
        probes.append(_lexical_probe(request.dialogue, ("line_words", "dialogue"), LINE_LEGS, is_line=True))
    return tuple(probes)


def _lexical_probe(
    text: str, legs: tuple[str, str], weights: Mapping[str, float], *, is_line: bool
) -> LexicalProbe:
    words, line = legs
    return LexicalProbe(text, words, line, weights[words], weights[line], is_line)


def vector_plan(request: SearchRequest, snapshot: Snapshot, encoders: Encoders) -> VectorPlan:
    """Return the vectors to look for. Raises NotFoundError for an unknown example panel.

    A leg whose encoder is not installed is left out with a note, as long as words remain to be
    searched; without words there would be no answer, and BackendUnavailableError is raised.
    """
    probes = [*_example_probes(request.like, snapshot)]
    if request.picture is not None:
        probes += _picture_probes(request.picture, encoders)
    notes: tuple[str, ...] = ()
    try:
        probes += _word_probes(request, snapshot, encoders)
    except BackendUnavailableError as error:
        notes = (f"searched without the meaning of the words: {error}",)
    return VectorPlan(tuple(probes), notes)


def meaning_floor(words: str, lexicon: Lexicon) -> float:
    """Return the cosine a panel needs; words that the library has never seen raise it, long ones more."""
    terms = set(split_terms(words))
    letters = sum(len(term) for term in terms)
    known = sum(len(term) for term in terms if lexicon.frequency[term]) / letters if letters else 0.0
    return MEANING_FLOOR + (STRANGE_FLOOR - MEANING_FLOOR) * (1.0 - known)


def _word_probes(request: SearchRequest, snapshot: Snapshot, encoders: Encoders) -> list[VectorProbe]:
    probes: list[VectorProbe] = []
    for words, leg, least, weights in (
        (request.text, MEANING, MEANING_FLOOR, TEXT_LEGS),
        (request.dialogue, LINE_MEANING, LINE_MEANING_FLOOR, LINE_LEGS),
    ):
        if words.strip():
            vector = encoders.text().encode_texts([words])[0]
            floor = max(least, meaning_floor(words, snapshot.lexicon))
            probes.append(_panel_probe(leg, TEXT_VECTOR, vector, weights[leg], floor))
    if request.text.strip() and snapshot.format.picture_encoder.name != WORDLESS_ENCODER:
        tower = encoders.picture().text_tower
        if tower is not None:
            vector = tower.encode_texts([request.text])[0]
            probes.append(_panel_probe(LOOK, PICTURE_VECTOR, vector, TEXT_LEGS[LOOK], LOOK_BY_WORDS_FLOOR))
    return probes


def _picture_probes(picture: RgbImage, encoders: Encoders) -> list[VectorProbe]:
    encoder = encoders.picture()
    # Also mirrored: manga is often flipped, and descriptors that know places miss that.
    vectors = encoder.encode_images([picture, np.ascontiguousarray(picture[:, ::-1])])
    return [
        VectorProbe(
            leg, table, PICTURE_VECTOR, vectors, PICTURE_LEGS[leg], encoder.score_floor, PICTURE_QUESTION
        )
        for leg, table in ((LOOK, PANELS), (PAGE_LOOK, PAGES))
    ]


def _example_probes(panel_ids: Sequence[str], snapshot: Snapshot) -> list[VectorProbe]:
    if not panel_ids:
        return []
    columns = ("panel_id", "book_id", "ingest_rev", PICTURE_VECTOR, TEXT_VECTOR)
    books = sorted({panel_id.partition("/")[0] for panel_id in panel_ids})
    # The book's id has an index, the panel's has none.
    where = is_one_of("book_id", books) & is_one_of("panel_id", sorted(set(panel_ids)))
    rows = snapshot.rows(PANELS, columns, where)
    facts = zip(*(rows[name].to_pylist() for name in columns[:3]), strict=True)
    known = {panel_id for panel_id, book_id, rev in facts if snapshot.is_current(book_id, rev)}
    if missing := [panel_id for panel_id in panel_ids if panel_id not in known]:
        raise NotFoundError(f"the library has no panel {missing[0][:100]!r}: take an id from a hit")
    sides = ((LIKE, PICTURE_VECTOR), (LIKE_WORDS, TEXT_VECTOR))
    middles = [(leg, column, mean_vector(matrix_of(rows[column]))) for leg, column in sides]
    return [
        _panel_probe(leg, column, middle, LIKE_LEGS[leg], LIKE_FLOORS[leg])
        for leg, column, middle in middles
        if middle is not None
    ]


def _panel_probe(
    leg: str, column: str, vector: NDArray[np.float32], weight: float, floor: float
) -> VectorProbe:
    return VectorProbe(leg, PANELS, column, vector[np.newaxis], weight, floor)
