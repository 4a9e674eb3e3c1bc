"""Scores what was read of the lettering: words, characters, and lines in the right panel."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from indexer.evaluation.balloons import (
    BalloonScore,
    Grouping,
    KindFigures,
    figures_by_kind,
    kind_accuracy,
    order_accuracy,
    score_balloons,
    share_of,
    text_under,
)
from indexer.evaluation.characters import CharacterScore, compare_characters
from indexer.evaluation.labelled import decode
from indexer.evaluation.scores import mean
from indexer.evaluation.transcripts import TranscribedPage, Transcript
from indexer.stages.drafts import with_whole_page
from models.protocols import PanelDetector, TextReader
from models.text.assignment import assign_to_panels
from models.text.border_notes import is_border_note
from models.text.measures import MatchScore, distinct_words, score_words, words_of
from models.text.regions import group_lines
from schemas.geometry import Box
from schemas.records import PanelRegion, TextLine, TextRegion


@dataclass(frozen=True, slots=True)
class PlacedLines:
    """Lines of known texts, and how many of them went to the panel of their text."""

    right: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class TextScore:
    """How the lettering of one page was read; ``missed`` and ``added`` are words.

    ``distinct`` counts each word of two letters or more once.
    """

    page: TranscribedPage
    words: MatchScore
    distinct: MatchScore
    characters: CharacterScore
    placed: PlacedLines
    balloons: tuple[BalloonScore, ...]
    lines: tuple[TextLine, ...]
    missed: tuple[str, ...]
    added: tuple[str, ...]
    cpu_s: float

    @property
    def mistakes(self) -> float:
        """Words missed and words added."""
        return len(self.missed) + len(self.added)


@dataclass(frozen=True, slots=True)
class TextFigures:
    """Figures of a set of pages; words, characters and lines are pooled.

    Words are compared as bags, characters within words; case, punctuation and spaces aside.
    ``distinct_*`` count each word of two letters or more once a page.
    ``panel_assignment`` is the share of ``lines`` that went to the right panel, None where no
    page says where its texts stand. ``balloons_whole`` is the share of balloons whose lines are one
    region and nothing else is, ``balloon_order`` that of balloons that follow the one before in their
    panel, ``kind_accuracy`` that of balloons read whose kind is right.
    """

    word_precision: float
    word_recall: float
    word_f1: float
    char_precision: float
    char_recall: float
    char_f1: float
    cer: float
    pages: int
    cpu_s_per_page: float
    panel_assignment: float | None
    words: int
    lines: int
    distinct_precision: float
    distinct_recall: float
    distinct_f1: float
    balloons: int
    balloons_whole: float | None
    balloon_order: float | None
    kind_accuracy: float | None
    kinds: Mapping[str, KindFigures]

    def to_json(self) -> dict[str, object]:
        """Return JSON-ready data."""
        flat = {field.name: getattr(self, field.name) for field in fields(self)}
        return flat | {"kinds": {kind: figures.to_json() for kind, figures in self.kinds.items()}}


def read_and_score_text(page: TranscribedPage, reader: TextReader, detector: PanelDetector) -> TextScore:
    """Read one page as the indexer does; only the recognition is timed.

    Panels are detected only where the page knows which panel its texts belong to.

    Raises:
        PictureError: its picture cannot be decoded.
    """
    image = decode(page.picture)
    start = time.process_time()
    lines = reader.read_lines(image)
    cpu_s = time.process_time() - start
    panels: tuple[PanelRegion, ...] = ()
    if _knows_panels(page.transcript):
        found = detector.detect(image, direction=page.direction)
        panels = with_whole_page(found, is_blank=not lines).panels
    regions = group_lines(lines, direction=page.direction, page=image, panels=panels)
    return score_text(page, lines, regions, panels, cpu_s=cpu_s)


def score_text(
    page: TranscribedPage,
    lines: tuple[TextLine, ...],
    regions: Sequence[TextRegion],
    panels: Sequence[PanelRegion],
    *,
    cpu_s: float,
) -> TextScore:
    """Compare what was read with the transcript: the cleaned text of regions, as a library holds it.

    Addresses up a gutter are no lettering of the story: transcripts leave them out, and so does this.
    """
    story = [region for region in regions if not is_border_note(region, panels)]
    read = words_of("\n".join(region.text for region in story))
    expected = words_of("\n".join(text.text for text in page.transcript.texts))
    owned, _ = assign_to_panels(regions, panels, direction=page.direction)
    return TextScore(
        page=page,
        words=score_words(read, expected),
        distinct=score_words(distinct_words(read), distinct_words(expected)),
        characters=compare_characters(read, expected),
        placed=_count_placed(lines, [panel.box for panel in panels], owned, page.transcript),
        balloons=score_balloons(lines, regions, owned, page.transcript),
        lines=lines,
        missed=tuple((Counter(expected) - Counter(read)).elements()),
        added=tuple((Counter(read) - Counter(expected)).elements()),
        cpu_s=cpu_s,
    )


def summarise_text(scores: Sequence[TextScore]) -> TextFigures:
    """Pool the scores of pages."""
    words = sum((score.words for score in scores), MatchScore())
    distinct = sum((score.distinct for score in scores), MatchScore())
    characters = sum((score.characters for score in scores), CharacterScore())
    balloons = [balloon for score in scores for balloon in score.balloons]
    lines = sum(score.placed.total for score in scores)
    return TextFigures(
        word_precision=words.precision,
        word_recall=words.recall,
        word_f1=words.f1,
        char_precision=characters.precision,
        char_recall=characters.recall,
        char_f1=characters.f1,
        cer=characters.error_rate,
        pages=len(scores),
        cpu_s_per_page=mean([score.cpu_s for score in scores]) or 0.0,
        panel_assignment=sum(score.placed.right for score in scores) / lines if lines else None,
        words=words.expected,
        lines=lines,
        distinct_precision=distinct.precision,
        distinct_recall=distinct.recall,
        distinct_f1=distinct.f1,
        balloons=len(balloons),
        balloons_whole=share_of(balloons, Grouping.WHOLE),
        balloon_order=order_accuracy(balloons),
        kind_accuracy=kind_accuracy(balloons),
        kinds=figures_by_kind(balloons),
    )


def _knows_panels(transcript: Transcript) -> bool:
    return any(text.panel is not None and text.box is not None for text in transcript.texts)


def _count_placed(
    lines: Sequence[TextLine],
    panels: Sequence[Box],
    owned: Sequence[Sequence[TextRegion]],
    transcript: Transcript,
) -> PlacedLines:
    """Count the lines inside a known text whose region went to the panel of that text."""
    right = total = 0
    for line in lines:
        true = _true_panel(line, transcript)
        if true is not None:
            total += 1
            owner = _owner(line, owned)
            right += owner is not None and _most_like(panels[owner], transcript.panels) == true
    return PlacedLines(right, total)


def _true_panel(line: TextLine, transcript: Transcript) -> int | None:
    """Return the panel of the known text that a line is in."""
    text = text_under(line, transcript)
    return None if text is None else transcript.texts[text].panel


def _owner(line: TextLine, owned: Sequence[Sequence[TextRegion]]) -> int | None:
    """Return the panel whose texts hold a line; None where it was dropped as noise or is in no panel."""
    for panel, regions in enumerate(owned):
        for region in regions:
            if region.box.contains(line.box.center) and line.text in region.raw_text:
                return panel
    return None


def _most_like(box: Box, true: Sequence[Box]) -> int | None:
    """Return the true panel that a found one overlaps most, as a share of both."""
    best = max(range(len(true)), key=lambda index: box.iou(true[index]), default=None)
    return None if best is None or box.iou(true[best]) <= 0 else best
