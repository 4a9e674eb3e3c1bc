"""Named drawings as cut-outs: what they are called, and comic looks for them.

A cut-out is RGBA, uint8 (height, width, 4), straight alpha.
"""

import random
import re
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.drawing.describe import colour_name
from models.training.people import with_article

Cutout = NDArray[np.uint8]

_SKIPPED = re.compile(
    r"squared|combining|symbol|ideograph|component|clock face|heavy|large|small|medium |button|mark\b|input"
    r"|\bno |sign of|vibration|negative|circled|arrow|trade|source|diamond|triangle|^male|^female|sound wave"
    r"|speaker with|stroke|square|level slider|control|bookmark|ballot|asterisk|wavy|curly loop|alternation|keycap"
    r"|abstract|^card |dice|inverted|^number|^level|aries|taurus|gemini|cancer|^leo$|virgo|libra|scorpius"
    r"|sagittarius|capricorn|aquarius|pisces|ophiuchus|logic gate|^team |contract|cpu|^cloud up|^cloud down"
    r"|^player|suit$|badge|flag$|om symbol|^on with|^end with|^back with|^soon with|^top with|receipt"
)
_PEOPLE = {
    "ear of rice": "farmer", "cooking": "cook", "graduation cap": "student", "microphone": "singer",
    "artist palette": "painter", "school": "teacher", "factory": "factory worker",
    "personal computer": "office worker at a computer", "briefcase": "office worker", "wrench": "mechanic",
    "microscope": "scientist", "rocket": "astronaut", "fire engine": "firefighter",
    "staff of aesculapius": "doctor", "scales": "judge", "airplane": "pilot",
    "baby bottle": "parent feeding a baby", "christmas tree": "santa claus",
}  # fmt: skip
_RENAMED = {
    "mage": "witch", "mage female": "sorceress", "mage male": "wizard",
    "father christmas": "santa claus", "mother christmas": "old woman in a santa hat", "hocho": "kitchen knife",
    "aubergine": "eggplant", "extraterrestrial alien": "alien", "sauropod": "dinosaur", "t-rex": "dinosaur",
    "european castle": "castle", "older woman": "old woman", "older man": "old man", "person with crown": "king",
    "izakaya lantern": "red lantern", "electric torch": "flashlight", "open lock": "padlock", "lock": "padlock",
    "automobile": "car", "pile of poo": "poo", "droplet": "drop of water", "collision symbol": "explosion",
    "high-speed train": "fast train", "house building": "house",
    "snow capped mountain": "snowy mountain", "face screaming in fear": "screaming frightened face",
    "information desk person": "woman raising a hand", "lady beetle": "ladybug", "hatching chick": "chick in an egg",
    "sleeping accommodation": "person lying in bed", "couch and lamp": "sofa and lamp", "splashing sweat symbol":
    "splashing drops", "dash symbol": "puff of air", "dizzy symbol": "spinning star", "anger symbol": "anger mark",
    "speech balloon": "speech bubble", "thought balloon": "thought bubble", "bathtub": "bath", "glowing star":
    "shining star", "heavy black heart": "red heart", "white medium star": "star", "fire engine": "fire truck",
    "japanese ogre": "red ogre", "japanese goblin": "goblin with a long nose", "put litter in its place symbol":
    "litter bin", "bride with veil": "bride", "guardsman": "guard", "hot beverage": "steaming cup",
    "electric light bulb": "light bulb", "closed lock with key": "padlock and key", "man": "man", "female": "",
}  # fmt: skip
_DEEDS = {
    "rowboat": "person rowing a boat", "runner": "running person", "surfer": "surfing person",
    "swimmer": "swimming person", "weight lifter": "person lifting weights", "golfer": "person playing golf",
    "bicyclist": "person riding a bicycle", "mountain bicyclist": "person riding a bicycle",
    "pedestrian": "walking person", "juggling": "juggling person", "shrug": "shrugging person",
    "face palm": "person with a hand over the face", "face massage": "person getting a face massage",
    "haircut": "person getting a haircut", "face with no good gesture": "person with crossed arms",
    "face with ok gesture": "person with arms over the head", "wrestlers": "two people wrestling",
    "mage": "wizard person", "fairy": "fairy person with wings", "vampire": "vampire person",
    "merperson": "mermaid person", "elf": "elf person", "genie": "genie person", "zombie": "zombie person",
    "superhero": "superhero person", "supervillain": "masked villain person", "police officer": "police person",
    "construction worker": "person with a hard hat", "information desk person": "person raising an open hand",
    "happy person raising one hand": "happy person raising one hand",
}  # fmt: skip
_KINDS: dict[str, tuple[str, frozenset[str]]] = {
    "bird": ("a bird", frozenset("bird eagle duck owl rooster chicken swan parrot flamingo dodo peacock penguin turkey dove "
             "chick crow raven hawk heron ostrich vulture pigeon seagull toucan kiwi".split())),
    "fish": ("a fish", frozenset("fish blowfish shark dolphin whale ray carp piranha anglerfish".split())),
    "insect": ("an insect", frozenset("bug ant honeybee bee beetle fly mosquito butterfly cricket cockroach ladybug wasp "
               "dragonfly moth spider scorpion scarab".split())),
    "animal": ("an animal", frozenset("rat mouse ox buffalo cow tiger leopard rabbit cat crocodile snail snake horse ram goat "
               "sheep monkey dog pig boar elephant octopus turtle koala poodle camel hamster wolf bear panda chipmunk "
               "lion crab fox bat deer gorilla lizard rhinoceros shrimp squid giraffe zebra hedgehog kangaroo llama "
               "hippopotamus raccoon lobster badger mammoth sloth otter orangutan skunk beaver bison seal frog toad gecko "
               "labrador stag walrus squirrel donkey".split())),
    "monster": ("a monster", frozenset("dragon ogre goblin troll monster zombie vampire imp alien genie dinosaur unicorn ghost "
                "skull demon daemon werewolf hydra cyclops kraken golem medusa minotaur sauropod".split())),
    "food": ("food", frozenset("hamburger pizza bread cheese egg cookie candy cake cupcake doughnut pie soup noodles sandwich "
             "spaghetti sushi chocolate croissant pancakes waffle taco burrito popcorn shortcake".split())),
    "fruit": ("a fruit", frozenset("grapes melon watermelon tangerine lemon banana pineapple apple pear peach cherries "
              "strawberry mango coconut kiwifruit blueberries orange".split())),
    "flower": ("a flower", frozenset("tulip blossom rose hibiscus sunflower bouquet lotus flower".split())),
    "tree": ("a tree", frozenset("tree cactus".split())),
    "vehicle": ("a vehicle", frozenset("train bus ambulance taxi car truck tractor tram motorcycle scooter locomotive "
                "helicopter airplane rocket lorry metro bicycle minibus".split())),
    "boat": ("a boat", frozenset("ship rowboat speedboat ferry sailboat canoe boat caravel battleship galleon raft".split())),
    "building": ("a building", frozenset("house hospital bank hotel school factory castle church mosque temple hut cityscape "
                 "building tower windmill lighthouse cottage barn".split())),
    "weapon": ("a weapon", frozenset("pistol sword swords bow axe bomb knife dagger spear gun cannon mace arrow rifle shield".split())),
    "bottle": ("a bottle", frozenset("bottle potion alembic flask jar vial erlenmeyer".split())),
    "pot": ("a pot", frozenset("cauldron pot cooking teapot kettle bowl".split())),
    "face": ("a face", frozenset(["face"])),
    "instrument": ("a musical instrument", frozenset("guitar violin trumpet saxophone banjo accordion drum flute harp lyre".split())),
    "hand": ("a hand", frozenset("hand hands fist finger fingers thumb thumbs".split())),
}  # fmt: skip
_MOOD_WORDS = {
    "happy": "smiling grinning happy joy laughing hearts party", "sad": "sad pensive disappointed frowning tear",
    "angry": "angry pouting serious triumph", "afraid": "fear fearful anguished sweat screaming",
    "surprised": "astonished hushed flushed shocked open", "worried": "worried confused weary",
    "crying": "crying tear tears", "asleep": "sleeping sleepy", "laughing": "laughing joy",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A cut-out with what it may be called, the most exact first, and its tags."""

    picture: Cutout
    nouns: tuple[str, ...]
    tags: frozenset[str]
    coloured: bool = True


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
    if words & {"man", "woman", "boy", "girl", "person", "people", "child", "baby", "family", "wizard", "witch"}:
        tags.add("person")
    if "face" in words:
        tags |= {mood for mood, names in _MOOD_WORDS.items() if words & set(names.split())}
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


def styled(cutout: Cutout, rng: random.Random, *, icon: bool) -> tuple[Cutout, str]:
    """Give a cut-out a comic look; returns it with its colour's name, empty where that says nothing."""
    picture = _turned(cutout, rng)
    colour = ""
    if icon:
        picture = _inked_icon(picture, rng)
    elif rng.random() < 0.35:
        picture = _recoloured(picture, rng)
    if rng.random() < 0.06:
        picture = picture.copy()
        picture[..., :3] = rng.choice((12, 12, 30, 245))
        return picture, "silhouette"
    solid = picture[..., 3] > 128
    if solid.any() and not icon:
        colour = main_colour(picture[..., :3][solid])
    if rng.random() < 0.6 and not icon:
        picture = outlined(picture, rng.choice((1, 1, 2)), rng.choice((10, 20, 40)))
    return picture, colour


def main_colour(pixels: NDArray[np.uint8]) -> str:
    """Return the name of the colour that fills at least 45 % of the pixels, (n, 3); else nothing."""
    step = max(1, len(pixels) // 200)
    names = [colour_name(f"#{r:02x}{g:02x}{b:02x}") for r, g, b in pixels[::step]]
    best = max(set(names), key=names.count)
    return best if names.count(best) >= 0.45 * len(names) else ""


def outlined(picture: Cutout, width_px: int, ink: int) -> Cutout:
    """Put a dark contour round a cut-out, over a margin of its own."""
    edge = width_px + 1
    padded = cv2.copyMakeBorder(picture, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    alpha = padded[..., 3].astype(np.float32)[..., None] / 255
    grown = cv2.dilate(padded[..., 3], np.ones((2 * width_px + 1, 2 * width_px + 1), np.uint8))
    colour = padded[..., :3] * alpha + ink * (1 - alpha)
    return np.dstack([colour.astype(np.uint8), grown])


def pasted(scene: NDArray[np.uint8], cutout: Cutout, at: tuple[int, int]) -> None:
    """Lay a cut-out over an RGB picture in place, its top left corner at (x, y); what sticks out is lost."""
    x, y = at
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + cutout.shape[1], scene.shape[1]), min(y + cutout.shape[0], scene.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    part = cutout[y0 - y : y1 - y, x0 - x : x1 - x]
    alpha = part[..., 3:].astype(np.float32) / 255
    under = scene[y0:y1, x0:x1]
    scene[y0:y1, x0:x1] = (part[..., :3] * alpha + under * (1 - alpha)).astype(np.uint8)


def scaled(cutout: Cutout, height_px: float) -> Cutout:
    """Return a cut-out of that height, its alpha kept straight."""
    factor = height_px / cutout.shape[0]
    size = max(1, round(cutout.shape[1] * factor)), max(1, round(cutout.shape[0] * factor))
    mode = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(cutout, size, interpolation=mode), dtype=np.uint8)


def _turned(cutout: Cutout, rng: random.Random) -> Cutout:
    picture = cutout[:, ::-1] if rng.random() < 0.5 else cutout
    if rng.random() < 0.4:
        height, width = picture.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.gauss(0, 14), 0.9)
        picture = cv2.warpAffine(np.ascontiguousarray(picture), turn, (width, height))
    return np.ascontiguousarray(picture)


def _inked_icon(picture: Cutout, rng: random.Random) -> Cutout:
    """Fill the shape of an icon with a colour, often over bare paper as line art has it."""
    mask = picture[..., 3]
    ink = rng.choice(((10, 10, 12), (20, 20, 30), (245, 245, 240), None))
    if ink is None:
        ink = tuple(rng.randrange(256) for _ in range(3))
    out = np.dstack([np.full_like(mask, ink[0]), np.full_like(mask, ink[1]), np.full_like(mask, ink[2]), mask])
    if rng.random() < 0.55:
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((15, 15), np.uint8))
        paper = [rng.randrange(140, 256) for _ in range(3)] if sum(ink) < 380 else [rng.randrange(90) for _ in range(3)]
        alpha = mask.astype(np.float32)[..., None] / 255
        colour = out[..., :3] * alpha + np.asarray(paper, np.float32) * (1 - alpha)
        out = np.dstack([colour.astype(np.uint8), np.maximum(closed, mask)])
    return out


def _recoloured(picture: Cutout, rng: random.Random) -> Cutout:
    hsv = cv2.cvtColor(np.ascontiguousarray(picture[..., :3]), cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + rng.randrange(180)) % 180
    return np.dstack([cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), picture[..., 3]])
