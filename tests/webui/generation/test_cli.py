"""The commands, as typed."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from schemas.errors import ExchangeError, LibraryError
from webui.cli import root
from webui.generation.asking import wish_of
from webui.pictures import stored_page


def run(*arguments: str) -> str:
    result = CliRunner().invoke(root, arguments, obj=stored_page)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def test_a_panel_and_its_record_are_written_and_replayed(drawn_library: Path, tmp_path: Path) -> None:
    out, again = tmp_path / "panel.png", tmp_path / "again.png"
    size = ("--width", "256", "--height", "256")
    told = run("generate", "A girl in the street", "--library", str(drawn_library), "--out", str(out), *size)
    assert "Made from" in told
    assert json.loads((tmp_path / "panel.json").read_text())["backend"]["name"] == "storyboard"
    run("replay", str(out), "--library", str(drawn_library), "--out", str(again))
    assert again.read_bytes() == out.read_bytes()
    assert not list(tmp_path.glob(".*"))


STORY = "A girl in the harbour, night.\n\nA robot in the street.\n"


@pytest.fixture(scope="module")
def story(drawn_library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A script that became a book, with its record beside."""
    folder = tmp_path_factory.mktemp("story")
    (folder / "story.txt").write_text(STORY)
    book = folder / "story.cbz"
    run(
        "generate", "--script", str(folder / "story.txt"), "--library", str(drawn_library), "--out", str(book)
    )
    return book


@pytest.mark.parametrize("ending", ["cbz", "pdf", "png"])
def test_a_script_is_replayed_to_the_same_bytes(
    story: Path, drawn_library: Path, tmp_path: Path, ending: str
) -> None:
    first, again = tmp_path / f"first.{ending}", tmp_path / f"again.{ending}"
    for out in (first, again):
        run("replay", str(story.with_suffix(".json")), "--library", str(drawn_library), "--out", str(out))
    assert first.read_bytes() == again.read_bytes()
    assert first.with_suffix(".json").read_bytes() == story.with_suffix(".json").read_bytes()
    if ending == "cbz":
        assert first.read_bytes() == story.read_bytes()


def test_one_panel_of_a_script_is_made_otherwise_and_the_others_stay(
    story: Path, drawn_library: Path, tmp_path: Path
) -> None:
    out = tmp_path / "other.cbz"
    said = run(
        *("replay", str(story.with_suffix(".json")), "--library", str(drawn_library), "--out", str(out)),
        *("--another", "2", "--words", "A robot in the street, rain."),
    )
    assert "panel 2 made otherwise" in said
    before, after = (json.loads(path.with_suffix(".json").read_text())["panels"] for path in (story, out))
    assert after[0] == before[0]
    assert after[1]["request"]["prompt"] == "A robot in the street, rain."
    assert after[1]["parent"] == before[1]["picture_sha256"]
    assert out.read_bytes() != story.read_bytes()


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        (("--another", "9", "--out", "x.cbz"), "there is no panel 9"),
        (("--words", "A girl", "--out", "x.cbz"), "--another N"),
        (("--out", "x.jpg"), "--out ends in"),
        (("--another", "0", "--out", "x.cbz"), "0"),
    ],
)
def test_another_go_that_cannot_be_is_refused(
    story: Path, drawn_library: Path, tmp_path: Path, asked: tuple[str, ...], word: str
) -> None:
    asked = tuple(str(tmp_path / one) if one.startswith("x.") else one for one in asked)
    record = str(story.with_suffix(".json"))
    assert word in run("replay", record, "--library", str(drawn_library), *asked)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("panels", ["[]", "3", "[3]", "[{}]", "null"])
def test_a_damaged_record_of_a_script_is_no_record(drawn_library: Path, tmp_path: Path, panels: str) -> None:
    (tmp_path / "story.json").write_text(f'{{"title": "x", "panels": {panels}}}')
    with pytest.raises(ExchangeError, match="no record"):
        run("replay", str(tmp_path / "story.json"), "--library", str(drawn_library),
            "--out", str(tmp_path / "x.cbz"))  # fmt: skip


def test_rights_are_told_and_declared(drawn_library: Path) -> None:
    told = run("rights", "--library", str(drawn_library))
    assert "silent: no: it states no licence" in told
    declared = run(
        "rights", "--library", str(drawn_library), "--declare", "silent=CC BY 4.0", "--credit", "Me"
    )
    assert "silent: yes (CC BY 4.0; Me)" in declared
    (drawn_library / "rights.json").unlink()


def test_a_place_that_cannot_be_written_leaves_nothing(drawn_library: Path, tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="cannot write"):
        run("generate", "A girl", "--library", str(drawn_library), "--out", str(tmp_path / "no" / "p.png"))
    assert list(tmp_path.iterdir()) == []


def test_wishes_are_read() -> None:
    wish = wish_of("abc/00001#02:style:0.5@0,0,1,.5")
    assert (wish.panel_id, wish.role, wish.weight) == ("abc/00001#02", "style", 0.5)
    assert wish.box is not None


def test_a_kept_book_is_found_as_generated_gives_no_reference_and_falls_with_its_sources(
    drawn_library: Path, tmp_path: Path
) -> None:

    from schemas.rights import RightsRegister
    from search.generation.gate import Gate
    from search.library import open_library

    library = tmp_path / "library"
    shutil.copytree(drawn_library, library)
    script = tmp_path / "story.txt"
    script.write_text("A girl in the street.", encoding="utf-8")
    out = tmp_path / "tale.cbz"
    run("generate", "--script", str(script), "--library", str(library), "--out", str(out), "--keep")
    with open_library(library) as opened:
        made = {hit.book_id for hit in opened.query("is:generated", limit=50).hits}
        others = {hit.book_id for hit in opened.query("-is:generated", limit=200).hits}
        assert len(made) == 1
        assert not made & others
        (book_id,) = made
        assert "generated" in Gate.of(opened, RightsRegister()).books[book_id].obstacle
    used = json.loads((tmp_path / "tale.json").read_text())["panels"][0]["references"][0]["panel_id"]
    told = run("rights", "--library", str(library), "--refuse", used, "--why", "by request")
    assert "made from it" in told
    assert f"{book_id} is refused: made from {used}" in told


def test_a_kept_panel_is_hidden_by_a_takedown_shown_again_and_deleted(
    drawn_library: Path, tmp_path: Path
) -> None:
    from search.library import open_library

    library = tmp_path / "library"
    shutil.copytree(drawn_library, library)
    out = tmp_path / "one.png"
    told = run("generate", "A girl in the street.", "--library", str(library), "--out", str(out), "--keep",
               "--width", "384", "--height", "384")  # fmt: skip
    assert "kept in" in told
    used = json.loads(out.with_suffix(".json").read_text())["references"][0]["panel_id"]

    def generated() -> set[str]:
        with open_library(library) as opened:
            return {hit.book_id for hit in opened.query("is:generated", limit=50).hits}

    (book_id,) = generated()
    taken = run("rights", "--library", str(library), "--takedown", used, "--why", "by request")
    assert "made from it, hidden" in taken
    assert f"{used} was taken down: by request" in taken
    assert generated() == set()
    assert f"shown again: {book_id}" in run("rights", "--library", str(library), "--allow", used)
    assert generated() == {book_id}
    run("rights", "--library", str(library), "--takedown", used, "--delete")
    assert generated() == set()
    assert list((library / "generated").glob("*.*")) == []
    with open_library(library) as opened:
        assert book_id not in opened.snapshot().books


def test_a_takedown_reaches_what_was_made_from_what_was_made(drawn_library: Path, tmp_path: Path) -> None:
    from indexer.care.takedown import take_down
    from indexer.library.rights import read_rights
    from search.library import open_library

    library = tmp_path / "library"
    shutil.copytree(drawn_library, library)
    small = ("--library", str(library), "--keep", "--width", "384", "--height", "384")
    run("generate", "A girl in the street.", *small, "--out", str(tmp_path / "one.png"))
    with open_library(library) as opened:
        (first,) = opened.query("is:generated", limit=1).hits
    pin = f"{first.panel_id}:background"
    run("generate", "A dog.", *small, "--uses-generated", "--pin", pin, "--out", str(tmp_path / "two.png"))
    used = json.loads((tmp_path / "one.json").read_text())["references"][0]["panel_id"]
    reached = take_down(library, used, "by request")
    assert len(reached.books) == 2
    assert all(read_rights(library).is_taken_down(f"{book}/00001#01") for book in reached.books)
    with open_library(library) as opened:
        assert opened.query("is:generated", limit=9).hits == ()


def test_deleting_goes_with_a_takedown(drawn_library: Path) -> None:
    assert "--takedown" in run("rights", "--library", str(drawn_library), "--delete")


def test_a_panel_without_a_name_takes_none_that_is_taken(
    drawn_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = ("generate", "A girl.", "--library", str(drawn_library), "--width", "256", "--height", "256")
    run(*asked)
    first = Path("panel.png").read_bytes()
    run(*asked, "--variants", "2")
    run(*asked)
    assert sorted(map(str, Path().glob("*.png"))) == [
        "panel-2-1.png",
        "panel-2-2.png",
        "panel-3.png",
        "panel.png",
    ]
    assert Path("panel.png").read_bytes() == first
