"""The read side: query to legs to candidates to fused ranking to hits.

::

    import search

    library = search.open("my-library")
    answer = library.query("a witch and her cat -cover", limit=5)
    for hit in answer.hits:
        print(hit.title, hit.page_no, hit.text)
    table = answer.to_arrow()
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from search.library import Library
    from search.library import open_library as open  # noqa: A004 - reads as search.open(path)

__all__ = ["Library", "open"]

_HOMES = {"Library": "Library", "open": "open_library"}


def __getattr__(name: str) -> object:
    """Load the library only when it is asked for: ``import search`` stays cheap."""
    if name not in _HOMES:
        raise AttributeError(f"module 'search' has no attribute {name!r}")
    from search import library

    return getattr(library, _HOMES[name])
