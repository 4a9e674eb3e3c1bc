"""Descriptions in Italian, French, German, Spanish, Japanese and Korean, put into the English of scenes.

No translation: what the glossary knows becomes English, the rest stays as it is, and the rules for English
read the whole. ``La fille et le robot parlent au port`` becomes ``the girl and the robot parlent at port``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.generation.prompts.glossary import BEINGS, COLOURS, HOURS, JOINTS, NOBODY_CJK, NUMBERS, PLACES

_ENGLISH = frozenset(
    (
        "the",
        "a",
        "an",
        "and",
        "at",
        "in",
        "on",
        "with",
        "of",
        "is",
        "are",
        "his",
        "her",
        "two",
        "to",
        "from",
        "by",
    )
)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_ELIDED = re.compile(r"\b(l|d|dell|nell|all|sull|dall|un|qu|s)['’](?=\w)", re.IGNORECASE)
_JAPANESE, _KOREAN = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]"), re.compile(r"[\uac00-\ud7a3]")
_KANA_NAME = re.compile(r"[ァ-ヴー]{2,12}(?=[とがはもの、をに])")
_AFTER_KOREAN = re.compile(
    r"(?:들)?(?:이|가|은|는|을|를|와|과|랑|이랑|하고|도|만|의|에게|한테|께서|에|에서|로|으로|이나|나|까지|부터)?(?:는|도)?[.,!?]*"
)
_STAND_INS = ("Xan", "Yan", "Zan")
"""Names that the rules for English take for such, in place of those of a script without capitals."""


@dataclass(frozen=True, slots=True)
class English:
    """A description in English as far as it is known, and what its people were called, by English noun."""

    text: str
    called: tuple[tuple[str, str], ...] = ()

    @property
    def readable(self) -> str:
        """The description with the names that it has itself."""
        text = self.text
        for stand_in, name in self.called:
            text = text.replace(stand_in, name) if stand_in in _STAND_INS else text
        return text

    def name_of(self, who: str) -> str:
        """Return what the description calls somebody whom the rules for English name ``who``."""
        noun, _, number = who.partition(" ") if re.search(r" \d$", who) else (who, "", "")
        for meaning, word in self.called:
            if noun == meaning or noun.endswith(f" {meaning}"):
                return f"{word} {number}" if number else word
        return who


def in_english(text: str) -> English:
    """Put what is known of a description into English; one in English stays as it is."""
    if _KOREAN.search(text):
        return _composed(text, "ko")
    if _JAPANESE.search(text):
        return _composed(text, "ja")
    language = _language_of(text)
    return English(text) if language is None else _substituted(_ELIDED.sub(r"\1 ", text), language)


def _language_of(text: str) -> str | None:
    """Return the Latin language most of whose words are in a text; None for English and where it is open."""
    words = [word.lower() for word in _WORD.findall(_ELIDED.sub(r"\1 ", text))]
    english = sum(word in _ENGLISH for word in words)
    found = {
        language: sum(word in JOINTS[language] for word in words)
        + sum(word in table[language] for word in words for table in (BEINGS, PLACES, HOURS, NUMBERS))
        for language in ("it", "fr", "de", "es")
    }
    best = max(found, key=lambda language: found[language])
    return best if found[best] >= 2 and found[best] > english else None


def _substituted(text: str, language: str) -> English:
    tables = (BEINGS, PLACES, HOURS, NUMBERS, COLOURS, JOINTS)
    known = {word: meaning for table in reversed(tables) for word, meaning in table[language].items()}
    called: dict[str, str] = {}
    last = ""

    def one(found: re.Match[str]) -> str:
        nonlocal last
        word, before = found[0], last
        meaning = known.get(word.lower())
        last = meaning or word
        if word.lower() in BEINGS[language] and meaning:
            called.setdefault(meaning, word)
        if meaning is None and language == "de" and before in ("the", "a", "his", "her", "at", "in"):
            return word.lower()  # any noun is written with a capital
        return meaning if meaning is not None else word

    english = _WORD.sub(one, text)
    nouns = "|".join(sorted(set(BEINGS[language].values()), key=len, reverse=True))
    colours = "|".join(set(COLOURS[language].values()))
    hours = "|".join(set(HOURS[language].values()))
    english = re.sub(rf"\b(?:of|near|in|in the) ({hours})\b", r"at \1", english)
    english = re.sub(rf"\b({nouns}) ({colours})\b", r"\2 \1", english)
    return English(english, tuple(called.items()))


def _composed(text: str, language: str) -> English:
    """Compose an English description of what a text of a script without such rules names."""
    if any(sign in text for sign in NOBODY_CJK[language]):
        parts = ["nobody", *(phrase for phrase, _ in _found(text, language, with_people=False))]
        return English(", ".join(parts))
    people, places, called = list[str](), list[str](), dict[str, str]()
    for phrase, word in _found(text, language, with_people=True):
        if phrase == word:  # a name
            stand_in = _STAND_INS[sum(known in called for known in _STAND_INS) % len(_STAND_INS)]
            called[stand_in] = word
            people.append(stand_in)
        elif word:
            called.setdefault(phrase.split()[-1], word)
            people.append(phrase)
        else:
            places.append(phrase)
    if not (people or places):
        return English(text)
    joined = " and ".join(people)
    return English(", ".join(filter(None, [joined, *places])), tuple(called.items()))


def _found(text: str, language: str, *, with_people: bool) -> Iterator[tuple[str, str]]:
    """Give what a text names, in its order: people with the word for them, places and hours without one."""
    finder = _in_korean if language == "ko" else _in_japanese
    for kind, meaning, word, number, colour in finder(text):
        if kind == "being":
            if with_people:
                yield " ".join(filter(None, (number or "a", colour, meaning))), word
        elif kind == "name":
            if with_people:
                yield meaning, word
        else:
            yield (f"at the {meaning}" if kind == "place" else meaning), ""


_Named = tuple[str, str, str, str, str]
"""Kind, meaning, the word, a number, a colour."""


def _in_japanese(text: str) -> Iterator[_Named]:
    kinds = {"being": BEINGS["ja"], "place": PLACES["ja"], "hour": HOURS["ja"], "number": NUMBERS["ja"],
             "colour": COLOURS["ja"]}  # fmt: skip
    words = sorted(
        ((word, kind) for kind, table in kinds.items() for word in table), key=lambda one: -len(one[0])
    )
    number = colour = ""
    at = 0
    while at < len(text):
        found = next(((word, kind) for word, kind in words if text.startswith(word, at)), None)
        name = _KANA_NAME.match(text, at) if found is None and not _is_kana(text[at - 1 : at]) else None
        if name is not None:
            yield "name", f"{name[0]}", name[0], "", ""
        if found is None:
            at += len(name[0]) if name is not None else 1
            continue
        (word, kind), at = found, at + len(found[0])
        meaning = kinds[kind][word]
        if kind == "number":
            number = meaning
        elif kind == "colour":
            colour = meaning
        elif kind == "being" and _owns(text[at:], BEINGS["ja"]):
            continue
        else:
            after = next((more for more in NUMBERS["ja"] if re.match(rf"[がはも、]?{more}", text[at:])), "")
            yield kind, meaning, word, number or NUMBERS["ja"].get(after, ""), colour
            if kind == "being":
                number = colour = ""
            at += len(re.match(rf"[がはも、]?{after}", text[at:])[0]) if after else 0  # type: ignore[index]


def _owns(rest: str, beings: dict[str, str]) -> bool:
    return rest.startswith("の") and any(rest.startswith(word, 1) for word in beings)


def _is_kana(text: str) -> bool:
    return bool(re.match(r"[ァ-ヴー]", text))


def _in_korean(text: str) -> Iterator[_Named]:
    kinds = {"being": BEINGS["ko"], "place": PLACES["ko"], "hour": HOURS["ko"], "colour": COLOURS["ko"]}
    number = colour = ""
    tokens = text.replace(",", " ").split()
    for place, token in enumerate(tokens):
        if token in NUMBERS["ko"]:
            before = tokens[place - 1] if place else ""
            number = "" if _korean_noun(before, BEINGS["ko"]) else NUMBERS["ko"][token]
            continue
        for kind, table in kinds.items():
            word = _korean_noun(token, table)
            if not word:
                continue
            after = tokens[place + 1] if place + 1 < len(tokens) else ""
            if kind == "colour":
                colour = table[word]
            elif kind == "being" and token.endswith("의") and _korean_noun(after, table):
                pass  # whose the next one is
            else:
                yield kind, table[word], word, number or NUMBERS["ko"].get(after, ""), colour
                if kind == "being":
                    number = colour = ""
            break


def _korean_noun(token: str, table: dict[str, str]) -> str:
    """Return the noun that a token is, with the particle that follows it."""
    able = (word for word in table if token.startswith(word) and _AFTER_KOREAN.fullmatch(token[len(word) :]))
    return max(able, key=len, default="")
