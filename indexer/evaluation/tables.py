"""Figures as a table for the terminal; times are CPU seconds a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from indexer.evaluation.balloons import Grouping, KindFigures
from schemas.labels import TextKind

if TYPE_CHECKING:
    from rich.table import Table

Cells = Mapping[str, object]
"""The figures of one row by name."""
Columns = Sequence[tuple[str, str]]
"""Name of a figure and its heading."""

PANEL_COLUMNS: Columns = (
    ("f1_50", "F1@.5"),
    ("f1_75", "@.75"),
    ("f1_90", "@.9"),
    ("exact", "exact"),
    ("order_exact", "order"),
    ("order_adjacent", "next"),
    ("kendall_tau", "τ"),
    ("pages", "pages"),
    ("panels", "panels"),
    ("confidence_auroc", "AUC"),
    ("confidence_brier", "Brier"),
    ("cpu_s_per_page", "CPU s"),
)
TEXT_COLUMNS: Columns = (
    ("word_precision", "word P"),
    ("word_recall", "R"),
    ("word_f1", "F1"),
    ("char_precision", "char P"),
    ("char_recall", "R"),
    ("char_f1", "F1"),
    ("cer", "CER"),
    ("panel_assignment", "panel"),
    ("balloons_whole", "whole"),
    ("kind_accuracy", "kind"),
    ("pages", "pages"),
    ("cpu_s_per_page", "CPU s"),
)
KIND_COLUMNS: Columns = (
    ("balloons", "texts"),
    *((grouping.value, grouping.value) for grouping in Grouping),
    *((kind.value, f"as {kind.value.split('_')[0]}") for kind in TextKind),
)


def kinds_table(kinds: Mapping[str, KindFigures]) -> Table:
    """Return a table of one row a true kind: how its texts were put together, and taken for what."""
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("kind", no_wrap=True)
    for _, heading in KIND_COLUMNS:
        table.add_column(heading, justify="right")
    for name, figures in kinds.items():
        cells: Cells = {"balloons": figures.balloons, **figures.groupings, **figures.found}
        table.add_row(name, *(_cell(cells[key]) for key, _ in KIND_COLUMNS))
    return table


STREAM_COLUMNS: Columns = (
    ("accuracy", "accuracy"),
    ("f1_macro", "macro F1"),
    ("mndd", "MnDD"),
    ("document_f1", "doc F1"),
    ("sq", "SQ"),
    ("pq", "PQ"),
    ("class_document_f1", "doc F1 class"),
    ("class_sq", "SQ class"),
    ("class_pq", "PQ class"),
)


def stream_table(figures: Cells) -> Table:
    """Return a table of page streams: the model, its baselines, and F1 and recall of each type below."""
    from rich.table import Table

    table = Table(title="page types", title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("")
    for _, heading in STREAM_COLUMNS:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, cells in (("model", figures), *((key, figures[key]) for key in ("position_only", "majority"))):
        assert isinstance(cells, Mapping)
        table.add_row(name, *(_cell(cells[key]) for key, _ in STREAM_COLUMNS))
    by_class, recalls = figures["f1"], figures["recall"]
    assert isinstance(by_class, Mapping)
    assert isinstance(recalls, Mapping)
    table.add_row("type", "F1", "recall", style="bold")
    for name, value in by_class.items():
        table.add_row(str(name), _cell(value), _cell(recalls[name]))
    return table


def figures_table(title: str, columns: Columns, works: Mapping[str, Cells], overall: Cells) -> Table:
    """Return a table of one row a work and a last one overall."""
    from rich.table import Table

    # Without rules and with one space between columns, twelve figures fit into 80 columns.
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("work", overflow="fold")
    for _, heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for name, cells in works.items():
        table.add_row(name, *(_cell(cells[key]) for key, _ in columns))
    table.add_row("overall", *(_cell(overall[key]) for key, _ in columns), style="bold")
    return table


def _cell(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.3f}" if isinstance(value, float) else "–"
