"""What people type for a generated panel, read into a request."""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.errors import NotFoundError, QueryError
from schemas.generation import MIN_SIDE_PX, Belief, ReferenceRole, ReferenceWish
from schemas.geometry import Box

if TYPE_CHECKING:
    from search.library import Library
    from webui.generation.signing import Signer

sign_option = click.option(
    "--sign",
    "signed_with",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    nargs=2,
    envvar="LONGBOX_SIGN",
    metavar="CERT KEY",
    help="Sign pictures (C2PA) with a certificate and its key, PEM files; also LONGBOX_SIGN=CERT:KEY.",
)


def signer_of(files: "tuple[Path, Path] | None") -> "Signer | None":
    """Return what signs, None where nobody asked. Raises ConfigError, BackendUnavailableError."""
    if not files:
        return None
    from webui.generation.signing import Signer

    return Signer.of_files(*files)


def unused(name: str) -> Callable[[], Path]:
    """Return what names a file where nobody said how: ``panel.png``, or ``panel-2.png`` where that exists."""

    def free() -> Path:
        first = Path(name)
        names = (first, *(first.with_name(f"{first.stem}-{n}{first.suffix}") for n in range(2, 10_000)))
        return next((place for place in names if not any(map(Path.exists, _with_record(place)))), first)

    return free


def _with_record(picture: Path) -> Iterator[Path]:
    """Return a picture, the first of several of its name, and their records."""
    for place in (picture, picture.with_name(f"{picture.stem}-1{picture.suffix}")):
        yield from (place, place.with_suffix(".json"))


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


def beliefs_of(texts: Sequence[str], pictures: int) -> list[tuple[Belief, ...]]:
    """Read ``NAME`` or ``NAME=B1,B2…``, a share for all pictures or one for each; returns those of each.

    Raises:
        QueryError: a share is none, or there are neither one nor as many as pictures.
    """
    rows: list[list[Belief]] = [[] for _ in range(pictures)]
    for text in texts:
        name, _, told = text.partition("=")
        try:
            shares = [float(one) for one in told.split(",")] if told else [1.0]
        except ValueError as error:
            raise QueryError(
                f"{text[:100]!r}: write NAME, NAME=0.8 or a number a picture, NAME=1,0"
            ) from error
        if len(shares) not in (1, pictures):
            raise QueryError(f"{text[:100]!r} tells {len(shares)} numbers for {pictures} pictures")
        for number, row in enumerate(rows):
            row.append(Belief(name.strip(), shares[number if len(shares) > 1 else 0]))
    return [tuple(row) for row in rows]


def shape_of(library: "Library", panel_id: str, side_px: int) -> tuple[int, int]:
    """Return the width and height of a picture in a panel's shape. Raises NotFoundError."""
    if not _WISH.fullmatch(panel_id):
        raise NotFoundError(f"{panel_id[:100]!r} is neither the file of a picture nor a panel of the library")
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
