"""What the views share: the open library and the picture caches."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import flask

from indexer.library.boards import Boards
from search.answers.details import PageDetail
from search.library import Library
from search.state.remembering import BoundedMemory
from webui.casts import Casts
from webui.consistency import ConsistencyReports
from webui.generation.generators import Generators
from webui.generation.studio import Studio
from webui.jobs.chore import Chore
from webui.jobs.keeper import DaemonKeeper
from webui.jobs.registry import Jobs
from webui.jobs.roots import Roots
from webui.jobs.streaming import Streams
from webui.matching import Matching
from webui.pictures import PagePictures, QueryPictures
from webui.reasons import Reasons

PAGES_KEPT = 1_000
"""Pages whose panels are remembered: pictures of one are asked for by the dozen."""


@dataclass(slots=True)
class Site:
    """One served library. ``home`` is the folder of what lies beside its tables: queue, boards, keys.

    ``seen_identity`` tells it from another one in its folder.
    """

    library: Library
    page_pictures: PagePictures
    query_pictures: QueryPictures
    home: Path
    boards: Boards
    roots: Roots
    keeper: DaemonKeeper
    jobs: Jobs
    streams: Streams
    studio: Studio
    generators: Generators
    reasons: Reasons
    casts: Casts
    reports: ConsistencyReports
    matching: Matching
    pages: BoundedMemory[tuple[tuple[int, ...], str], PageDetail] = field(
        default_factory=lambda: BoundedMemory(PAGES_KEPT)
    )
    seen_identity: int = -1
    chores: dict[str, Chore] = field(default_factory=lambda: {"audit": Chore(), "map": Chore()})

    def page(self, page_id: str) -> PageDetail:
        """Return a page of the library as it stands, remembered while the library stands still."""
        versions = tuple(self.library.snapshot().versions.values())
        return self.pages.get((versions, page_id), lambda: self.library.page(page_id))


def site() -> Site:
    """Return the site of the app that handles this request."""
    return cast("Site", flask.current_app.extensions["longbox"])
