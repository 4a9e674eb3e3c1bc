"""Compares fusions of one library's vectors on queries with known answers, beside each side alone.

Nothing is searched through the product here: panels and queries are fused anew by each fusion and
ranked by cosine, so that fusions are compared and nothing else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from models.encoders.rows import unit_rows
from models.fusion import LAYOUT_DIM, Closure, PanelParts, layout_row
from models.protocols import PictureEncoder, TextEncoder
from schemas.geometry import Box
from schemas.queries import KnownItemQuery
from schemas.records import FloatMatrix, RgbImage
from schemas.tables import PAGES, PANELS
from search.evaluation.metrics import Figures, Outcome, summarise
from search.evaluation.order import OrderFigures, labelled_orders, measure_orders
from search.evaluation.targets import Targets
from search.library import Library
from search.state.snapshot import Snapshot
from search.state.vectors import matrix_of

CHOICES = 5
"""Panels or lines to choose from in a sequence task (ComicsPAP, Vivoli et al. 2025, arXiv:2503.08561)."""
_SEED = 7


@dataclass(frozen=True, slots=True)
class FusionFigures:
    """What a fusion is good for.

    Attributes:
        kinds: figures of each kind of query.
        collapse: mean cosine of panels of one page; near 1 says that all became alike (gate: < .80).
        shuffled: mean cosine of a page with itself in another order; 1 says that order does not count.
        tasks: share of questions answered of each sequence task; chance is 1 / :data:`CHOICES`. Sequence
            filling and visual closure find a hidden panel by its page and place, by all it is or by
            its picture alone; text closure finds what is said in it; caption relevance what it shows.
    """

    kinds: Mapping[str, Figures]
    collapse: float | None = None
    shuffled: float | None = None
    tasks: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        gates = {"collapse": self.collapse, "shuffled": self.shuffled}
        return {
            "kinds": {kind: figures.to_json() for kind, figures in self.kinds.items()},
            **{name: round(value, 4) for name, value in gates.items() if value is not None},
            "tasks": {name: round(value, 4) for name, value in self.tasks.items()},
        }


class FusionBench:
    """The panels of a library and a set of queries, embedded once."""

    def __init__(
        self,
        library: Library,
        queries: Sequence[KnownItemQuery],
        *,
        pictures: PictureEncoder,
        texts: TextEncoder,
        read_picture: Callable[[str], RgbImage],
    ) -> None:
        """Read the vectors of all panels and embed the queries whose pages the library holds."""
        self._targets = Targets(library)
        self._orders = labelled_orders(queries, self._targets, library.snapshot())
        self._ids, self._parts, self._pages = _panels(library.snapshot())
        place = {panel_id: number for number, panel_id in enumerate(self._ids)}
        kept = [(query, answers) for query in queries if (answers := self._answers(query, place))]
        self._queries = [query for query, _ in kept]
        self._right = [answers for _, answers in kept]
        self._asked = _embedded(self._queries, pictures, texts, read_picture)

    def sides(self) -> dict[str, FusionFigures]:
        """Return the figures of each side alone."""
        sides = (
            ("picture alone", self._asked.pictures, self._parts.pictures),
            ("lettering alone", self._asked.texts, self._parts.texts),
        )
        return {name: FusionFigures(self._scored(asked @ own.T)) for name, asked, own in sides}

    def measure(self, fusion: Closure) -> FusionFigures:
        """Fuse panels and queries and score."""
        panels = fusion.fuse(self._parts)
        pages = [panels[rows] for rows in self._pages if len(rows) > 1]
        return FusionFigures(
            self._scored(fusion.fuse(self._asked) @ panels.T),
            collapse=float(np.mean([_mean_cosine(page) for page in pages])) if pages else None,
            shuffled=float(np.mean([_order_cosine(fusion, page) for page in pages])) if pages else None,
            tasks=self._tasks(fusion, panels),
        )

    def orders(self, heads: Mapping[str, Closure]) -> dict[str, OrderFigures]:
        """Return how pages are ordered by chance, by geometry and by fusions with a head for it."""
        place = {panel_id: number for number, panel_id in enumerate(self._ids)}
        guesses = {name: fusion.order for name, fusion in heads.items()}
        return measure_orders(self._orders, place, self._parts, guesses)

    def _answers(self, query: KnownItemQuery, place: Mapping[str, int]) -> list[frozenset[int]]:
        """Return the rows that answer a query, one set an answer; empty if the library lacks its pages."""
        if any(self._targets.missing(query.relevant)):
            return []
        answers = (self._targets.panel_ids(reference) for reference in query.relevant)
        return [frozenset(place[panel] for panel in answer if panel in place) for answer in answers]

    def _scored(self, scores: FloatMatrix) -> dict[str, Figures]:
        outcomes = []
        for query, answers, row in zip(self._queries, self._right, scores, strict=True):
            # Ties count against: what lacks the side that is asked for scores 0, with many others.
            places = {panel: int((row >= row[panel]).sum()) for answer in answers for panel in answer}
            ranks = sorted(min(places[panel] for panel in answer) for answer in answers if answer)
            outcomes.append(Outcome(query.kind, tuple(ranks), len(answers), len(self._ids), 0.0))
        kinds = dict.fromkeys(outcome.kind for outcome in outcomes)
        return {kind: summarise([o for o in outcomes if o.kind == kind]) for kind in kinds}

    def _tasks(self, fusion: Closure, panels: FloatMatrix) -> dict[str, float]:
        """Score the sequence tasks in the manner of ComicsPAP, each with :data:`CHOICES` choices."""
        parts, nothing = self._parts, np.zeros_like
        looks = fusion.fuse(PanelParts(parts.pictures, nothing(parts.texts), nothing(parts.layouts)))
        lines = fusion.fuse(PanelParts(nothing(parts.pictures), parts.texts, nothing(parts.layouts)))
        bare = fusion.fuse(PanelParts(parts.pictures, parts.texts, nothing(parts.layouts)))
        hidden, expected = self._foreseen(fusion, panels)
        spoken = parts.texts[hidden].any(axis=1)
        shown = unit_rows(expected + looks[hidden])
        captions = [
            n for n, query in enumerate(self._queries) if query.kind == "caption" and self._right[n][0]
        ]
        rights = np.array([min(self._right[n][0]) for n in captions], np.int64)
        scores = {
            "sequence filling": self._chosen(expected, bare, hidden),
            "visual closure": self._chosen(expected, looks, hidden),
            "text closure": self._chosen(shown[spoken], lines, hidden[spoken]),
            "caption relevance": self._chosen(fusion.fuse(self._asked)[captions], panels, rights),
        }
        return {name: score for name, score in scores.items() if score is not None}

    def _foreseen(self, fusion: Closure, panels: FloatMatrix) -> tuple[NDArray[np.int64], FloatMatrix]:
        """Hide each panel of each page in turn; return its row, and what page and place let expect."""
        hidden: list[int] = []
        pages: list[FloatMatrix] = []
        for rows in (rows for rows in self._pages if len(rows) > 1):
            for place, row in enumerate(rows.tolist()):
                seen = panels[rows].copy()
                seen[place] = 0
                hidden.append(row)
                pages.append(fusion.fuse_page(seen))
        chosen = np.array(hidden, np.int64)
        if not hidden:
            return chosen, np.zeros((0, panels.shape[1]), np.float32)
        return chosen, fusion.foresee(np.stack(pages), self._parts.layouts[chosen])

    def _chosen(self, asked: FloatMatrix, rows: FloatMatrix, right: NDArray[np.int64]) -> float | None:
        """Return how often the right row is nearer than others of other pages; None without questions."""
        rng = np.random.default_rng(_SEED)
        page_of = np.zeros(len(rows), np.int64)
        for number, own in enumerate(self._pages):
            page_of[own] = number
        able = np.flatnonzero(rows.any(axis=1))
        hits = []
        for question, row in zip(asked, right.tolist(), strict=True):
            others = able[page_of[able] != page_of[row]]
            if len(others) >= CHOICES - 1:
                choices = [row, *rng.choice(others, CHOICES - 1, replace=False)]
                hits.append(int((rows[choices] @ question).argmax()) == 0)
        return float(np.mean(hits)) if hits else None


def _panels(snapshot: Snapshot) -> tuple[list[str], PanelParts, list[NDArray[np.int64]]]:
    """Return the ids of all panels, their parts, and the rows of each page in reading order."""
    pages = {
        row["page_id"]: (row["width_px"] / row["height_px"], row["panel_count"])
        for row in snapshot.rows(PAGES, ["page_id", "width_px", "height_px", "panel_count"]).to_pylist()
    }
    columns = ["panel_id", "page_id", "panel_no", "box", "book_id", "ingest_rev"]
    rows = snapshot.rows(PANELS, [*columns, "vector_picture", "vector_text"]).sort_by("panel_id")
    books = zip(rows["book_id"].to_pylist(), rows["ingest_rev"].to_pylist(), strict=True)
    rows = rows.filter(pa.array([snapshot.is_current(book, rev) for book, rev in books]))
    facts = rows.select(["page_id", "panel_no", "box"]).to_pylist()
    layouts = np.zeros((len(facts), LAYOUT_DIM), np.float32)
    by_page: dict[str, list[int]] = {}
    for number, (row, fact) in enumerate(zip(layouts, facts, strict=True)):
        aspect, count = pages[fact["page_id"]]
        row[:] = layout_row(
            Box.clipped(*fact["box"]), aspect=aspect, panel_no=fact["panel_no"], panel_count=count
        )
        by_page.setdefault(fact["page_id"], []).append(number)
    parts = PanelParts(_matrix(rows["vector_picture"]), _matrix(rows["vector_text"]), layouts)
    return rows["panel_id"].to_pylist(), parts, [np.array(numbers) for numbers in by_page.values()]


def _matrix(column: pa.ChunkedArray) -> FloatMatrix:
    """Return vectors as unit rows, zeros where there is none."""
    matrix = np.zeros((len(column), column.type.list_size), np.float32)
    matrix[column.is_valid().to_numpy()] = matrix_of(column)
    return unit_rows(matrix)


def _embedded(
    queries: Sequence[KnownItemQuery],
    pictures: PictureEncoder,
    texts: TextEncoder,
    read_picture: Callable[[str], RgbImage],
) -> PanelParts:
    """Return the queries as parts: words on both sides, a picture on its own."""
    looks = np.zeros((len(queries), pictures.spec.dim), np.float32)
    words = [f"{query.text} {query.dialogue}".strip() for query in queries]
    said = np.zeros((len(queries), texts.spec.dim), np.float32)
    spoken = [number for number, text in enumerate(words) if text]
    if spoken:
        said[spoken] = texts.encode_texts([words[number] for number in spoken])
    described = [number for number, query in enumerate(queries) if query.text and not query.image]
    if described and pictures.text_tower is not None:
        looks[described] = pictures.text_tower.encode_texts([queries[number].text for number in described])
    for number, query in enumerate(queries):
        if query.image:
            looks[number] = pictures.encode_images([read_picture(query.image)])[0]
    return PanelParts.of_query(picture=looks, text=said, picture_dim=looks.shape[1], text_dim=said.shape[1])


def _mean_cosine(rows: FloatMatrix) -> float:
    cosines = rows @ rows.T
    return float(cosines[np.triu_indices(len(rows), 1)].mean())


def _order_cosine(fusion: Closure, panels: FloatMatrix) -> float:
    return float(fusion.fuse_page(panels) @ fusion.fuse_page(panels[::-1]))
