"""The lists of characters of the Grand Comics Database, as people have typed them for thirty years.

``Batman [Bruce Wayne]; Justice League [Flash [Barry Allen]; Atom (II)] (guest); Joker (villain, origin)``

Entries part at ``;``, brackets hold aliases or the members of a team, parentheses what an entry does
or which one it is, ``?`` doubt. Older lists part at commas, or name groups (``VILLAINS: …``); data
sets hold printed Python lists. Whatever is typed gives some reading: nothing raises.
"""

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

MAX_CHARACTERS, MAX_ENTRIES, MAX_DEPTH = 20_000, 2_000, 6
_MAX_PYTHON_LIST = 20_000
_LONG_NAME = 300
_ROUNDS = 12
"""Readings until one gives itself: a sound list needs one, a torn one a few."""

ROLES: dict[str, str] = {
    spelt: role
    for role, spellings in {
        "first appearance": "first appearance|1st appearance|1st app|1st app.|first app|first app."
        "|intro|intro.|introduction|debut|first|introducing|introduced|introductions",
        "last appearance": "last appearance|final appearance|last app|last app.|last",
        "origin": "origin|origin retold|origin revealed|origin story",
        "death": "death|dies|died|killed|dead|d.",
        "cameo": "cameo|cameo appearance|cameos|cameo only",
        "villain": "villain|villains|antagonist|antagonists|villainess|bad guy",
        "hero": "hero|heroes|heroine|protagonist|featured|feature|featuring|main character",
        "guest": "guest|guests|guest star|guest stars|guest-star|guest appearance|guest appearances|ga",
        "supporting": "supporting|supporting cast|supporting character|supporting characters|support",
        "flashback": "flashback|in flashback|flashbacks|flashback only|fb",
        "cover only": "cover only|on cover only|cover|on cover",
        "mentioned": "mentioned|mention|mentioned only|mention only|named only",
        "in disguise": "in disguise|disguise|disguised|undercover",
        "impostor": "impostor|imposter|fake|duplicate|lmd|robot double|double",
        "dream": "dream|in dream|hallucination|vision|imaginary|illusion|dream sequence",
        "photo": "photo|photograph|picture|statue|in photo|portrait",
        "unnamed": "unnamed|not named|unidentified|un-named",
        "revival": "revival|revived|return|returns|resurrected",
        "joins": "joins|joined|new member",
        "leaves": "leaves|left|resigns",
        "other": "other|others|also|cast",
    }.items()
    for spelt in spellings.split("|")
}
_TEAM = re.compile(
    r"\b(league|squad|society|legion|avengers|titans|force|guardians|team|corps|brigade|gang|family|four|"
    r"five|six|seven|men|x-men|defenders|commandos|patrol|outsiders|brotherhood|syndicate|invaders|"
    r"thunderbolts|eternals|inhumans|crew|club|agents|rangers|knights|masters of evil|challengers|heroes|"
    r"villains|all-stars|squadron|alliance|council|army|band|circus|jla|jsa|shield|s\.h\.i\.e\.l\.d\.|hydra)\b",
    re.IGNORECASE,
)
_UNIVERSE = re.compile(
    r"(earth|terra|dimension|universe|world)[- ]\S.{0,40}"
    r"|.{1,40}\b(universe|timeline|reality|dimension|continuity)",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"(?=.)M{0,3}(CM|CD|D?C{0,3})(XC|XL|L?X{0,3})(IX|IV|V?I{0,3})")
_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}
_AS = re.compile(r"(as|aka|a\.k\.a\.|alias|also known as|formerly|disguised as|a/k/a)\s+", re.IGNORECASE)
_GROUP = re.compile(r"\s*([A-Za-z][A-Za-z .-]{1,28}?)\s*:\s+")
_SUFFIX = re.compile(
    r"(jr|sr|esq|m\.?d|ph\.?d|[ivx]+)\b\.?|(the|of|a|an|king|queen|lord|son|daughter)\s", re.IGNORECASE
)
_OPEN, _CLOSE = "[(", {"[": "]", "(": ")"}
_FEW_WORDS = 3
_BRACKET = re.compile(r"[\[\]()]")
_SIGNS = {sign: re.compile(rf"[\[\]()]|{re.escape(sign)}") for sign in (";", ",", " / ")}


@dataclass(frozen=True, slots=True)
class Appearance:
    """Somebody, or a team, in a story.

    ``number`` tells which bearer of a name (the second Flash), ``universe`` where from; ``notes`` are
    what parentheses say and no list of roles knows.
    """

    name: str
    aliases: tuple[str, ...] = ()
    members: tuple["Appearance", ...] = ()
    roles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    universe: str | None = None
    number: int | None = None
    is_uncertain: bool = False

    @property
    def is_team(self) -> bool:
        """Whether it has members, as far as the list says."""
        return bool(self.members)


@dataclass(slots=True)
class _Entry:
    """An entry as it stands between separators: its words, and what stands in brackets."""

    words: str = ""
    brackets: list[str] = field(default_factory=list)
    parentheses: list[str] = field(default_factory=list)


class _Nest:
    """How deep in brackets a place is; one that closes closes what was left open inside it."""

    def __init__(self) -> None:
        self._stack: list[str] = []
        self._open: Counter[str] = Counter()

    @property
    def depth(self) -> int:
        """Brackets that are open."""
        return len(self._stack)

    def step(self, sign: str) -> None:
        """Go past a sign; a stray bracket changes nothing."""
        if sign in _OPEN:
            self._stack.append(_CLOSE[sign])
            self._open[_CLOSE[sign]] += 1
        elif self._open[sign]:
            last = ""
            while last != sign:
                last = self._stack.pop()
                self._open[last] -= 1


def parse_characters(text: str) -> tuple[Appearance, ...]:
    """Read a list of characters, in its order; whatever is no list gives what can be made of it."""
    plain = unicodedata.normalize("NFC", text[:MAX_CHARACTERS])
    plain = "".join(c if c.isprintable() else ";" if c in "\n\r" else " " for c in plain).strip()
    found = _read(_from_python(plain))
    for _ in range(_ROUNDS):
        again = _read(format_characters(found))
        if again == found:
            break
        found = again
    return found


def _read(text: str) -> tuple[Appearance, ...]:
    return tuple(islice(_parse(text, 0), MAX_ENTRIES))


def entries_of(text: str) -> list[str]:
    """Return the entries of a list as they are written, without reading them."""
    plain = text[:MAX_CHARACTERS]
    return _split(plain, _separator_of(plain))


def format_characters(appearances: Sequence[Appearance]) -> str:
    """Write a list of characters in the form used today; reading it gives the same list."""
    return "; ".join(map(_format, appearances))


def _from_python(text: str) -> str:
    """Turn a printed Python list into an ordinary one."""
    if not (text[:1] in "[(" and text[-1:] in "])" and re.match(r"[\[(]\s*['\"]", text)):
        return text
    try:
        told = ast.literal_eval(text) if len(text) <= _MAX_PYTHON_LIST else None
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text
    is_list = isinstance(told, list | tuple) and all(isinstance(one, str) for one in told)
    return "; ".join(map(str, told or ())) if is_list else text


def _parse(text: str, depth: int) -> Iterator[Appearance]:
    group: str | None = None
    for whole in _split(text, _separator_of(text)):
        found, part = _GROUP.match(whole), whole
        if found and (role := ROLES.get(found[1].lower())):
            group, part = role, whole[found.end() :]
        for one in _appearances(_entry_of(part), depth):
            yield replace(one, roles=_once((*one.roles, group))) if group else one


def _separator_of(text: str) -> str:
    """Return what parts the entries: semicolons; in older lists commas, or strokes between names."""
    if len(_split(text, ";")) > 1:
        return ";"
    if len(_split(text, " / ")) > 1:
        return " / "
    parts = [part.strip() for part in _split(text, ",")]
    is_list = all(part and not _SUFFIX.match(part) for part in parts[1:])
    short = all(len(re.sub(r"[\[(].*", "", part).split()) <= _FEW_WORDS for part in parts)
    return "," if len(parts) > 1 and is_list and short else ";"


def _split(text: str, separator: str) -> list[str]:
    """Split outside of brackets; one that is never closed ends with the text, a stray one is passed over."""
    if separator not in text:
        return [text]
    parts, start = [], 0
    nest = _Nest()
    for found in _SIGNS[separator].finditer(text):
        if found[0] != separator:
            nest.step(found[0])
        elif not nest.depth:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def _entry_of(part: str) -> _Entry:
    """Take an entry apart at its brackets of the first level."""
    entry, nest = _Entry(), _Nest()
    words: list[str] = []
    start = after = 0
    for found in _BRACKET.finditer(part):
        place, before = found.start(), nest.depth
        if not before:
            words.append(part[after:place])
            after = place + 1
        nest.step(found[0])
        if not before and nest.depth:
            start = place
        elif before and not nest.depth:
            _keep(entry, part[start], part[start + 1 : place])
            after = place + 1
    if nest.depth:
        _keep(entry, part[start], part[start + 1 :])
    else:
        words.append(part[after:])
    entry.words = " ".join("".join(words).split())
    return entry


def _keep(entry: _Entry, sign: str, inside: str) -> None:
    (entry.brackets if sign == "[" else entry.parentheses).append(inside)


def _appearances(entry: _Entry, depth: int) -> Iterator[Appearance]:
    name, is_uncertain = _doubted(entry.words)
    name = name.strip(' ,;:"“”').strip()[:_LONG_NAME].strip()
    inner = [one for text in entry.brackets for one in _inner(text, depth)]
    one = Appearance(name, number=_trailing_number(name), is_uncertain=is_uncertain)
    for text in entry.parentheses:
        one = _qualified(one, text)
    if any(_is_doubt(text) for text in entry.brackets):
        one = replace(one, is_uncertain=True)
    if not name:  # brackets alone: what is in them stands for itself
        yield from (_and_also(other, one) for other in inner)
    elif any(other.is_team or other.aliases for other in inner) or (inner and _is_team(name, inner)):
        yield replace(one, members=tuple(inner))
    else:
        for other in inner:
            one = _and_also(replace(one, aliases=_once((*one.aliases, other.name))), other)
        yield one


def _inner(text: str, depth: int) -> list[Appearance]:
    if depth >= MAX_DEPTH:
        flat = " ".join(re.sub(r"[\[\]();?]", " ", text).split())[:_LONG_NAME].strip(' ,:"“”')
        return [Appearance(flat)] if flat else []
    return [one for one in _parse(_AS.sub("", text.strip(), count=1), depth + 1) if one.name]


def _is_team(name: str, inner: Sequence[Appearance]) -> bool:
    return len(inner) > 2 or (len(inner) > 1 and bool(_TEAM.search(name)))


def _and_also(one: Appearance, other: Appearance) -> Appearance:
    """Return an appearance with what another says of it."""
    return replace(
        one,
        roles=_once((*one.roles, *other.roles)),
        notes=_once((*one.notes, *other.notes)),
        universe=one.universe or other.universe,
        number=one.number or other.number,
        is_uncertain=one.is_uncertain or other.is_uncertain,
    )


def _qualified(one: Appearance, text: str) -> Appearance:
    """Read what stands in parentheses."""
    for part in re.split(r"[;,&]|\s/\s|\band\b", " ".join(text.split())):
        said, is_doubted = _doubted(part)
        said = said.strip(' .:"“”').strip() if said.strip().lower() not in ROLES else said.strip()
        if is_doubted:
            one = replace(one, is_uncertain=True)
        said = re.sub(r"[\[\]()]", " ", said)
        said = " ".join(said.split())[:_LONG_NAME].strip(' .:"“”')
        if not said:
            continue
        if role := ROLES.get(said.lower()):
            one = replace(one, roles=_once((*one.roles, role)))
        elif number := _roman(said):
            one = replace(one, number=number)
        elif _UNIVERSE.fullmatch(said) and one.universe is None:
            one = replace(one, universe=said)
        else:
            one = replace(one, notes=_once((*one.notes, said)))
    return one


def _doubted(text: str) -> tuple[str, bool]:
    """Take question marks off the ends of words that are in doubt."""
    plain = text.strip()
    bare = plain.strip("?").strip()
    return bare, bare != plain


def _is_doubt(text: str) -> bool:
    return bool(text.strip()) and not text.strip(" ?")


def _trailing_number(name: str) -> int | None:
    """Return the number of "Flash II"; one letter alone is a name: Professor X, Henry V."""
    last = name.rpartition(" ")[2]
    return _roman(last) if " " in name and len(last) > 1 else None


def _roman(text: str) -> int | None:
    if not _ROMAN.fullmatch(text):
        return None
    values = [_DIGITS[letter] for letter in text]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def _to_roman(number: int) -> str:
    steps = (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL")
    found = ""
    for value, letters in (*steps, (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        found += letters * (number // value)
        number %= value
    return found


def _once(values: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _format(one: Appearance) -> str:
    number = None if one.number is None or _trailing_number(one.name) == one.number else _to_roman(one.number)
    told = [*one.roles, number, one.universe, *one.notes, "?" if one.is_uncertain else None]
    inside = "; ".join(map(_format, one.members)) or "; ".join(one.aliases)
    said = "; ".join(part for part in told if part)
    return one.name + (f" [{inside}]" if inside else "") + (f" ({said})" if said else "")
