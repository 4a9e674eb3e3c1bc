"""From drafts to a book."""

from indexer.stages.assembly import BookFacts, assemble
from schemas.geometry import Box
from schemas.labels import BookStatus
from schemas.records import BookMetadata, StageFailure
from tests.indexer.stages.builders import draft


def facts(metadata: BookMetadata = BookMetadata(), *failures: StageFailure) -> BookFacts:  # noqa: B008
    return BookFacts("a" * 24, "/c/a.cbz", "cbz", 1, 2, metadata, failures)


def test_panels_are_numbered_in_reading_order_and_keep_their_hashes() -> None:
    grid = [Box(0.5, 0.5, 1, 1), Box(0, 0, 0.49, 0.45), Box(0.5, 0, 1, 0.45), Box(0, 0.5, 0.49, 1)]
    for direction, order in (("ltr", (1, 2, 3, 0)), ("rtl", (2, 1, 0, 3))):
        book = assemble(facts(), [draft(panels=grid)], direction=direction)
        assert book.orders == (order,)
        assert [panel.region.box for panel in book.pages[0].panels] == [grid[index] for index in order]
        assert [panel.phash for panel in book.pages[0].panels] == list(order)
        assert [panel.panel_no for panel in book.pages[0].panels] == [1, 2, 3, 4]


def test_lettering_goes_to_its_panel_and_the_rest_stays_with_the_page() -> None:
    inside = assemble(facts(), [draft(text="hello")], direction=None).pages[0]
    assert inside.panels[0].text == "hello"
    far = assemble(facts(), [draft(text="hello", panels=[Box(0, 0.5, 1, 1)])], direction=None).pages[0]
    assert far.panels[0].text == ""
    assert [region.text for region in far.stray_texts] == ["hello"]


def test_wide_pages_are_spreads_only_in_a_book_of_upright_pages() -> None:
    tall, wide = (700, 1000), (1400, 1000)
    upright = [draft(1, size=tall), draft(2, size=wide), draft(3, size=tall)]
    assert [page.is_spread for page in assemble(facts(), upright, direction=None).pages] == [
        False,
        True,
        False,
    ]
    strips = [draft(number, size=wide) for number in (1, 2, 3)]
    assert not any(page.is_spread for page in assemble(facts(), strips, direction=None).pages)
    told = BookMetadata(double_pages=(0,))
    assert assemble(facts(told), strips, direction=None).pages[0].is_spread


def test_a_failure_makes_the_book_partial_now_and_later() -> None:
    failure = StageFailure("text", "internal", "why", 1)
    assert assemble(facts(), [draft()], direction=None).book.status is BookStatus.READY
    assert (
        assemble(facts(BookMetadata(), failure), [draft()], direction=None).book.status is BookStatus.PARTIAL
    )
    later = assemble(facts(), [draft()], direction=None).with_failures([failure])
    assert (later.book.status, later.book.failures) == (BookStatus.PARTIAL, (failure,))
