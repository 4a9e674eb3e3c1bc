"""Words that descriptions of scenes are made of: who can be seen, what they wear, where it is, when.

Closed lists, English first, with the commonest Italian ones. A word that is missing costs little: a being is
then known by its place in the sentence, a place by its preposition.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BEINGS = _words(
    """
    hero heroine girl girls boy boys man men woman women child children kid kids baby teenager youth lady
    gentleman mother father mum dad parent parents grandmother grandma grandfather grandpa granny aunt uncle
    sister sisters brother brothers daughter daughters son sons grandson granddaughter twins
    wife husband friend friends neighbour neighbor stranger
    person people figure figures somebody someone villager villagers crowd
    witch witches wizard wizards sorcerer sorceress magician knight knights princess prince queen king emperor
    warrior soldier soldiers guard guards samurai ninja pirate pirates captain sailor sailors fisherman
    detective policeman police officer thief thieves spy doctor nurse teacher pupil student students professor
    scientist astronaut astronauts pilot driver conductor chef cook baker farmer farmers merchant waiter
    waitress worker workers mayor clown dancer singer musician painter artist writer librarian monk nun priest
    angel ghost ghosts demon demons devil vampire zombie skeleton mummy monster monsters troll
    ogre goblin elf elves dwarf fairy fairies mermaid alien aliens robot robots android cyborg golem superhero
    superheroine creature creatures beast beasts animal animals dragon dragons unicorn phoenix
    cat cats kitten dog dogs puppy fox foxes wolf wolves bear bears rabbit rabbits hare mouse mice rat rats
    squirrel hedgehog badger otter beaver deer stag horse horses pony donkey cow cows bull goat goats sheep
    lamb pig pigs lion lions tiger tigers leopard elephant elephants giraffe zebra rhino hippo monkey monkeys
    ape gorilla crocodile snake snakes lizard turtle tortoise frog frogs toad fish fishes shark whale dolphin
    octopus crab snail spider spiders bee ant ants butterfly bird birds owl owls crow raven eagle hawk
    parrot canary hen hens chicken chicks rooster cock duck ducks goose swan penguin pigeon pigeons bat bats
    snowman
    strega mago gatto gatta cane volpe ragazza ragazzo bambina bambino uomo donna cavaliere principessa drago
    pirata capitano mostro coniglio topo lupo orso uccello nonna nonno re regina robot
    """
)
"""Nouns of whoever can stand in a picture."""

WORN = _words(
    """
    suit suits coat coats cloak cape robe robes dress gown skirt shirt blouse sweater jumper hoodie
    jacket vest
    waistcoat overalls uniform kimono armour armor apron trousers pants jeans shorts boots shoes sandals
    gloves
    hat hats cap caps helmet crown hood scarf veil mask blindfold glasses spectacles goggles tie ties necklace
    earrings belt backpack bag handbag dungarees pyjamas costume bikini swimsuit turban headscarf bow
    hair braids braid ponytail pigtails beard moustache mustache freckles horns wings tail antenna whiskers
    mantello cappello vestito giacca occhiali
    """
)
"""What tells one being from another: clothes, hair, what it carries on it."""

BODY = _words(
    """
    face faces eye eyes mouth nose ear ears head arm arms hand hands finger fingers fist fists leg legs
    foot feet
    knee knees back chest shoulder shoulders lap belly side sides cheeks teeth tears smile expression look paw
    paws claws
    """
)

PLACES = _words(
    """
    room bedroom kitchen bathroom attic cellar basement hall hallway corridor staircase stairs library study
    office classroom school shop store bakery market marketplace restaurant cafe bar inn tavern pub hospital
    laboratory lab workshop factory prison dungeon church temple cathedral castle palace tower
    lighthouse house
    houses home cottage hut barn farm mill tent camp ship boat deck cabin submarine spaceship cockpit train
    tram bus car station platform airport harbour harbor port pier dock quay bridge road street streets alley
    square plaza park playground garden gardens courtyard yard terrace balcony roof rooftop roofs gate door
    doorway window wall walls fence city town village suburb countryside field fields meadow farm hill hills
    mountain mountains valley canyon cliff cave cavern forest woods wood jungle swamp desert dune dunes beach
    shore coast sea ocean water underwater lake river stream waterfall pond island islands
    space planet volcano lava ruins graveyard cemetery arena stadium stage theatre theater circus
    museum bank hotel lobby elevator bed sofa pot observatory greenhouse stable well fountain bench
    castello bosco foresta casa strada porto mare spiaggia montagna stazione biblioteca cucina giardino grotta
    """
)

NO_PLACES = _words(
    """
    night day daylight rain snowfall wind morning evening dawn dusk sunset sunrise dark darkness light
    sunlight
    moonlight noon midnight winter summer spring autumn fear silence love time end other anger surprise panic
    moment air shock disgust despair pain alarm front background foreground middle distance shadow shadows
    focus sparkles lines colour color colours colors black white red blue green pink grey gray way direction
    """
)
"""What stands after a preposition and is no place."""

SCENERY = _words(
    """
    rain night day snow fog mist storm wind dusk dawn morning evening sunset sunrise noon midnight thunder
    lightning silence moon sun stars sky sea clouds cloud black white colour color darkness light shadow
    shadows smoke fire flames view shot close-up closeup wide medium background text words lamp flash burst
    silhouette silhouettes tip strip edge picture scene drawing tree trees flower flowers table chair
    book books potion potions bottle bottles
    """
)
"""What opens a sentence and is nobody."""

NUMBERS = {
    "two": 2,
    "both": 2,
    "twin": 2,
    "due": 2,
    "three": 3,
    "four": 3,
    "five": 3,
    "six": 3,
    "tre": 3,
    "several": 3,
}
"""How many figures a number asks for; a panel has room for three."""

MOODS: dict[str, tuple[str, ...]] = {
    "night": ("night", "midnight", "moonlight", "moonlit", "notte", "nuit", "nacht", "밤", "夜"),
    "dusk": ("dusk", "evening", "sunset", "twilight", "tramonto", "sera", "저녁", "夕"),
    "dawn": ("dawn", "sunrise", "alba", "새벽"),
    "day": ("day", "daylight", "noon", "morning", "sunny", "sunshine", "giorno", "mattina"),
    "rain": ("rain", "rainy", "raining", "downpour", "pioggia", "piove", "비가", "雨"),
    "storm": (
        *("storm", "stormy", "thunder", "thunderstorm", "lightning", "tempesta", "temporale"),
        *("폭풍", "嵐"),
    ),
    "snow": ("snow", "snowy", "snowing", "blizzard", "neve", "nevica", "눈이", "雪"),
    "fog": ("fog", "foggy", "mist", "misty", "nebbia", "안개", "霧"),
    "close-up": ("close-up", "closeup", "close", "primissimo"),
    "wide": ("wide", "panorama", "long-shot", "establishing"),
}
"""Times, weathers and shots, and the words that mean them."""
