"""``longbox eval elements``: how well characters are found from a few examples, against labels."""

from __future__ import annotations

import json
from pathlib import Path

import click

from schemas.config import IndexOptions

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.option("--labels", type=_FOLDER, required=True, help="Folder searched for label files.")
@click.option("--images", type=_FOLDER, required=True, help="Folder that pictures are relative to.")
@click.option(
    "--encoder",
    metavar="NAME",
    default=IndexOptions().picture_encoder,
    show_default=True,
    help="What makes vectors of panels.",
)
@click.option(
    "--reader",
    metavar="NAME",
    default=IndexOptions().reader,
    show_default=True,
    help="What reads lettering, for names in it; none reads nothing.",
)
@click.option("--no-figures", is_flag=True, help="Judge whole panels, as where figures were never read.")
@click.option("--places", is_flag=True, help="Places too, where labels name them.")
@click.option(
    "--no-teaching", is_flag=True, help="Do not measure what the review queue saves, which takes long."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def elements(  # noqa: PLR0913 - one parameter an option
    *,
    labels: Path,
    images: Path,
    encoder: str,
    reader: str,
    no_figures: bool,
    places: bool,
    no_teaching: bool,
    as_json: bool,
) -> None:
    """Score characters found from 5, 20 and 50 examples, on books (else pages) that were not learnt from.

    Average precision is compared with the share of panels that have the character: what chance gives.
    """
    from indexer.evaluation.cast import CastPanel, find_cast, works_of
    from indexer.evaluation.elements import PanelModels, read_panels, score_works
    from models.elements.figures import FigureReader
    from models.figures.finder import load_finder
    from models.registry import load_picture_encoder, load_text_reader

    loaded = load_picture_encoder(encoder)
    found = find_cast(labels, images, places=places)
    panels = [one for one in found if isinstance(one, CastPanel)]
    figures = None if no_figures else FigureReader(loaded, load_finder())
    known, unread = read_panels(panels, PanelModels(loaded, figures, load_text_reader(reader)))
    skipped = [*(one for one in found if not isinstance(one, CastPanel)), *unread]
    told = score_works(works_of(list(known), labels.resolve().name), known, teach=not no_teaching)
    told = {"encoder": loaded.spec.name, "panels": len(known), "skipped": len(skipped), **told}
    for item in skipped:
        click.echo(f"skipped {item}", err=True)
    click.echo(json.dumps(told, indent=1, ensure_ascii=False) if as_json else "\n".join(_lines(told)))
    if not told["elements"]:
        click.echo(
            f"longbox: nothing in {labels} could be scored: no character is in 4 panels or more", err=True
        )
        click.get_current_context().exit(1)


def _lines(told: dict[str, object]) -> list[str]:
    lines = []
    elements: dict[str, dict[str, dict[str, dict[str, float]]]] = told["elements"]  # type: ignore[assignment]
    for name, one in elements.items():
        by_positives = one["by_positives"].items()
        scores = ", ".join(
            f"{count}: {f['ap']:.2f} (chance {f['prevalence']:.2f})" for count, f in by_positives
        )
        lines.append(f"{name}: average precision by positives {scores}")
    summary: dict[str, dict[str, float]] = told["by_positives"]  # type: ignore[assignment]
    for count, f in summary.items():
        lines.append(
            f"{count} positives, {f['elements']:.0f} elements: mean AP {f['mean_ap']:.3f}, "
            f"{f['mean_ap_over_prevalence']:.2f} × chance"
        )
    return lines
