"""Why a panel answers: which parts of its picture speak for words, for panels like it, for an element."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from schemas.errors import QueryError
from schemas.filters import SearchFilters
from schemas.messages import SearchRequest
from schemas.records import FloatMatrix, RgbImage
from search.box.grammar import expand
from search.legs.examples import picture_rows

if TYPE_CHECKING:
    from models.elements.probe import Probe
    from models.why.explaining import Method
    from models.why.records import HeatMap, Stop
    from search.library import Library

_LOOK = "look:"
_NOTHING = "say what is to be explained: words, like:ID or has:ELEMENT"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be explained: words as typed into the box, or an element by its name."""

    words: str = ""
    element: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """A picture of a panel and the map of what in it speaks for what was asked.

    ``about`` says in words what that is; ``notes`` what of the question pictures cannot tell.
    """

    panel_id: str
    about: str
    picture: RgbImage
    heat: "HeatMap"
    judge: "Probe"
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data; ``heat`` has a list a row of cells, from 0 to 1."""
        x, y = self.heat.peak()
        return {
            "panel_id": self.panel_id,
            "about": self.about,
            "method": self.heat.method,
            "score": round(self.heat.score, 4),
            "peak": [round(x, 4), round(y, 4)],
            "heat": [[round(float(cell), 3) for cell in row] for row in self.heat.values],
            "notes": list(self.notes),
        }

    def in_words(self) -> Iterator[str]:
        """Say the same in a few lines."""
        x, y = self.heat.peak()
        yield f"{self.about}: score {self.heat.score:.3f}, by {self.heat.method}"
        if self.heat.values.any():
            yield f"most comes from the {_place_in_words(x, y)} ({x:.0%} across, {y:.0%} down)"
        else:
            yield "nothing in the picture speaks for it"
        yield from self.notes


def explain_panel(
    library: "Library",
    panel_id: str,
    asked: Asked,
    *,
    method: "Method" = "auto",
    stopped: "Stop | None" = None,
) -> Why:
    """Explain a panel by its picture as stored.

    Raises:
        NotFoundError: there is no such panel, or it has no picture.
        QueryError: nothing is asked that a picture could answer.
        ConfigError: the encoder does not allow the method.
        StoppedError: it was stopped.
    """
    from models.pictures import decode_picture
    from models.why.explaining import explain
    from models.why.records import never
    from schemas.config import PictureLimits

    library.panel(panel_id)  # says that there is none
    about, judge, notes = _judge(library, asked)
    picture = decode_picture(library.thumbnail(panel_id), name=panel_id, limits=PictureLimits()).image
    heat = explain(picture, library.encoders.picture(), judge, method=method, stopped=stopped or never)
    return Why(panel_id, about, picture, heat, judge, notes)


def trusted(library: "Library", why: Why) -> dict[str, float]:
    """Return what is left of the score while the picture is covered by the map, and at random."""
    from models.why.sanity import deletion

    found = deletion(why.picture, library.encoders.picture(), why.judge, why.heat)
    return {"by_map": round(found.by_map, 4), "at_random": round(found.at_random, 4)}


def _place_in_words(x: float, y: float) -> str:
    across, down = ("left", "middle", "right")[int(x * 2.999)], ("top", "middle", "bottom")[int(y * 2.999)]
    return across if down == "middle" else (down if across == "middle" else f"{down} {across}")


def _judge(library: "Library", asked: Asked) -> tuple[str, "Probe", tuple[str, ...]]:
    """Return what the question is about, who judges it, and what is left out of it."""
    if asked.element:
        return f"has:{asked.element}", _of_element(library, asked.element), ()
    if not asked.words.strip():
        raise QueryError(_NOTHING)
    request = expand(SearchRequest(text=asked.words))
    if request.run:
        raise QueryError("a run of panels is explained step by step: ask for the words of one step")
    parts = list(_looked_for(library, request))
    notes = tuple(_left_out(request))
    if parts:
        from models.why.explaining import toward

        return asked.words, toward(_together(parts)), notes
    if request.filters.elements:
        name = request.filters.elements[0]
        return f"has:{name}", _of_element(library, name), notes
    raise QueryError("; ".join(notes) or _NOTHING)


def _of_element(library: "Library", name: str) -> "Probe":
    from models.elements.probe import Probe

    elements = library.snapshot().elements
    found = elements.named(name)
    if found is None:
        raise QueryError("; ".join(elements.notes_on([name])))
    facts = next(one for one in elements.facts() if one.name == found)
    if not facts.encoder.startswith(_LOOK) or "+" in facts.encoder:
        raise QueryError(
            f"{found} is told by {facts.side}, not by pictures alone: only the side look can be mapped"
        )
    if facts.encoder != _LOOK + library.format.encoder_ids["picture"]:
        raise QueryError(
            f"{found} was learnt with another encoder than the library has now: run 'longbox element apply'"
        )
    return Probe(np.array(facts.weights, np.float32), facts.bias, facts.method)


def _looked_for(library: "Library", request: SearchRequest) -> Iterator[tuple[float, FloatMatrix]]:
    """Give the vectors of what is looked for in pictures, with their weights: below 0 for the unwanted."""
    words = [(1.0, request.text.strip()), *((wish.weight, wish.words) for wish in request.texts)]
    words += [(-wish.weight, wish.words) for wish in request.dislikes]
    words = [(weight, text) for weight, text in words if text]
    if any(weight > 0 for weight, _ in words):
        tower = library.encoders.text_tower()
        if tower is None:
            raise QueryError(
                "the picture encoder of this library knows no words: ask with like:ID or has:ELEMENT"
            )
        vectors = tower.encode_texts([text for _, text in words])
        yield from ((weight, vector) for (weight, _), vector in zip(words, vectors, strict=True))
    if request.like:
        yield from ((1.0, row) for row in picture_rows(library.snapshot(), request.like))


def _together(parts: Sequence[tuple[float, FloatMatrix]]) -> FloatMatrix:
    total = np.sum([weight * vector for weight, vector in parts], axis=0)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)


def _left_out(request: SearchRequest) -> Iterator[str]:
    if request.phrases or request.dialogue:
        yield "lines are found as lettering, which is marked in the hit: the picture says nothing of them"
    if request.filters != SearchFilters() and not request.filters.elements:
        yield "filters say which panels are looked at, not what in them counts"
