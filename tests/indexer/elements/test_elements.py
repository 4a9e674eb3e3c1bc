"""Elements end to end on small libraries: taught, found, searched for, kept through every change."""

import json
from dataclasses import replace
from pathlib import Path

import lancedb
import numpy as np
import pytest
from click.testing import CliRunner, Result

from indexer.care.keepsakes import carry_over, damage_of_keepsakes
from indexer.elements.adding import Wanted, add_to_library
from indexer.elements.cli import element
from indexer.elements.fitting import work_out
from indexer.elements.following import apply_elements, follow_elements
from indexer.elements.labels import Elements
from indexer.elements.material import read_panels
from indexer.elements.review import answer, ask
from indexer.elements.table import LOCK_FILE, list_facts, read_found
from models.elements.judge import ElementJudge
from schemas.elements import Element, check_element_name
from schemas.errors import ConfigError, LibraryBusyError, NotFoundError
from schemas.messages import SearchFilters, SearchRequest
from schemas.tables import PANELS, panel_id
from search.library import open_library
from tests.indexer.maps.libraries import FIRST, LATE, SECOND, add, kind_of, remove, write
from tests.search.conftest import fake_encoders


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return write(tmp_path / "lib", FIRST, SECOND)


def run(library: Path, *arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(element, [*arguments, "--library", str(library)], input=stdin)


def ids(spec: object, panel_no: int, pages: range) -> tuple[str, ...]:
    return tuple(panel_id(spec.book_id, page, panel_no) for page in pages)  # type: ignore[attr-defined]


HARBOURS, FORESTS = ids(FIRST, 1, range(1, 6)), ids(FIRST, 2, range(1, 6))
STATIONS = ids(SECOND, 1, range(1, 3))


def teach(library: Path, name: str = "harbour", **settings: object) -> None:
    add_to_library(library, Wanted(name, HARBOURS, (*FORESTS, *STATIONS), settings))
    work_out(library, name)


def found(library: Path, name: str = "harbour") -> set[str]:
    return set(read_found(library, name)["panel_id"].to_pylist())


def test_five_examples_find_the_panels_of_a_kind_and_hardly_others(library: Path) -> None:
    teach(library)
    kinds = [kind_of(panel) for panel in found(library)]
    assert kinds.count("harbour") >= 18
    assert kinds.count("harbour") / len(kinds) >= 0.8


def test_the_search_box_takes_elements_by_name_and_alias_and_counts_them(library: Path) -> None:
    teach(library, aliases=("Old Port",))
    with open_library(library, encoders=fake_encoders(), refresh_seconds=0) as opened:
        told = opened.search(
            SearchRequest(filters=SearchFilters(elements=("harbour",)), limit=100, text="boat")
        )
        assert {hit.panel_id for hit in told.hits} <= found(library)
        named = opened.query('boat has:"old port"', limit=100)
        assert {hit.panel_id for hit in named.hits} == {hit.panel_id for hit in told.hits}
        others = opened.query("oak -has:harbour", limit=100)
        assert others.hits
        assert not {hit.panel_id for hit in others.hits} & found(library)
        (facet,) = opened.facets().elements
        assert (facet.value, facet.count) == ("harbour", len(found(library)))
        assert "no element is called 'dragon'; there are: harbour" in opened.query("oak has:dragon").notes


def test_the_mask_in_memory_and_the_condition_of_the_store_agree(library: Path) -> None:
    from search.filtering.filters import panel_condition
    from search.filtering.masks import passing_rows

    teach(library)
    with open_library(library, encoders=fake_encoders()) as opened:
        snapshot = opened.snapshot()
        for wanted in (SearchFilters(elements=("harbour",)), SearchFilters(not_elements=("harbour",))):
            rows = snapshot.table(PANELS).search().where(panel_condition(wanted, snapshot)).with_row_id(True)
            stored = sorted(rows.limit(None).to_arrow()["_rowid"].to_pylist())
            assert stored == passing_rows(wanted, snapshot).tolist()


def test_new_panels_are_found_and_panels_that_are_gone_leave(library: Path) -> None:
    teach(library)
    add(library, LATE)
    follow_elements(library)
    assert any(panel.startswith(LATE.book_id) for panel in found(library))
    remove(library, LATE)
    follow_elements(library)
    assert not any(panel.startswith(LATE.book_id) for panel in found(library))
    assert apply_elements(library) == []  # nothing changed since


def test_labels_are_found_again_where_indexing_gave_panels_other_ids(library: Path) -> None:
    teach(library)
    panels = read_panels(library, "look")
    label = Elements(library).labels("harbour")[0]
    moved = replace(label, panel_id="0" * 24 + "/00001#09")
    assert panels.ids(panels.find([moved])) == panels.ids(panels.find([label]))
    foreign = replace(moved, page_sha256="of another page")
    assert panels.find([foreign]).tolist() == [-1]


def test_another_encoder_means_another_fit_from_the_same_labels(library: Path, tmp_path: Path) -> None:
    teach(library)
    before = list_facts(library)[0]
    other = write(tmp_path / "other", FIRST, SECOND)
    carry_over(library, other)  # as 'longbox migrate' does
    rows = lancedb.connect(str(other)).open_table(PANELS)
    turned = rows.to_arrow().to_pylist()
    for row in turned:
        row["vector_picture"] = row["vector_picture"][::-1]
    rows.merge_insert("panel_id").when_matched_update_all().execute(
        rows.to_arrow().from_pylist(turned, schema=rows.schema), on_bad_vectors="null"
    )
    (after,) = apply_elements(other)
    assert after.panels == before.panels
    assert np.allclose(after.weights, before.weights[::-1], atol=0.05)
    assert damage_of_keepsakes(other) == ()


def test_aliases_and_teams_join_those_there_and_are_taken_away_by_name(library: Path) -> None:
    add_to_library(
        library, Wanted("Tina", HARBOURS[:1], settings={"aliases": ("The Cat",), "teams": ("Crew",)})
    )
    add_to_library(library, Wanted("tina", settings={"aliases": ("T.", "the cat"), "teams": ("Band",)}))
    assert Elements(library).get("Tina").aliases == ("the cat", "T.")
    assert Elements(library).get("Tina").teams == ("Crew", "Band")
    add_to_library(library, Wanted("Tina", dropped=("THE CAT", "crew")))
    assert Elements(library).get("Tina").aliases == ("T.",)
    assert Elements(library).get("Tina").teams == ("Band",)
    with pytest.raises(NotFoundError, match="neither an alias nor a team 'Nobody'"):
        add_to_library(library, Wanted("Tina", dropped=("Nobody",), settings={"aliases": ("X",)}))
    assert Elements(library).get("Tina").aliases == ("T.",)


def test_a_word_in_the_review_queue_is_kept_and_holds(library: Path) -> None:
    teach(library)
    asked = ask(library, "harbour", count=12)
    assert not {one.panel_id for one in asked} & {*HARBOURS, *FORESTS}
    wrong = next(one.panel_id for one in asked if kind_of(one.panel_id) != "harbour")
    answer(
        library,
        "harbour",
        {wrong: "yes", asked[0].panel_id: "skip"} if wrong != asked[0].panel_id else {wrong: "yes"},
    )
    work_out(library, "harbour")
    assert wrong in found(library)
    answer(library, "harbour", {wrong: "no"})
    work_out(library, "harbour")
    assert wrong not in found(library)


def test_the_commands_tell_and_take_json(library: Path, tmp_path: Path) -> None:
    made = run(library, "add", "Harbour", *(f"--positive={panel}" for panel in HARBOURS), "--json")
    assert json.loads(made.output)["positives"] == 5
    answers = tmp_path / "answers.json"
    answers.write_text(json.dumps(dict.fromkeys(FORESTS, "no")))
    assert (
        json.loads(run(library, "review", "harbour", f"--answers={answers}", "--json").output)["negatives"]
        == 5
    )
    questions = json.loads(run(library, "review", "harbour", "--json", "--count=4").output)["questions"]
    assert len(questions) == 4
    typed = run(library, "review", "harbour", "--count=2", stdin="y\nq\n")
    assert "learnt from 6 that show it" in typed.output
    assert run(library, "rename", "harbour", "The Port").exit_code == 0
    shown = json.loads(run(library, "show", "the port", "--json").output)
    assert FIRST.name in {share["title"] for share in shown["books"]}
    assert "The Port" in run(library, "list").output
    out = tmp_path / "judge.json"
    assert run(library, "export", str(out)).exit_code == 0
    judge = ElementJudge.from_json(json.loads(out.read_text()))
    panels = read_panels(library, "look")
    likely = judge.likely(panels.vectors)[:, 0]
    assert likely[panels.places(HARBOURS)].mean() > likely[panels.places(FORESTS)].mean() + 0.3
    assert "in step" in run(library, "apply").output
    assert run(library, "remove", "The Port").exit_code == 0
    assert list_facts(library) == []


@pytest.mark.parametrize(
    "name", ["<b>dragon</b>", "", "  ", "text", "TEXT", "a" * 61, "new\x00line", "-has", "[x]"]
)
def test_a_name_with_markup_or_none_at_all_is_refused(name: str) -> None:
    with pytest.raises(ConfigError):
        check_element_name(name)


def test_names_of_people_pass(library: Path) -> None:
    for name in ("Spider-Man", "Éloïse", "R2 (droid)", "Mr. O'Neil", "龍"):
        assert check_element_name(f"  {name} ") == name


def test_what_cannot_be_is_said_and_nothing_of_it_is_kept(library: Path) -> None:
    teach(library)
    before = list_facts(library), Elements(library).labels("harbour")
    with pytest.raises(ConfigError, match="said to show it and not to show it"):
        add_to_library(library, Wanted("harbour", HARBOURS, HARBOURS[:1]))
    with pytest.raises(NotFoundError, match="neither a picture file nor a panel"):
        add_to_library(library, Wanted("harbour", (*STATIONS, "nobody/00001#01")))
    with pytest.raises(ConfigError, match="yes, no or skip"):
        answer(library, "harbour", {STATIONS[0]: "maybe"})  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match="is a name of the element 'harbour' already"):
        Elements(library).add(Element("Port", aliases=("HARBOUR",)))
    with pytest.raises(NotFoundError, match="there are: harbour"):
        work_out(library, "dragon")
    assert before == (list_facts(library), Elements(library).labels("harbour"))


def test_an_element_without_positives_waits_and_the_state_of_before_stays(library: Path) -> None:
    add_to_library(library, Wanted("ghost", (), FORESTS))
    with pytest.raises(ConfigError, match="nothing shows 'ghost' yet"):
        work_out(library, "ghost")
    with pytest.raises(ConfigError, match="begun without words"):
        ask(library, "ghost", count=3)
    assert apply_elements(library) == []
    teach(library)
    answer(library, "harbour", dict.fromkeys(HARBOURS, "no"))
    with pytest.raises(ConfigError, match="nothing shows 'harbour' yet"):
        work_out(library, "harbour")
    assert found(library)  # as it was


def test_a_character_in_every_panel_is_found_there_with_a_word_on_it(library: Path) -> None:
    everything = read_panels(library, "look")
    add_to_library(library, Wanted("hero", tuple(everything.ids(np.arange(everything.count)))))
    facts = work_out(library, "hero")
    assert facts.panels == everything.count
    assert any("nearly every panel" in note for note in facts.notes)


def test_two_writers_do_not_mix(library: Path) -> None:
    import fcntl

    teach(library)
    with (library / LOCK_FILE).open("a+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(LibraryBusyError):
            work_out(library, "harbour")
        follow_elements(library)  # warns, and goes on
    assert found(library)


def test_object_storage_is_refused_in_one_line() -> None:
    told = CliRunner().invoke(element, ["list", "--library", "s3://bucket/library"])
    assert told.exit_code == 2
    assert "no folder of this machine" in told.output
