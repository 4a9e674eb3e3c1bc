"""Characters to draw, and what to call them: designs whose looks earn their nouns."""

import random
from dataclasses import dataclass

from models.drawing.art import EXTRAS, HAIR, OUTFITS
from models.drawing.describe import describe_design
from models.drawing.scene import Design

_SKINS = ("#f6d7b8", "#f2c9a0", "#e8b98f", "#c98d60", "#9a6440", "#6f4630")
_HAIRS = ("#15121a", "#241c1c", "#4a3020", "#5a2d1a", "#8a5f3c", "#b5482f", "#c8502f", "#d9b25a", "#e8c870",
          "#5c3b78", "#f0f0f0", "#3f6fb5", "#d0609a")  # fmt: skip
_GREYS = ("#9a9a9a", "#c4c4c8", "#f0f0f0")
_CLOTHES = ("#3f6fb5", "#b5483f", "#d0352f", "#3f8f5f", "#d9a02b", "#6b4f8f", "#2f3f55", "#c46f9b", "#7a8a4a",
            "#15121a", "#2b2430", "#f4f2ee", "#8c8c8c", "#5b3a26", "#e8832f", "#3fb5ad")  # fmt: skip
_FURS = {
    "cat": ("#e8832f", "#e8743b", "#15121a", "#8a8f9a", "#f4f2ee", "#d9c7a8"),
    "fox": ("#e8743b", "#d9622b", "#e9eef6", "#b5b9bd"),
    "rabbit": ("#f4f2ee", "#d9c7a8", "#8a8f9a", "#5b4636"),
    "bear": ("#5b4636", "#7a4a2f", "#f4f2ee", "#15121a"),
    "owl": ("#7a4a2f", "#8a8f9a", "#f4f2ee", "#d9c7a8"),
    "robot": ("#8a8f9a", "#5b8fa8", "#b5483f", "#d9a02b"),
    "dragon": ("#6fae5c", "#b5483f", "#5b8fa8", "#2b2430", "#6b4f8f"),
    "ghost": ("#f4f2ee", "#e9eef6", "#c9b0d8"),
}
_FEMALE_HAIR = ("long", "bob", "ponytail", "bun", "pigtails", "braids", "curly")
_MALE_HAIR = ("short", "spiky", "mohawk", "bald", "curly", "afro", "short")
_KIN = {
    "cat": ("cat", "kitten", "animal"),
    "fox": ("fox", "animal"),
    "rabbit": ("rabbit", "bunny", "animal"),
    "bear": ("bear", "animal"),
    "owl": ("owl", "bird", "animal"),
    "robot": ("robot", "machine", "android"),
    "dragon": ("dragon", "monster", "creature", "beast"),
    "ghost": ("ghost", "spirit", "phantom"),
}


@dataclass(frozen=True, slots=True)
class _Role:
    """A figure of stories: what shows that somebody is one. ``sex`` is ``f``, ``m`` or empty for both."""

    nouns: tuple[str, ...]
    sex: str = ""
    outfits: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    builds: tuple[str, ...] = ("slim", "tall", "stout")
    hair: tuple[str, ...] = ()
    old: bool = False
    clothes: tuple[str, ...] = ()
    weight: float = 1.0


_ROLES = (
    _Role(("witch", "sorceress"), "f", ("dress", "robe", "cloak", "tunic"), ("witch hat",), weight=3),
    _Role(
        ("young witch", "little witch"), "f", ("dress", "robe", "tunic"), ("witch hat",), ("child",), weight=2
    ),
    _Role(("old witch",), "f", ("dress", "robe", "cloak"), ("witch hat",), old=True),
    _Role(
        ("wizard", "magician", "sorcerer"), "m", ("robe", "cloak"), ("witch hat", "beard"), old=True, weight=2
    ),
    _Role(("girl", "young girl"), "f", (), (), ("child",), weight=5),
    _Role(("boy", "young boy"), "m", (), (), ("child",), weight=5),
    _Role(("woman", "lady"), "f", (), (), weight=5),
    _Role(("man", "guy"), "m", (), (), weight=5),
    _Role(("old woman", "grandmother"), "f", (), ("glasses",), ("stout", "slim"), ("bun", "bob"), old=True),
    _Role(
        ("old man", "grandfather"),
        "m",
        (),
        ("beard",),
        ("stout", "slim"),
        ("bald", "short"),
        old=True,
        weight=2,
    ),
    _Role(("bearded man",), "m", (), ("beard",)),
    _Role(("knight", "soldier", "warrior"), "", ("armour",), (), weight=2),
    _Role(("king",), "m", ("robe", "cloak", "coat"), ("crown", "beard", "cape")),
    _Role(("queen",), "f", ("dress", "robe"), ("crown", "cape")),
    _Role(("princess",), "f", ("dress",), ("crown",), ("child", "slim")),
    _Role(("prince",), "m", ("tunic", "coat"), ("crown", "cape"), ("child", "slim")),
    _Role(("pirate",), "", ("coat", "shirt"), ("eyepatch", "hat")),
    _Role(("sailor",), "", ("shirt",), ("cap",)),
    _Role(("astronaut", "spaceman"), "", ("spacesuit",), ()),
    _Role(("schoolgirl", "pupil", "student"), "f", ("uniform",), ("satchel",), ("child", "slim")),
    _Role(("schoolboy", "pupil", "student"), "m", ("uniform",), ("satchel",), ("child", "slim")),
    _Role(("superhero", "hero"), "", ("tunic", "overalls"), ("cape",)),
    _Role(("angel",), "", ("robe", "dress"), ("halo",)),
    _Role(("businessman", "gentleman"), "m", ("suit",), ("bow tie",)),
    _Role(("mayor",), "m", ("suit",), ("hat", "moustache"), ("stout",)),
    _Role(("scientist", "inventor"), "", ("coat",), ("goggles",), clothes=("#f4f2ee",)),
    _Role(("farmer",), "", ("overalls",), ("hat",)),
    _Role(("mechanic", "worker"), "", ("overalls",), ("cap",)),
    _Role(("traveller", "hiker", "wanderer"), "", ("coat", "hoodie"), ("backpack", "hat")),
    _Role(("samurai", "swordsman"), "m", ("kimono",), ("headband",)),
    _Role(("girl in a kimono", "woman in a kimono"), "f", ("kimono",), ("flower",)),
    _Role(("teenager", "youth"), "", ("hoodie",), ("headphones",)),
    _Role(("hooded figure", "monk"), "", ("cloak",), (), hair=("bald",)),
    _Role(("cowboy",), "m", ("shirt",), ("hat", "scarf")),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A design with what it may be called, the most exact first, and its tags."""

    design: Design
    nouns: tuple[str, ...]
    tags: frozenset[str]


def draw_person(rng: random.Random, name: str) -> Person:
    """Make up somebody: two in three are people, the others animals, robots, dragons and ghosts."""
    if rng.random() < 0.34:
        return _creature(rng, name)
    role = rng.choices(_ROLES, [role.weight for role in _ROLES])[0]
    sex = role.sex or rng.choice("fm")
    design = _design_of(rng, name, role, sex)
    return Person(design, _nouns_of(rng, role, sex, design), _tags_of(role, sex, design))


def _design_of(rng: random.Random, name: str, role: _Role, sex: str) -> Design:
    extras = role.extras
    if not extras and rng.random() < 0.35:
        extras = (rng.choice([e for e in EXTRAS if sex == "m" or e not in ("beard", "moustache")]),)
    fit = [o for o in OUTFITS if o not in ("spacesuit", "armour") and (sex == "f" or o != "dress")]
    hair = rng.choice(role.hair or (_FEMALE_HAIR if sex == "f" else _MALE_HAIR))
    return Design(
        name,
        build=rng.choice(role.builds),
        skin=rng.choice(_SKINS),
        hair=hair if hair in HAIR else "short",
        hair_colour=rng.choice(_GREYS if role.old else _HAIRS),
        outfit=rng.choice(role.outfits or fit),
        outfit_colour=rng.choice(role.clothes or _CLOTHES),
        accent_colour=rng.choice(_CLOTHES),
        extras=extras,
        noun=role.nouns[0],
    )


def _nouns_of(rng: random.Random, role: _Role, sex: str, design: Design) -> tuple[str, ...]:
    noun = rng.choice(role.nouns)
    full = describe_design(design)
    hair = full.partition(" ")[2].partition("-haired")[0]
    haired = f"a {hair}-haired {noun}" if design.hair != "bald" else f"a bald {noun}"
    clothes = full.partition(" in ")[2].partition(" with ")[0]
    dressed = f"{with_article(noun)} in {clothes}" if clothes and " in " not in noun else with_article(noun)
    child = "child" in role.builds and design.build == "child"
    general = ("girl" if child else "woman") if sex == "f" else ("boy" if child else "man")
    return (full, haired, dressed, with_article(noun), with_article(noun), with_article(general))


def _tags_of(role: _Role, sex: str, design: Design) -> frozenset[str]:
    child = design.build == "child"
    tags = {"person", "child" if child else "adult"}
    tags.add(("girl" if child else "woman") if sex == "f" else ("boy" if child else "man"))
    tags |= {extra for extra in design.extras if extra not in ("freckles", "bow", "flower")}
    tags |= {noun.split()[-1] for noun in role.nouns}
    tags.add(design.outfit)
    if role.old:
        tags.add("old person")
    return frozenset(tags)


def _creature(rng: random.Random, name: str) -> Person:
    species = rng.choices(list(_FURS), [5, 2, 2, 2, 2, 2, 4, 2])[0]
    kin = _KIN[species]
    outfit = rng.choice(sorted(OUTFITS))
    design = Design(
        name,
        species=species,
        build=rng.choice(("child", "slim", "stout", "tall")),
        skin=rng.choice(_FURS[species]),
        outfit=outfit,
        outfit_colour=rng.choice(_CLOTHES),
        accent_colour=rng.choice(_CLOTHES),
        extras=(rng.choice(sorted(EXTRAS)),) if rng.random() < 0.2 else (),
    )
    full = describe_design(design)
    coloured = full.partition(" in ")[0].partition(" with ")[0]
    nouns = (full, coloured, coloured, with_article(kin[0]), with_article(rng.choice(kin)))
    return Person(design, nouns, frozenset({species, *kin}))


def with_article(noun: str) -> str:
    """Return a noun phrase with the indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
