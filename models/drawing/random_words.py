"""Small grammars for the words of random books: every draw is a sentence somebody might say."""

import random
import re
from collections.abc import Mapping
from types import MappingProxyType

NAMES = (
    "Ada",
    "Basil",
    "Clover",
    "Dorian",
    "Edda",
    "Fitz",
    "Greta",
    "Hugo",
    "Isla",
    "Juniper",
    "Kasper",
    "Lotte",
    "Milo",
    "Nell",
    "Otis",
    "Petra",
    "Quinn",
    "Rosa",
    "Sami",
    "Tilda",
    "Ulf",
    "Viola",
    "Wren",
    "Xenia",
    "Yorick",
    "Zelda",
    "Bram",
    "Cosima",
    "Dag",
    "Elke",
    "Florin",
    "Gwen",
    "Hector",
    "Ines",
    "Jonas",
    "Kira",
)
NOISES = (
    "BOOM",
    "CRASH",
    "SPLASH",
    "WHOOSH",
    "THUD",
    "CLANG",
    "ZAP",
    "CRACK",
    "SWISH",
    "DING",
    "RUMBLE",
    "SNAP",
    "POP",
    "HISS",
    "KNOCK",
    "BANG",
)
KANA_NOISES = ("ドーン", "ガシャン", "ザーッ", "ドキドキ", "バン", "ゴゴゴ", "キラキラ", "ピカッ")
SIGNS = (
    "OPEN",
    "CLOSED",
    "BAKERY",
    "NO ENTRY",
    "HOTEL",
    "EXIT",
    "TICKETS",
    "BOOKS",
    "TEA ROOM",
    "TO THE SEA",
)

# {slots} are filled from the lists of the same name; the grammar is flat on purpose.
_SLOTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "thing": (
            "map",
            "key",
            "lantern",
            "clock",
            "letter",
            "umbrella",
            "crown",
            "kettle",
            "violin",
            "compass",
            "ticket",
            "mirror",
        ),
        "owner": (
            "the mayor",
            "my aunt",
            "the old king",
            "a sleeping bear",
            "the night watch",
            "nobody at all",
        ),
        "where": (
            "under the bridge",
            "behind the waterfall",
            "on the last train",
            "in the bread oven",
            "above the clouds",
            "at the end of the pier",
            "inside the clock tower",
        ),
        "quality": (
            "strange",
            "quiet",
            "enormous",
            "golden",
            "broken",
            "invisible",
            "tiny",
            "furious",
            "borrowed",
            "frozen",
        ),
        "deed": (
            "open the door",
            "follow the music",
            "cross the river",
            "wake the giant",
            "count to nine",
            "trust the fox",
            "paint it blue",
            "hide the evidence",
        ),
        "time": (
            "at midnight",
            "before breakfast",
            "every Tuesday",
            "in a hundred years",
            "just in time",
            "too late",
        ),
    }
)
_LONG = (
    "I found the {quality} {thing} {where}, and it belongs to {owner}.",
    "If we {deed} now, we will be home {time}.",
    "Nobody told me that the {thing} was so {quality}!",
    "My grandmother always said: never {deed} {time}.",
    "Listen, there is something {quality} {where}.",
    "You promised {owner} that we would {deed}.",
    "It was {owner} who left the {thing} {where}.",
    "Do you really think we can {deed} {time}?",
)
_SHORT = (
    "Where is the {thing}?",
    "We must {deed}!",
    "How {quality}!",
    "Not the {thing} again.",
    "Look, a {quality} {thing}!",
    "Come back {time}.",
    "Who said that?",
    "It is {where}!",
    "I can explain.",
    "Ask {owner}.",
)
_CAPTIONS = (
    "Meanwhile, {where}.",
    "And so they had to {deed}.",
    "It happened {time}.",
    "The {thing} had never been so {quality}.",
    "Far away, {owner} was waiting.",
    "By morning the {thing} was gone.",
)
_TITLES = (
    "The {quality} {thing}",
    "The {thing} of {owner}",
    "Secrets {where}",
    "A {thing} {time}",
)
_PARAGRAPHS = (
    "Dear friends, the {quality} {thing} was seen {where}. Whoever finds it may {deed}.",
    "A reader asks whether {owner} can {deed} {time}. We asked, and the answer was {quality}.",
    "The {thing} in our last number was not {quality} at all. We thank {owner} for the correction.",
    "It was {time} that the story began, {where}, with a {thing} that nobody wanted and a {quality} rumour.",
)
_OFFERS = ("The {quality} {thing} that every home needs.", "As used by {owner}!", "Works {where} and {time}.")


def speech(rng: random.Random, *, short: bool) -> str:
    """Return something to say."""
    return _filled(rng, rng.choice(_SHORT if short else _LONG))


def narration(rng: random.Random) -> str:
    """Return something a narrator says."""
    return _filled(rng, rng.choice(_CAPTIONS))


def title(rng: random.Random) -> str:
    """Return the title of a book."""
    words = _filled(rng, rng.choice(_TITLES))
    return " ".join(word if word in {"the", "of", "a", "at"} else word.capitalize() for word in words.split())


def prose(rng: random.Random, paragraphs: int) -> tuple[str, ...]:
    """Return paragraphs for a text page."""
    return tuple(" ".join(_filled(rng, rng.choice(_PARAGRAPHS)) for _ in range(3)) for _ in range(paragraphs))


def offer(rng: random.Random) -> tuple[str, tuple[str, ...]]:
    """Return the headline and the words of an advertisement."""
    price = f"Order now! Only {rng.randrange(1, 20)}.{rng.choice((50, 95, 99))}"
    return _filled(rng, "The {quality} {thing}!").title(), (_filled(rng, rng.choice(_OFFERS)), price)


def _filled(rng: random.Random, template: str) -> str:
    words = re.sub(r"\{(\w+)\}", lambda match: rng.choice(_SLOTS[match[1]]), template)
    words = re.sub(r"\b([Aa]) (?=[aeiou])", r"\1n ", words)
    return words[0].upper() + words[1:]
