"""``longbox train characters`` on a library: labels from books or a file, kept, applied, refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from indexer.cohorts.cli import characters
from indexer.cohorts.items import Labelled, read_items, read_label_file
from indexer.elements.labels import Elements
from indexer.elements.material import read_panels
from indexer.elements.table import read_found
from models.characters.cohort import Item
from models.elements.judge import ElementJudge
from schemas.errors import ConfigError
from tests.indexer.maps.libraries import book, write

BOOKS = [
    book(f"Book {n}", ("harbour", "forest") if n % 2 else ("station", "kitchen"), 6, series=f"Series {n}")
    for n in range(6)
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("cohort") / "lib", *BOOKS)


def kind(panel_id: str) -> str:
    for number, spec in enumerate(BOOKS):
        if panel_id.startswith(spec.book_id):
            kinds = ("harbour", "forest") if number % 2 else ("station", "kitchen")
            return kinds[int(panel_id.rpartition("#")[2]) - 1]
    raise KeyError(panel_id)


def label_file(library: Path, path: Path) -> Path:
    panels = read_panels(library, "look")
    lines = ["id,characters"]
    lines += [f"{panel},{kind(panel)};extra,x"[: -len(",x")] for panel in panels.ids(np.arange(panels.count))]
    path.write_text("\n".join(lines), "utf-8")
    return path


def run(library: Path, *arguments: str) -> Result:
    return CliRunner().invoke(characters, ["--library", str(library), *arguments])


def test_labels_of_a_file_are_learnt_and_reported_beside_saying_no(library: Path, tmp_path: Path) -> None:
    labels = label_file(library, tmp_path / "labels.csv")
    told = run(library, "--on", "panels", "--labels", str(labels), "--out", str(tmp_path / "c.json"))
    assert told.exit_code == 0, told.output
    assert "4 labels on 72 items" in told.output
    assert "left out: 1 in nearly every item" in told.output
    assert "saying no to everything: accuracy 0.7" in told.output
    judge = ElementJudge.from_json(json.loads((tmp_path / "c.json").read_text("utf-8")))
    panels = read_panels(library, "look")
    likely = judge.likely(panels.vectors)
    best = [judge.names[int(row.argmax())] for row in likely]
    right = [
        kind(panel) == name for panel, name in zip(panels.ids(np.arange(panels.count)), best, strict=True)
    ]
    assert np.mean(right) > 0.9


def test_what_was_learnt_becomes_elements_to_search_for(library: Path, tmp_path: Path) -> None:
    labels = label_file(library, tmp_path / "labels.csv")
    told = run(library, "--on", "panels", "--labels", str(labels), "--apply", "--json")
    assert told.exit_code == 0, told.output
    assert {one.name for one in Elements(library).all()} == {"harbour", "forest", "station", "kitchen"}
    found = read_found(library, "harbour")["panel_id"].to_pylist()
    assert {kind(panel) for panel in found} == {"harbour"}


def test_covers_are_labelled_by_the_characters_that_their_books_name(tmp_path: Path) -> None:
    specs = []
    for number in range(12):
        kinds = ("harbour", "forest")[number % 2], "kitchen"
        spec = book(f"B{number}", kinds, 2, series=f"S{number}", characters=("Ada", "Bo")[: 1 + number % 2])
        front = replace(spec.pages[0], page_type="cover", panels=spec.pages[0].panels[:1])
        specs.append(replace(spec, pages=(front, *spec.pages[1:])))
    library = write(tmp_path / "lib", *specs)
    labelled = read_items(library, on="covers")
    assert len(labelled.items) == 12
    assert {item.names for item in labelled.items} == {frozenset({"Ada"}), frozenset({"Ada", "Bo"})}
    told = run(library, "--min-support", "2")
    assert told.exit_code == 0, told.output
    assert "'Ada' is in nearly every item" in told.output
    assert "Bo: AP 1.00" in told.output


def test_library_without_covers_says_what_to_do(library: Path) -> None:
    with pytest.raises(ConfigError, match="no covers"):
        read_items(library, on="covers")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("panel,who\nx,y\n", "the columns id and characters"),
        ("id,characters\nx,Ada;!Ada\n", "x is said to show 'Ada' and not to"),
        ("id,characters\nx,Ada\nx,!Ada\n", "x is said to show 'Ada' and not to"),
        ('{"x": "Ada"}', "a list of names"),
        ("{", "holds no labels"),
        ("\xff\xfe", "id and characters"),
    ],
)
def test_file_of_labels_that_is_none_says_what_is_needed(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        read_label_file(path)


def test_labels_of_pages_and_books_hold_for_their_panels(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text(json.dumps({BOOKS[0].book_id: ["Ada"], "nobody": ["Bo"]}), "utf-8")
    labelled = read_items(library, on="panels", labels=path)
    assert len(labelled.items) == 12
    assert {item.names for item in labelled.items} == {frozenset({"Ada"})}
    assert labelled.lost == 1


def test_labels_of_another_library_are_refused(library: Path, tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text('{"elsewhere": ["Ada"]}', "utf-8")
    told = run(library, "--on", "panels", "--labels", str(path))
    assert isinstance(told.exception, ConfigError)
    assert "take ids from hits" in str(told.exception)


def test_pictures_are_learnt_from_without_what_is_printed_and_both_are_told(drawn_library: Path) -> None:
    pytest.importorskip("rapidocr")
    from indexer.cohorts.making import Choice
    from indexer.cohorts.masking import learn_masked
    from models.characters.training import TrainingPlan

    panels = read_panels(drawn_library, "look")
    books = panels.books(np.arange(panels.count))
    ids = panels.ids(np.arange(panels.count))
    items, rows = [], []
    for number, book_id in enumerate(sorted(set(books))):
        mine = [row for row, one in enumerate(books) if one == book_id][:4]
        rows += mine
        items += [Item(ids[row], frozenset({"Ada"} if number % 2 else ()), book_id) for row in mine]
    labelled = Labelled(tuple(items), np.array(rows, np.int64), panels)
    made, told = learn_masked(drawn_library, labelled, Choice(min_support=2), TrainingPlan(epochs=5), maps=1)
    assert made.cohort.names == ("Ada",)
    assert 0 <= told.ap_before <= 1
    assert sum(told.regions.values()) > 0
    assert 0 < told.area < 1
    assert told.maps <= 1
    assert "relevance inside" in told.in_words()
