"""What people type for a generated panel, read into a request."""

import re

from schemas.errors import QueryError
from schemas.generation import ReferenceRole, ReferenceWish
from schemas.geometry import Box

_WISH = re.compile(
    r"(?P<panel>[^:@\s]+/\d+#\d+)(?::(?P<role>[a-z]+))?(?::(?P<weight>[\d.]+))?(?:@(?P<box>[\d.,]+))?"
)
_WISH_HELP = "write ID, ID:role or ID:role:weight, with @x0,y0,x1,y1 for a part of it"


def wish_of(text: str) -> ReferenceWish:
    """Read ``ID[:ROLE[:WEIGHT]][@X0,Y0,X1,Y1]``. Raises QueryError for anything else."""
    found = _WISH.fullmatch(text.strip())
    if found is None:
        raise QueryError(f"{text[:100]!r} names no panel to pin: {_WISH_HELP}")
    try:
        role = ReferenceRole(found["role"]) if found["role"] else None
        box = Box(*map(float, found["box"].split(","))) if found["box"] else None
        return ReferenceWish(found["panel"], role, float(found["weight"] or 1.0), box)
    except (ValueError, TypeError) as error:
        if isinstance(error, QueryError):
            raise
        roles = ", ".join(ReferenceRole)
        raise QueryError(f"{text[:100]!r}: {_WISH_HELP}; roles are {roles}") from error
