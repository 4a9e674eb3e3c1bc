"""What training makes of labelled books: openings nobody marked, telling words in stories."""

import random
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from models.page_types.evidence import PageEvidence
from models.page_types.network import CLASSES
from models.training.cli import train
from models.training.page_types.learning import example_of
from models.training.page_types.noise import GIVEAWAYS, worn
from models.training.page_types.shards import BY_HAND, LabelledBook
from schemas.geometry import Box
from schemas.labels import PageType as P
from schemas.records import TextLine

LINE = TextLine(Box(0.3, 0.1, 0.5, 0.12), "Where is it?", 0.9)
PAGE = PageEvidence(0.7, (), (LINE,) * 4, None, None)


def book(kind: str, *types: P) -> LabelledBook:
    return LabelledBook("b", kind, True, (PAGE,) * len(types), types)


def allowed(labelled: LabelledBook, page: int) -> set[P]:
    return {
        kind
        for kind, is_allowed in zip(CLASSES, example_of(labelled).allowed[page], strict=True)
        if is_allowed
    }


def test_a_story_page_may_open_a_story_where_people_marked_no_openings() -> None:
    assert allowed(book(BY_HAND, P.COVER, P.STORY), 1) == {P.STORY, P.FIRST_PAGE}
    assert allowed(book(BY_HAND, P.FIRST_PAGE, P.STORY), 1) == {P.STORY}
    assert allowed(book("issue", P.STORY), 0) == {P.STORY}


def test_people_in_stories_say_words_that_give_other_pages_away_and_nobody_else_does() -> None:
    words = set()
    for seed in range(60):
        told = worn(book("issue", P.STORY, P.ADVERTISEMENT), random.Random(seed))
        for page, kind in zip(told.pages, told.types, strict=True):
            for line in page.lines or ():
                words |= {(kind, word.casefold()) for word in line.text.split()}
    said = {kind: {word for one, word in words if one is kind} & set(GIVEAWAYS) for kind in CLASSES}
    assert len(said[P.STORY]) > 10
    assert not said[P.ADVERTISEMENT]


def test_wearing_keeps_pages_and_types_together() -> None:
    told = worn(book("issue", *[P.STORY] * 9), random.Random(3))
    assert len(told.pages) == len(told.types)
    assert np.isfinite(example_of(told).columns).all()


def test_a_kind_of_book_that_nobody_draws_is_refused_by_name(tmp_path: Path) -> None:
    result = CliRunner().invoke(train, ["page-types", "--out", str(tmp_path), "--kind", "cookbook"])
    assert result.exit_code == 2
    assert "'cookbook'" in result.output
    assert "scroll" in result.output
