"""Running a plan: legs side by side, fused, folded and grouped into one ranked list."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from schemas.messages import SearchRequest
from search.descriptions import description_leg
from search.encoding import Encoders
from search.filters import panel_condition
from search.lexical import lexical_legs
from search.nearness import vector_leg
from search.paging import DEEPER
from search.pool import CandidatePool
from search.query import Plan, lexical_probes, plan_of
from search.ranking import Leg, Ranked, collapse_duplicates, fuse, group_hits, merge_rankings
from search.snapshot import Snapshot
from search.tags import tag_leg
from search.words import split_terms


@dataclass(frozen=True, slots=True)
class Ranking:
    """A ranked list, the depth it was made with, and whether there is nothing further to find."""

    items: tuple[Ranked, ...]
    depth: int
    is_complete: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Execution:
    """One request against one snapshot."""

    request: SearchRequest
    snapshot: Snapshot
    encoders: Encoders
    threads: Executor

    def rank(self, *, base: int, depth: int) -> Ranking:
        """Return the list that ``depth`` further looks make of ``base`` candidates a leg.

        What a deeper look adds is appended, so a place once shown never changes.
        """
        items: Sequence[Ranked] = ()
        plan: Plan | None = None
        is_complete, level = False, 0
        for level in range(depth + 1):
            found, is_complete, plan = self._look(base * DEEPER**level, plan)
            items = merge_rankings(items, found, self.request.group_by)
            if is_complete:
                break
        return Ranking(tuple(items), level, is_complete, plan.notes if plan else ())

    def _look(self, k: int, plan: Plan | None) -> tuple[list[Ranked], bool, Plan]:
        request = self.request
        pool = CandidatePool(
            self.snapshot,
            k=k,
            where=panel_condition(request.filters, self.snapshot),
            excluded=frozenset((*request.like, *request.unlike)),
            floors=request.min_score is None,
        )
        waiting = [self.threads.submit(lexical_legs, pool, probe) for probe in lexical_probes(request)]
        plan = plan or plan_of(request, self.snapshot, self.encoders)
        others = [self.threads.submit(vector_leg, pool, probe) for probe in plan.probes[1:]]
        legs = [vector_leg(pool, probe) for probe in plan.probes[:1]]
        legs += [other.result() for other in others]
        legs += [leg for future in waiting for leg in future.result()]
        if plan.description_weight:
            legs.append(description_leg(pool, request.text, plan.description_weight))
        if plan.tags:
            found = {panel_id for leg in legs for panel_id in leg.scores}
            legs.append(tag_leg(pool, found, plan.tags, plan.tags_weight))
        return self._arrange(pool, legs), not any(leg.is_cut for leg in legs), plan

    def _arrange(self, pool: CandidatePool, legs: Sequence[Leg]) -> list[Ranked]:
        ranked = fuse(legs, pool.by_panel_id())
        if unwanted := set(split_terms(self.request.without)):
            ranked = [hit for hit in ranked if not unwanted <= set(split_terms(hit.candidate.text))]
        least = self.request.min_score
        if least is not None:
            ranked = [hit for hit in ranked if hit.score >= least]
        if self.request.collapse_duplicates:
            ranked = collapse_duplicates(ranked)
        return group_hits(ranked, self.request.group_by)
