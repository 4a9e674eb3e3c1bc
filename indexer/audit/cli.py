"""The command ``audit``."""

from __future__ import annotations

import json
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.options import LocalPath
from schemas.tables import page_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.audit.deciding import Decided
    from indexer.audit.making import Progress
    from schemas.audit import AuditReport
    from schemas.curation import Curation

SHOWN = 5
"""Findings of a kind that are listed on the terminal."""
_ACTIONS = ("exclude", "merge", "restore", "reindex")


@click.command()
@click.argument("targets", nargs=-1)
@click.option("--library", type=LocalPath(file_okay=False), required=True, help="The library's folder.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as a page of HTML."
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option(
    "--no-copies", is_flag=True, help="Do not look for pages that are the same: seconds, not minutes."
)
@click.option("--last", is_flag=True, help="Show the last report instead of making a new one.")
@click.option(
    "--apply",
    "action",
    type=click.Choice(_ACTIONS),
    help="Do something about TARGETS: ids of findings, books or pages.",
)
@click.option("--into", metavar="BOOK", help="The book that others are merged into.")
@click.option("--decided", is_flag=True, help="List what is left out of searches.")
def audit(  # noqa: PLR0913 - one parameter an option
    *,
    targets: tuple[str, ...],
    library: Path,
    out: Path | None,
    as_json: bool,
    no_copies: bool,
    last: bool,
    action: str | None,
    into: str | None,
    decided: bool,
) -> None:
    """Look through a library for what a curator should see: copies, blank pages, pages out of order.

    Each finding has an id; 'longbox search audit:ID' shows it. --apply exclude, merge, restore or
    reindex does something about TARGETS.
    """
    if targets and action is None:
        raise click.UsageError("say what to do about them: --apply exclude, merge, restore or reindex")
    if action is not None:
        _apply(library, action, targets, into, as_json=as_json)
    elif decided:
        _show_decisions(library, as_json=as_json)
    else:
        report = _last(library) if last else _make(library, quiet=as_json, with_copies=not no_copies)
        if out is not None:
            from indexer.audit.page import write_page

            write_page(library, report, out)
        told = json.dumps(report.to_json()) if as_json else "\n".join(_in_words(report, out))
        click.echo(told)


def _apply(library: Path, action: str, targets: tuple[str, ...], into: str | None, *, as_json: bool) -> None:
    from indexer.audit.deciding import decide

    done = decide(library, action, targets, into=into)  # type: ignore[arg-type]
    if as_json:
        click.echo(json.dumps({"action": done.action, "books": done.books, "pages": done.pages}))
    else:
        click.echo(_told(done))


def _told(done: Decided) -> str:
    named = (("book", done.books), ("page", done.pages))
    what = [f"{len(ids)} {name}{'s' * (len(ids) != 1)}" for name, ids in named if ids]
    said = {
        "exclude": "left out of searches; '--apply restore' shows them again",
        "merge": "taken for copies: listed, but not found",
        "restore": "shown again",
        "reindex": "will be read anew by the next 'longbox index', or by the daemon",
    }
    return f"{' and '.join(what) or 'nothing'} {said[done.action]}"


def _show_decisions(library: Path, *, as_json: bool) -> None:
    from indexer.audit.deciding import decisions

    known = decisions(library)
    if as_json:
        click.echo(json.dumps(known.to_json()))
    else:
        click.echo("\n".join(_decided(known)) or "nothing is left out")


def _decided(known: Curation) -> Iterator[str]:
    for mark in known.books:
        copy = f", a copy of {mark.copy_of.source}" if mark.copy_of else ""
        yield f"book {mark.book.book_id}: {mark.book.source}{copy}"
    for page in known.pages:
        yield f"page {page_id(page.book.book_id, page.page_no)}: {page.book.source}"


def _last(library: Path) -> AuditReport:
    from indexer.audit.files import read_report
    from schemas.errors import NotFoundError

    report = read_report(library)
    if report is None:
        raise NotFoundError("this library was not audited yet: run 'longbox audit' without --last")
    return report


def _make(library: Path, *, quiet: bool, with_copies: bool) -> AuditReport:
    from indexer.audit.making import audit_library

    return audit_library(library, None if quiet else _plainly(), with_copies=with_copies)


def _plainly() -> Progress:
    """Return what prints each step once."""
    said: set[str] = set()

    def tell(what: str, _share: float) -> None:
        if what not in said:
            said.add(what)
            click.echo(what, err=True)

    return tell


def _in_words(report: AuditReport, out: Path | None) -> Iterator[str]:
    from schemas.audit import KINDS

    yield (
        f"{report.books:,} books, {report.pages:,} pages, {report.panels:,} panels: "
        f"{len(report.findings):,} findings in {report.seconds:.1f} s"
    )
    for kind, group in groupby(report.findings, key=lambda found: found.kind):
        findings = list(group)
        yield f"\n{KINDS[kind].title} ({len(findings)})"
        for found in findings[:SHOWN]:
            title = f"{found.facts['title']}: " if "title" in found.facts else ""
            yield f"  {found.filter}  {title}{found.says}"
        if len(findings) > SHOWN:
            yield f"  … audit:{kind} shows all"
    if report.measures:
        yield "\nVectors: " + ", ".join(f"{name} {value:g}" for name, value in report.measures.items())
    if report.compared:
        yield "Pairs: " + ", ".join(f"{what} {count:,}" for what, count in report.compared.items())
    yield from report.notes
    if out is not None:
        yield f"\nreport: {out}"
