"""What named drawings are called: signs that no comic would draw left out, kinds and moods added."""

import re

from models.training.encoder.people import with_article


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SKIPPED = re.compile(
    r"squared|combining|symbol|ideograph|component|clock face|heavy|large|small|medium |button"
    r"|mark\b|input|\bno |sign of|vibration|negative|circled|arrow|trade|source|diamond|triangle"
    r"|^male|^female|sound wave|speaker with|stroke|square|level slider|control|bookmark|ballot"
    r"|asterisk|wavy|curly loop|alternation|keycap|abstract|^card |dice|inverted|^number|^level"
    r"|aries|taurus|gemini|cancer|^leo$|virgo|libra|scorpius|sagittarius|capricorn|aquarius"
    r"|pisces|ophiuchus|logic gate|^team |contract|cpu|^cloud up|^cloud down|^player|suit$|badge"
    r"|flag$|om symbol|^on with|^end with|^back with|^soon with|^top with|receipt"
)
_PEOPLE = {
    "ear of rice": "farmer",
    "cooking": "cook",
    "graduation cap": "student",
    "microphone": "singer",
    "artist palette": "painter",
    "school": "teacher",
    "factory": "factory worker",
    "personal computer": "office worker at a computer",
    "briefcase": "office worker",
    "wrench": "mechanic",
    "microscope": "scientist",
    "rocket": "astronaut",
    "fire engine": "firefighter",
    "staff of aesculapius": "doctor",
    "scales": "judge",
    "airplane": "pilot",
    "baby bottle": "parent feeding a baby",
    "christmas tree": "santa claus",
}
_RENAMED = {
    "mage": "witch",
    "mage female": "sorceress",
    "mage male": "wizard",
    "father christmas": "santa claus",
    "mother christmas": "old woman in a santa hat",
    "hocho": "kitchen knife",
    "aubergine": "eggplant",
    "extraterrestrial alien": "alien",
    "sauropod": "dinosaur",
    "t-rex": "dinosaur",
    "european castle": "castle",
    "older woman": "old woman",
    "older man": "old man",
    "person with crown": "king",
    "izakaya lantern": "red lantern",
    "electric torch": "flashlight",
    "open lock": "padlock",
    "lock": "padlock",
    "automobile": "car",
    "pile of poo": "poo",
    "droplet": "drop of water",
    "collision symbol": "explosion",
    "high-speed train": "fast train",
    "house building": "house",
    "snow capped mountain": "snowy mountain",
    "face screaming in fear": "screaming frightened face",
    "information desk person": "woman raising a hand",
    "lady beetle": "ladybug",
    "hatching chick": "chick in an egg",
    "sleeping accommodation": "person lying in bed",
    "couch and lamp": "sofa and lamp",
    "splashing sweat symbol": "splashing drops",
    "dash symbol": "puff of air",
    "dizzy symbol": "spinning star",
    "anger symbol": "anger mark",
    "speech balloon": "speech bubble",
    "thought balloon": "thought bubble",
    "bathtub": "bath",
    "glowing star": "shining star",
    "heavy black heart": "red heart",
    "white medium star": "star",
    "fire engine": "fire truck",
    "japanese ogre": "red ogre",
    "japanese goblin": "goblin with a long nose",
    "put litter in its place symbol": "litter bin",
    "bride with veil": "bride",
    "guardsman": "guard",
    "hot beverage": "steaming cup",
    "electric light bulb": "light bulb",
    "closed lock with key": "padlock and key",
    "man": "man",
    "female": "",
}
_DEEDS = {
    "rowboat": "person rowing a boat",
    "runner": "running person",
    "surfer": "surfing person",
    "swimmer": "swimming person",
    "weight lifter": "person lifting weights",
    "golfer": "person playing golf",
    "bicyclist": "person riding a bicycle",
    "mountain bicyclist": "person riding a bicycle",
    "pedestrian": "walking person",
    "juggling": "juggling person",
    "shrug": "shrugging person",
    "face palm": "person with a hand over the face",
    "face massage": "person getting a face massage",
    "haircut": "person getting a haircut",
    "face with no good gesture": "person with crossed arms",
    "face with ok gesture": "person with arms over the head",
    "wrestlers": "two people wrestling",
    "mage": "wizard person",
    "fairy": "fairy person with wings",
    "vampire": "vampire person",
    "merperson": "mermaid person",
    "elf": "elf person",
    "genie": "genie person",
    "zombie": "zombie person",
    "superhero": "superhero person",
    "supervillain": "masked villain person",
    "police officer": "police person",
    "construction worker": "person with a hard hat",
    "information desk person": "person raising an open hand",
    "happy person raising one hand": "happy person raising one hand",
}
_KINDS = {
    "bird": (
        "a bird",
        _words(
            "bird eagle duck owl rooster chicken swan parrot flamingo dodo peacock penguin turkey dove "
            "chick crow raven hawk heron ostrich vulture pigeon seagull toucan kiwi"
        ),
    ),
    "fish": (
        "a fish",
        _words("fish blowfish shark dolphin whale ray carp piranha anglerfish"),
    ),
    "insect": (
        "an insect",
        _words(
            "bug ant honeybee bee beetle fly mosquito butterfly cricket cockroach ladybug wasp dragonfly "
            "moth spider scorpion scarab"
        ),
    ),
    "animal": (
        "an animal",
        _words(
            "rat mouse ox buffalo cow tiger leopard rabbit cat crocodile snail snake horse ram goat sheep "
            "monkey dog pig boar elephant octopus turtle koala poodle camel hamster wolf bear panda "
            "chipmunk lion crab fox bat deer gorilla lizard rhinoceros shrimp squid giraffe zebra "
            "hedgehog kangaroo llama hippopotamus raccoon lobster badger mammoth sloth otter orangutan "
            "skunk beaver bison seal frog toad gecko labrador stag walrus squirrel donkey"
        ),
    ),
    "monster": (
        "a monster",
        _words(
            "dragon ogre goblin troll monster zombie vampire imp alien genie dinosaur unicorn ghost skull "
            "demon daemon werewolf hydra cyclops kraken golem medusa minotaur sauropod"
        ),
    ),
    "food": (
        "food",
        _words(
            "hamburger pizza bread cheese egg cookie candy cake cupcake doughnut pie soup noodles "
            "sandwich spaghetti sushi chocolate croissant pancakes waffle taco burrito popcorn shortcake"
        ),
    ),
    "fruit": (
        "a fruit",
        _words(
            "grapes melon watermelon tangerine lemon banana pineapple apple pear peach cherries "
            "strawberry mango coconut kiwifruit blueberries orange"
        ),
    ),
    "flower": (
        "a flower",
        _words("tulip blossom rose hibiscus sunflower bouquet lotus flower"),
    ),
    "tree": (
        "a tree",
        _words("tree cactus"),
    ),
    "vehicle": (
        "a vehicle",
        _words(
            "train bus ambulance taxi car truck tractor tram motorcycle scooter locomotive helicopter "
            "airplane rocket lorry metro bicycle minibus"
        ),
    ),
    "boat": (
        "a boat",
        _words("ship rowboat speedboat ferry sailboat canoe boat caravel battleship galleon raft"),
    ),
    "building": (
        "a building",
        _words(
            "house hospital bank hotel school factory castle church mosque temple hut cityscape building "
            "tower windmill lighthouse cottage barn"
        ),
    ),
    "weapon": (
        "a weapon",
        _words("pistol sword swords bow axe bomb knife dagger spear gun cannon mace arrow rifle shield"),
    ),
    "bottle": (
        "a bottle",
        _words("bottle potion alembic flask jar vial erlenmeyer"),
    ),
    "pot": (
        "a pot",
        _words("cauldron pot cooking teapot kettle bowl"),
    ),
    "face": (
        "a face",
        _words("face"),
    ),
    "instrument": (
        "a musical instrument",
        _words("guitar violin trumpet saxophone banjo accordion drum flute harp lyre"),
    ),
    "hand": (
        "a hand",
        _words("hand hands fist finger fingers thumb thumbs"),
    ),
}
"""Kinds of things: what one of them may be called, and the words that name one."""
_MOOD_WORDS = {
    "happy": _words("smiling grinning happy joy laughing hearts party"),
    "sad": _words("sad pensive disappointed frowning tear"),
    "angry": _words("angry pouting serious triumph"),
    "afraid": _words("fear fearful anguished sweat screaming"),
    "surprised": _words("astonished hushed flushed shocked open"),
    "worried": _words("worried confused weary"),
    "crying": _words("crying tear tears"),
    "asleep": _words("sleeping sleepy"),
    "laughing": _words("laughing joy"),
}


def emoji_nouns(text: str) -> tuple[str, ...]:
    """Return what an emoji may be called, with articles; empty for signs that no comic would draw."""
    text = _person_name(_RENAMED.get(text, text))
    if not text or _SKIPPED.search(text):
        return ()
    return _nouns(text)


def icon_nouns(text: str) -> tuple[str, ...]:
    """Return what an icon may be called, with articles; empty for abstract signs."""
    return () if _SKIPPED.search(text) or any(c.isdigit() for c in text) else _nouns(text)


def tags_of(nouns: tuple[str, ...]) -> frozenset[str]:
    """Return the tags that words earn: their own last noun, kinds and moods."""
    words = {word for noun in nouns for word in noun.split()}
    tags = {kind for kind, (_, members) in _KINDS.items() if words & members}
    if tags & {"bird", "fish", "insect"}:
        tags.add("animal")
    if words & {
        "man",
        "woman",
        "boy",
        "girl",
        "person",
        "people",
        "child",
        "baby",
        "family",
        "wizard",
        "witch",
    }:
        tags.add("person")
    if "face" in words:
        tags |= {mood for mood, names in _MOOD_WORDS.items() if words & names}
    return frozenset(tags | words - {"a", "an", "the", "of", "with", "and", "in"})


def _person_name(text: str) -> str:
    """Turn "woman graduation cap" into "woman, student", "elf female" into "female elf"."""
    first, _, rest = text.partition(" ")
    if first in ("man", "woman", "adult") and rest:
        if rest in _PEOPLE:
            return _PEOPLE[rest] if first == "adult" else f"{first} {_PEOPLE[rest]}"
        if "heart" in rest:
            return "couple in love"
        if set(rest.split()) <= {"man", "woman", "boy", "girl", "adult", "child"}:
            return "family"
        return ""
    for ending, sex in ((" female", "woman"), (" male", "man")):
        if text.endswith(ending):
            deed = _DEEDS.get(text.removesuffix(ending), text.removesuffix(ending))
            return deed.replace("person", sex) if "person" in deed else f"{sex} {deed}"
    return _DEEDS.get(text, text)


def _nouns(text: str) -> tuple[str, ...]:
    words = set(text.split())
    plural = text.endswith("s") and not text.endswith("ss")
    exact = text if plural else with_article(text)
    kinds = [general for general, members in _KINDS.values() if words & members]
    if text.endswith(" face") and words & _KINDS["animal"][1]:
        kinds.append(with_article(text.removesuffix(" face")))
    return (exact, exact, *kinds)
