"""Places: what lies behind the figures, in perspective, in the light of its time and weather."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from models.drawing.art.places import halls, nature, rooms, sky, square, town, water
from models.drawing.art.places.room import WALL_Z
from models.drawing.art.stage import Stage


@dataclass(frozen=True, slots=True)
class PlacePainter:
    """One place: ``paint`` draws it, ``words`` say it in a caption after a comma."""

    words: str
    paint: Callable[[Stage], None]
    indoors: bool = False
    weather: bool = True  # whether rain and snow fall in front of it
    ground: bool = True  # whether there is something to stand on
    floor: float = math.inf  # distance at which the ground ends that figures can stand on
    front: Callable[[Stage], None] | None = None  # drawn before the figures of a wide shot


PLACES: Mapping[str, PlacePainter] = MappingProxyType(
    {
        "forest": PlacePainter("in a forest", nature.forest, front=nature.leaves_in_front),
        "meadow": PlacePainter("in a flowery meadow", nature.meadow, front=nature.leaves_in_front),
        "garden": PlacePainter("in a garden", nature.garden, front=nature.leaves_in_front),
        "mountain": PlacePainter("in the mountains", nature.mountain),
        "desert": PlacePainter("in a desert", nature.desert),
        "harbour": PlacePainter("on the quay of a harbour", water.harbour, floor=2.6),
        "beach": PlacePainter("on a beach", water.beach),
        "cave": PlacePainter("in a cave with crystals", nature.cave, weather=False),
        "underwater": PlacePainter("under water", water.underwater, weather=False),
        "sky": PlacePainter("high in the sky", sky.above_clouds, ground=False),
        "village": PlacePainter("in a village", town.village, front=nature.leaves_in_front),
        "city street": PlacePainter("in a city street", town.city_street),
        "rooftop": PlacePainter("on a rooftop", town.rooftop, floor=3.6),
        "market": PlacePainter("at a market", square.market),
        "train station": PlacePainter("at a train station", square.train_station, floor=4.6),
        "castle": PlacePainter("before a castle", town.castle, front=nature.leaves_in_front),
        "bridge": PlacePainter("on a bridge over a river", water.bridge, floor=3.0),
        "doorstep": PlacePainter("at the door of a house", town.doorstep, floor=3.2),
        "kitchen": PlacePainter("in a kitchen", rooms.kitchen, indoors=True, weather=False, floor=WALL_Z),
        "library": PlacePainter("in a library", rooms.library, indoors=True, weather=False, floor=WALL_Z),
        "bedroom": PlacePainter("in a bedroom", rooms.bedroom, indoors=True, weather=False, floor=WALL_Z),
        "classroom": PlacePainter(
            "in a classroom", halls.classroom, indoors=True, weather=False, floor=WALL_Z
        ),
        "workshop": PlacePainter("in a workshop", halls.workshop, indoors=True, weather=False, floor=WALL_Z),
        "living room": PlacePainter(
            "in a living room", rooms.living_room, indoors=True, weather=False, floor=WALL_Z
        ),
        "spaceship": PlacePainter(
            "on the bridge of a spaceship", halls.spaceship, indoors=True, weather=False, floor=WALL_Z
        ),
        "throne hall": PlacePainter(
            "in a throne hall", halls.throne_hall, indoors=True, weather=False, floor=WALL_Z
        ),
        "plain": PlacePainter("before a plain background", sky.plain, indoors=True, weather=False),
    }
)
