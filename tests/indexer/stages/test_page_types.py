"""Types of pages."""

from dataclasses import replace

import numpy as np

from indexer.stages.page_types import type_pages
from models.page_types.looks import look_of
from schemas.geometry import Box
from schemas.labels import PageType
from schemas.records import BookMetadata, RgbImage, TextLine
from tests.indexer.stages.builders import draft

WHOLE = (Box.whole_page(),)
GRID = tuple(
    Box(0.05 + 0.46 * (k % 2), 0.05 + 0.3 * (k // 2), 0.48 + 0.46 * (k % 2), 0.33 + 0.3 * (k // 2))
    for k in range(6)
)


def printed(*texts: str, top: float = 0.1) -> tuple[TextLine, ...]:
    return tuple(
        TextLine(Box(0.2, top + 0.03 * k, 0.8, top + 0.02 + 0.03 * k), text, 0.9)
        for k, text in enumerate(texts)
    )


def plain(value: int) -> RgbImage:
    return np.full((300, 200, 3), value, np.uint8)


def kinds(*guesses: tuple[PageType, float]) -> list[PageType]:
    return [kind for kind, _ in guesses]


def test_what_metadata_say_is_weighed_and_not_obeyed() -> None:
    book = [draft(number, panels=GRID, lines=printed("WHERE?")) for number in range(1, 9)]
    plain_guess = type_pages(BookMetadata(), book).guesses[4]
    told = type_pages(BookMetadata(page_types=((4, PageType.STORY),)), book).guesses[4]
    assert plain_guess[0] is PageType.STORY
    assert told[1] >= plain_guess[1]


def test_what_somebody_set_holds_against_metadata_and_evidence() -> None:
    book = [draft(number, panels=GRID) for number in range(1, 6)]
    book[2] = replace(book[2], set_type=PageType.ADVERTISEMENT)
    told = BookMetadata(page_types=((2, PageType.COVER),))
    assert type_pages(told, book).guesses[2] == (PageType.ADVERTISEMENT, 1.0)


def test_a_page_of_roles_and_rights_is_credits() -> None:
    roles = ("Written by Ada Marsh", "Art by Basil Fen", "Letters: Clover Hale", "Editor: Dorian Lund")
    rights = ("© 2015 Ada Marsh. All rights reserved.", "ISBN 978-1-234-56789-0", "Printed in Ruritania")
    paper = look_of(plain(250))
    book = [draft(number, panels=GRID, lines=printed("WHO?", "NOBODY!")) for number in range(2, 9)]
    last = replace(draft(9, panels=(), lines=printed(*roles, *rights)), look=paper)
    assert kinds(*type_pages(BookMetadata(), [*book, last]).guesses)[-1] is PageType.CREDITS


def test_odd_books_are_typed_without_a_fault() -> None:
    blind = replace(
        draft(1), page_vector=np.full(384, np.nan, np.float32), look=np.full(23, np.nan, np.float32)
    )
    one_colour = [replace(draft(number, panels=()), look=look_of(plain(128))) for number in range(1, 4)]
    for book in ([], [draft(1)], [blind], one_colour, [replace(draft(1, panels=WHOLE), is_read=False)]):
        guesses = type_pages(BookMetadata(), book).guesses
        assert len(guesses) == len(book)
        assert all(0 <= sure <= 1 for _, sure in guesses)
