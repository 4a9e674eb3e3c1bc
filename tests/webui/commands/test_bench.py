"""``longbox bench``: figures of engines in one run."""

import json
import sys
from pathlib import Path

import pytest

from tests.comics import write_cbz
from webui.cli import main


def bench(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["longbox", "bench", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.slow
def test_longbox_and_a_peer_search_the_same_panels(monkeypatch, capsys, tmp_path: Path) -> None:
    chosen = ("--engine", "longbox", "--engine", "zarr_brute_force", "--folder", str(tmp_path))
    assert bench(monkeypatch, "search", "--rows", "1000", "--seconds", "2", *chosen, "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == ["longbox", "zarr_brute_force"]
    for told in figures.values():
        assert told["recall@10"] == told["recall@10_filtered"] == 1.0
        assert told["p50_ms"] > 0
        assert told["peak_mb"] > 0
    assert figures["longbox"]["p50_ms_hybrid"] > 0


def test_a_folder_of_another_size_is_refused(monkeypatch, capsys, tmp_path: Path) -> None:
    arguments = ("--engine", "none", "--folder", str(tmp_path))
    assert bench(monkeypatch, "search", "--rows", "1000", *arguments) == 2
    assert "no engine 'none'; known are longbox, numpy" in capsys.readouterr().err
    assert bench(monkeypatch, "search", "--rows", "2000", *arguments) == 2
    assert "holds 1,000 rows" in capsys.readouterr().err


@pytest.mark.slow
def test_indexing_stands_beside_decoding(monkeypatch, capsys, tmp_path: Path) -> None:
    (tmp_path / "comics").mkdir()
    write_cbz(tmp_path / "comics" / "book.cbz", [["Hold the ladder"], ["Where is the cat"]], title="Moons")
    comics = ("--comics", str(tmp_path / "comics"))
    assert bench(monkeypatch, "ingest", *comics, "--no-ocr", "--books", "10", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert set(figures) == {"longbox_without_ocr", "decode_only", "longbox_small_books"}
    assert figures["longbox_without_ocr"]["pages"] == figures["decode_only"]["pages"] == 2
    assert figures["longbox_small_books"]["books"] == 10


@pytest.mark.slow
def test_a_folder_without_pages_is_named(monkeypatch, capsys, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no comic")
    assert bench(monkeypatch, "ingest", "--comics", str(tmp_path), "--no-ocr") == 1
    assert str(tmp_path) in capsys.readouterr().err
