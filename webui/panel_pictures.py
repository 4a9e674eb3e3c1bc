"""A panel or page as a picture, from its book where that is there, else from what the library keeps."""

from dataclasses import dataclass

from models.pictures import crop, decode_picture, encode_webp
from schemas.config import PictureLimits
from schemas.errors import BackendUnavailableError, ContainerError, NotFoundError, PictureError
from search.answers.details import PageDetail
from webui.pictures import QUALITY, PageSource, View
from webui.state import Site


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture; ``is_makeshift`` where the book could not be read and a thumbnail stands in."""

    webp: bytes
    is_makeshift: bool


def panel_view(site: Site, panel_id: str, side_px: int) -> tuple[PageDetail, View]:
    """Return the page of a panel, and the view of it that shows the panel. Raises NotFoundError."""
    page = site.page(panel_id.partition("#")[0])
    panel = next((panel for panel in page.panels if panel.panel_id == panel_id), None)
    if panel is None:
        raise NotFoundError(f"the library has no panel {panel_id[:100]!r}")
    return page, View.of(side_px, panel.box)


def render(site: Site, page: PageDetail, view: View, *, thumbnail_id: str | None = None) -> Shown:
    """Return what a view shows of a page; ``thumbnail_id`` names what may stand in for it."""
    try:
        return Shown(site.page_pictures.picture(PageSource.of(page), view), is_makeshift=False)
    except (ContainerError, PictureError, BackendUnavailableError):
        return Shown(_makeshift(site, page, view, thumbnail_id), is_makeshift=True)


def _makeshift(site: Site, page: PageDetail, view: View, thumbnail_id: str | None) -> bytes:
    stored = site.library.thumbnail(thumbnail_id or page.page_id)
    if view.box is None or thumbnail_id is not None:
        return stored
    whole = decode_picture(stored, name="thumbnail", limits=PictureLimits()).image
    webp, _, _ = encode_webp(crop(whole, view.box), max_side_px=view.side_px, quality=QUALITY)
    return webp
