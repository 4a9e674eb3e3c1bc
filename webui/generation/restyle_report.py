"""The report of a restyling as a page: both pictures, the verdict, what every judge and classifier says."""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, Final

from models.generation.png import png_of
from models.generation.restyle.backend import AFTER, BEFORE, REPORT

if TYPE_CHECKING:
    from search.generation.making import MadePanel

ENDING: Final = ".report.html"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;"
    "padding:0 1rem;color:#222}"
    "figure{display:inline-block;margin:0 1rem 1rem 0}"
    "img{max-width:28rem;display:block;border:1px solid #999}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{padding:.2rem .8rem;border-bottom:1px solid #ccc;"
    "text-align:right}td:first-child,th:first-child{text-align:left}.refused{color:#a00}.accepted{color:#060}"
)


def is_judged(made: "MadePanel") -> bool:
    """Say whether there is something to report: a judge looked at the panel."""
    return REPORT in made.record.notes


def report_of(made: "MadePanel") -> bytes:
    """Return the report of a panel as a page that stands alone."""
    return "\n".join(_page(made)).encode()


def _page(made: "MadePanel") -> Iterator[str]:
    notes = made.record.notes
    report = json.loads(notes[REPORT])
    verdict, _, why = notes["verdict"].partition(": ")
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield f"<title>Restyled: {escape(verdict)}</title><style>{_STYLE}</style></head><body>"
    yield f'<h1 class="{escape(verdict)}">{escape(verdict.capitalize())}</h1>'
    yield f"<p>{escape(why.capitalize())}. The picture that was written is {escape(notes['picture'])}.</p>"
    for layer in sorted(made.panel.layers, key=lambda one: one.name != BEFORE):
        caption = "The input" if layer.name == BEFORE else _caption(verdict)
        data = base64.b64encode(png_of(layer.pixels[..., :3])).decode()
        yield (
            f'<figure><img alt="{escape(caption)}" src="data:image/png;base64,{data}">'
            f"<figcaption>{escape(caption)}</figcaption></figure>"
        )
    yield from _judged(report["judge"])
    yield from _elements(report)
    yield from _losses(report["losses"])
    yield f"<p>{escape(made.record.credit)}</p></body></html>"


def _caption(verdict: str) -> str:
    return f"What became of it ({AFTER}, {verdict})"


def _judged(judge: Mapping[str, Any]) -> Iterator[str]:
    yield "<h2>The judge, which was never optimised against</h2>"
    rows = [
        ("cross-entropy of what is to be seen", judge["bce_before"], judge["bce_after"]),
        ("distance to the look of the references", judge["style_before"], judge["style_after"]),
        ("correlation of edges with the input", 1.0, judge["kept"]),
        ("grain, beside input and references", None, judge["grain"]),
    ]
    yield from _table(("", "before", "after"), [(name, _told(a), _told(b)) for name, a, b in rows])
    kept_back = judge["held_out_styles"]
    yield (
        f"<p>{kept_back} references of the style were kept back for it.</p>"
        if kept_back
        else "<p>There was but one reference of the style: the judge saw it too, by another descriptor.</p>"
    )


def _elements(report: Mapping[str, Any]) -> Iterator[str]:
    judged = report["judge"]["elements"]
    if not judged:
        yield "<p>No element was asked for: only the style was judged.</p>"
        return
    yield "<h2>Who and what is to be seen</h2>"
    heads = ("", "believed", "judge before", "after", "judge's AUROC", "classifiers before", "after")
    rows = []
    for one in judged:
        said = report["classifiers"][one["name"]]
        able = f"{one['auroc']:.2f}" + (
            "" if one["auroc"] >= report["judge"]["able"] else " (does not count)"
        )
        rows.append(
            (one["name"], _told(one["belief"]), _told(one["before"]), _told(one["after"]), able,
             _all(said["before"]), _all(said["after"]))
        )  # fmt: skip
    yield from _table(heads, rows)


def _losses(losses: Sequence[Mapping[str, float]]) -> Iterator[str]:
    yield "<h2>Losses on the way</h2>"
    heads = tuple(losses[0])
    yield from _table(heads, [tuple(f"{row[name]:.4g}" for name in heads) for row in losses])


def _table(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{escape(one)}</th>" for one in heads) + "</tr>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(one)}</td>" for one in row) + "</tr>"
    yield "</table>"


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _all(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
