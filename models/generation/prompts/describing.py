"""Who is described, how they look, and where they are: rules over words and commas, no model.

``Bolt, a grey robot in a red striped shirt, waits in a library at night`` shows Bolt, who looks like a grey
robot in a red striped shirt, and the place is a library.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from models.generation.prompts.grammar import ARTICLE, ARTICLES, PREPOSITIONS, PRONOUNS, VERB, WORD, bare
from models.generation.prompts.places import place_in
from models.generation.prompts.scene_words import (
    BEINGS,
    BODY,
    MOODS,
    NO_PLACES,
    NUMBERS,
    PLACES,
    SCENERY,
    WORN,
)

MOST_FIGURES = 3
_SHOT = re.compile(
    r"^\s*(?:(?:(?:extreme|very|medium|wide|long|full|establishing|two|american|high|low|aerial|detail|close)"
    r"[\s\-]+)*(?:close-?up|shot|view|angle(?:\s+view)?|detail|profile|portrait|panorama)"
    r"(?:\s+(?:from\s+\w+(?:\s+above|\s+below)?))?(?:\s+of\b|\s*[:,])\s*|seen\s+from\s+[\w ]+?,\s*)",
    re.IGNORECASE,
)
_DRAWN_WITH = re.compile(r"\bdrawn (?:with|in|as)\b[^.]*\.?", re.IGNORECASE)
_THERE_ARE = re.compile(r"\bthere (?:is|are|stands?|lies?)\b[^.;]*", re.IGNORECASE)
_NOBODY = re.compile(
    r"\b(?:without (?:anybody|anyone|people|figures|characters)|with nobody|nobody|no one|no-one|deserted|"
    r"no (?:figures|characters|people)|senza nessuno|nessuno|deserto)\b(?:\s+in sight)?",
    re.IGNORECASE,
)
_CLAUSES = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bMs)(?<!\bSt)[.;!?:](?:\s+|$)|,?\s+(?:while|whilst|as|mentre)\s+"
)
_LEADING_PLACE = re.compile(
    rf"^(?:{PREPOSITIONS})\s+(?:(?:{ARTICLES})\s+)?[\w'’\-]+(?:\s+(?!(?:a|an|the|two|three|his|her)\s)[\w'’\-]+)*?"
    rf"(?=\s+(?:a|an|the|two|three|four|his|her|{PREPOSITIONS})\s|\s+[A-ZÀ-Þ]|$)",
    re.IGNORECASE,
)
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ][\w'’.\-]*(?:\s+[A-ZÀ-ÖØ-Þ][\w'’\-]*)?")
_FOREIGN = re.compile(r"[\u0370-\u1dff\u2e80-\uffee]")
"""Scripts whose sentences these rules cannot take apart: such a text is searched as a whole."""
_OWNER = re.compile(r"['’]s?$")
_OF_SOMEBODY = re.compile(r"^[\w\-]+['’]s?\s+")
_SEVERAL = 2
"""How many figures a plural without a number asks for."""
_COUPLE = re.compile(r"\ba\s+(?:pair|couple)\s+of\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Described:
    """Who is seen, by name, with how they look (``looks``, as far as it is told), and where."""

    who: tuple[str, ...]
    looks: tuple[tuple[str, str], ...]
    where: str
    is_deserted: bool


@dataclass(frozen=True, slots=True)
class _Somebody:
    name: str
    look: str = ""


def without_shot(text: str) -> str:
    """Return a description without the words for its shot (``Medium shot:``, ``Close-up of``)."""
    while found := _SHOT.match(text):
        text = text[found.end() :]
    return text


def described(seen: str) -> Described:
    """Read a description; what the rules do not understand is left out."""
    is_deserted = bool(_NOBODY.search(seen))
    text = _COUPLE.sub("two", _DRAWN_WITH.sub(" ", _NOBODY.sub(" ", without_shot(seen))))
    told = _THERE_ARE.sub(" ", text)
    clauses = [clause for part in _CLAUSES.split(told) if (clause := without_shot(part).strip(" ,"))]
    people: list[_Somebody] = []
    for clause in clauses:
        for one in () if is_deserted else _people_in(clause):
            if len(people) < MOST_FIGURES and not _is_known(one, people):
                people.append(one)
            elif len(people) < MOST_FIGURES and (another := _another(one, people)):
                people.append(another)
    if not people and clauses and not is_deserted and not _FOREIGN.search(clauses[0]):
        people = list(_subject_of(clauses[0]))
    return Described(
        tuple(one.name for one in people),
        tuple((one.name, one.look) for one in people if one.look),
        place_in(_without(text, people)),
        is_deserted,
    )


def _without(text: str, people: list[_Somebody]) -> str:
    """Return a text without how people look: a ``school uniform`` is no school."""
    for one in people:
        text = text.replace(one.look, one.look.split()[0]) if " " in one.look else text
    return text


def _is_known(one: _Somebody, people: list[_Somebody]) -> bool:
    name = one.name.lower()
    stems = [re.sub(r" \d$", "", other.name.lower()) for other in people]
    same = one.look and not name[-1:].isdigit() and any(one.look == other.look for other in people)
    return bool(same) or any(name == other.name.lower() for other in people) or name in stems


def _another(one: _Somebody, people: list[_Somebody]) -> _Somebody | None:
    """Return somebody as the second of their kind, where they are told to look otherwise than the first."""
    alike = [other for other in people if other.name.lower() == one.name.lower()]
    if not alike or any(len(who.look) <= len(who.name) or who.look == one.look for who in alike):
        return None
    return _Somebody(f"{one.name} {len(alike) + 1}", one.look) if len(one.look) > len(one.name) else None


def _people_in(clause: str) -> Iterator[_Somebody]:
    """Give those of a clause in order: names with what stands beside them, then nouns of beings."""
    segments = [_without_place(segment.strip()) for segment in clause.split(",")]
    skipped = False
    for number, segment in enumerate(segments):
        if skipped:  # it told how the one before looks
            skipped = False
            continue
        after = segments[number + 1] if number + 1 < len(segments) else ""
        name = _NAME.fullmatch(bare(segment))
        noun = _first_being(after)
        if name and noun and ARTICLE.match(after):
            skipped = True
            yield _Somebody(name[0], _look_at(after, noun))
            continue
        yield from _named_in(segment)


def _without_place(segment: str) -> str:
    """Drop what opens a segment: a place (``At night in heavy rain a witch sits``), an ``and``."""
    segment = re.sub(r"^(?:and|then|e)\s+", "", segment)
    while found := _LEADING_PLACE.match(segment):
        rest = segment[found.end() :].strip()
        if not rest or _first_being(segment[: found.end()]):
            break
        segment = rest
    return segment


def _named_in(segment: str) -> Iterator[_Somebody]:
    words = segment.split()
    if words and words[0].lower() in PRONOUNS:
        yield _Somebody(words[0].lower())
    at = 0
    while at < len(segment):
        name, being = _next_name(segment, at), _first_being(segment, at)
        if name is None and being is None:
            return
        if being is None or (name is not None and name.start() <= being.start()):
            assert name is not None
            at = name.end()
            if owner := _OWNER.search(name[0]):  # Bolt's dog, Bolt's hand, Bolt's house
                if _is_part_of_somebody(segment[at:]):
                    yield _Somebody(name[0][: owner.start()])
                continue
            behind = re.match(r"\s+the(?:\s+[\w\-]+){1,3}", segment[at:])
            noun = _first_being(behind[0]) if behind else None
            if behind and noun:
                yield _Somebody(name[0], bare(behind[0][: noun.end()]))
                at += noun.end()
            else:
                yield _Somebody(name[0])
            continue
        at = being.end()
        called = _NAME.match(segment, at + 1)
        if called and _is_name(called[0]) and being[0].islower():  # the dragon Old Gloam
            at = called.end()
            yield _Somebody(called[0], bare(_phrase_before(segment, being)))
            continue
        yield from _beings_of(segment, being)


def _is_part_of_somebody(rest: str) -> bool:
    """Say whether what is somebody's shows them: their hand, their coat."""
    words = [word.lower() for word in WORD.findall(rest)[:3]]
    return any(word in BODY | WORN for word in words) and not any(word in BEINGS for word in words)


def _beings_of(segment: str, noun: "re.Match[str]") -> Iterator[_Somebody]:
    """Give the one, or the several, that a noun stands for."""
    phrase = _phrase_before(segment, noun)
    words = phrase.split()
    counted = words[0].lower() in NUMBERS
    count = NUMBERS[words[0].lower()] if counted else _SEVERAL if _is_plural(noun[0]) else 1
    if count > 1:
        words = bare(phrase).split()[1:] if counted else bare(phrase).split()
        one = _singular(noun[0])
        look = " ".join([*words[:-1], one])
        yield from (_Somebody(one if k == 1 else f"{one} {k}", look) for k in range(1, count + 1))
        return
    phrase = bare(phrase)
    yield _Somebody(phrase, _OF_SOMEBODY.sub("", _look_at(segment, noun)) if phrase else "")


def _is_plural(noun: str) -> bool:
    """Say whether a noun stands for several, whose number is not told: ``the wolves``."""
    one = _singular(noun.lower())
    return one != noun.lower() and one in BEINGS and one != "person"


def _phrase_before(segment: str, noun: "re.Match[str]") -> str:
    """Return a noun with what is said of it before: from its article, or from as far as words describe it."""
    before = segment[: noun.start()]
    words = before.split()
    kept: list[str] = []
    for word in reversed(words[-5:]):
        plain = word.lower().strip("'’")
        if (
            word[-1] in ",;:"
            or re.fullmatch(rf"(?:{ARTICLES}|{PREPOSITIONS}|and|with|of|e|con|or|to|that|who)", plain)
            or plain in PLACES | WORN | BODY
            or (plain in BEINGS and "-" not in plain and plain not in ("giant", "baby"))
            or (re.fullmatch(r"[a-z]{2,}[a-rt-z]s", plain) and plain not in NUMBERS)
        ):
            break
        kept.insert(0, word)
        if plain in NUMBERS:
            break
    return " ".join([*kept, noun[0]])


def _look_at(segment: str, noun: "re.Match[str]") -> str:
    """Return how somebody looks: the noun, what stands before it, and what they wear."""
    look, at = bare(_phrase_before(segment, noun)), noun.end()
    worn = re.compile(
        r"\s+(?:and\s+)?(?:in|with|wearing|and)\s+(?:an?\s+|his\s+|her\s+|its\s+)?(?:[\w\-]+\s+){0,3}?([\w\-]+)\b"
    )
    while (found := worn.match(segment, at)) is not None:
        end = next((word.end() for word in WORD.finditer(found[0]) if word[0].lower() in WORN), None)
        if end is None:
            further = re.match(r"(?:\s+[\w\-]+){1,2}", segment[found.end() :])
            words = f"{found[0]}{further[0]}" if further else ""
            end = next((word.end() for word in WORD.finditer(words) if word[0].lower() in WORN), None)
            if end is None:
                break
            look, at = f"{look}{words[:end]}", at + end
            continue
        look, at = f"{look}{found[0][:end]}", at + end
    return look


def _first_being(text: str, at: int = 0) -> "re.Match[str] | None":
    """Return the next noun of a being, of two (``cat detective``) the last; a ``witch hat`` none."""
    words = list(WORD.finditer(text, at))
    for word, after in zip_longest(words, words[1:]):
        if word[0].lower() not in BEINGS:
            continue
        next_one = after[0].lower() if after and text[word.end() : after.start()].isspace() else ""
        if next_one in BEINGS:
            return after
        if next_one not in WORN | BODY:
            return word
    return None


def _next_name(segment: str, at: int) -> "re.Match[str] | None":
    for found in _NAME.finditer(segment, at):
        if found.start() and segment[found.start() - 1].isalnum():
            continue
        opens = not segment[: found.start()].strip()
        rest = segment[found.end() :]
        is_owner = _OWNER.search(found[0]) and _is_part_of_somebody(rest)
        if _is_name(found[0]) and (not opens or is_owner or _is_subject(rest)):
            return found
    return None


def _is_subject(rest: str) -> bool:
    """Say whether a capital at the start of a sentence is a name: something is done, or joined, after it."""
    return not rest.strip() or bool(
        re.match(rf"\s*(?:$|,|&|(?:and|with|e|con|the|{PREPOSITIONS})\b)", rest) or VERB.match(rest)
    )


def _is_name(text: str) -> bool:
    first = text.split(maxsplit=1)[0].lower().strip("'’.")
    if len(text.split()) > 1:
        return first not in PRONOUNS and not ARTICLE.match(text)
    return (
        first not in BEINGS | SCENERY | PLACES | NO_PLACES | WORN | BODY
        and first not in NUMBERS
        and first not in PRONOUNS
        and not ARTICLE.match(f"{text} ")
        and not re.fullmatch(PREPOSITIONS, first)
        and not any(first in signs for signs in MOODS.values())
        and first
        not in ("seen", "view", "top", "upper", "drawn", "later", "there", "then", "and", "with", "but")
        and not first.endswith(("ing", "ed", "-"))
        and "-" not in first
    )


def _subject_of(clause: str) -> Iterator[_Somebody]:
    """Give what stands before the verb, where no noun of a being is known: ``the parsnips run``."""
    segment = clause.partition(",")[0].strip()
    while (found := _LEADING_PLACE.match(segment)) and segment[found.end() :].strip():
        segment = segment[found.end() :].strip()
    subject = VERB.split(segment, maxsplit=1)[0].strip()
    subject = re.split(rf"\s+(?:{PREPOSITIONS}|with|of)\s", subject, maxsplit=1)[0]
    if re.match(rf"^(?:{PREPOSITIONS}|with)\b", subject, re.IGNORECASE):
        return
    for part in re.split(r"\s+(?:and|e|et|und)\s+|\s*&\s*", subject):
        name, words = bare(part), WORD.findall(part.lower())
        known = SCENERY | PLACES | NO_PLACES | BODY | WORN
        dull = all(any(word in signs for signs in MOODS.values()) for word in words)
        if (
            name.lower() not in ARTICLES.split("|")
            and words
            and not dull
            and words[-1] not in known
            and len(words) <= 4
            and name.isprintable()
        ):
            yield _Somebody(name)


def _singular(noun: str) -> str:
    irregular = {"men": "man", "women": "woman", "children": "child", "mice": "mouse", "wolves": "wolf",
                 "thieves": "thief", "elves": "elf", "people": "person", "witches": "witch", "foxes": "fox",
                 "fairies": "fairy"}  # fmt: skip
    return irregular.get(noun.lower()) or re.sub(r"(?<=[a-z]{2})s$", "", noun)
