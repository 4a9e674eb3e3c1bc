"""Two stories of Wonder Parade No. 7: The Knight Who Knitted, and The Last Library on Mars."""

from models.drawing.shorthand import page, panel

KNIGHT = (
    page(
        "wide-top-4",
        panel(
            "castle",
            "medium day",
            "@Princess_Odile pointing determined .35 >",
            "@Sir_Percival standing .7 <",
            "Princess Odile: The dragon took our sheep. All forty.",
        ),
        panel(
            "castle",
            "medium day",
            "@Sir_Percival standing worried .5",
            "Sir Percival: I shall slay it. After lunch.",
        ),
        panel("castle", "close-up day", "@Princess_Odile angry .5", "Princess Odile: Before lunch."),
        panel("mountain", "wide day", "@Sir_Percival walking sad .5 >", "> And so he went."),
        heading="The Knight Who Knitted",
    ),
    page(
        "slant-6",
        panel(
            "cave",
            "medium day",
            "@Sir_Percival pointing determined .5 > +sword",
            "Sir Percival (shout): Come out, foul worm!",
        ),
        panel("cave", "close-up day", "@Smoulder surprised .5", "Smoulder: Shh! I am counting stitches."),
        panel("cave", "medium day", "@Sir_Percival standing surprised .5", "Sir Percival: You are what?"),
        panel("cave", "medium day", "@Smoulder sitting happy .5 <", "Smoulder: Knit two, purl two."),
        panel(
            "cave", "medium day", "@Sir_Percival crouching surprised .5 <", "Sir Percival: Is that a cable?"
        ),
        panel(
            "cave",
            "wide day",
            "@Smoulder sitting happy .4 >",
            "@Sir_Percival sitting .62 <",
            "Smoulder: The sheep are only here for the wool. They come for the stories.",
        ),
    ),
    page(
        "splash",
        panel(
            "cave",
            "wide day",
            "@Smoulder sitting laughing .62 <",
            "@Sir_Percival sitting happy .3 >",
            "> Winter came, and nobody noticed.",
            "Sir Percival: I have made a sock!",
            "Smoulder: You have made a very long sock.",
            caption="Sir Percival and Smoulder the dragon knit together in the cave",
        ),
    ),
    page(
        "four-tiers",
        panel(
            "village",
            "wide day snow",
            "@Princess_Odile running angry .4 >",
            "> In spring the princess came herself.",
        ),
        panel(
            "cave",
            "medium day",
            "@Princess_Odile standing surprised .3 >",
            "@Sir_Percival holding happy .7 <",
            "Princess Odile: Where is the beast?",
            "Sir Percival: Choosing buttons.",
        ),
        panel(
            "cave",
            "medium day",
            "@Smoulder holding worried .35 >",
            "@Princess_Odile standing surprised .7 <",
            "Smoulder: It is for you. I had to guess the sleeves.",
        ),
        panel(
            "castle",
            "wide dusk",
            "@Princess_Odile standing happy .35 >",
            "@Sir_Percival standing happy .52",
            "@Smoulder standing happy .7 <",
            "> It fitted, and so did they.",
        ),
    ),
)

LIBRARY = (
    page(
        "bleed-3",
        panel("desert", "wide dusk", "> On Mars the last library kept its lamps on, in case.", frame="bleed"),
        panel(
            "library",
            "medium night",
            "@Index standing sad .5",
            "Index: Day nine thousand and one. No visitors.",
            frame="bleed",
        ),
        panel(
            "library",
            "medium night",
            "@Index reading .35 >",
            "* KNOCK KNOCK",
            "Index: The wind does not knock twice.",
            frame="bleed",
        ),
        heading="The Last Library on Mars",
    ),
    page(
        "album-8",
        panel(
            "library",
            "medium night",
            "@Index standing surprised .3 >",
            "@Commander_Reyes standing worried .7 <",
            "Commander Reyes: Is it open?",
        ),
        panel(
            "library",
            "wide night",
            "@Index arms raised happy .4 ^",
            "@Commander_Reyes standing .7 <",
            "Index: It has never been closed. It has only been quiet.",
        ),
        panel("library", "close-up night", "@Commander_Reyes sad .5", "Commander Reyes: My ship is broken."),
        panel("library", "close-up night", "@Index neutral .5", "Index: Shelf six, repairs."),
        panel(
            "library",
            "close-up night",
            "@Commander_Reyes crying .5",
            "Commander Reyes: And I am lonely.",
            frame="none",
        ),
        panel(
            "library",
            "wide night from below",
            "@Index pointing .4 >",
            "> He thought about it for exactly one second, which for a robot is a very long time.",
            "Index: That would be all of the other shelves.",
        ),
        panel(
            "library",
            "medium night",
            "@Commander_Reyes reading happy .5",
            "Commander Reyes: Is there one about the sea?",
        ),
        panel(
            "library",
            "medium night",
            "@Index holding happy .5 +book",
            "Index: Four hundred. Start with the wet ones.",
        ),
    ),
    page(
        "spread-4",
        panel(
            "desert",
            "wide night",
            "@Index walking happy .34 > d.1 +book",
            "@Commander_Reyes walking happy .6 > d.1 +book",
            "> Together they carried the engine's missing pages out to the ship.",
            "Index: Volume one of forty. The torque wrench is in volume nine.",
            "Commander Reyes: I always skip to the end.",
            effects="sparkles",
            caption="Index and Commander Reyes carry books across the desert of Mars at night",
        ),
        panel("spaceship", "medium night", "@Commander_Reyes crouching determined .5", "* FSSSHT"),
        panel(
            "spaceship",
            "medium night",
            "@Index holding worried .45 +book",
            "Index: Left or right? Chapter three does not say.",
        ),
        panel(
            "spaceship",
            "close-up night",
            "@Commander_Reyes happy .35",
            "Commander Reyes: It says hold the lamp still, my friend.",
        ),
    ),
    page(
        "two-tiers",
        panel(
            "spaceship",
            "medium night",
            "@Commander_Reyes sitting happy .35 >",
            "@Index standing .7 <",
            "Commander Reyes: She flies again. Come with me.",
            "Index: Who would keep the lamps on?",
        ),
        panel(
            "desert",
            "wide night",
            "@Index waving .5 ^",
            "> Every year a ship came back with a late return, and every year he waived the fee.",
            "Index: Overdue by one orbit. How wonderful.",
            effects="sparkles",
        ),
    ),
)
