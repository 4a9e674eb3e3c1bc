"""Regions of stored pages to search by: read from their book, or from a thumbnail where that is gone."""

from typing import Protocol

from schemas.config import PictureLimits
from schemas.errors import BackendUnavailableError, ContainerError, PictureError
from schemas.geometry import Box
from schemas.messages import Crop
from schemas.records import RgbImage
from search.answers.browse import read_page, read_panel, read_thumbnail
from search.answers.details import PageDetail
from search.state.snapshot import Snapshot

CROP_PAGE_SIDE_PX = 1_400
"""Long side that the page of a crop is read at: encoders look at far less than a panel of it."""


class ReadsPages(Protocol):
    """Reads the picture of a page from its book: books lie on the write side of the floors."""

    def __call__(self, page: PageDetail, *, max_side_px: int) -> RgbImage:
        """Return the page. Raises ContainerError, PictureError or BackendUnavailableError."""


class CropReader:
    """Cuts regions out of stored pages for one request."""

    def __init__(self, snapshot: Snapshot, pages: ReadsPages | None = None) -> None:
        """Read from ``pages``, from thumbnails alone where it is None."""
        self._snapshot, self._pages = snapshot, pages
        self._notes: list[str] = []

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what could not be read as well as it should."""
        return tuple(self._notes)

    def read(self, crop: Crop) -> RgbImage:
        """Return the region. Raises NotFoundError for a page that is not in the library."""
        from models.pictures import crop as cut

        box = crop.box
        page_id = crop.item_id.partition("#")[0]
        if page_id != crop.item_id:
            box = inside(read_panel(self._snapshot, crop.item_id).panel.box, box)
        return cut(self._page(page_id), box)

    def _page(self, page_id: str) -> RgbImage:
        page = read_page(self._snapshot, page_id)
        if self._pages is not None:
            try:
                return self._pages(page, max_side_px=CROP_PAGE_SIDE_PX)
            except (ContainerError, PictureError, BackendUnavailableError) as error:
                self._notes.append(f"the crop was cut from a thumbnail: {error}")
        return self._thumbnail(page_id)

    def _thumbnail(self, page_id: str) -> RgbImage:
        from models.pictures import decode_picture

        webp = read_thumbnail(self._snapshot, page_id)
        return decode_picture(webp, name=f"the thumbnail of {page_id}", limits=PictureLimits()).image


def inside(outer: Box, inner: Box) -> Box:
    """Return a box relative to ``outer`` as one relative to the page."""
    x0, y0, x1, y1 = inner.as_tuple()
    return Box.clipped(
        outer.x0 + x0 * outer.width,
        outer.y0 + y0 * outer.height,
        outer.x0 + x1 * outer.width,
        outer.y0 + y1 * outer.height,
    )
