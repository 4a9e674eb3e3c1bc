"""What each kind of finding takes to be said, and what is no reason to say it."""

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pytest

from indexer.audit import candidates
from indexer.audit.lettering import lettering_findings
from indexer.audit.material import AuditBook
from indexer.audit.order import broken_orders, by_cover, by_names, by_printed_numbers
from indexer.audit.shapes import panel_outliers, unlike_comics
from indexer.audit.spaces import collapse

ENGLISH = "We have to go back to the lighthouse before the storm comes in, do you hear me? The lamp is out!"
GERMAN = "Wir müssen zurück zum Leuchtturm, bevor der Sturm kommt, hörst du mich? Die Lampe ist aus!"
GARBAGE = "xkq zzvw qqjx vbnk wqpz xcvb zkkq jwxq pqzv kxxj vvqz wkjq zxqv bqkx jzwv qkxz vjqw xzkq wvjx qzkv"
PROSE = "A program is read far more often than it is written, and so its names matter. " * 18


@dataclass
class Pages:
    """What an audit reads of one book, page by page."""

    texts: list[str]
    kinds: list[str] = field(default_factory=list)
    panels: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    printed: list[str | None] = field(default_factory=list)
    language: str | None = None
    comic: float | None = None

    @property
    def books(self):
        return [AuditBook("b", "Book", self.language, "cbz", 0, len(self.texts), self.comic)]

    @property
    def page_ids(self):
        return [f"b/{number:05d}" for number in range(1, len(self.texts) + 1)]

    def words(self, column):
        count = len(self.texts)
        return {
            "text": self.texts,
            "page_type": self.kinds or ["story"] * count,
            "page_file": self.files or [f"p{number:03d}.jpg" for number in range(count)],
        }[column]

    def counts(self, _column):
        return np.array(self.panels or [4] * len(self.texts))

    @property
    def pages(self):
        told = self.printed or [None] * len(self.texts)
        strays = [[{"text": one, "box": [0.45, 0.95, 0.55, 0.98]}] if one else [] for one in told]
        return {"stray_texts": pa.array(strays)}


def kinds_of(findings) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.kind, one.items) for one in findings]


def test_pages_that_changed_places_are_told_by_the_numbers_printed_on_them():
    printed = [str(number) for number in (3, 4, 6, 5, 7, 8)]
    assert kinds_of(broken_orders(Pages([""] * 6, printed=printed))) == [
        ("broken-order", ("b/00003", "b/00004"))
    ]
    assert by_printed_numbers([3, 4, 5, 9, 7, 8]) == (
        [],
        "page numbers printed on the pages have changed places: page ",
    )
    assert by_printed_numbers([None, 3, None, 4]) == ([], "")
    assert by_printed_numbers([1, 9, 4, 17, 2, 30]) == ([], "")


def test_file_names_and_a_late_cover_tell_of_a_broken_order():
    files = ["p001.jpg", "p002.jpg", "p005.jpg", "p004.jpg", "p006.jpg"]
    (found,) = kinds_of(broken_orders(Pages([""] * 5, files=files)))
    assert found == ("broken-order", ("b/00004",))
    assert by_names(["a1.jpg", "a2.jpg", "b1.jpg", "b2.jpg", "b3.jpg"]) == ([], "")
    assert by_names(["x.jpg"] * 5) == ([], "")
    assert by_cover(["text", "cover", "story", "story"])[0] == [1]
    assert by_cover(["cover", "story", "cover", "story"])[0] == []
    assert by_cover(["story"] * 8 + ["cover"])[0] == []


def test_a_silent_page_among_lettered_ones_was_not_read():
    texts = [ENGLISH] * 6
    texts[3] = " "
    assert ("no-text", ("b/00004",)) in kinds_of(lettering_findings(Pages(texts, language="en")))
    silent = Pages([""] * 6)
    assert kinds_of(lettering_findings(silent)) == []
    splash = Pages(texts, panels=[4, 4, 4, 1, 4, 4], language="en")
    assert "no-text" not in dict(kinds_of(lettering_findings(splash)))


def test_letters_that_make_no_words_and_other_languages_are_told():
    texts = [ENGLISH, ENGLISH, ENGLISH, GERMAN, GERMAN, GARBAGE]
    found = dict(kinds_of(lettering_findings(Pages(texts, language="en"))))
    assert found["mixed-language"] == ("b/00004", "b/00005")
    assert found["garbled-text"] == ("b/00006",)
    one = Pages([ENGLISH, ENGLISH, ENGLISH, GERMAN], language="en")
    assert kinds_of(lettering_findings(one)) == []  # a page may quote
    assert kinds_of(lettering_findings(Pages([GERMAN] * 4, language="de-DE"))) == []


@pytest.mark.parametrize(
    ("pages", "is_told"),
    [
        (Pages([PROSE] * 9, panels=[0] * 9), True),
        (Pages([""] * 10, panels=[1] * 10), True),
        (Pages([ENGLISH] * 9), False),
        (Pages([PROSE] * 4, panels=[0] * 4), False),  # too few pages to say
        (Pages([PROSE] * 9, panels=[0] * 9, comic=0.9), False),  # it was judged a comic
        (Pages([ENGLISH] * 9, comic=0.1), True),
        (Pages([ENGLISH] * 2, comic=0.1), False),
    ],
)
def test_books_that_are_no_comics_are_told_by_their_judgement_or_their_pages(pages, is_told):
    assert kinds_of(unlike_comics(pages)) == ([("non-comic", ("b",))] if is_told else [])


def test_a_page_of_far_more_panels_than_usual_is_told():
    counts = [4, 5, 4, 6, 5, 4, 19, 5, 4]
    assert kinds_of(panel_outliers(Pages([""] * 9, panels=counts))) == [("panel-count", ("b/00007",))]
    assert kinds_of(panel_outliers(Pages([""] * 9, panels=[4] * 8 + [9]))) == []
    assert kinds_of(panel_outliers(Pages([""] * 4, panels=[4, 4, 4, 40]))) == []


class Vectors:
    """The look of some panels."""

    def __init__(self, rows):
        self._rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        self.panels = pa.table({"panel_id": [f"p{number}" for number in range(len(rows))]})

    def has(self, _table, column):
        return column == "vector_picture"

    def vectors(self, *_asked):
        return self._rows.astype(np.float32)


def test_vectors_that_have_collapsed_are_told_and_others_measured():
    rng = np.random.default_rng(0)
    spread = rng.standard_normal((200, 64))
    ((found, measures),) = collapse(Vectors(spread))
    assert found is None
    assert measures["look effective rank"] > 30
    ((alike, _),) = collapse(Vectors(spread * 0.05 + 1.0))
    assert alike.kind == "collapsed"
    assert "cosine" in str(alike.facts["reason"])
    ((flat, _),) = collapse(Vectors(spread[:, :2] @ rng.standard_normal((2, 64))))
    assert "directions" in str(flat.facts["reason"])
    assert list(collapse(Vectors(spread[:20]))) == []


def test_the_nearest_pairs_are_looked_at_first_each_once_by_its_best_distance():
    one = candidates.Near(np.array([[0, 1], [2, 3], [4, 4]]), np.array([0.3, 0.1, 0.0], np.float32))
    other = candidates.Near(np.array([[1, 0], [5, 6]]), np.array([0.05, 0.2], np.float32))
    everything = candidates.nearest(one, other, most=10)
    assert (everything.pairs.tolist(), everything.found) == ([[0, 1], [2, 3], [5, 6]], 3)
    few = candidates.nearest(one, other, most=2)
    assert (few.pairs.tolist(), few.found) == ([[0, 1], [2, 3]], 3)
    assert candidates.nearest(most=5).found == 0
    hashes = np.array([0b1111, 0b1110, 0], np.uint64)
    near = candidates.apart_by_hash(hashes, np.array([[0, 1], [0, 2]]))
    assert near.distances.tolist() == pytest.approx([1 / 64, 4 / 64])
