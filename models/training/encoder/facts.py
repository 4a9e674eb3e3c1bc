"""What a training picture shows, before it is put into words."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Being:
    """Somebody in a picture; each tuple holds wordings that are all true, the most exact first.

    ``nouns`` have their article ("a red-haired witch in a black dress", "a witch", "a woman");
    ``verbs`` follow a noun ("flies through the air"), ``moods`` follow a verb ("looking sad");
    ``traits`` stand before a bare noun ("sad"); ``holding`` is a noun with its article.
    """

    nouns: tuple[str, ...]
    verbs: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    traits: tuple[str, ...] = ()
    holding: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that can be said of a picture, as alternatives of equal meaning, and its exact tags.

    ``together`` says what the first two beings do with each other ("talk", "face each other").
    """

    beings: tuple[Being, ...] = ()
    things: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    weathers: tuple[str, ...] = ()
    shots: tuple[str, ...] = ()
    views: tuple[str, ...] = ()
    looks: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    tags: frozenset[str] = field(default_factory=frozenset)
