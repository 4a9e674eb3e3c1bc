"""The blueprint of the pages, and what every template knows."""

from urllib.parse import quote

import flask

from webui.i18n import LANGUAGES, spoken, strings_for_modules
from webui.showing import labels
from webui.showing.shapes import outline, tile_class, tiles

views = flask.Blueprint("views", __name__)

THEME_COOKIE = "theme"
THEMES = ("light", "dark")
"""What can be chosen; without a choice a page looks as the system does."""


@views.app_context_processor
def _known_to_templates() -> dict[str, object]:
    told = spoken()
    theme = flask.request.cookies.get(THEME_COOKIE, "")
    return {
        "_": told.say,
        "_n": told.count,
        "number": told.number,
        "language": told.language,
        "languages": LANGUAGES,
        "theme": theme if theme in THEMES else "",
        "strings": strings_for_modules,
        "labels": labels,
        "outline": outline,
        "tile_class": tile_class,
        "tiles": tiles,
        "here": _here(),
    }


def _here() -> str:
    """Return the address of this page on this server, for a link that leads back to it."""
    request = flask.request
    if request.method != "GET":
        return "/"
    asked = request.query_string.decode("ascii", "ignore")
    return f"{quote(request.path)}?{asked}" if asked else quote(request.path)


@views.after_request
def _depends_on_language(response: flask.Response) -> flask.Response:
    if response.mimetype == "text/html":
        response.vary.update(("Accept-Language", "Cookie"))
    return response
