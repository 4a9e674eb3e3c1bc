"""Wordings of what the painter knows: several true phrases for each pose, mood, place, hour and sky."""

from collections.abc import Mapping
from types import MappingProxyType

Words = Mapping[str, tuple[str, ...]]


def _table(text: str) -> Words:
    """Read ``name: phrase | phrase`` lines."""
    rows = (line.partition(":") for line in text.strip().splitlines())
    return MappingProxyType(
        {name.strip(): tuple(part.strip() for part in words.split("|")) for name, _, words in rows}
    )


POSES = _table("""
standing: stands | is standing | stands still | waits
walking: walks | is walking | strolls along | walks along | goes for a walk | is on the way
running: runs | is running | dashes off | runs away | rushes along | hurries
sitting: sits | is sitting | is seated | sits down
pointing: points | is pointing | points with an outstretched arm | points at something | shows the way
waving: waves | raises a hand and waves | greets | waves a hand | says hello
arms crossed: stands with crossed arms | has crossed arms | crosses the arms | with folded arms
arms raised: raises both arms | throws both arms up | cheers with raised arms | with arms in the air
crouching: crouches | is crouching | squats | kneels down | ducks
lying: lies on the ground | is lying down | lies on the back | has fallen down
jumping: jumps | leaps into the air | is jumping | hops
holding: holds out a hand | raises a hand | reaches out
reading: reads a book | is reading | reads | holds an open book
thinking: thinks with a hand at the chin | ponders | is thinking | hand at the chin, thinking
falling: falls through the air | is falling | falls down | tumbles
flying: flies through the air | is flying | flies | soars | floats in the air | flies past
""")

MOODS = _table("""
neutral: with a calm face | with a blank look
happy: smiling happily | looking happy | with a smile | smiling | grinning | in a good mood
sad: looking sad | with a sad face | looking down sadly | unhappy | looking gloomy | disappointed
angry: looking angry | with an angry face | furious | frowning angrily | scowling | annoyed | glaring
surprised: looking surprised | with wide-open eyes | astonished | amazed | shocked | stunned
afraid: looking afraid | with a frightened face | terrified | scared | in panic | horrified
worried: looking worried | with a worried face | anxious | nervous | uneasy | concerned
smug: smiling smugly | looking smug | with a sly grin | with a mischievous smile | proud
asleep: fast asleep | sleeping | with closed eyes | dozing | eyes closed
crying: crying | in tears | weeping | with tears running down | sobbing
laughing: laughing | laughing out loud | with a wide open mouth, laughing | shouting with joy
determined: looking determined | with a determined face | serious | with a stern look | resolute
""")

TRAITS = _table("""
neutral: calm
happy: happy | smiling | cheerful | joyful
sad: sad | unhappy | gloomy | disappointed
angry: angry | furious | annoyed | grumpy
surprised: surprised | astonished | amazed | shocked
afraid: frightened | scared | terrified | horrified
worried: worried | anxious | nervous
smug: smug | grinning | proud
asleep: sleeping | sleepy | tired
crying: crying | weeping | sobbing | tearful
laughing: laughing | excited | shouting
determined: determined | serious | stern
""")

PLACES = _table("""
forest: in a forest | in the woods | among trees | between tall trees | in a jungle | woodland
meadow: in a flowery meadow | in a green field | on the grass | on a lawn with flowers | green hills
garden: in a garden | among flower beds | in a park | in a blooming garden
mountain: in the mountains | before snowy peaks | among rocks and peaks | on a mountain | rocky landscape
desert: in a desert | on the sand | among sand dunes | in a dry land | cactus and sand
harbour: on the quay of a harbour | at the port | beside boats | by the water | at the docks
beach: on a beach | by the sea | at the seaside | on the shore | on the sand by the ocean
cave: in a cave with crystals | in a dark cave | underground | in a cavern | in a grotto
underwater: under water | in the deep sea | at the bottom of the ocean | among fish and bubbles
sky: high in the sky | above the clouds | among clouds | in the air | in the blue sky
village: in a village | between old houses | in a small town | before cottages
city street: in a city street | in town | between tall buildings | in a modern city | on the pavement
rooftop: on a rooftop | on the roof | over the roofs of a town | above the city
market: at a market | among market stalls | at a market stall | on a market square
train station: at a train station | on a platform | by the rails | at the railway
castle: before a castle | in front of a castle | at the castle gate | towers and walls
bridge: on a bridge over a river | on a bridge | over the water | by the river
doorstep: at the door of a house | before a front door | outside a house | at the entrance
kitchen: in a kitchen | at the stove | among pots and shelves | cooking place
library: in a library | among bookshelves | between shelves of books | in a room full of books
bedroom: in a bedroom | by the bed | in a room with a bed | at home in bed
classroom: in a classroom | at school | before a blackboard | among school desks
workshop: in a workshop | among tools | at a workbench | in a laboratory | in a garage
living room: in a living room | at home | on the carpet by the sofa | in a room with an armchair
spaceship: on the bridge of a spaceship | in a spaceship | in outer space | before stars and screens
throne hall: in a throne hall | in a palace | in a great hall | before the throne
plain: before a plain background | on a plain background | before an empty background | plain backdrop
""")

INDOORS = ("indoors", "inside a room", "inside a house", "in a room")
OUTDOORS = ("outdoors", "outside", "in the open air", "in a landscape")

TIMES = _table("""
dawn: at dawn | at sunrise | in the early morning | in the morning light
day: in daylight | by day | on a bright day | in the sunshine | under a blue sky
dusk: at dusk | at sunset | in the evening | in the evening light | under an orange sky
night: at night | in the dark | by moonlight | under a starry sky | in the moonlight | at midnight
""")

WEATHERS = _table("""
clear: under a clear sky | in fine weather
cloudy: under a cloudy sky | with clouds | under grey clouds
rain: in the rain | on a rainy day | in pouring rain | while it rains | rain falling
snow: in falling snow | while it snows | in winter | snow falling | snowflakes
fog: in fog | in the mist | misty | in haze
wind: in the wind | on a windy day | leaves blowing
storm: in a thunderstorm | with lightning | in a storm | under stormy clouds | lightning flashes
""")

SHOTS = _table("""
close-up: close-up | face | close-up of a face | portrait
medium: medium shot | half-length picture
wide: wide shot | seen from far away | full figure | wide view
detail: detail | extreme close-up | seen from very near
no-character: nobody in sight | empty scene | landscape | view | scenery
""")

VIEWS = _table("""
from above: seen from above | bird's-eye view | from high above | looking down
from below: seen from below | looking up | low angle
eye level: at eye level
""")

COLOURLESS = (
    "in black and white",
    "black and white drawing",
    "manga page",
    "ink drawing",
    "drawn in grey tones",
)
COLOURED = ("in colour", "colourful", "coloured drawing")

PROPS = _table("""
lantern: a lantern | a lamp | a light
book: an open book | a book
cup: a steaming cup | a cup of tea | a mug
sword: a sword | a blade | a weapon
umbrella: a red umbrella | an umbrella
key: a golden key | a key
letter: a sealed letter | a letter | an envelope
map: a map | a sheet of paper | an old map
apple: an apple | a red apple | a fruit
fish: a fish
basket: a basket of fruit | a basket
ball: a ball
potion: a potion | a potion bottle | a flask | a bottle
camera: a camera
telescope: a telescope
bicycle: a bicycle | a bike
boat: a sailing boat | a boat | a ship
chair: a chair
table: a table
tree: a tree
lamp post: a lamp post | a street lamp
door: a door | a wooden door
chest: a treasure chest | a chest
clock: a clock on a post | a clock
flower: a pink flower | a flower
crown: a golden crown | a crown
crate: a wooden crate | a box
balloon: a red balloon | a balloon
guitar: a guitar | a musical instrument
phone: a telephone | a phone
wand: a magic wand | a wand
cake: a birthday cake | a cake
""")

EFFECTS = _table("""
speed lines: speed lines | fast movement
focus lines: focus lines | radiating lines
impact: an impact star | an explosion | a bang
glow: a glow | glowing light | an aura
sparkles: sparkles | sparkling stars | magic sparkles
sweat: drops of sweat | sweat drops
gloom: lines of gloom | a gloomy shadow
hearts: hearts | little hearts
""")

TOGETHER = _table("""
face: face each other | talk to each other | look at each other | talk | stand face to face | converse
quarrel: quarrel | argue | shout at each other | stare at each other angrily | have a fight
rejoice: laugh together | celebrate together | are happy together | greet each other joyfully
away: turn their backs on each other | look away from each other | stand back to back
walk: walk together | walk side by side | go for a walk together
run: run away together | flee side by side | run side by side
chase: run one after the other | chase each other
""")

TINTS = {
    (70, 90, 200): ("blue-toned picture", "in blue light", "tinted blue", "in shades of blue"),
    (200, 60, 50): ("in red light", "red-toned picture", "with a red glow", "in shades of red"),
    (90, 170, 70): ("in green light", "green-toned picture", "with a green glow", "in shades of green"),
    (150, 80, 190): ("in purple light", "purple-toned picture", "in shades of purple"),
    (225, 190, 60): ("in yellow light", "yellow-toned picture", "in golden light"),
    (230, 130, 50): ("in orange light", "orange-toned picture", "in the glow of a fire"),
    (165, 130, 95): ("in sepia tones", "like an old photograph", "in faded brown"),
}
"""Colours that flood a whole picture."""
