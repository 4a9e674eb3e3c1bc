import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from defusedxml import ElementTree
from PIL import Image

pytest.importorskip("skia")

from indexer.commands import sample_cli
from indexer.samples.sample import SampleSummary, write_books
from models.drawing.shorthand import page
from schemas.errors import ConfigError
from schemas.labels import PageLabel, ReadingDirection
from tests.models.drawing.pages.scripts import cover, quiet, script, talk

COLOUR = script(cover(), page("two-tiers", talk(), quiet()))
BOOKS = (COLOUR,)


def write(out: Path, **options) -> SampleSummary:
    return write_books(out, options.pop("books", BOOKS), workers=1, **options)


def digest(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("sample") / "lib"
    write(out)
    return out


def test_books_become_folders_with_pictures_metadata_and_labels(written):
    assert sorted(digest(written)) == [
        "LICENCE.txt",
        "labels/tiny/p01.json",
        "labels/tiny/p02.json",
        "sample.json",
        "tiny/ComicInfo.xml",
        "tiny/p01.jpg",
        "tiny/p02.jpg",
    ]


def test_labels_name_the_picture_and_its_size(written):
    for file in (written / "labels").rglob("*.json"):
        label = PageLabel.from_json(json.loads(file.read_text(encoding="utf-8")))
        with Image.open(written / label.image) as picture:
            assert picture.size == label.size


def test_grey_books_are_stored_without_colour_and_without_loss(tmp_path):
    manga = script(page("splash", quiet()), direction=ReadingDirection.RTL, style="manga")
    write(tmp_path / "out", books=(manga,))
    with Image.open(tmp_path / "out" / "tiny" / "p01.png") as picture:
        assert picture.mode == "L"


def test_comic_info_says_what_readers_need(written):
    root = ElementTree.fromstring((written / "tiny" / "ComicInfo.xml").read_text(encoding="utf-8"))
    assert root.findtext("Title") == "Tiny & Small <1>"
    assert root.findtext("Series") == "Tiny"
    assert root.findtext("Manga") == "No"
    assert root.findtext("LanguageISO") == "en"
    assert [p.get("Type") for p in root.iter("Page")] == ["FrontCover", "Story"]


@pytest.mark.parametrize(
    ("direction", "field", "value"),
    [(ReadingDirection.RTL, "Manga", "YesAndRightToLeft"), (ReadingDirection.TTB, "Format", "Webtoon")],
)
def test_comic_info_says_the_reading_direction(direction, field, value):
    from indexer.samples.sample_metadata import comic_info

    root = ElementTree.fromstring(comic_info(script(page("splash", quiet()), direction=direction)))
    assert root.findtext(field) == value


def test_same_seed_gives_the_same_bytes_and_another_seed_others(written, tmp_path):
    write(tmp_path / "again")
    write(tmp_path / "other", seed=2)
    assert digest(tmp_path / "again") == digest(written)
    assert digest(tmp_path / "other")["tiny/p02.jpg"] != digest(written)["tiny/p02.jpg"]


def test_two_processes_draw_what_one_draws(written, tmp_path):
    write_books(tmp_path / "two", BOOKS, workers=2)
    assert digest(tmp_path / "two") == digest(written)


def test_cbz_holds_the_same_pages_in_the_same_bytes(written, tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name, container="cbz")
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    with zipfile.ZipFile(tmp_path / "a" / "tiny.cbz") as archive:
        assert archive.namelist() == ["ComicInfo.xml", "p01.jpg", "p02.jpg"]
        assert archive.read("p02.jpg") == (written / "tiny" / "p02.jpg").read_bytes()
    assert not (tmp_path / "a" / "tiny").exists()


def test_a_former_sample_is_replaced_and_its_leftovers_go(tmp_path):
    write(tmp_path / "out")
    write(tmp_path / "out", container="cbz")
    assert (tmp_path / "out" / "tiny.cbz").is_file()
    assert not (tmp_path / "out" / "tiny").exists()


def test_files_of_others_are_never_touched(tmp_path):
    out = tmp_path / "out"
    write(out)
    (out / "tiny" / "notes.txt").write_text("mine")
    write(out, container="cbz")
    assert (out / "tiny" / "notes.txt").read_text() == "mine"


def test_a_folder_of_others_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigError, match=r"thesis\.txt"):
        write(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_of_others_at_the_place_of_a_page_is_refused(tmp_path):
    out = tmp_path / "out"
    write(out, container="cbz")
    (out / "tiny").mkdir()
    (out / "tiny" / "p01.jpg").write_text("mine")
    with pytest.raises(ConfigError, match=r"p01\.jpg"):
        write(out)
    assert (out / "tiny" / "p01.jpg").read_text() == "mine"
    assert (out / "tiny.cbz").is_file()


@pytest.mark.parametrize("content", ["{", "[]", '{"files": 3}', '{"other": 1}'])
def test_a_damaged_list_of_files_is_refused(tmp_path, content):
    (tmp_path / "sample.json").write_text(content)
    with pytest.raises(ConfigError, match=r"sample\.json"):
        write(tmp_path)


def test_a_forged_list_of_files_reaches_nothing_outside(tmp_path):
    out = tmp_path / "out"
    write(out)
    (tmp_path / "treasure.txt").write_text("gold")
    forged = json.loads((out / "sample.json").read_text())
    forged["files"].append("../treasure.txt")
    (out / "sample.json").write_text(json.dumps(forged))
    write(out)
    assert (tmp_path / "treasure.txt").read_text() == "gold"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "out").write_text("x")
    with pytest.raises(ConfigError, match="is a file"):
        write(tmp_path / "out")


def test_an_interrupted_run_leaves_nothing_half_done_and_can_be_repeated(tmp_path):
    out = tmp_path / "out"

    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(out, progress=stop)
    assert list(out.iterdir()) == []
    write(out)
    assert (out / "sample.json").is_file()


def test_progress_counts_every_page(tmp_path):
    seen: list[tuple[int, int]] = []
    summary = write(tmp_path / "out", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
    assert (summary.books, summary.pages, summary.panels) == (1, 2, 3)
    assert summary.texts >= 4


def test_the_command_refuses_a_folder_of_others_with_exit_code_2(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    result = CliRunner().invoke(sample_cli.sample, [str(tmp_path)])
    assert result.exit_code == 2
    assert "thesis.txt" in result.output
    assert "Traceback" not in result.output


def test_the_command_prints_json(tmp_path, monkeypatch):
    def fake(out: Path, **options: object) -> SampleSummary:
        assert options["container"] == "cbz"
        assert options["seed"] == 7
        return SampleSummary(out, 4, 67, 260, 400)

    monkeypatch.setattr(sample_cli, "write_sample", fake)
    result = CliRunner().invoke(sample_cli.sample, [str(tmp_path / "o"), "--seed", "7", "--cbz", "--json"])
    assert result.exit_code == 0
    assert json.loads(result.output)["pages"] == 67
