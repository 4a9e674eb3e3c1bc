"""What the vocabularies of the library are called on the pages, in the reader's language."""

from collections.abc import Mapping

from schemas.labels import BookStatus
from webui.i18n import noted, say

PAGE_TYPES: Mapping[str, str] = {
    "cover": noted("Cover"),
    "first-page": noted("First page"),
    "story": noted("Story"),
    "textstory": noted("Text story"),
    "advertisement": noted("Advertisement"),
    "credits": noted("Credits"),
    "art": noted("Artwork"),
    "text": noted("Text page"),
    "back_cover": noted("Back cover"),
}
LANGUAGES: Mapping[str, str] = {
    "en": noted("English"),
    "it": noted("Italian"),
    "ko": noted("Korean"),
    "ja": noted("Japanese"),
    "zh": noted("Chinese"),
    "fr": noted("French"),
    "de": noted("German"),
    "es": noted("Spanish"),
    "pt": noted("Portuguese"),
    "ru": noted("Russian"),
}
DIRECTIONS: Mapping[str, str] = {
    "ltr": noted("read left to right"),
    "rtl": noted("read right to left"),
    "ttb": noted("read top to bottom"),
}
STATES: Mapping[str, str] = {
    BookStatus.READY.value: noted("Ready"),
    BookStatus.PARTIAL.value: noted("In part"),
    BookStatus.FAILED.value: noted("Failed"),
    BookStatus.MISSING.value: noted("Missing"),
}
TRAITS: Mapping[str, str] = {
    "bw": noted("black and white"),
    "colour": noted("in colour"),
    "dark": noted("dark"),
    "light": noted("light"),
    "portrait": noted("upright"),
    "landscape": noted("wide"),
    "square": noted("square"),
}
SIDES: Mapping[str, str] = {
    "words": noted("lettering"),
    "meaning": noted("meaning"),
    "look": noted("picture"),
    "fused": noted("all together"),
    "layout": noted("place on the page"),
    "tags": noted("tags"),
    "description": noted("description"),
    "exact": noted("as typed"),
}
"""Which side found a panel: what :data:`schemas.messages.SIDES` are called."""


def page_type_names() -> tuple[str, ...]:
    """Return all page types, as the library knows them."""
    return tuple(PAGE_TYPES)


def page_type(value: str) -> str:
    """Return what a page type is called."""
    return say(PAGE_TYPES[value]) if value in PAGE_TYPES else value.replace("_", " ").replace("-", " ")


def language(code: str) -> str:
    """Return what a language is called, its code where it has no name here."""
    name = LANGUAGES.get(code.partition("-")[0].lower())
    return say(name) if name and "-" not in code else (f"{say(name)} ({code})" if name else code)


def direction(value: str) -> str:
    """Return how a book is read."""
    return say(DIRECTIONS[value]) if value in DIRECTIONS else value


def state(value: str) -> str:
    """Return the state of a book in a word."""
    return say(STATES[value]) if value in STATES else value


def trait(value: str) -> str:
    """Return what a panel looks like at a glance."""
    return say(TRAITS[value]) if value in TRAITS else value


def side(name: str) -> str:
    """Return what a side of a search is called; a run has a side for each of its steps."""
    if name.startswith("step"):
        return say("panel {n} of the run", n=name.removeprefix("step").strip("_ "))
    return say(SIDES[name]) if name in SIDES else name.replace("_", " ")


HEADINGS = frozenset(
    (
        noted("Bad request"),
        noted("Unauthorized"),
        noted("Forbidden"),
        noted("Not found"),
        noted("Method not allowed"),
        noted("Conflict"),
        noted("Precondition failed"),
        noted("Request entity too large"),
        noted("Unsupported media type"),
        noted("Too many requests"),
        noted("Internal server error"),
        noted("Service unavailable"),
    )
)
"""Headings of error pages: names of HTTP statuses that a catalogue knows."""


def heading(status: str) -> str:
    """Return what an HTTP status is called."""
    return say(status) if status in HEADINGS else status
