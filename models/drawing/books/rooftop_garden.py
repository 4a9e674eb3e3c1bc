"""Forty Floors Up: a vertical webtoon about a garden that nobody ordered."""

from functools import partial

from models.drawing.scene import Design, Script
from models.drawing.shorthand import matter, page, panel
from schemas.labels import PageType, ReadingDirection

# What grows on the roof.
_GREEN = (
    "tree .06 d.35 x.8, tree .96 d.4, flower .2 d.3 x1.5, flower .3 d.5 x1.6, basket .86 d.2, "
    "flower .78 d.35 x1.6, flower .66 d.55 x1.8, tree .5 d.9"
)
roof = partial(panel, "rooftop", props=_GREEN)

CAST = (
    Design(
        "Mina",
        noun="young woman",
        build="slim",
        skin="#f3cfae",
        hair="ponytail",
        hair_colour="#33243a",
        outfit="suit",
        outfit_colour="#7a8fb8",
        accent_colour="#ffd9e0",
        extras=("glasses",),
    ),
    Design(
        "Jun",
        noun="young man",
        build="tall",
        skin="#e3b48c",
        hair="spiky",
        hair_colour="#241c1c",
        outfit="hoodie",
        outfit_colour="#e27d4f",
        accent_colour="#fff1d0",
        extras=("backpack",),
    ),
    Design(
        "Sprout",
        species="robot",
        build="child",
        skin="#b7d8b0",
        outfit="overalls",
        outfit_colour="#6b9b6b",
        accent_colour="#f7f3c0",
    ),
    Design(
        "Director Han",
        noun="man",
        build="stout",
        skin="#efc7a4",
        hair="bald",
        outfit="suit",
        outfit_colour="#4a4458",
        accent_colour="#c94f5d",
        extras=("glasses",),
    ),
    Design(
        "Mrs. Oh",
        noun="old woman",
        build="stout",
        skin="#e9bf98",
        hair="curly",
        hair_colour="#9a93a8",
        outfit="dress",
        outfit_colour="#b06a9b",
        accent_colour="#ffe6a8",
    ),
)

_FIRST = (
    matter(
        PageType.COVER,
        "strip-1",
        "Forty Floors Up",
        ("Episode 1", "Nobody ordered a garden."),
        roof(
            "medium dusk",
            "@Mina standing surprised .3 >",
            "@Jun standing happy .7 < +flower",
            caption="Mina and Jun on a rooftop garden at dusk above the city",
        ),
    ),
    page(
        "strip-3",
        panel("city street", "wide day", "> Monday. Forty floors of people pretend to be awake."),
        panel(
            "library",
            "medium day",
            "@Mina sitting worried .5 ^",
            "Mina (thought): If I look at this table one more time, it will look back.",
        ),
        panel(
            "library",
            "medium day",
            "@Director_Han pointing angry .3 >",
            "@Mina standing afraid .72 <",
            "Director Han (shout): Who watered the printer?",
            "Mina: Watered it, sir?",
        ),
    ),
    page(
        "strip-steps-3",
        panel(
            "library",
            "close-up day",
            "@Director_Han angry .35",
            "Director Han: There is moss in tray two. Moss!",
        ),
        panel(
            "library",
            "medium day",
            "@Mina crouching surprised .4 >",
            "Mina: Wet footprints. Very small ones.",
        ),
        panel(
            "library",
            "wide day",
            "@Mina walking .6 >",
            "> They led past the coffee machine and up the stairs that nobody uses.",
        ),
    ),
    page(
        "strip-tall-1",
        roof(
            "wide day",
            "@Mina standing surprised .35 > d.12",
            "> And there it was.",
            "Mina: Who put a forest on our roof?",
            effects="sparkles",
            caption="Mina discovers a lush garden on the roof of the office tower",
        ),
    ),
    page(
        "strip-pair-4",
        roof(
            "medium day",
            "@Sprout holding happy .6 >",
            "@Mina standing surprised .25 >",
            "Sprout: Please stay on the path. The radishes are sleeping.",
        ),
        roof("close-up day", "@Mina surprised .35", "Mina: You are the missing copier robot."),
        roof("close-up day", "@Sprout happy .35", "Sprout: I was told to make copies."),
        roof(
            "wide day",
            "@Sprout arms raised happy .35 ^",
            "@Mina standing laughing .65 <",
            "Sprout: One tomato. Now there are ninety-one copies!",
        ),
    ),
    page(
        "strip-2",
        roof(
            "medium day",
            "@Jun jumping happy .5 <",
            "* 쿵",
            "Jun: Delivery for a Mister Sprout. Forty kilos of soil.",
        ),
        roof(
            "medium day",
            "@Mina arms crossed .3 >",
            "@Jun standing .72 <",
            "Mina: You carried that up forty floors?",
            "Jun: The lift said robots only.",
        ),
    ),
    page(
        "strip-4",
        roof(
            "medium dusk",
            "@Jun sitting .35 >",
            "@Mina sitting happy .7 <",
            "Jun: So you count things all day.",
            "Mina: Tables. Rows of tables. I used to count stars.",
        ),
        roof(
            "wide dusk",
            "@Jun sitting .4 >",
            "@Mina sitting .6 >",
            "> The city switched itself on, one window at a time.",
        ),
        roof("close-up dusk", "@Jun happy .35", "Jun: From up here they are about the same."),
        roof("close-up dusk", "@Mina happy .5", "Mina (thought): I forgot that the sky was so near."),
    ),
    page(
        "strip-3",
        roof(
            "medium day",
            "@Mrs._Oh walking happy .3 >",
            "@Mina standing surprised .72 <",
            "Mrs. Oh: Are these peppers for sale?",
            "Mina: How did you find us?",
        ),
        roof(
            "medium day",
            "@Mrs._Oh pointing smug .4 >",
            "Mrs. Oh: I live across the street. I have binoculars and no shame.",
        ),
        roof(
            "wide day",
            "@Mrs._Oh waving .25 >",
            "@Jun waving .5 >",
            "@Mina waving happy .75 <",
            "> By Friday there were beehives, a swing and a waiting list.",
            "# ROOF MARKET",
        ),
    ),
)

_SECOND = (
    page(
        "strip-2",
        roof(
            "medium day cloudy",
            "@Director_Han arms crossed angry .3 >",
            "@Mina standing afraid .72 <",
            "* 쾅",
            "Director Han: A helicopter pad opens here on Monday.",
        ),
        roof(
            "medium day cloudy",
            "@Sprout standing sad .5 ^",
            "Sprout: Do helicopters need radishes?",
        ),
    ),
    page(
        "strip-steps-3",
        panel(
            "library",
            "medium night",
            "@Mina sitting sad .5 ^",
            "Mina (thought): Forty tables. Not one of them says keep the garden.",
        ),
        panel(
            "library",
            "close-up night",
            "@Mina surprised .35",
            "Mina: Wait. Row twelve. The heating bill!",
            effects="focus lines",
        ),
        panel("library", "medium night", "@Mina running determined .5 >", "* 휙", effects="speed lines"),
    ),
    page(
        "strip-tall-1",
        roof(
            "wide night storm",
            "@Sprout arms raised afraid .25 ^ d.2",
            "@Jun running determined .72 < d.25",
            "> That night the storm came over the river.",
            "Jun (shout): Hold the greenhouse!",
            "* 번쩍",
            caption="Sprout and Jun fight to save the rooftop garden in a thunderstorm at night",
        ),
    ),
    page(
        "strip-3",
        roof(
            "medium night storm",
            "@Mina holding determined .3 >",
            "@Jun holding worried .7 <",
            "Mina: I have the tarpaulin!",
            "Jun: I have the bees! Why do I have the bees?",
        ),
        roof(
            "medium night rain",
            "@Mrs._Oh running determined .5 >",
            "Mrs. Oh (shout): Make room, the choir is with me!",
        ),
        roof(
            "wide night rain",
            "@Mrs._Oh arms raised .2 >",
            "@Sprout arms raised .42 ^",
            "@Jun arms raised .62 <",
            "@Mina arms raised .82 <",
            "> Eleven neighbours, one copier and a very old umbrella held the roof.",
        ),
    ),
    page(
        "strip-pair-4",
        roof("wide dawn", "> In the morning there were leaves in every lift."),
        roof("close-up dawn", "@Director_Han worried .5", "Director Han: Why is my office warm?"),
        roof("close-up dawn", "@Mina determined .5", "Mina: Row twelve, sir."),
        roof(
            "medium dawn",
            "@Mina pointing determined .3 >",
            "@Director_Han standing surprised .72 <",
            "Mina: The garden keeps the heat in. It saved more than you pay me.",
        ),
    ),
    page(
        "strip-2",
        roof(
            "medium dawn",
            "@Sprout holding happy .35 >",
            "@Director_Han standing surprised .72 <",
            "Sprout: Have a tomato. It is an original.",
        ),
        roof("close-up dawn", "@Director_Han crying .5", "Director Han: My mother grew these."),
    ),
    page(
        "strip-4",
        roof(
            "medium day",
            "@Director_Han pointing .3 >",
            "@Jun standing laughing .72 <",
            "Director Han: The helicopter can park at the airport.",
            "Jun: They do that, helicopters.",
        ),
        roof(
            "medium day",
            "@Mina standing happy .35 >",
            "@Sprout jumping happy .7 <",
            "Sprout: Then I shall copy a pumpkin!",
        ),
        roof("close-up dusk", "@Jun happy .5 >", "Jun: Same time tomorrow?"),
        roof(
            "wide night",
            "@Mina sitting happy .42 >",
            "@Jun sitting .58 <",
            "Mina: Bring the stars.",
            effects="sparkles",
        ),
    ),
    matter(
        PageType.BACK_COVER,
        "strip-1",
        "Episode 2: The Pumpkin",
        ("It was supposed to be a small one. Next Thursday, forty floors up.",),
        roof("medium day", "@Sprout standing surprised .5 ^"),
    ),
)

SCRIPT = Script(
    slug="forty-floors-up",
    title="Nobody Ordered a Garden",
    direction=ReadingDirection.TTB,
    style="webtoon",
    cast=CAST,
    pages=(*_FIRST, *_SECOND),
    series="Forty Floors Up",
    writer="Longbox",
    summary="An office worker finds that the missing copier robot has planted a forest on the roof, and has "
    "until Monday to save it.",
    tags=("slice of life", "city", "garden"),
    page_size_px=(800, 1280),
)
