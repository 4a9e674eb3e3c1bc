"""Scores of pages, whatever was scored: collected, grouped by work, the worst picked out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from indexer.evaluation.labelled import Skipped
from schemas.errors import PictureError


class Item(Protocol):
    """A page that can be scored; ``name`` is its label's path below the folder of labels."""

    @property
    def work(self) -> str:
        """The work it belongs to."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...


class Score(Protocol):
    """How well one page was read."""

    @property
    def page(self) -> Item:
        """The page."""
        ...

    @property
    def mistakes(self) -> float:
        """How bad it is; 0 for a page without mistakes."""
        ...


ItemT = TypeVar("ItemT", bound=Item)
ScoreT = TypeVar("ScoreT", bound=Score)


@dataclass(frozen=True, slots=True)
class Evaluation(Generic[ScoreT]):
    """The scores of all pages that could be scored, and the items that could not."""

    scores: tuple[ScoreT, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def works(self) -> Mapping[str, Sequence[ScoreT]]:
        """The scores of each work, in order of its name."""
        names = sorted({score.page.work for score in self.scores})
        return {name: [score for score in self.scores if score.page.work == name] for name in names}

    def worst(self, count: int) -> tuple[ScoreT, ...]:
        """Return at most so many pages with mistakes, the worst first."""
        wrong = [score for score in self.scores if score.mistakes > 0]
        return tuple(sorted(wrong, key=lambda score: (-score.mistakes, score.page.name))[:count])


def evaluate(
    items: Iterable[ItemT | Skipped],
    score: Callable[[ItemT], ScoreT],
    *,
    on_page: Callable[[], None] = lambda: None,
) -> Evaluation[ScoreT]:
    """Score each page; one whose picture cannot be decoded is skipped and listed.

    Args:
        items: pages, and labels that were skipped already.
        score: raises PictureError for a page without a usable picture.
        on_page: called after each item.
    """
    scores: list[ScoreT] = []
    skipped: list[Skipped] = []
    for item in items:
        if isinstance(item, Skipped):
            skipped.append(item)
        else:
            try:
                scores.append(score(item))
            except PictureError as error:
                skipped.append(Skipped(item.name, str(error)))
        on_page()
    return Evaluation(tuple(scores), tuple(skipped))


def every_kth(items: Iterable[ItemT | Skipped], k: int) -> list[ItemT | Skipped]:
    """Keep every k-th page of each work, the first included, and all that was skipped."""
    places: Counter[str] = Counter()
    kept: list[ItemT | Skipped] = []
    for item in items:
        if isinstance(item, Skipped):
            kept.append(item)
            continue
        if places[item.work] % k == 0:
            kept.append(item)
        places[item.work] += 1
    return kept


def mean(values: Sequence[float]) -> float | None:
    """Return the mean, None of nothing."""
    return sum(values) / len(values) if values else None
