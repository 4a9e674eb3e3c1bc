"""Stories and books of the library: panels with the elements that were found in them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.elements.judge import ElementJudge
from models.figures import FigureFinder
from models.instances.finding import ProposedRegions
from models.instances.likeness import appearances, cut_regions, same_people
from models.pictures import crop, resize_to
from schemas.elements import DEFAULT_SIDE, ElementFacts
from schemas.errors import ConfigError, NotFoundError
from schemas.geometry import Box
from schemas.records import RgbImage
from search.evaluation.consistency.panels import MAX_PANELS, PanelSequence, Part, SequencePanel
from search.evaluation.consistency.recorded import SIDE_PX
from search.generation.pixels import PanelReader
from search.library import Library

STORY, BOOK = "story:", "book:"
LEAST_UNNAMED = 3
"""Panels in which somebody nameless must be seen to be compared."""
_MOST_UNNAMED = 8
_MOST_ELEMENTS = 40


def is_stored(target: str) -> bool:
    """Say whether a target names something in the library: ``story:ID`` or ``book:ID``."""
    return target.lower().startswith((STORY, BOOK))


@dataclass(slots=True)
class StoredSequences:
    """Reads stories and books of one library as sequences."""

    library: Library
    reader: PanelReader
    finder: FigureFinder
    _judges: dict[str, ElementJudge | None] = field(default_factory=dict)

    def read(self, target: str) -> PanelSequence:
        """Return the panels of ``story:ID`` (or its title) or ``book:ID``.

        Raises:
            NotFoundError: there is no such story or book, or no panel in it.
            ConfigError: it has too many panels.
        """
        kind, _, name = target.partition(":")
        title, rows = self._story(name) if f"{kind.lower()}:" == STORY else self._book(name)
        if not len(rows):
            raise NotFoundError(f"{title} has no panels in the library")
        if len(rows) > MAX_PANELS:
            raise ConfigError(f"{title} has {len(rows):,} panels; at most {MAX_PANELS} are compared at once")
        columns = self.library.snapshot().columns
        ids = sorted(columns.panel_id(int(row)) for row in rows)
        pictures = [resize_to(self.reader.read(panel_id).picture, SIDE_PX) for panel_id in ids]
        parts = self._named(rows, ids, pictures)
        if not any(parts):
            parts = self._unnamed(ids, pictures)
        return PanelSequence(title, tuple(self._panels(ids, pictures, parts)))

    def strangers(self, count: int, left_out: Sequence[str], *, seed: int = 1) -> list[RgbImage]:
        """Return panels of the library taken at random, none of those left out."""
        snapshot = self.library.snapshot()
        rows, known = snapshot.current_rows, frozenset(left_out)
        if not len(rows):
            return []
        taken = np.random.default_rng(seed).choice(rows, min(2 * count, len(rows)), replace=False)
        ids = [one for row in taken if (one := snapshot.columns.panel_id(int(row))) not in known]
        return [resize_to(self.reader.read(panel_id).picture, SIDE_PX) for panel_id in ids[:count]]

    def _story(self, name: str) -> tuple[str, NDArray[np.int64]]:
        snapshot = self.library.snapshot()
        known = snapshot.stories.named(name)
        if not known:
            raise NotFoundError(f"no story is called {name[:60]!r}: list them with the API's /stories")
        rows = np.flatnonzero(snapshot.stories.are_of([known[0].story_id]))
        return known[0].title or known[0].story_id, np.intersect1d(rows, snapshot.current_rows)

    def _book(self, name: str) -> tuple[str, NDArray[np.int64]]:
        book, columns = self.library.book(name), self.library.snapshot().columns
        codes = [code for code, value in enumerate(columns.books.values) if value == book.book_id]
        rows = np.flatnonzero(np.isin(columns.books.codes, codes))
        return book.title, np.intersect1d(rows, self.library.snapshot().current_rows)

    def _panels(
        self, ids: Sequence[str], pictures: Sequence[RgbImage], parts: Sequence[tuple[Part, ...]]
    ) -> Iterator[SequencePanel]:
        for number, (panel_id, picture, own) in enumerate(zip(ids, pictures, parts, strict=True), start=1):
            panel = self.reader.read(panel_id)
            told = panel.detail.panel
            name = f"page {told.page_no}, panel {told.panel_no}"
            yield SequencePanel(
                number, name, picture, own, (), panel.lettering, told.text[:200], panel_id=panel_id
            )

    def _named(
        self, rows: NDArray[np.int64], ids: Sequence[str], pictures: Sequence[RgbImage]
    ) -> list[tuple[Part, ...]]:
        """Return what elements were found in each panel, and where."""
        snapshot = self.library.snapshot()
        places = {panel_id: number for number, panel_id in enumerate(ids)}
        found: list[list[Part]] = [[] for _ in ids]
        for facts in snapshot.elements.facts()[:_MOST_ELEMENTS]:
            own = np.intersect1d(snapshot.columns.rows_of(snapshot.elements.row_ids(facts.name)), rows)
            for row in own:
                number = places[snapshot.columns.panel_id(int(row))]
                found[number].append(self._placed(facts, pictures[number]))
        return [tuple(own) for own in found]

    def _placed(self, facts: ElementFacts, picture: RgbImage) -> Part:
        """Return where in a panel an element is: the region that its judge believes most."""
        if facts.kind == "place":
            return Part(facts.name, "place", Box.whole_page())
        regions = ProposedRegions(self.finder).find(picture)
        judge = self._judge(facts)
        if not regions:
            return Part(facts.name, "figure", Box.whole_page())
        if judge is None or len(regions) == 1:
            return Part(facts.name, "figure", regions[0].box)
        encoder = self.library.encoders.picture()
        likely = judge.likely(encoder.encode_images([crop(picture, one.box) for one in regions]))[:, 0]
        return Part(facts.name, "figure", regions[int(likely.argmax())].box)

    def _judge(self, facts: ElementFacts) -> ElementJudge | None:
        own = f"{DEFAULT_SIDE}:{self.library.format.encoder_ids.get('picture', '')}"
        if facts.name not in self._judges:
            self._judges[facts.name] = ElementJudge.of((facts,)) if facts.encoder == own else None
        return self._judges[facts.name]

    def _unnamed(self, ids: Sequence[str], pictures: Sequence[RgbImage]) -> list[tuple[Part, ...]]:
        """Gather who looks alike where no element is known: the cast, as far as it can be seen."""
        regions = ProposedRegions(self.finder)
        boxes = [[one.box for one in regions.find(picture)] for picture in pictures]
        seen = [
            one
            for picture, own in zip(pictures, boxes, strict=True)
            for one in cut_regions(picture, own, self.finder.find(picture).figure)
        ]
        owners = [number for number, own in enumerate(boxes) for _ in own]
        flat = [box for own in boxes for box in own]
        if not seen:
            return [() for _ in ids]
        clusters = same_people(
            appearances(seen, self.library.encoders.picture()), [ids[number] for number in owners]
        )
        found: list[list[Part]] = [[] for _ in ids]
        for cluster in range(min(int(clusters.max()) + 1, _MOST_UNNAMED)):
            members = np.flatnonzero(clusters == cluster)
            if len(members) < LEAST_UNNAMED:
                break
            for member in members:
                found[owners[member]].append(Part(f"somebody {cluster + 1}", "figure", flat[member]))
        return [tuple(own) for own in found]
