"""Which pages a kind of book has, in which order: at random, or after books whose pages were labelled."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from schemas.labels import PageType as P


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page to be made: its type, and a name for how it is drawn where the type leaves that open."""

    kind: P
    manner: str = ""
    opens: bool = False
    ends: bool = False


Plan = tuple[Leaf, ...]
_AD, _TEXT, _ART, _CREDITS = Leaf(P.ADVERTISEMENT), Leaf(P.TEXT), Leaf(P.ART), Leaf(P.CREDITS)
_COVER, _BACK = Leaf(P.COVER), Leaf(P.BACK_COVER)
_TITLE, _BANNER = Leaf(P.COVER, "title"), Leaf(P.COVER, "banner")


def story(pages: int) -> list[Leaf]:
    """Plan a story: its first page is a class of its own."""
    rest = [Leaf(P.STORY) for _ in range(pages - 1)]
    leaves = [Leaf(P.FIRST_PAGE, opens=True), *rest]
    if pages > 1:
        leaves[-1] = Leaf(P.STORY, ends=True)
    return leaves


def textstory(pages: int) -> list[Leaf]:
    """Plan a story in prose."""
    return [Leaf(P.TEXTSTORY, opens=number == 0) for number in range(pages)]


def _maybe(rng: random.Random, share: float, *leaves: Leaf) -> list[Leaf]:
    return list(leaves) if rng.random() < share else []


def _with_adverts(rng: random.Random, leaves: list[Leaf], share: float) -> list[Leaf]:
    """Put advertisements between the pages of a story, as monthly issues do."""
    mixed: list[Leaf] = []
    for number, leaf in enumerate(leaves):
        if number > 1 and rng.random() < share:
            mixed += [_AD] * rng.choice((1, 1, 2))
        mixed.append(leaf)
    return mixed


def _issue(rng: random.Random) -> list[Leaf]:
    told = _with_adverts(rng, story(rng.randint(8, 22)), rng.choice((0.0, 0.1, 0.2)))
    tail = [
        *_maybe(rng, 0.35, *textstory(rng.choice((1, 2)))),
        *_maybe(rng, 0.5, _TEXT),
        *[_AD] * rng.choice((0, 1, 2, 3)),
    ]
    head = [_COVER, *_maybe(rng, 0.4, _AD), *_maybe(rng, 0.4, _CREDITS), *_maybe(rng, 0.12, _TEXT)]
    second = story(rng.randint(2, 8)) if rng.random() < 0.3 else []
    end = rng.choice(([_AD], [_AD], [_BACK], []))
    return [*head, *told, *second, *_maybe(rng, 0.15, _ART), *tail, *end]


def _anthology(rng: random.Random) -> list[Leaf]:
    leaves = [_COVER, *_maybe(rng, 0.5, _AD), *_maybe(rng, 0.15, _CREDITS)]
    for _ in range(rng.randint(2, 5)):
        leaves += story(rng.choice((1, 2, 4, 6, 7, 8)))
        leaves += _maybe(rng, 0.45, _AD)
        leaves += textstory(rng.choice((1, 2, 2))) if rng.random() < 0.3 else []
    return [*leaves, *[_AD] * rng.choice((0, 1, 2, 3)), *_maybe(rng, 0.15, _BACK)]


def _collection(rng: random.Random) -> list[Leaf]:
    head = [
        _COVER,
        *_maybe(rng, 0.6, _TITLE),
        *_maybe(rng, 0.8, _CREDITS),
        *_maybe(rng, 0.5, _TEXT),
        *_maybe(rng, 0.2, _TEXT),
    ]
    body: list[Leaf] = []
    for _ in range(rng.randint(2, 3)):
        body += _maybe(rng, 0.5, rng.choice((_COVER, _ART)))
        body += story(rng.randint(5, 13))
    tail = [
        *[_ART] * rng.choice((0, 1, 2, 4, 6)),
        *_maybe(rng, 0.4, _TEXT),
        *_maybe(rng, 0.4, _AD),
        *_maybe(rng, 0.7, _BACK),
    ]
    return [*head, *body, *tail]


def _manga(rng: random.Random) -> list[Leaf]:
    head = [_COVER, *_maybe(rng, 0.3, _ART), *_maybe(rng, 0.6, _TITLE), *_maybe(rng, 0.5, _TEXT)]
    body: list[Leaf] = []
    for _ in range(rng.randint(1, 3)):
        body += [*story(rng.randint(5, 14)), *_maybe(rng, 0.2, _ART)]
    tail = [
        *_maybe(rng, 0.4, _TEXT),
        *_maybe(rng, 0.4, _AD),
        *_maybe(rng, 0.6, _CREDITS),
        *_maybe(rng, 0.6, _BACK),
    ]
    return [*head, *body, *tail]


def _album(rng: random.Random) -> list[Leaf]:
    head = [
        _COVER,
        *_maybe(rng, 0.5, _TITLE),
        *_maybe(rng, 0.6, rng.choice((_TEXT, _CREDITS))),
        *_maybe(rng, 0.4, _TITLE),
        *_maybe(rng, 0.3, _TEXT),
    ]
    tail = [*_maybe(rng, 0.3, _AD), *_maybe(rng, 0.2, _ART), *_maybe(rng, 0.6, _BACK)]
    return [*head, *story(rng.randint(6, 26)), *tail]


def _episode(rng: random.Random) -> list[Leaf]:
    head = _maybe(rng, 0.8, rng.choice((_BANNER, _BANNER, _COVER)))
    pages: list[Leaf] = story(rng.randint(3, 12))
    pages[0] = Leaf(P.FIRST_PAGE, "plain", opens=True)
    return [*head, *pages, *_maybe(rng, 0.75, Leaf(P.CREDITS, "thanks"))]


def _webtoon(rng: random.Random) -> list[Leaf]:
    return [
        *_maybe(rng, 0.6, _COVER),
        *story(rng.randint(4, 18)),
        *_maybe(rng, 0.5, _CREDITS),
        *_maybe(rng, 0.15, _AD),
    ]


def _scroll(rng: random.Random) -> list[Leaf]:
    """Plan a strip that is cut into slices; credits may stand before an epilogue."""
    told, names = story(rng.randint(4, 16)), rng.choice((_CREDITS, Leaf(P.CREDITS, "thanks")))
    tail = _maybe(rng, 0.45, names)
    if tail and rng.random() < 0.25:
        tail += [Leaf(P.STORY)] * rng.randint(1, 3)
    return [*_maybe(rng, 0.65, _COVER), *told, *tail, *_maybe(rng, 0.1, _AD)]


def _pages(rng: random.Random) -> list[Leaf]:
    """Plan pages without covers: strips, samples, a story on its own."""
    return [
        *_maybe(rng, 0.25, _COVER),
        *story(rng.randint(1, 9)),
        *_maybe(rng, 0.15, rng.choice((_CREDITS, _TEXT, _ART))),
    ]


def _artbook(rng: random.Random) -> list[Leaf]:
    return [
        _COVER,
        *_maybe(rng, 0.7, _CREDITS),
        *_maybe(rng, 0.6, _TEXT),
        *[_ART] * rng.randint(3, 9),
        *_maybe(rng, 0.4, _TEXT),
        *_maybe(rng, 0.5, _BACK),
    ]


def _foreign(manner: str, kind: P) -> Callable[[random.Random], list[Leaf]]:
    def plan(rng: random.Random) -> list[Leaf]:
        page = Leaf(kind, manner)
        head = [] if manner == "photograph" else [*_maybe(rng, 0.7, _COVER), *_maybe(rng, 0.4, _CREDITS)]
        return [*head, *[page] * rng.randint(3, 12), *_maybe(rng, 0.2, _BACK)]

    return plan


KINDS: Mapping[str, tuple[float, bool, Callable[[random.Random], list[Leaf]]]] = MappingProxyType(
    {
        "issue": (5, True, _issue),
        "anthology": (5, True, _anthology),
        "collection": (3, True, _collection),
        "manga": (4, True, _manga),
        "album": (3.5, True, _album),
        "episode": (4, True, _episode),
        "webtoon": (1.5, True, _webtoon),
        "scroll": (3, True, _scroll),
        "pages": (2.5, True, _pages),
        "artbook": (1, True, _artbook),
        "textbook": (1.6, False, _foreign("textbook", P.TEXT)),
        "rulebook": (1.8, False, _foreign("rulebook", P.TEXT)),
        "picturebook": (1.6, False, _foreign("picturebook", P.TEXT)),
        "novel": (1, False, _foreign("novel", P.TEXT)),
        "photos": (1.4, False, _foreign("photograph", P.ART)),
    }
)
"""Share among drawn books, whether it is a comic, and what plans it."""


def random_kind(rng: random.Random, among: Sequence[str] = ()) -> str:
    """Choose a kind of book, of all or among a few."""
    kinds = list(among or KINDS)
    return rng.choices(kinds, [KINDS[kind][0] for kind in kinds])[0]


def random_plan(rng: random.Random, kind: str) -> Plan:
    """Plan a book of a kind; now and then its first or last pages are missing."""
    leaves = KINDS[kind][2](rng)
    if rng.random() < 0.12 and len(leaves) > 4:
        leaves = leaves[rng.choice((0, 1, 2)) : len(leaves) - rng.choice((0, 0, 1, 2))]
    return tuple(leaves)


def plan_after(rng: random.Random, types: Sequence[P]) -> Plan:
    """Plan a book after the page types of a real one, its long stories shortened."""
    leaves: list[Leaf] = []
    run = 0
    keep = rng.choice((3, 5, 8, 40))
    for before, kind, after in zip([None, *types[:-1]], types, [*types[1:], None], strict=True):
        run = run + 1 if kind is P.STORY else 0
        if run > keep and after is P.STORY:
            continue
        opens = kind is P.FIRST_PAGE or (kind is P.TEXTSTORY and before is not P.TEXTSTORY)
        leaves.append(Leaf(kind, opens=opens, ends=kind is P.STORY and after is not P.STORY))
    return tuple(leaves)
