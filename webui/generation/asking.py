"""What people type for a generated panel, read into a request."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from schemas.errors import QueryError
from schemas.generation import MIN_SIDE_PX, ReferenceRole, ReferenceWish
from schemas.geometry import Box

if TYPE_CHECKING:
    from search.library import Library

_WISH = re.compile(
    r"(?P<panel>[^:@\s]+/\d+#\d+)(?::(?P<role>[a-z]+)(?:=(?P<element>[^:@]{1,80}))?)?(?::(?P<weight>[\d.]+))?(?:@(?P<box>[\d.,]+))?"
)
_WISH_HELP = (
    "write ID, ID:role or ID:role:weight, with role=NAME for whom it shows and @x0,y0,x1,y1 for a part of it"
)


def wish_of(text: str) -> ReferenceWish:
    """Read ``ID[:ROLE[=NAME][:WEIGHT]][@X0,Y0,X1,Y1]``. Raises QueryError for anything else."""
    found = _WISH.fullmatch(text.strip())
    if found is None:
        raise QueryError(f"{text[:100]!r} names no panel to pin: {_WISH_HELP}")
    try:
        role = ReferenceRole(found["role"]) if found["role"] else None
        box = Box(*map(float, found["box"].split(","))) if found["box"] else None
        return ReferenceWish(found["panel"], role, float(found["weight"] or 1.0), box, found["element"] or "")
    except (ValueError, TypeError) as error:
        if isinstance(error, QueryError):
            raise
        roles = ", ".join(ReferenceRole)
        raise QueryError(f"{text[:100]!r}: {_WISH_HELP}; roles are {roles}") from error


def painted(wish: ReferenceWish) -> ReferenceWish:
    """Return a wish for colours: the whole panel counts, unless it was said what it is good for."""
    return wish if wish.role else replace(wish, role=ReferenceRole.PALETTE)


def shape_of(library: "Library", panel_id: str, side_px: int) -> tuple[int, int]:
    """Return the width and height of a picture in a panel's shape. Raises NotFoundError."""
    panel = library.panel(panel_id).panel
    page = library.page(panel.page_id)
    width, height = panel.box.width * page.width_px, panel.box.height * page.height_px
    scale = side_px / max(width, height)
    return max(MIN_SIDE_PX, round(width * scale)), max(MIN_SIDE_PX, round(height * scale))


def spoken_wish(wish: ReferenceWish) -> str:
    """Return a wish as :func:`wish_of` reads it."""
    named = f"={wish.element}" if wish.element and not re.search("[:@]", wish.element) else ""
    role = f":{wish.role.value}{named}:{wish.weight:g}" if wish.role else ""
    box = "@" + ",".join(f"{side:.6g}" for side in wish.box.as_tuple()) if wish.box else ""
    return f"{wish.panel_id}{role}{box}"
