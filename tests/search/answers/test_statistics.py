from schemas.facets import FacetValue
from search.library import Library


def test_pages_are_counted_by_what_their_books_say(library: Library) -> None:
    counts = library.page_counts()
    assert counts.years == (FacetValue("1999", 3), FacetValue("2005", 3))
    assert counts.languages == (FacetValue("en", 6), FacetValue("ja", 3), FacetValue("ko", 2))
    assert counts.types == (FacetValue("story", 10), FacetValue("advertisement", 1))
    assert counts.series == (FacetValue("Witch Tales", 3),)


def test_counts_are_json_ready(library: Library) -> None:
    assert library.page_counts().to_json()["years"][0] == {"value": "1999", "count": 3}  # type: ignore[index]
