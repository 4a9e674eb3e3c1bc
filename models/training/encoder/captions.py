"""Facts in natural words: sentences of every length, telegrams, lists of tags and single words."""

import random
from collections.abc import Sequence
from dataclasses import replace

from models.training.encoder.facts import Being, Facts

_JOINERS = (
    " and ",
    " and ",
    " with ",
    " while ",
    ", ",
    "; ",
    " beside ",
    " next to ",
    " together with ",
    " near ",
)
_THING_JOINERS = (" with ", ", ", " and ", "; there is ", " beside ", " near ", " next to ", ", behind ")


def captions(facts: Facts, rng: random.Random) -> tuple[str, str, str]:
    """Return a full sentence, a partial one and a few words; all true, none complete for sure."""
    return _sentence(facts, rng, keep=0.9), _sentence(facts, rng, keep=0.5), _few_words(facts, rng)


def _sentence(facts: Facts, rng: random.Random, *, keep: float) -> str:
    deeds = [_deed(being, rng, keep) for being in facts.beings]
    if facts.together and rng.random() < 0.5:
        pair = [_deed(replace(being, verbs=()), rng, keep) for being in facts.beings[:2]]
        deeds = [f"{pair[0]} and {pair[1]} {rng.choice(facts.together)}", *deeds[2:]]
    text = _joined(deeds, rng)
    for thing in facts.things:
        if rng.random() < keep + 0.05 or not text:
            text = f"{text}{rng.choice(_THING_JOINERS)}{thing}" if text else thing
    setting = _setting(facts, rng, keep)
    if setting and text:
        text = (
            f"{setting}, {text}" if rng.random() < 0.25 else f"{text}{rng.choice((' ', ' ', ', '))}{setting}"
        )
    text = text or setting or _some(facts.shots, rng) or "a picture"
    if facts.shots and rng.random() < 0.18 * keep:
        text = f"{rng.choice(facts.shots)}: {text}"
    extra = [
        rng.choice(words)
        for words, chance in ((facts.views, 0.5), (facts.looks, 0.15), (facts.effects, 0.4))
        if words and rng.random() < chance * keep
    ]
    text = ", ".join([text, *extra])
    return text[0].upper() + text[1:] if rng.random() < 0.7 else text


def _deed(being: Being, rng: random.Random, keep: float) -> str:
    """Return one being with what it does; the noun is short where little is to be kept."""
    nouns = being.nouns if rng.random() < keep else being.nouns[1:] or being.nouns
    text = rng.choice(nouns)
    trait = _some(being.traits, rng) if rng.random() < 0.35 * keep else ""
    if trait:
        article, _, noun = text.partition(" ")
        if article in ("a", "an"):
            text = f"{'an' if trait[0] in 'aeiou' else 'a'} {trait} {noun}"
    parts = []
    if being.verbs and rng.random() < keep:
        parts.append(rng.choice(being.verbs))
    if being.holding and rng.random() < keep:
        parts.append(
            f"{'and ' if parts else ''}{rng.choice(('holds', 'holding', 'carries', 'has'))} {being.holding}"
        )
    if being.moods and not trait and rng.random() < keep:
        parts.append(rng.choice(being.moods))
    return " ".join([text, *parts])


def _joined(deeds: Sequence[str], rng: random.Random) -> str:
    if len(deeds) < 2:
        return "".join(deeds)
    return ", ".join(deeds[:-1]) + rng.choice(_JOINERS) + deeds[-1]


def _setting(facts: Facts, rng: random.Random, keep: float) -> str:
    chosen = [
        rng.choice(words)
        for words, chance in ((facts.places, 1.0), (facts.times, 0.8), (facts.weathers, 0.9))
        if words and rng.random() < chance * keep
    ]
    if len(chosen) > 1 and rng.random() < 0.3:
        rng.shuffle(chosen)
    return " ".join(chosen)


def _few_words(facts: Facts, rng: random.Random) -> str:
    """Return two or three facts, a list of tags, or one word."""
    pool = [being.nouns[-1] for being in facts.beings] + [rng.choice(being.nouns) for being in facts.beings]
    pool += list(facts.things)
    pool += [
        _some(words, rng)
        for words in (facts.places, facts.times, facts.weathers, facts.views, facts.effects, facts.looks)
        if words and "colour" not in words[-1]
    ]
    for being in facts.beings:
        deed = [rng.choice(words) for words in (being.verbs, being.moods) if words]
        pool += [f"{being.nouns[-1]} {word}" for word in deed]
        if being.traits:
            pool.append(f"{rng.choice(being.traits)} {_bare(being.nouns[-1])}")
        if being.holding:
            pool.append(being.holding)
    if not pool:
        return _some(facts.shots, rng) or "picture"
    count = rng.choice((1, 1, 2, 2, 3))
    words = rng.sample(pool, min(count, len(pool)))
    if rng.random() < 0.5:
        words = [_bare(word) for word in words]
    return ", ".join(words)


def _bare(phrase: str) -> str:
    """Return a phrase without its article."""
    first, _, rest = phrase.partition(" ")
    return rest if first in ("a", "an", "the") and rest else phrase


def _some(words: Sequence[str], rng: random.Random) -> str:
    return rng.choice(words) if words else ""
