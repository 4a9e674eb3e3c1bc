"""``longbox eval generation``."""

import json
from pathlib import Path

import click

from search.commands.options import library_option
from webui.generation.cli import maker_of


@click.command()
@library_option
@click.option(
    "--labels",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Labels of the library's pages: captions become prompts.",
)
@click.option("--panels", type=click.IntRange(1, 2_000), default=50, show_default=True)
@click.option("--encoder", default="standby", show_default=True, help="Another one than the library's own.")
@click.option("--seed", type=int, default=1, show_default=True)
def generation(library: Path, labels: Path, panels: int, encoder: str, seed: int) -> None:
    """Make panels from captions and score them: consistency, lettering, records, licences, seconds."""
    from models.registry import load_picture_encoder
    from search.evaluation.generation import GenerationJudge, labelled_panels

    with maker_of(library) as maker:
        judge = GenerationJudge(maker, load_picture_encoder(encoder), labelled_panels(labels, maker))
        scores = judge.score(
            panels, seed=seed, told=lambda done, total: click.echo(f"\r{done} of {total}", err=True, nl=False)
        )
    click.echo("", err=True)
    click.echo(json.dumps(scores.to_json(), indent=1))
