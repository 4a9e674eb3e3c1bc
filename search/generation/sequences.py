"""A script becomes panels that belong together: one memory, one hand, one set of credits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from models.generation.backend import Progress, unwatched
from models.generation.pages import (
    STRIP_WIDTH_PX,
    as_cbz,
    as_pdf,
    credits_page,
    page_frames,
    pages_of,
    strip_of,
)
from models.generation.prompts.beats import MAX_BEATS, Beat, beats_of
from schemas.errors import ExchangeError, GenerationError, QueryError
from schemas.generation import MAX_SCRIPT, GenerationRequest, Reference
from schemas.licences import conflict_between, licence_of
from schemas.records import RgbImage
from search.generation.making import MadePanel, Maker
from search.generation.memory import SequenceMemory
from search.generation.records import PanelRecord, credit_line, terms_of_all

_STRIP_HEIGHT_PX = 800
_TITLE = 200


@dataclass(frozen=True, slots=True)
class MadeSequence:
    """The panels of a script, in order."""

    title: str
    panels: tuple[MadePanel, ...]
    is_strip: bool

    @property
    def used(self) -> tuple[Reference, ...]:
        """All references that went into it, each once."""
        return tuple(dict.fromkeys(one for panel in self.panels for one in panel.record.used))

    @property
    def credit(self) -> str:
        """The line that names them."""
        return credit_line(self.used)

    @property
    def licence(self) -> str:
        """The licence that the whole must have, empty where one may choose."""
        return terms_of_all(self.used).licence

    def pictures(self) -> tuple[RgbImage, ...]:
        """Return it as pictures: its pages, or one strip."""
        drawn = [panel.picture for panel in self.panels]
        return (strip_of(drawn, self.credit),) if self.is_strip else pages_of(drawn)

    def book(self, kind: str) -> bytes:
        """Return it as ``cbz`` or ``pdf``, with its page of credits."""
        lines = self.credit.removeprefix("Made from ").split("; ")
        conditions = terms_of_all(self.used).conditions
        whole = (*self.pictures(), credits_page([*lines, "", *conditions]))
        if kind == "pdf":
            return as_pdf(whole, title=self.title, credit=self.credit)
        return as_cbz(whole, title=self.title, credit=self.credit, licence=self.licence)

    def to_json(self) -> dict[str, object]:
        """Return the record of the whole: those of its panels."""
        return {
            "title": self.title,
            "layout": "strip" if self.is_strip else "pages",
            "credit": self.credit,
            "licence": self.licence,
            "panels": [panel.record.to_json() for panel in self.panels],
        }


@dataclass(frozen=True, slots=True)
class SequenceRecord:
    """How the panels of a script were made, in order, and how they are laid out."""

    title: str
    panels: tuple[PanelRecord, ...]
    is_strip: bool

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`MadeSequence.to_json` told. Raises ExchangeError for anything else."""
        told = data.get("panels")
        if not (isinstance(told, list) and 0 < len(told) <= MAX_BEATS):
            raise ExchangeError(f"this is no record of a script: it has no panels, or more than {MAX_BEATS}")
        panels = tuple(map(PanelRecord.from_json, told))
        wide = {record.request.width_px for record in panels} == {STRIP_WIDTH_PX}  # what older ones tell
        layout = data.get("layout", "strip" if wide else "pages")
        return cls(str(data.get("title", ""))[:_TITLE], panels, layout == "strip")


def replay_sequence(maker: Maker, told: SequenceRecord, fresh: Mapping[int, MadePanel]) -> MadeSequence:
    """Make the panels of a record again, some of them, by their numbers from 1, replaced by fresh ones.

    Raises:
        QueryError: a fresh panel cannot go with the others.
        GenerationError: another picture came out than a record tells.
        NoReferenceError: see :meth:`Maker.replay`.
    """
    others = [record for number, record in enumerate(told.panels, start=1) if number not in fresh]
    for panel in fresh.values():
        check_goes_with(panel.record, others)
    panels = [
        fresh.get(number) or _again(maker, record) for number, record in enumerate(told.panels, start=1)
    ]
    return MadeSequence(told.title, tuple(panels), told.is_strip)


def _again(maker: Maker, record: PanelRecord) -> MadePanel:
    made = maker.replay(record)
    if made.record.picture_sha256 != record.picture_sha256:
        raise GenerationError(
            "another picture came out than the record tells: the packages that draw it are others here"
        )
    return made


def check_goes_with(fresh: PanelRecord, others: Iterable[PanelRecord]) -> None:
    """Refuse a panel that cannot be one work with others. Raises QueryError, which names the reference."""
    kept = [licence_of(one.licence) for record in others for one in record.used]
    for one in fresh.used:
        if conflict := conflict_between(kept, licence_of(one.licence)):
            raise QueryError(
                f"it cannot go with the other panels: {conflict}; have it made without {one.panel_id}"
            )


def make_sequence(
    maker: Maker,
    script: str,
    template: GenerationRequest,
    *,
    title: str = "Storyboard",
    is_strip: bool = False,
    progress: Progress = unwatched,
) -> MadeSequence:
    """Make the panels of a script.

    Args:
        maker: What makes a panel.
        script: The text; see :mod:`models.generation.prompts.beats`.
        template: What all panels share: backend, way of drawing, seed, exclusions; its prompt does not count.
        title: What the whole is called.
        is_strip: Whether it is read downwards, else as pages.
        progress: Told how far it is; raises to end the work.

    Raises:
        QueryError: the script is empty, too long, or one of its panels cannot hold its words.
        NoReferenceError, GenerationError, BackendUnavailableError: see :meth:`Maker.make`.
    """
    beats = beats_in(script)
    memory = SequenceMemory(turn=template.seed)
    made: list[MadePanel] = []
    for number, (beat, size) in enumerate(zip(beats, _sizes(len(beats), is_strip=is_strip), strict=True)):
        request = replace(
            template,
            prompt=prompt_of(beat),
            seed=(template.seed + number) % 2**32,
            width_px=size[0],
            height_px=size[1],
            variants=1,
            script="",
            is_strip=False,
        )

        def told(share: float, step: str, done: int = number) -> None:
            progress((done + share) / len(beats), f"panel {done + 1} of {len(beats)}: {step}")

        made += maker.make(request, memory=memory, beat=beat, progress=told)
    return MadeSequence(title, tuple(made), is_strip)


def beats_in(script: str) -> tuple[Beat, ...]:
    """Read a script. Raises QueryError where there is nothing in it, or too much."""
    if len(script) > MAX_SCRIPT:
        raise QueryError(
            f"the script has more than {MAX_SCRIPT:,} characters, the most for one sequence: make it in parts"
        )
    beats = beats_of(script) if script.strip() else ()
    if not any(beat.seen or beat.speech or beat.caption for beat in beats):
        raise QueryError("the script says nothing to show: write a sentence or a paragraph a panel")
    if len(beats) >= MAX_BEATS:
        raise QueryError(
            f"the script has more than {MAX_BEATS - 1} panels, the most for one: make it in parts"
        )
    return beats


def prompt_of(beat: Beat) -> str:
    """Return a beat as a prompt that stands alone: with the place and the hour that went before it."""
    settled = [beat.where] if beat.where and beat.where.lower() not in beat.text.lower() else []
    settled += [mood for mood in beat.moods if mood not in beat.text.lower()]
    context = f"\nIn the {', '.join(settled)}" if settled else ""
    return f"{beat.text}{context}"[:4_000]


def _sizes(count: int, *, is_strip: bool) -> Sequence[tuple[int, int]]:
    if is_strip:
        return [(STRIP_WIDTH_PX, _STRIP_HEIGHT_PX)] * count
    return [(frame.width, frame.height) for frame in page_frames(count)]
