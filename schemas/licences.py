"""What a licence lets one do with a picture, as far as making new panels of it goes.

Only licences that are known and allow a work made from others are usable; what is not known is not.
Sources: creativecommons.org/licenses (the six of version 1 to 4, CC0, the public domain mark).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CC = re.compile(
    r"\bcc[\s\-_]*(?P<code>by(?:[\s\-_]*(?:nc|nd|sa))*)(?:[\s\-_]*v?(?P<version>[1-4]\.\d))?", re.IGNORECASE
)
_LONG_CC = re.compile(
    r"creative\s*commons[\s:]*attribution(?P<rest>[\s\-,]*(?:(?:non[\s\-]*commercial|no[\s\-]*deriv\w*|share[\s\-]*alike)"
    r"[\s\-,]*)*)(?:\D{0,24}(?P<version>[1-4]\.\d))?",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"creativecommons\.org/licenses/(?P<code>by(?:-(?:nc|nd|sa))*)/(?P<version>[1-4]\.\d)", re.IGNORECASE
)
_FREE = re.compile(
    r"\bcc[\s\-_]?0\b|creativecommons\.org/publicdomain|\bpublic[\s\-]domain\b|\bpdm\b", re.IGNORECASE
)
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
    """Read a licence as a book states it; one that is not understood is not known."""
    stated = " ".join((text or "").split())
    if _OWN.search(stated):
        return Licence("own work", is_known=True)
    for pattern in (_LINK, _CC):
        if found := pattern.search(stated):
            return _creative_commons(found["code"].lower(), found["version"])
    if found := _LONG_CC.search(stated):
        rest = re.sub(r"[\s\-,]", "", found["rest"].lower())
        code = "by" + "".join(
            f"-{short}"
            for short, word in (("nc", "noncommercial"), ("nd", "noderiv"), ("sa", "sharealike"))
            if word in rest
        )
        return _creative_commons(code, found["version"])
    if _FREE.search(stated):
        return Licence("CC0 1.0" if "0" in stated else "public domain", is_known=True)
    if stated.lower() in _OTHERS:
        return Licence(stated, is_known=True, needs_credit=True)
    return Licence(stated, is_known=False)


def _creative_commons(code: str, version: str | None) -> Licence:
    parts = set(re.findall(r"nc|nd|sa", code))
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
