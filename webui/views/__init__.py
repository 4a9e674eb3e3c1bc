"""The pages of the web UI, rendered on the server.

Searching, reading and leafing work without JavaScript; the modules of ``static/js`` add to them.
"""

from webui.views import (
    audit,
    boards,
    cast,
    consistency,
    elements,
    find,
    maps,
    matches,
    preferences,
    reader,
    shelves,
    studio,
)
from webui.views.blueprint import views

__all__ = [
    "audit",
    "boards",
    "cast",
    "consistency",
    "elements",
    "find",
    "maps",
    "matches",
    "preferences",
    "reader",
    "shelves",
    "studio",
    "views",
]
