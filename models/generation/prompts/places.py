"""Which place a description names: a known noun, or a phrase after a preposition that tells of one."""

import re

from models.generation.prompts.grammar import ARTICLES, PREPOSITIONS, PRONOUNS, VERB, WORD, bare
from models.generation.prompts.scene_words import BEINGS, BODY, MOODS, NO_PLACES, PLACES, WORN

_WHERE = re.compile(
    rf"\b(?P<how>{PREPOSITIONS})\s+(?P<place>(?:(?:{ARTICLES})\s+)?[^,.;:!?]{{2,60}})", re.IGNORECASE
)
_ENDS = re.compile(
    rf"\s+(?:and\s+(?:a|an|the|his|her)|and|with|without|while|who|that|where|is|are|was|were|has|have|"
    rf"{PREPOSITIONS}|di\s+notte|e)(?:\s+|$)",
    re.IGNORECASE,
)
_PART_OF = re.compile(
    r"\b(?:door|gate|top|roof|edge|middle|deck|window|foot|entrance|corner|steps|walls?)\s+of\s+"
    r"(?:the|a|an)\s+(?P<place>\w+(?: \w+)?)"
)


def place_in(text: str) -> str:
    """Return the place that a description names, empty where it names none."""
    best, best_score = "", 0.0
    at = 0
    while found := _WHERE.search(text, at):
        at = found.end("how")
        place = _place_of(found["place"])
        score = _likeness(place, found["how"].lower())
        if score > best_score:
            best, best_score = place, score
    if not best and (owner := _PART_OF.search(text)):
        return owner["place"]
    return best if best_score > _OPENING else _opening_place(text) or best


_OPENING = 1.5
"""A likeness to places that one which opens a description yields to."""


def _opening_place(text: str) -> str:
    """Return the place that a description begins with: ``A railway station in the snow``."""
    start = bare(re.split(rf"[,.;:]|\s(?:{PREPOSITIONS}|with|of|and)\s", text.strip(), maxsplit=1)[0])
    words = WORD.findall(start.lower())
    return start if words and words[-1] in PLACES and not set(words) & BEINGS else ""


def _place_of(phrase: str) -> str:
    """Return the noun of a phrase with what stands before it; what follows a known place is cut off."""
    phrase = re.split(
        r"(?<! of)\s+(?:a|an|the|two|three|his|her)\s", bare(_ENDS.split(phrase)[0]), maxsplit=1
    )[0]
    ends = [word.end() for word in WORD.finditer(phrase) if word[0].lower() in PLACES]
    if ends and not re.match(r"\s+of\b", phrase[ends[-1] :]):
        return phrase[: ends[-1]]
    return VERB.split(phrase, maxsplit=1)[0].strip() if not ends else phrase


_NOT_THERE = frozenset((*PRONOUNS, "her", "his", "its", "which", "behind", "above", "below", "each"))


def _likeness(place: str, how: str) -> float:
    """Say how much a phrase is like a place: a known noun, else a preposition that tells of one."""
    words = WORD.findall(place.lower())
    if (
        not words
        or words[-1] in NO_PLACES | WORN | BODY | BEINGS
        or words[0] in NO_PLACES | _NOT_THERE
        or words[0][-3:] == "ing"
    ):
        return 0.0
    if any(word in signs for word in words[-1:] for signs in MOODS.values()) and words[-1] not in PLACES:
        return 0.0
    if any(word in PLACES for word in words):
        return 2.0 - (0.5 if how in ("from", "toward", "towards", "past") else 0.0)
    return 1.0 if how in ("in", "at", "inside", "outside", "nel", "nella", "al", "alla") else 0.5
