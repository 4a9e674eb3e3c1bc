"""Wonder Parade No. 7: an album anthology with everything a magazine carries between its stories."""

from models.drawing.books.wonder_parade_stories import KNIGHT, LIBRARY
from models.drawing.scene import Design, Script
from models.drawing.shorthand import matter, page, panel
from schemas.labels import PageType, ReadingDirection

CAST = (
    Design(
        "Tabby Quill",
        species="cat",
        build="slim",
        skin="#c98f4e",
        outfit="coat",
        outfit_colour="#8a6f4d",
        accent_colour="#3f5f4f",
        extras=("hat",),
    ),
    Design(
        "Pip",
        species="rabbit",
        build="child",
        skin="#e8dccb",
        outfit="shirt",
        outfit_colour="#4a7fa5",
        accent_colour="#f3e3a0",
    ),
    Design(
        "Mrs. Velvet",
        species="bear",
        build="stout",
        skin="#7a5540",
        outfit="dress",
        outfit_colour="#a3425b",
        accent_colour="#f2d6c9",
    ),
    Design(
        "Sir Percival",
        noun="knight",
        build="tall",
        skin="#f0c8a0",
        hair="short",
        hair_colour="#b5622d",
        outfit="armour",
        outfit_colour="#a9b4c2",
        accent_colour="#c43d3d",
    ),
    Design(
        "Princess Odile",
        noun="princess",
        build="slim",
        skin="#8d5a3a",
        hair="afro",
        hair_colour="#2b1a14",
        outfit="dress",
        outfit_colour="#d98e2b",
        extras=("crown",),
        accent_colour="#fff0c9",
    ),
    Design(
        "Smoulder",
        species="dragon",
        build="stout",
        skin="#6fae5c",
        outfit="cloak",
        outfit_colour="#7b4fa0",
        accent_colour="#f2d14e",
    ),
    Design(
        "Index",
        species="robot",
        build="tall",
        skin="#c9b98a",
        outfit="robe",
        outfit_colour="#5a4a7a",
        accent_colour="#8fe3d0",
    ),
    Design(
        "Commander Reyes",
        noun="astronaut",
        build="slim",
        skin="#b9805a",
        hair="bun",
        hair_colour="#1f1a1a",
        outfit="spacesuit",
        outfit_colour="#e7e2d6",
        accent_colour="#e2703a",
    ),
)

_DETECTIVE = (
    page(
        "wide-top-5",
        panel(
            "city street",
            "wide night rain",
            "> It rains in Tin Street even when the sky forgets to.",
            "# NINE LIVES AGENCY",
        ),
        panel(
            "living room",
            "medium night",
            "@Tabby_Quill sitting neutral .4 >",
            "Tabby Quill: Nine lives, eight of them spent on paperwork.",
        ),
        panel(
            "living room",
            "medium night",
            "@Mrs._Velvet standing crying .65 <",
            "@Tabby_Quill sitting .25 >",
            "Mrs. Velvet: Somebody has stolen Thursday!",
        ),
        panel("living room", "close-up night", "@Tabby_Quill surprised .5", "Tabby Quill: The whole of it?"),
        panel(
            "living room",
            "medium night",
            "@Mrs._Velvet holding worried .3 >",
            "@Pip standing surprised .72 <",
            "Mrs. Velvet: I went to bed on Wednesday, and now it is Friday.",
            "Pip: That is serious. Thursday is jam day.",
        ),
        heading="Nine Lives Detective Agency",
    ),
    page(
        "classic-7",
        panel(
            "city street",
            "medium night rain",
            "@Tabby_Quill walking .35 >",
            "@Pip walking .68 >",
            "Tabby Quill: First rule, Pip. A day does not walk off alone.",
        ),
        panel("city street", "close-up night rain", "@Pip thinking .5", "Pip: Who needs an extra day?"),
        panel(
            "market", "medium dawn", "@Pip pointing surprised .4 >", "# CLOCKS MENDED", props="clock .8 d.2"
        ),
        panel(
            "market",
            "detail dawn",
            "> Every clock in the window was wearing gloves.",
            props="clock .25 d.3, clock .5 d.2, clock .75 d.3",
        ),
        panel("market", "medium dawn", "@Tabby_Quill pointing smug .5 >", "* TICK TICK"),
        panel(
            "market",
            "close-up dawn",
            "@Tabby_Quill determined .5",
            "Tabby Quill: Gloves leave no hand prints.",
        ),
        panel(
            "market",
            "medium dawn",
            "@Pip running .35 >",
            "@Tabby_Quill running .68 >",
            "Pip (shout): Second hand! It went that way!",
            effects="speed lines",
        ),
    ),
    page(
        "pinwheel-5",
        panel(
            "rooftop",
            "wide dusk wind",
            "@Pip running .4 >",
            "@Tabby_Quill running .6 >",
            "> Over the roofs of Tin Street.",
        ),
        panel("rooftop", "medium dusk", "@Pip jumping .5 >", "Pip: Mind the chimney!"),
        panel("rooftop", "medium dusk", "@Tabby_Quill falling surprised .5", "* CLANG"),
        panel("rooftop", "close-up dusk", "@Pip worried .5", "Pip: Are you hurt?"),
        panel(
            "rooftop",
            "wide dusk",
            "@Tabby_Quill sitting smug .35 >",
            "@Pip standing .62 <",
            "Tabby Quill: That was number nine. I shall have to be careful.",
        ),
    ),
    page(
        "grid-4",
        panel(
            "bedroom",
            "medium night",
            "@Mrs._Velvet sitting asleep .55",
            "Pip: She is asleep. And there is a day in her bed.",
        ),
        panel(
            "bedroom",
            "medium night",
            "@Tabby_Quill holding smug .35 >",
            "@Pip standing surprised .7 <",
            "Tabby Quill: Nobody stole Thursday. She slept right through it.",
        ),
        panel(
            "bedroom",
            "medium dawn",
            "@Mrs._Velvet sitting surprised .35 >",
            "@Tabby_Quill standing .72 <",
            "Mrs. Velvet: Then who ate all my jam?",
        ),
        panel("bedroom", "close-up dawn", "@Pip worried .35", "Pip: I would like to call my lawyer."),
    ),
)

_FRONT = (
    matter(
        PageType.COVER,
        "bleed-1",
        "Wonder Parade",
        ("No. 7   Summer   3.50", "Three complete stories!"),
        panel(
            "castle",
            "medium day",
            "@Smoulder standing happy .68 <",
            "@Sir_Percival standing surprised .3 >",
            frame="bleed",
            caption="A knight and a green dragon face each other before a castle",
        ),
    ),
    matter(
        PageType.CREDITS,
        "credits-art",
        "Wonder Parade No. 7",
        (
            "Written and drawn by Longbox, one line at a time",
            "Editor: Tabby Quill",
            "Letters: Pip, who counted them",
            "Colours: three pots of ink and a sunset",
            "Contents: Nine Lives Detective Agency, page 3. The Knight Who Knitted, page 8. "
            "The Last Library on Mars, page 12.",
            "Nothing in these pages happened. Dedicated to the public domain, CC0 1.0.",
        ),
        panel("library", "wide day", "@Tabby_Quill reading .35 >", "@Pip reading .65 <"),
    ),
)
_MIDDLE = (
    matter(
        PageType.ADVERTISEMENT,
        "advert-art",
        "Moonlight in a Jar!",
        (
            "Tired of ordinary evenings? One spoonful lights a whole room, and the cat will not mind.",
            "Fresh every full moon. Keep away from wolves.",
            "Order now! Only 2.99 a jar",
        ),
        panel("bedroom", "medium night", "@Pip holding happy .5 +lantern", effects="sparkles"),
    ),
)
_BACK = (
    matter(
        PageType.TEXT,
        "text-vignette",
        "Letters to the Parade",
        (
            "Dear Parade, my brother says that dragons cannot knit because of the claws. "
            "Please settle this, as he is "
            "unbearable. Your faithful reader, Odette, aged ten.",
            "Dear Odette, claws are exactly what makes them good at cables. Tell your "
            "brother that Smoulder finished a "
            "jumper in the time it took him to write nothing at all.",
            "Dear Parade, where can I buy a Thursday? I have a great deal of homework and "
            "only one weekend. Yours in "
            "haste, Milo.",
            "Dear Milo, we asked the clockmaker of Tin Street. He says that days are not for "
            "sale, but that Sundays may "
            "be stretched a little if you do not look at them directly.",
            "Dear Parade, is there truly a library on Mars? My teacher says there is no air. "
            "Respectfully, Anouk.",
            "Dear Anouk, there is always a library. The air comes later.",
        ),
        panel("library", "wide dusk", "@Index reading .5 ^"),
    ),
    matter(
        PageType.ADVERTISEMENT,
        "advert-side",
        "The Pocket Storm",
        (
            "Plants thirsty? Parade boring? Open the lid and stand back!",
            "Thunder sold separately.",
            "Three sizes: Drizzle, Downpour and Opera.",
            "Send 5.00 to Gull Harbour Weather Works",
        ),
        panel("market", "medium day storm", "@Commander_Reyes holding surprised .5 +umbrella"),
    ),
    matter(
        PageType.BACK_COVER,
        "bleed-1",
        "In No. 8",
        (
            "The Knight Who Knitted meets the Sheep Who Objected. Also: a detective story "
            "without a detective, because "
            "he is on holiday.",
        ),
        panel(
            "village",
            "wide dusk",
            "@Smoulder walking happy .4 >",
            "@Sir_Percival walking .6 >",
            frame="bleed",
        ),
    ),
)

SCRIPT = Script(
    slug="wonder-parade-7",
    title="Summer Number",
    direction=ReadingDirection.LTR,
    style="album",
    cast=CAST,
    pages=(*_FRONT, *_DETECTIVE, *_MIDDLE, *KNIGHT, *LIBRARY, *_BACK),
    series="Wonder Parade",
    number="7",
    writer="Longbox",
    summary="Three complete stories: a detective looks for a stolen Thursday, a knight learns to "
    "knit from the "
    "dragon he was sent to slay, and the last library on Mars gets a reader.",
    tags=("anthology", "humour", "fantasy", "science fiction"),
)
