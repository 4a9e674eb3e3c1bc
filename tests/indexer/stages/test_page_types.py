"""Types of pages."""

from indexer.stages.page_types import type_pages
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import BookMetadata
from tests.indexer.stages.builders import draft

WHOLE = (Box.whole_page(),)


def kinds(*guesses: tuple[PageType, float]) -> list[PageType]:
    return [kind for kind, _ in guesses]


def test_what_the_metadata_say_is_certain() -> None:
    told = BookMetadata(page_types=((1, PageType.ADVERTISEMENT),))
    guesses = type_pages(told, [draft(1), draft(2)])
    assert guesses[1] == (PageType.ADVERTISEMENT, 1.0)
    assert guesses[0][1] < 1.0


def test_a_full_first_picture_is_a_cover_unless_the_book_is_a_strip() -> None:
    book = [draft(1, panels=WHOLE), *(draft(number) for number in (2, 3, 4))]
    assert kinds(*type_pages(BookMetadata(), book)) == [PageType.COVER] + [PageType.STORY] * 3
    assert kinds(*type_pages(BookMetadata(), book[:3])) == [PageType.STORY] * 3
    assert kinds(*type_pages(BookMetadata(), [draft(1), *book[1:]])) == [PageType.STORY] * 4


def test_a_page_of_credit_words_is_credits() -> None:
    text = "Art by A. Painter\nWritten by B. Writer\n© 2015"
    assert kinds(*type_pages(BookMetadata(), [draft(panels=WHOLE, text=text)])) == [PageType.CREDITS]
    assert kinds(*type_pages(BookMetadata(), [draft(text=text)])) == [PageType.STORY]
    assert kinds(*type_pages(BookMetadata(), [draft(panels=WHOLE, text="a license!")])) == [PageType.STORY]
