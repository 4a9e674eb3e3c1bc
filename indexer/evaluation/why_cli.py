"""``longbox eval why``: whether maps of reasons can be trusted, on characters that the project draws."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from schemas.config import IndexOptions

if TYPE_CHECKING:
    from models.training.characters.pointing import PointingScore
    from models.why.explaining import Method


@click.command()
@click.option(
    "--encoder",
    metavar="NAME",
    default=IndexOptions().picture_encoder,
    show_default=True,
    help="What makes vectors of panels.",
)
@click.option(
    "--method", type=click.Choice(["auto", "inside", "occlusion"]), default="auto", show_default=True
)
@click.option("--characters", type=click.IntRange(2, 50), default=8, show_default=True, help="To draw.")
@click.option("--panels", type=click.IntRange(20, 5_000), default=300, show_default=True, help="To draw.")
@click.option("--maps", type=click.IntRange(1, 2_000), default=48, show_default=True, help="To make.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the drawings.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def why(  # noqa: PLR0913 - one parameter an option
    *, encoder: str, method: Method, characters: int, panels: int, maps: int, seed: int, as_json: bool
) -> None:
    """Score maps of reasons: does the peak lie on the character, does covering it matter.

    Panels with a recurring cast are drawn, each character is learnt from ten, and mapped in others.
    """
    from models.registry import load_picture_encoder
    from models.training.encoder.run import require_packages

    require_packages("skia")
    from models.training.characters.pointing import PointingPlan, score_maps

    loaded = load_picture_encoder(encoder)
    plan = PointingPlan(characters, panels, maps, seed, method)
    score = score_maps(loaded, plan, on_map=lambda: click.echo(".", nl=False, err=True))
    click.echo(err=True)
    click.echo(json.dumps(score.to_json(), indent=1) if as_json else "\n".join(_lines(score)))


def _lines(score: PointingScore) -> list[str]:
    lines = [
        f"{score.maps} maps of {score.encoder}, by {score.method}",
        f"pointing game {score.pointing_game:.2f}; a spot at random {score.by_chance:.2f}, "
        f"the middle of the picture {score.by_middle:.2f}",
        f"relevance on the character {score.relevance_inside:.2f}",
        f"score left if covered: by the map {score.deletion:.2f}, by chance {score.deletion_at_random:.2f}",
    ]
    if score.recognised is not None:
        lines.insert(
            2, f"… where the character is recognised ({score.recognised_maps}): {score.recognised:.2f}"
        )
    alike = score.alike_with_random_weights
    told = "unknown here" if alike is None else f"{alike:.2f} (1: weights do not matter)"
    return [*lines, f"likeness of maps with shuffled weights {told}"]
