"""Reading direction and its evidence."""

from indexer.stages.direction import decide_direction
from schemas.geometry import Box
from schemas.labels import ReadingDirection
from schemas.records import BookMetadata, TextLine
from tests.indexer.stages.builders import draft

RTL = BookMetadata(direction=ReadingDirection.RTL, direction_evidence="ComicInfo Manga=YesAndRightToLeft")
STRIPS = [draft(1, size=(800, 1200)), draft(2, size=(800, 9000)), draft(3, size=(800, 9000))]


def columns(text: str, *, vertical: bool = True) -> TextLine:
    return TextLine(Box(0.1, 0.1, 0.2, 0.9), text, 0.9, vertical)


def test_the_user_is_believed_before_the_book_and_the_book_before_its_pages() -> None:
    assert decide_direction("ltr", RTL, STRIPS) == (ReadingDirection.LTR, "option --direction")
    assert decide_direction(None, RTL, STRIPS) == (ReadingDirection.RTL, RTL.direction_evidence)
    assert decide_direction(None, BookMetadata(), STRIPS) == (
        ReadingDirection.TTB,
        "2 of 3 pages are tall strips",
    )


def test_columns_of_japanese_make_a_book_read_from_the_right() -> None:
    manga = [draft(lines=[columns("むかしむかしあるところに"), columns("おじいさん", vertical=False)])]
    direction, evidence = decide_direction(None, BookMetadata(), manga)
    assert direction is ReadingDirection.RTL
    assert "71%" in evidence


def test_a_single_sign_in_columns_is_no_evidence() -> None:
    pages = [draft(lines=[columns("居酒屋"), columns("Let us go in", vertical=False)])]
    assert decide_direction(None, BookMetadata(), pages)[0] is ReadingDirection.LTR
