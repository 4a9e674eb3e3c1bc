"""What the views share: the open library and the picture caches."""

from dataclasses import dataclass
from typing import cast

import flask

from search.library import Library
from webui.pictures import PagePictures, QueryPictures


@dataclass(frozen=True, slots=True)
class Site:
    """One served library."""

    library: Library
    page_pictures: PagePictures
    query_pictures: QueryPictures


def site() -> Site:
    """Return the site of the app that handles this request."""
    return cast("Site", flask.current_app.extensions["longbox"])
