"""How well streams are told apart: pages, and segments as documents.

MnDD, the least number of pages to drag and drop, is N minus the most overlap that a one-to-one
assignment of segments reaches (Mungmeeprued et al. 2022). A document is found if a segment covers it
with an IoU above one half. SQ is the mean IoU of these, PQ their product (Kirillov et al. 2019).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.labels import PageType
from schemas.streams import Segment, segments_of

MATCH_IOU = 0.5
_COARSE: Mapping[PageType, PageType] = {
    PageType.FIRST_PAGE: PageType.STORY,
    PageType.TEXTSTORY: PageType.TEXT,
    PageType.BACK_COVER: PageType.COVER,
}
Types = Sequence[PageType | None]


@dataclass(frozen=True, slots=True)
class StreamFigures:
    """Figures over several books; all but ``mndd`` in [0, 1], ``mndd`` pages a book.

    ``f1`` by class; ``f1_macro`` is its mean over the classes that the truth has. Names with
    ``class_`` count a document only where its type is right too.
    """

    books: int
    pages: int
    accuracy: float
    f1: Mapping[str, float]
    recall: Mapping[str, float]
    f1_macro: float
    mndd: float
    document_f1: float
    sq: float
    pq: float
    class_document_f1: float
    class_sq: float
    class_pq: float

    def to_json(self) -> dict[str, object]:
        """Return the figures by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def folded(types: Types, vocabulary: frozenset[PageType]) -> tuple[PageType | None, ...]:
    """Return types in the words of a truth that knows fewer: an opening is story, a back cover a cover."""
    return tuple(
        _COARSE.get(kind, kind) if kind is not None and kind not in vocabulary else kind for kind in types
    )


def vocabulary_of(truths: Sequence[Types]) -> frozenset[PageType]:
    """Return the types that labels use anywhere, and those that no finer class replaces."""
    used = {kind for types in truths for kind in types if kind is not None}
    return frozenset(used | (set(PageType) - set(_COARSE)))


def score(truths: Sequence[Types], found: Sequence[Types]) -> StreamFigures:
    """Compare books with the truth, page by page; pages without a truth count nowhere.

    Raises ValueError where the two differ in length.
    """
    known = vocabulary_of(truths)
    books = [_labelled(truth, folded(guess, known)) for truth, guess in zip(truths, found, strict=True)]
    pairs = [pair for book in books for pair in zip(*book, strict=True)]
    classes = [kind for kind in PageType if any(truth is kind for truth, _ in pairs)]
    by_class = {kind: _f1(pairs, kind) for kind in classes}
    plain, strict = _Documents(), _Documents()
    for truth, guess in books:
        plain.add(segments_of(truth), segments_of(guess), same_type=False)
        strict.add(segments_of(truth), segments_of(guess), same_type=True)
    return StreamFigures(
        books=len(books),
        pages=len(pairs),
        accuracy=sum(truth is guess for truth, guess in pairs) / max(len(pairs), 1),
        f1={kind.value: value for kind, (value, _) in by_class.items()},
        recall={kind.value: value for kind, (_, value) in by_class.items()},
        f1_macro=sum(value for value, _ in by_class.values()) / max(len(classes), 1),
        mndd=sum(_drags(segments_of(truth), segments_of(guess)) for truth, guess in books)
        / max(len(books), 1),
        document_f1=plain.f1,
        sq=plain.sq,
        pq=plain.f1 * plain.sq,
        class_document_f1=strict.f1,
        class_sq=strict.sq,
        class_pq=strict.f1 * strict.sq,
    )


def _labelled(truth: Types, guess: Types) -> tuple[list[PageType], list[PageType]]:
    kept = [
        (true, one) for true, one in zip(truth, guess, strict=True) if true is not None and one is not None
    ]
    return [true for true, _ in kept], [one for _, one in kept]


def _f1(pairs: Sequence[tuple[PageType, PageType]], kind: PageType) -> tuple[float, float]:
    """Return F1 and recall of a class."""
    right = sum(truth is kind and guess is kind for truth, guess in pairs)
    wanted, given = sum(truth is kind for truth, _ in pairs), sum(guess is kind for _, guess in pairs)
    return 2 * right / max(wanted + given, 1), right / max(wanted, 1)


@dataclass(slots=True)
class _Documents:
    """Counts of documents, over books."""

    true: int = 0
    given: int = 0
    matched: int = 0
    iou: float = 0.0

    def add(self, truth: Sequence[Segment], guess: Sequence[Segment], *, same_type: bool) -> None:
        self.true += len(truth)
        self.given += len(guess)
        for one, other, overlap in _overlaps(truth, guess):
            iou = overlap / (one.length + other.length - overlap)
            if iou > MATCH_IOU and (not same_type or one.page_type is other.page_type):
                self.matched += 1
                self.iou += iou

    @property
    def f1(self) -> float:
        return 2 * self.matched / max(self.true + self.given, 1)

    @property
    def sq(self) -> float:
        return self.iou / max(self.matched, 1)


def _overlaps(truth: Sequence[Segment], guess: Sequence[Segment]) -> Iterator[tuple[Segment, Segment, int]]:
    """Give the pairs that share pages, in page order."""
    row = column = 0
    while row < len(truth) and column < len(guess):
        one, other = truth[row], guess[column]
        overlap = min(one.end, other.end) - max(one.start, other.start) + 1
        if overlap > 0:
            yield one, other, overlap
        row, column = (row + 1, column) if one.end <= other.end else (row, column + 1)


def _drags(truth: Sequence[Segment], guess: Sequence[Segment]) -> int:
    """Return the pages of a book that have to be dragged elsewhere.

    Overlaps come in page order, rows and columns rising: a pair may follow any chosen pair in which
    neither of its two takes part, so the best assignment is one pass over them.
    """
    pages = sum(segment.length for segment in truth)
    chosen: list[tuple[int, int, int]] = []  # (start of row, start of column, best sum up to here)
    best: list[int] = [0]
    for one, other, overlap in _overlaps(truth, guess):
        free = len(chosen)
        while free and (chosen[free - 1][0] == one.start or chosen[free - 1][1] == other.start):
            free -= 1
        chosen.append((one.start, other.start, overlap))
        best.append(max(best[-1], best[free] + overlap))
    return pages - best[-1]
