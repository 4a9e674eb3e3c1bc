"""Running a plan: legs side by side, fused, folded and grouped into one ranked list."""

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from schemas.messages import SearchRequest
from search.answers.crops import CropReader, ReadsPages
from search.answers.paging import DEEPER
from search.encoding import Encoders
from search.filtering.filters import panel_condition
from search.filtering.masks import passing_rows
from search.legs.descriptions import description_leg
from search.legs.lexical import lexical_legs
from search.legs.listing import passing_panels
from search.legs.nearness import vector_leg
from search.legs.phrases import NARROWING_HITS, phrase_leg
from search.legs.pool import CandidatePool
from search.legs.runs import Step, find_runs
from search.legs.sides import numbered
from search.legs.tags import tag_leg
from search.legs.words import split_terms
from search.query import Plan, lexical_probes, plan_of
from search.ranking import Leg, Ranked, collapse_duplicates, fuse, group_hits, merge_rankings
from search.state.snapshot import Snapshot, is_one_of


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranked list, the depth it was made with, and whether there is nothing further to find.

    ``timings_ms`` says how long each stage took when the list was made.
    """

    items: tuple[Ranked, ...]
    depth: int
    is_complete: bool
    notes: tuple[str, ...] = ()
    timings_ms: Mapping[str, float] = field(default_factory=dict)


class StageClock:
    """Adds up how long the stages of one search take."""

    def __init__(self) -> None:
        self.spent_ms: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what happens inside towards a stage."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = (time.perf_counter() - started) * 1000.0
            self.spent_ms[name] = self.spent_ms.get(name, 0.0) + spent


@dataclass(frozen=True, slots=True)
class Execution:
    """One request against one snapshot; ``pages`` reads the pages of crops."""

    request: SearchRequest
    snapshot: Snapshot
    encoders: Encoders
    threads: Executor
    pages: ReadsPages | None = None
    clock: StageClock = field(default_factory=StageClock)

    def rank(self, *, base: int, depth: int) -> Ranking:
        """Return the list that ``depth`` further looks make of ``base`` candidates a leg.

        What a deeper look adds is appended, so a place once shown never changes.
        """
        items: Sequence[Ranked] = ()
        plan: Plan | None = None
        is_complete, level = False, 0
        notes: tuple[str, ...] = ()
        for level in range(depth + 1):
            if self.request.run:
                found, is_complete, notes = self._look_for_runs(base * DEEPER**level)
            elif not self.request.asks:
                found, is_complete, notes = self._list(base * DEEPER**level)
            else:
                found, is_complete, plan = self._look(base * DEEPER**level, plan)
                notes = plan.notes
            items = merge_rankings(items, found, self.request.group_by)
            if is_complete:
                break
        return Ranking(tuple(items), level, is_complete, notes, dict(self.clock.spent_ms))

    def _list(self, k: int) -> tuple[list[Ranked], bool, tuple[str, ...]]:
        """Return the first panels that pass the filters, in order of their books and pages."""
        with self.clock.stage("list"):
            rows, is_cut = passing_panels(self.snapshot, self.request.filters, k)
            excluded = set(self.request.unlike)
            cards = self.snapshot.cards.read(rows)
            listed = [Ranked(card, 1.0, {}) for card in cards if card.panel_id not in excluded]
            return self._kept(listed), not is_cut, ()

    def _look(self, k: int, plan: Plan | None) -> tuple[list[Ranked], bool, Plan]:
        request = self.request
        where = panel_condition(request.filters, self.snapshot)
        if where is not None:
            self.snapshot.keep_passing(where, lambda: passing_rows(request.filters, self.snapshot))
        pool = CandidatePool(
            self.snapshot,
            k=k,
            where=where,
            excluded=frozenset((*request.like, *request.unlike)),
            floors=request.min_score is None,
        )
        conditions = self._conditions(pool)
        waiting = [self.threads.submit(lexical_legs, pool, probe) for probe in lexical_probes(request)]
        with self.clock.stage("encode"):
            crops = CropReader(self.snapshot, self.pages)
            plan = plan or plan_of(request, self.snapshot, self.encoders, crops=crops)
        with self.clock.stage("legs"):
            others = [self.threads.submit(vector_leg, pool, probe) for probe in plan.probes[1:]]
            legs = [vector_leg(pool, probe) for probe in plan.probes[:1]]
            legs += [other.result() for other in others]
            legs += [leg for future in waiting for leg in future.result()]
            legs += [
                description_leg(pool, asked.text, asked.weight, name=asked.leg) for asked in plan.described
            ]
            if plan.tags:
                found = {panel_id for leg in legs for panel_id in leg.scores}
                legs.append(tag_leg(pool, found, plan.tags, plan.tags_weight))
        with self.clock.stage("rank"):
            ranked = self._arrange(pool, [*legs, *conditions], conditions)
        return ranked, not any(leg.is_cut for leg in (*legs, *conditions)), plan

    def _conditions(self, pool: CandidatePool) -> list[Leg]:
        """Find the lines that must be there, and let the other legs look only where they are."""
        asked = self.request.conditions
        if not asked:
            return []
        with self.clock.stage("phrases"):
            legs = [
                phrase_leg(pool, phrase, numbered(phrase.mode, number)) for number, phrase in enumerate(asked)
            ]
        fewest = min(legs, key=lambda leg: len(leg.scores))
        if not fewest.is_cut and len(fewest.scores) <= NARROWING_HITS:
            # An id that no panel has stands for none at all.
            named = is_one_of("panel_id", sorted(fewest.scores) or [""])
            pool.where = named if pool.where is None else named & pool.where
        return legs

    def _arrange(
        self, pool: CandidatePool, legs: Sequence[Leg], conditions: Sequence[Leg] = ()
    ) -> list[Ranked]:
        ranked = fuse(legs, pool.by_panel_id())
        for condition in conditions:
            ranked = [hit for hit in ranked if hit.candidate.panel_id in condition.scores]
        return self._kept(ranked)

    def _kept(self, ranked: list[Ranked]) -> list[Ranked]:
        for dislike in self.request.dislikes:
            if unwanted := set(split_terms(dislike.words)):
                ranked = [hit for hit in ranked if not unwanted <= set(split_terms(hit.candidate.text))]
        return self._chosen(ranked)

    def _chosen(self, ranked: list[Ranked]) -> list[Ranked]:
        least = self.request.min_score
        if least is not None:
            ranked = [hit for hit in ranked if hit.score >= least]
        # Who asks for what the audit found wants to see the copies.
        if self.request.collapse_duplicates and not self.request.filters.findings:
            ranked = collapse_duplicates(ranked)
        return group_hits(ranked, self.request.group_by)

    def _look_for_runs(self, k: int) -> tuple[list[Ranked], bool, tuple[str, ...]]:
        """Look for each step by itself, and lay what was found along the books."""
        looks = [self._step(step, k) for step in self.request.run]
        with self.clock.stage("runs"):
            steps = [
                Step(
                    {hit.candidate.panel_id: hit.score for hit in look.items},
                    {hit.candidate.panel_id: hit.candidate for hit in look.items},
                )
                for look in looks
            ]
            ranked = self._chosen(find_runs(steps, self.snapshot.columns))
        notes = dict.fromkeys(note for look in looks for note in look.notes)
        return ranked, all(look.is_complete for look in looks), tuple(notes)

    def _step(self, step: SearchRequest, k: int) -> Ranking:
        whole = self.request
        asked = replace(step, weights=whole.weights, filters=whole.filters, collapse_duplicates=False)
        return replace(self, request=asked).rank(base=k, depth=0)
