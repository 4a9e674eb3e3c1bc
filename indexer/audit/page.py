"""The report as one page of HTML: pictures inside, nothing fetched, no script."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path

from indexer.audit.material import Material
from schemas.audit import KINDS, AuditReport, Finding, level_of
from schemas.errors import LibraryError
from schemas.tables import page_id

PICTURES, FINDINGS = 8, 60
"""Pictures of one finding, and findings of one kind, that are shown."""
MAX_PICTURES = 1_200
SIDE_PX = 160
_STYLE = """
:root{color-scheme:light dark;--paper:#faf9f7;--ink:#22211f;--quiet:#6b6862;--line:#e2dfd9;
--card:#fff;--mark:#8a4b1f}
@media(prefers-color-scheme:dark){:root{--paper:#191817;--ink:#ece9e4;--quiet:#a19d95;--line:#35332f;--card:#22211f;
--mark:#e0a070}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:2rem 1.25rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2.5rem 0 .75rem}
p{margin:.25rem 0}.quiet{color:var(--quiet)}a{color:var(--mark)}
nav ul{display:flex;flex-wrap:wrap;gap:.35rem .9rem;padding:0;margin:1rem 0;list-style:none}
article{background:var(--card);
border:1px solid var(--line);border-radius:10px;padding:.9rem 1rem;margin:.75rem 0}
article ul{display:flex;flex-wrap:wrap;gap:.6rem;padding:0;margin:.7rem 0 0;list-style:none}
figure{margin:0;max-width:10rem}img{display:block;max-width:100%;height:8.5rem;object-fit:contain;
background:var(--line);border-radius:4px}
figcaption{font-size:.78rem;color:var(--quiet);overflow-wrap:anywhere}
code{font:.85em ui-monospace,monospace;
background:var(--line);border-radius:4px;padding:.1em .4em;overflow-wrap:anywhere}
table{border-collapse:collapse}
td,th{text-align:left;padding:.2rem 1.2rem .2rem 0;border-bottom:1px solid var(--line)}
"""


def write_page(library: Path, report: AuditReport, out: Path) -> None:
    """Write a report as HTML. Raises LibraryError where it cannot be written."""
    material = Material(library)
    shown = [found for group in _by_kind(report).values() for found in group[:FINDINGS]]
    wanted = dict.fromkeys(picture for found in shown for picture in pictures_of(found))
    pictures = dict(material.thumbnails(list(wanted)[:MAX_PICTURES]))
    titles = {book.book_id: book.title for book in material.books}
    part = out.with_name(f"{out.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.writelines(_page(report, pictures, titles))
        part.replace(out)
    except OSError as error:
        raise LibraryError(f"cannot write {out}: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def pictures_of(finding: Finding) -> tuple[str, ...]:
    """Return the ids of the pages and panels that show a finding: of books, their first pages."""
    items = finding.evidence or finding.items
    return tuple(page_id(item, 1) if level_of(item) == "book" else item for item in items[:PICTURES])


def _by_kind(report: AuditReport) -> dict[str, list[Finding]]:
    return {kind: list(group) for kind, group in groupby(report.findings, key=lambda found: found.kind)}


def _page(report: AuditReport, pictures: Mapping[str, bytes], titles: Mapping[str, str]) -> Iterator[str]:
    kinds = _by_kind(report)
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Audit</title><style>{_STYLE}</style></head><body><main><h1>Audit</h1>"
        f'<p class="quiet">{report.books:,} books, {report.pages:,} pages, {report.panels:,} panels; '
        f"{len(report.findings):,} findings; {escape(report.made)}</p><nav><ul>"
    )
    yield from (f'<li><a href="#{kind}">{KINDS[kind].title}</a> {len(kinds[kind])}</li>' for kind in kinds)
    yield "</ul></nav>"
    for kind, findings in kinds.items():
        yield f'<section><h2 id="{kind}">{KINDS[kind].title}</h2>'
        for finding in findings[:FINDINGS]:
            yield from _article(finding, pictures, titles)
        if len(findings) > FINDINGS:
            yield f'<p class="quiet">and {len(findings) - FINDINGS:,} more: <code>audit:{kind}</code></p>'
        yield "</section>"
    yield from _measures(report)
    yield "</main></body></html>\n"


def _article(finding: Finding, pictures: Mapping[str, bytes], titles: Mapping[str, str]) -> Iterator[str]:
    title = f"<b>{escape(str(finding.facts['title']))}</b>: " if "title" in finding.facts else ""
    yield f"<article><p>{title}{escape(finding.says)}</p><p><code>{escape(finding.filter)}</code></p><ul>"
    for item in pictures_of(finding):
        yield f"<li>{_figure(item, pictures.get(item), titles)}</li>"
    rest = 0 if finding.evidence else len(finding.items) - PICTURES
    more = f'<p class="quiet">and {rest:,} more</p>' if rest > 0 else ""
    yield f"</ul>{more}</article>"


def _figure(item: str, webp: bytes | None, titles: Mapping[str, str]) -> str:
    book, _, rest = item.partition("/")
    page, _, panel = rest.partition("#")
    place = f"page {int(page)}" + (f", panel {int(panel)}" if panel else "")
    told = f"{titles.get(book, book)}, {place}"
    picture = ""
    if webp is not None:
        data = base64.b64encode(webp).decode()
        picture = f'<img src="data:image/webp;base64,{data}" alt="{escape(told)}" loading="lazy">'
    return f"<figure>{picture}<figcaption>{escape(told)}</figcaption></figure>"


def _measures(report: AuditReport) -> Sequence[str]:
    rows = [f"<tr><th>{escape(name)}</th><td>{value:g}</td></tr>" for name, value in report.measures.items()]
    notes = [f"<p>{escape(note)}</p>" for note in report.notes]
    return ["<section><h2>Vectors</h2><table>", *rows, "</table>", *notes, "</section>"]
