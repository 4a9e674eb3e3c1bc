"""What a user sees while a run goes on."""

from io import StringIO

import pytest
from rich.console import Console

from indexer.commands.progress import PlainProgress, TerminalProgress
from schemas.labels import BookStatus


def test_the_bar_counts_books_and_pages_and_says_failures_at_once() -> None:
    out = StringIO()
    with TerminalProgress(Console(file=out, force_terminal=True, width=120)) as progress:
        progress.begin(sources=2, size_bytes=400)
        for _ in range(4):
            progress.page_done(50)
        progress.source_done("/c/a.cbz", BookStatus.READY, None)
        progress.source_done("/c/[b]\n.cbz", BookStatus.FAILED, "holds no picture")
    shown = out.getvalue()
    assert "failed: /c/[b] .cbz: holds no picture" in shown
    assert "book 2 of 2" in shown
    assert "50 %" in shown
    assert "4 pages" in shown
    assert "/c/a.cbz" not in shown


def test_an_empty_run_shows_no_bar() -> None:
    out = StringIO()
    with TerminalProgress(Console(file=out, force_terminal=True)):
        pass
    assert "book" not in out.getvalue()


def test_plain_lines_go_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    progress = PlainProgress()
    progress.begin(sources=1, size_bytes=1)
    progress.page_done(1)
    progress.source_done("/c/a\t.cbz", BookStatus.PARTIAL, None)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "partial: /c/a .cbz\n")
