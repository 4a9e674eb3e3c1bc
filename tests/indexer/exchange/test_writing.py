"""A library in other formats: what is written is read back as it stands in the library."""

import json

import pytest
from click.testing import CliRunner

from indexer.commands.cli import export
from indexer.exchange.coco import detections_of, read_coco
from indexer.exchange.dataspec import read_pages
from indexer.exchange.fields import read_json
from indexer.exchange.formats import EXPORTERS
from indexer.exchange.library import library_pages
from indexer.exchange.vlm import LABELS, align_with_library, analysis_to_json, read_analysis
from indexer.exchange.writing import export_analyses, export_coco, export_dataspec
from models.alignment import perfect_share
from models.vlm.instructions import SPEECH_TYPES
from schemas.errors import ExchangeError, LibraryError, LibraryNotFoundError
from schemas.labels import DetectionCategory, TextKind
from schemas.tables import PAGES, PANELS
from tests.indexer.builders import rows, run_index, write_book


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exchange")
    for seed in (1, 2):
        write_book(folder / "books" / f"b{seed}.cbz", seed=seed, pages=3)
    run_index(folder / "books", folder / "library")
    return folder / "library"


def test_coco_holds_every_panel_and_text_of_the_library(library, tmp_path):
    written = export_coco(library, tmp_path / "out")
    found = read_coco(read_json(written.path))
    panels = rows(library, PANELS)
    assert written.items == {"images": len(found.images), "annotations": len(found.annotations)}
    assert len(found.images) == 6
    for image, annotations in found.by_image():
        detections = detections_of(image, annotations)
        boxes = [one.box.as_tuple() for one in detections if one.category is DetectionCategory.PANEL]
        assert boxes == [(0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)]
        assert [one.order for one in annotations if one.order] == [1, 2]
    texts = [one.text for one in found.annotations if one.category is DetectionCategory.TEXT]
    stored = [text["text"] for row in panels for text in row["texts"]]
    assert sorted(texts) == sorted(stored)
    assert texts
    assert len({one.annotation_id for one in found.annotations}) == len(found.annotations)


def test_dataspec_holds_the_panels_in_reading_order_with_their_texts(library, tmp_path):
    written = export_dataspec(library, tmp_path / "out")
    pages = read_pages(read_json(written.path))
    assert written.items == {"pages": 6, "panels": 12}
    stored = {row["page_id"]: row for row in rows(library, PAGES)}
    assert [page.page_id for page in pages] == sorted(stored)
    for page in pages:
        assert page.image_path.endswith(f".cbz/{stored[page.page_id]['page_file']}")
        assert page.source_book == stored[page.page_id]["book_id"]
        assert [(panel.rect, panel.order) for panel in page.panels] == [
            ((0, 0, 30, 90), 1),
            ((30, 0, 30, 90), 2),
        ]
    said = " ".join(text for page in pages for panel in page.panels for text in panel.texts.dialogue)
    assert "stormy night" in said


def test_analyses_match_the_library_they_come_from(library, tmp_path):
    written = export_analyses(library, tmp_path / "out")
    analyses = read_json(written.path)
    pages = list(library_pages(library))
    assert [one["page_id"] for one in analyses] == [page.page_id for page in pages]
    aligned = [
        align_with_library(page, read_analysis(one)) for page, one in zip(pages, analyses, strict=True)
    ]
    assert perfect_share(aligned) == 1.0
    assert min(match.score for alignment in aligned for match in alignment.matches) > 0.99


def test_half_an_analysis_leaves_a_panel_unmatched(library, tmp_path):
    page = next(library_pages(library))
    analysis = analysis_to_json(page)
    analysis["panels"] = analysis["panels"][1:]
    alignment = align_with_library(page, read_analysis(analysis))
    assert [(match.detected, match.read) for match in alignment.matches] == [(1, 0)]
    assert alignment.only_detected == (0,)


@pytest.mark.parametrize("data", [None, [], {}, 3, {"panels": []}])
def test_what_is_no_analysis_is_an_error_of_ours(data):
    with pytest.raises(ExchangeError, match="page 3 is no page analysis"):
        read_analysis(data, where="page 3")


@pytest.mark.parametrize("kind", TextKind)
def test_lettering_of_every_kind_has_a_word_that_readers_know(kind):
    assert LABELS[kind] in SPEECH_TYPES


@pytest.mark.parametrize("write", EXPORTERS.values())
def test_former_export_stays_where_the_new_one_fails(library, tmp_path, write):
    with pytest.raises(LibraryNotFoundError):
        write(tmp_path / "nowhere", tmp_path / "out")
    assert not list(tmp_path.glob("out/*"))
    (tmp_path / "file").write_text("")
    with pytest.raises(LibraryError, match="cannot write"):
        write(library, tmp_path / "file")


@pytest.mark.parametrize(("name", "items"), [("coco", "images"), ("dataspec", "pages"), ("vlm", "pages")])
def test_export_command_writes_the_format_asked_for(library, tmp_path, name, items):
    arguments = [str(tmp_path), "--library", str(library), "--format", name]
    told = CliRunner().invoke(export, [*arguments, "--json"], catch_exceptions=False)
    data = json.loads(told.stdout)
    assert data["items"][items] == 6
    assert (tmp_path / data["file"]).is_file()
    assert f"{name}.json: 6 {items}" in CliRunner().invoke(export, arguments, catch_exceptions=False).stdout


def test_tables_go_with_parquet_alone(library, tmp_path):
    arguments = [str(tmp_path), "--library", str(library), "--format", "coco", "--table", "pages"]
    result = CliRunner().invoke(export, arguments)
    assert result.exit_code == 2
    assert "--table goes with --format parquet" in result.stderr
