"""From words to panels: the licence gate, pins, records, replay, sequences."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from models.generation.png import record_in
from models.generation.prompts.beats import beats_of
from schemas.errors import (
    ContainerError,
    ExchangeError,
    GenerationCancelledError,
    NoReferenceError,
    NotFoundError,
    QueryError,
)
from schemas.generation import GenerationRequest, ReferenceRole, ReferenceWish
from schemas.rights import Declared, RightsRegister
from search.generation.gate import Gate
from search.generation.making import Maker
from search.generation.memory import SequenceMemory
from search.generation.records import PanelRecord, read_record
from search.generation.sequences import make_sequence
from search.library import Library
from webui.pictures import stored_page

SMALL = {"width_px": 256, "height_px": 256}
PROMPT = "A girl in the street, night\nGirl: Hello!"


def maker(library: Library, register: RightsRegister | None = None) -> Maker:
    return Maker(library, stored_page, register or RightsRegister())


def titles(library: Library) -> dict[str, str]:
    return {entry.title: book_id for book_id, entry in library.snapshot().books.items()}


def a_panel_of(library: Library, title: str) -> str:
    return library.book(titles(library)[title]).pages[0].page_id + "#01"


def test_books_without_a_usable_licence_are_closed_and_say_why(library: Library) -> None:
    gate = Gate.of(library, RightsRegister())
    reasons = {book.title: book.obstacle for book in gate.books.values()}
    assert reasons["free"] == reasons["named"] == ""
    assert "forbids" in reasons["bound"]
    assert "no licence" in reasons["silent"]


def test_a_panel_uses_licensed_references_only_and_names_them(library: Library) -> None:
    (made,) = maker(library).make(GenerationRequest(PROMPT, **SMALL))
    record = made.record
    assert record.used
    assert {one.title for one in record.used} <= {"free", "named"}
    assert {one.title for one in (offered.reference for offered in record.offered)} <= {"free", "named"}
    assert "Made from" in record.credit
    assert record.to_json()["digital_source_type"] == "composite"
    assert record_in(made.png()) == json.loads(json.dumps(record.to_json()))


def test_a_record_survives_json_and_replays_to_the_same_bytes(library: Library) -> None:
    first = maker(library).make(GenerationRequest(PROMPT, variants=2, seed=5, **SMALL))[1]
    kept = read_record(json.dumps(first.record.to_json()))
    assert kept == first.record
    assert maker(library).replay(kept).png() == first.png()


def test_replay_refuses_a_reference_that_was_taken_back_or_has_changed(library: Library) -> None:
    (made,) = maker(library).make(GenerationRequest(PROMPT, **SMALL))
    panel = made.record.offered[0].reference.panel_id
    with pytest.raises(NoReferenceError, match="by request"):
        maker(library, RightsRegister().refuse(panel, "by request")).replay(made.record)
    first = made.record.offered[0]
    changed = replace(first, reference=replace(first.reference, sha256="0" * 64))
    with pytest.raises(NoReferenceError, match="changed"):
        maker(library).replay(replace(made.record, offered=(changed, *made.record.offered[1:])))


def test_a_pin_is_used_and_an_excluded_panel_is_not(library: Library) -> None:
    pinned = a_panel_of(library, "named")
    wish = ReferenceWish(pinned, ReferenceRole.BACKGROUND)
    (made,) = maker(library).make(GenerationRequest(PROMPT, pinned=(wish,), **SMALL))
    assert any(one.panel_id == pinned and one.is_pinned for one in made.record.used)
    free = {one.reference.panel_id for one in made.record.offered} - {pinned}
    (other,) = maker(library).make(GenerationRequest(PROMPT, pinned=(wish,), excluded=tuple(free), **SMALL))
    assert not free & {one.reference.panel_id for one in other.record.offered}


def test_a_pin_that_may_not_be_used_is_refused_with_the_reason(library: Library) -> None:
    wish = ReferenceWish(a_panel_of(library, "bound"), ReferenceRole.BACKGROUND)
    with pytest.raises(NoReferenceError, match="forbids"):
        maker(library).make(GenerationRequest(PROMPT, pinned=(wish,), **SMALL))
    with pytest.raises(NotFoundError):
        maker(library).make(GenerationRequest(PROMPT, pinned=(ReferenceWish("nobody/00001#01"),), **SMALL))


def test_no_usable_book_says_why_and_the_way_out(library: Library) -> None:
    register = RightsRegister()
    for book_id in titles(library).values():
        register = register.refuse(book_id, "closed")
    with pytest.raises(NoReferenceError, match="longbox rights"):
        maker(library, register).make(GenerationRequest(PROMPT, **SMALL))


def test_a_declared_licence_opens_a_book_and_share_alike_sets_do_not_mix(library: Library) -> None:
    named = titles(library)
    register = RightsRegister().declare(named["silent"], Declared("CC BY-SA 4.0", "Its author"))
    register = register.declare(named["free"], Declared("CC BY-NC-SA 4.0"))
    gate = Gate.of(library, register)
    assert not gate.books[named["silent"]].obstacle
    (made,) = maker(library, register).make(GenerationRequest(PROMPT, **SMALL))
    licences = {one.reference.licence for one in made.record.offered}
    assert not {"CC BY-SA 4.0", "CC BY-NC-SA 4.0"} <= licences


def test_a_sequence_never_mixes_share_alike_licences(library: Library) -> None:
    named = titles(library)
    register = RightsRegister().declare(named["free"], Declared("CC BY-SA 4.0"))
    register = register.declare(named["named"], Declared("CC BY-NC-SA 4.0"))
    making, memory = maker(library, register), SequenceMemory()
    first, second = (
        ReferenceWish(a_panel_of(library, title), ReferenceRole.BACKGROUND) for title in ("free", "named")
    )
    making.make(GenerationRequest(PROMPT, pinned=(first,), **SMALL), memory=memory)
    with pytest.raises(NoReferenceError, match="each want the whole under themselves"):
        making.make(GenerationRequest(PROMPT, pinned=(second,), **SMALL), memory=memory)


def test_progress_can_cancel_before_anything_is_made(library: Library) -> None:
    def stop(share: float, step: str) -> None:
        raise GenerationCancelledError(step)

    with pytest.raises(GenerationCancelledError):
        maker(library).make(GenerationRequest(PROMPT, **SMALL), progress=stop)


def test_a_script_keeps_its_figures_and_becomes_a_book_with_credits(library: Library) -> None:
    made = make_sequence(
        maker(library),
        "A girl in the street.\n\nThe girl runs. Girl: Late again!",
        GenerationRequest("-", **SMALL),
    )
    figures = [
        {(one.panel_id, one.box) for one in panel.record.used if one.role is ReferenceRole.CHARACTER}
        for panel in made.panels
    ]
    assert figures[0] == figures[1]
    assert made.credit.startswith("Made from")
    assert made.book("cbz")[:2] == b"PK"
    assert made.book("pdf")[:5] == b"%PDF-"


@pytest.mark.parametrize("script", ["", "   \n ", "x" * 100_001])
def test_a_script_without_sense_or_end_is_refused(library: Library, script: str) -> None:
    with pytest.raises(QueryError):
        make_sequence(maker(library), script, GenerationRequest("-", **SMALL))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"record": 1}', '{"record": 99}'])
def test_what_is_no_record_says_so(text: str) -> None:
    with pytest.raises(ExchangeError):
        read_record(text)
    assert PanelRecord.__dataclass_fields__


@pytest.mark.parametrize(("prompt", "told"), [("  ", "empty"), ("x" * 100_000, "shorten")])
def test_a_prompt_without_sense_or_end_is_refused(prompt: str, told: str) -> None:
    with pytest.raises(QueryError, match=told):
        GenerationRequest(prompt)


def test_an_empty_library_says_what_to_do() -> None:
    assert "index some comics first" in Gate({}, RightsRegister()).why_none()


def test_pinned_and_excluded_at_once_is_a_contradiction() -> None:
    with pytest.raises(QueryError, match="take it out of one list"):
        GenerationRequest(PROMPT, pinned=(ReferenceWish("b/00001#01"),), excluded=("b/00001#01",))


@pytest.mark.parametrize(
    ("pins", "told"),
    [
        ((("b/00001#01", "layout", 1.0), ("b/00001#02", "layout", 1.0)), "both pinned as the layout"),
        ((("b/00001#01", "style", 1.0), ("b/00001#01", "style", 0.2)), "twice with different weights"),
    ],
)
def test_pins_that_contradict_each_other_are_refused(
    pins: tuple[tuple[str, str, float], ...], told: str
) -> None:
    wishes = tuple(ReferenceWish(panel, ReferenceRole(role), weight) for panel, role, weight in pins)
    with pytest.raises(QueryError, match=told):
        GenerationRequest(PROMPT, pinned=wishes)
    assert GenerationRequest(PROMPT, pinned=(wishes[0], wishes[0])).pinned


@pytest.mark.parametrize("prompt", ["Девушка в гавани ночью", "فتاة في الميناء"])
def test_words_that_find_nothing_still_make_a_panel_and_that_is_told(library: Library, prompt: str) -> None:
    (made,) = maker(library).make(GenerationRequest(prompt, **SMALL))
    assert "nothing was found by these words" in made.record.notes["references"]
    assert made.record.used
    assert maker(library).replay(made.record).png() == made.png()


def test_panels_that_are_all_excluded_are_told_as_such(library: Library) -> None:
    columns = library.snapshot().columns
    every = tuple(columns.panel_id(row) for row in range(len(columns.row_ids)))
    with pytest.raises(NoReferenceError, match="left out, the first because it is excluded"):
        maker(library).make(GenerationRequest(PROMPT, excluded=every, **SMALL))


def test_a_reference_that_left_the_library_is_named(library: Library) -> None:
    (made,) = maker(library).make(GenerationRequest(PROMPT, **SMALL))
    first, *others = made.record.offered
    book = first.reference.book_id
    gone = replace(first, reference=replace(first.reference, panel_id=f"{book}/00099#01"))
    with pytest.raises(NoReferenceError, match="no longer in the library"):
        maker(library).replay(replace(made.record, offered=(gone, *others)))


def test_a_book_that_goes_away_during_the_job_is_drawn_from_its_thumbnail(library: Library) -> None:
    def away(page: object, *, max_side_px: int) -> None:
        raise ContainerError("the book is gone")

    making = Maker(library, away, RightsRegister())  # type: ignore[arg-type]
    found = making.references(GenerationRequest(PROMPT, **SMALL), beats_of(PROMPT)[0], SequenceMemory())
    assert any("thumbnail" in note and "the book is gone" in note for note in found.notes)


def test_a_cancel_at_any_step_ends_the_work_and_the_next_panel_is_the_same(library: Library) -> None:
    making, request = maker(library), GenerationRequest(PROMPT, seed=3, **SMALL)
    steps: list[str] = []
    (whole,) = making.make(request, progress=lambda share, step: steps.append(step))
    assert len(steps) > 4
    for last in range(len(steps)):
        left = iter(range(last))

        def stop(share: float, step: str, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise GenerationCancelledError(step)

        with pytest.raises(GenerationCancelledError):
            making.make(request, progress=stop)
    assert making.make(request)[0].png() == whole.png()


def test_a_japanese_script_becomes_a_page(library: Library) -> None:
    pytest.importorskip("cvttf_NotoSansCJK_Bold")
    script = "少女が森を歩く。\n\n猫が来る。\n少女：待って！"
    made = make_sequence(maker(library), script, GenerationRequest("-", **SMALL))
    assert len(made.panels) == 2
    assert len(made.panels[1].record.boxes["balloon"]) == 1
