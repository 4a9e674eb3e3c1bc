"""Tables of figures stay readable on a terminal of 80 columns."""

import io

import pytest
from rich.console import Console

from indexer.evaluation.tables import PANEL_COLUMNS, TEXT_COLUMNS, figures_table


@pytest.mark.parametrize("columns", [PANEL_COLUMNS, TEXT_COLUMNS])
def test_every_figure_is_whole_in_80_columns(columns):
    cells = {name: 0.125 for name, _ in columns} | {"pages": 1234, "panels": None}
    out = io.StringIO()
    Console(file=out, width=80).print(figures_table("x", columns, {"pepper-and-carrot": cells}, cells))
    text = out.getvalue()
    assert "…" not in text
    assert all(heading in text for _, heading in columns)
    numbers = sum(name not in {"pages", "panels"} for name, _ in columns)
    assert text.count("0.125") == 2 * numbers
    assert text.count("1,234") == 2
    assert all(len(line) <= 80 for line in text.splitlines())
