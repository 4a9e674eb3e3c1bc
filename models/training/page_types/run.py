"""The whole way to page types: draw books, learn, calm, measure on books of fresh styles, write."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.page_types.network import Network
from models.page_types.scores import StreamFigures, score
from models.page_types.segmenter import POSITION, STREAMS, StreamSegmenter, write_segmenter
from models.registry import load_picture_encoder
from models.training.page_types.calming import calmed
from models.training.page_types.collecting import HELD_BACK, TRAINING, DrawnSet, collect, load_set
from models.training.page_types.learning import Learner, example_of, worn_examples
from models.training.page_types.shards import LabelledBook
from schemas.config import IndexOptions
from schemas.labels import PageType

Report = Callable[[str], None]
_HELD_SHARE = 8  # one held-back book for so many to train on
_POSITION_EPOCHS = 8
STORY_MORE = 1.5
"""See :class:`models.page_types.segmenter.StreamSegmenter`; chosen on held-back drawn books."""


@dataclass(frozen=True, slots=True)
class StreamPlan:
    """What to train on, where to, how long.

    Attributes:
        out: folder of the weights.
        shards: folder of drawn books.
        books: how many to draw for training.
        epochs: times that each book is learned from.
        copies: worn copies of each book.
        corpus: open drawings for the gallery; None paints all.
        streams: page types of real books, which some drawn ones follow.
        extra: labelled books besides.
        workers: processes that draw.
        seed: another one draws other books to train on; those held back stay what they are.
        kinds: draw these kinds of books alone; all where none is named.
    """

    out: Path
    shards: Path
    books: int
    epochs: int
    copies: int
    corpus: Path | None
    streams: tuple[tuple[PageType, ...], ...]
    extra: Sequence[LabelledBook]
    workers: int
    seed: int = 1
    kinds: tuple[str, ...] = ()


def train_streams(plan: StreamPlan, report: Report) -> StreamFigures:
    """Train the model and its baseline; return the figures on held-back books, half of which calmed it."""
    drawn = DrawnSet(plan.shards, TRAINING, plan.books, plan.corpus, plan.streams, plan.seed, plan.kinds)
    fresh = DrawnSet(plan.shards, HELD_BACK, max(4, plan.books // _HELD_SHARE), kinds=plan.kinds)
    for books in (fresh, drawn):
        collect(books, plan.workers, report)
    held = load_set(fresh)
    learned = worn_examples([*load_set(drawn), *plan.extra], copies=plan.copies, seed=1)
    calming = [example_of(book) for book in held[::2]]
    spec = load_picture_encoder(IndexOptions().picture_encoder).spec
    for name, epochs in ((POSITION, min(_POSITION_EPOCHS, plan.epochs)), (STREAMS, plan.epochs)):
        learner = Learner(learned, seed=0, positional=name == POSITION)
        network = Network(calmed(learner.fit(epochs, report), calming))
        told = (spec, STORY_MORE) if name == STREAMS else (None, 0.0)
        write_segmenter(plan.out / f"{name}.json", network, told[0], story_more=told[1])
    return measured(StreamSegmenter(STREAMS, network, spec, STORY_MORE), held[1::2] or held)


def measured(model: StreamSegmenter, books: Sequence[LabelledBook]) -> StreamFigures:
    """Return the figures of a model on the comics among books."""
    comics = [book for book in books if book.is_comic]
    return score([book.types for book in comics], [model.segment(book.pages).types for book in comics])
