"""The words of the pages in the reader's language: small JSON catalogues, English as the key.

A text is written in English where it is used: ``_("Search")`` in templates, :func:`say` in views,
``t("Search")`` in browser modules. What a catalogue lacks, or holds in vain, a test finds.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import flask

from webui.i18n.choice import best_language

LANGUAGES = {"en": "English", "it": "Italiano", "ko": "한국어"}
"""Languages of the pages and what they call themselves, the first one where nothing else fits."""
LANGUAGE_COOKIE = "language"
MODULES = Path(__file__).resolve().parents[1] / "static" / "js"

_FOLDER = Path(__file__).parent
_IN_MODULES = re.compile(r'\bt\(\s*"((?:[^"\\]|\\.)+)"')


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Texts of one language. A text with a number has one form, or a list: for one, for many."""

    language: str
    texts: Mapping[str, str | list[str]]

    def say(self, text: str, /, **values: object) -> str:
        """Return a text in this language, with ``{names}`` filled in."""
        found = self.texts.get(text, text)
        form = found if isinstance(found, str) else found[-1]
        return form.format(**values) if values else form

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the form of a text for a number, which fills in ``{n}``."""
        found = self.texts.get(many, [one, many])
        form = found if isinstance(found, str) else found[0 if number == 1 else -1]
        return form.format(n=self.number(number), **values)

    def number(self, number: int) -> str:
        """Return a whole number with its thousands set apart."""
        plain = f"{number:,}"
        return plain.replace(",", ".") if self.language == "it" else plain


@cache
def catalogue(language: str) -> Catalogue:
    """Return the catalogue of one of :data:`LANGUAGES`; English needs no file."""
    path = _FOLDER / f"{language}.json"
    return Catalogue(language, json.loads(path.read_text("utf-8")) if path.is_file() else {})


def noted(text: str) -> str:
    """Mark a text that is looked up later, by :func:`say` of a variable."""
    return text


def spoken() -> Catalogue:
    """Return the catalogue of this request: what its cookie says, else its browser."""
    chosen = flask.request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen not in LANGUAGES:
        chosen = best_language(flask.request.headers.get("Accept-Language", ""), tuple(LANGUAGES))
    return catalogue(chosen)


def say(text: str, /, **values: object) -> str:
    """Return a text in the language of this request."""
    return spoken().say(text, **values)


@cache
def keys_in_modules() -> frozenset[str]:
    """Return the texts that the browser modules use."""
    sources = (module.read_text("utf-8") for module in sorted(MODULES.rglob("*.js")))
    return frozenset(key for source in sources for key in _IN_MODULES.findall(source))


def strings_for_modules() -> dict[str, str]:
    """Return the texts of the browser modules in the language of this request; none for English."""
    told = spoken()
    return {key: told.say(key) for key in sorted(keys_in_modules()) if key in told.texts}
