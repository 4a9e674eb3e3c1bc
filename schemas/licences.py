"""What a licence lets one do with a picture, as far as making new panels of it goes.

Only licences that are known and allow a work made from others are usable; what is not known is not.
Sources: creativecommons.org/licenses (the six of version 1 to 4, CC0, the public domain mark).
"""

import re
from collections.abc import Iterable, Set
from dataclasses import dataclass

_SPELT = r"(?:[\s\-,]*(?:non[\s\-]*commercial|no[\s\-]*deriv[a-z]*|share[\s\-]*alike))*"
_VERSION = r"[1-4]\.\d"
_CC = re.compile(
    rf"\bcc[\s\-]*(?P<code>by(?:[\s\-]*(?:nc|nd|sa))*)\b{_SPELT}(?:[\s\-]*v?(?P<version>{_VERSION}))?"
    rf"|creative\s*commons[\s:\-]*attribution{_SPELT}(?:[\s\-,]*v?(?P<of>{_VERSION}))?"
    rf"|licenses-(?P<linked>by(?:-(?:nc|nd|sa))*)-(?P<at>{_VERSION})"
)
"""A Creative Commons licence in a text that :func:`_plain` made."""
_IN_WORDS = (
    ("nc", re.compile(r"non[\s\-]*commercial")),
    ("nd", re.compile(r"no[\s\-]*deriv")),
    ("sa", re.compile(r"share[\s\-]*alike")),
)
_FREE = re.compile(
    r"\bcc[\s\-]*(?P<zero>0)|publicdomain-(?P<linked>zero)|publicdomain-mark"
    r"|\bpublic[\s\-]domain\b|\bpdm\b"
)
_DOUBT = re.compile(
    r"all rights reserved|alle rechte vorbehalten|tous droits r|tutti i diritti"
    r"|\b(?:not|no longer|except|unless|without)\b"
)
"""Words that may turn a licence round: who writes them is not understood."""
_OWN = re.compile(r"^\s*(?:own work|my own|eigenes werk|opera propria)\s*$", re.IGNORECASE)
_OTHERS = ("apache-2.0", "mit", "ofl-1.1")
MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence and what it asks for. ``name`` is its short name, as ``CC BY-SA 4.0``.

    ``is_known`` False means that nothing may be made from such a work.
    """

    name: str
    is_known: bool
    needs_credit: bool = False
    shares_alike: bool = False
    non_commercial: bool = False
    no_derivatives: bool = False

    @property
    def obstacle(self) -> str:
        """Say why nothing may be made from such a work, empty where it may."""
        if not self.is_known:
            return (
                f"its licence is not known ({self.name[:MAX_SHOWN]})" if self.name else "it states no licence"
            )
        return f"{self.name} forbids works made from it" if self.no_derivatives else ""


def licence_of(text: str | None) -> Licence:
    """Read a licence as a book states it.

    What is not understood is not known: a text that names two different licences, or may take back what
    it names, too.
    """
    stated = " ".join((text or "").split())
    if _OWN.search(stated):
        return Licence("own work", is_known=True)
    if stated.lower() in _OTHERS:
        return Licence(stated, is_known=True, needs_credit=True)
    plain = _plain(stated)
    named = [] if _DOUBT.search(plain) else [*_creative_commons_in(plain), *_free_in(plain)]
    codes = {licence.name.partition(" ")[2].split(" ")[0] for licence in named}
    if len(codes) != 1:
        return Licence(stated, is_known=False)
    return max(named, key=lambda licence: len(licence.name))  # the one with its version


def _plain(text: str) -> str:
    """Return a text in small letters, with one kind of dash for all that parts a licence's name."""
    return re.sub(r"[\u2010-\u2015\u2212_/()\[\]]", "-", text.lower())


def _creative_commons_in(plain: str) -> list[Licence]:
    spelt = {short for short, words in _IN_WORDS if words.search(plain)}
    return [
        _creative_commons(
            {*re.findall(r"nc|nd|sa", found["code"] or found["linked"] or ""), *spelt},
            found["version"] or found["of"] or found["at"],
        )
        for found in _CC.finditer(plain)
    ]


def _free_in(plain: str) -> list[Licence]:
    found = list(_FREE.finditer(plain))
    if not found:
        return []
    is_zero = any(one["zero"] or one["linked"] for one in found)
    return [Licence("CC0 1.0" if is_zero else "public domain", is_known=True)]


def _creative_commons(parts: Set[str], version: str | None) -> Licence:
    name = "-".join(["BY", *(part.upper() for part in ("nc", "nd", "sa") if part in parts)])
    return Licence(
        f"CC {name} {version or ''}".strip(),
        is_known=True,
        needs_credit=True,
        shares_alike="sa" in parts,
        non_commercial="nc" in parts,
        no_derivatives="nd" in parts,
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a work made from several others.

    ``licence`` is the one it must be given, empty where one may choose; ``conditions`` say in words
    what to observe.
    """

    licence: str
    conditions: tuple[str, ...]


def conflict_between(kept: Iterable[Licence], added: Licence) -> str:
    """Say why a work cannot join those already kept, empty where it can.

    A share-alike work wants the whole under its own licence: two different ones cannot both have it,
    and one that allows commerce admits no part that forbids it.
    """
    for other in kept:
        sharing = [one for one in (other, added) if one.shares_alike]
        if len(sharing) == 2 and _alike(other) != _alike(added):
            return f"{added.name} and {other.name} each want the whole under themselves"
        if (
            len(sharing) == 1
            and not sharing[0].non_commercial
            and (other.non_commercial or added.non_commercial)
        ):
            free, bound = (other, added) if added.non_commercial else (added, other)
            return f"{free.name} wants the whole free for commerce, {bound.name} does not allow it"
    return ""


def terms_of(licences: Iterable[Licence]) -> Terms:
    """Return what holds for a work made from works under these licences, which fit together."""
    all_ = list(licences)
    sharing = sorted({one.name for one in all_ if one.shares_alike})
    conditions = []
    if any(one.needs_credit for one in all_):
        conditions.append("name those it was made from")
    if sharing:
        conditions.append(f"share it under {sharing[-1]} or a later version")
    if any(one.non_commercial for one in all_):
        conditions.append("no commercial use")
    return Terms(sharing[-1] if sharing else "", tuple(conditions))


def _alike(licence: Licence) -> str:
    """A later version may take the place of an earlier one; NC-SA is another licence than SA."""
    return re.sub(r" [1-4]\.\d$", "", licence.name)
