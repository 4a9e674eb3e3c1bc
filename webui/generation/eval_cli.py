"""``longbox eval generation``."""

import json
from pathlib import Path

import click

from schemas.errors import ConfigError
from search.commands.options import library_option
from webui.generation.cli import maker_of

_TARGETS = {
    "seconds_median": "at most 8",
    "consistency_over_random": "at least 2",
    "consistency_over_none": "at least 1.3",
    "sequence_palette_ratio": "at most .5",
    "balloons_on_heads": "0",
    "balloons_clipped": "0",
    "records_incomplete": "0",
    "references_blocked": "0",
}


@click.command()
@library_option
@click.option(
    "--labels",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    required=True,
    help="Labels of the library's pages: captions become prompts.",
)
@click.option("--panels", type=click.IntRange(1, 2_000), default=50, show_default=True)
@click.option("--sequences", type=click.IntRange(0, 200), default=3, show_default=True)
@click.option("--encoder", default="standby", show_default=True, help="Another one than the library's own.")
@click.option(
    "--classifier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="An ONNX classifier of pictures, for the Inception Score.",
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def generation(  # noqa: PLR0913 - one parameter an option is click's way
    *,
    library: Path,
    labels: Path,
    panels: int,
    sequences: int,
    encoder: str,
    classifier: Path | None,
    seed: int,
    as_json: bool,
) -> None:
    """Make panels from captions and score them: consistency, layout, palettes, copying, lettering."""
    from models.generation.classifier import Classifier
    from models.registry import load_picture_encoder
    from search.evaluation.generated.judge import GenerationJudge
    from search.evaluation.generated.labelled import labelled_panels
    from search.evaluation.generated.sequences import score_sequences

    def told(done: int, total: int) -> None:
        click.echo(f"\r{done} of {total}", err=True, nl=False)

    with maker_of(library) as maker:
        other = load_picture_encoder(encoder)
        if other.spec == maker.library.encoders.picture().spec:
            raise ConfigError(
                f"{encoder} is the library's own encoder: take another one, else it judges its own choice"
            )
        known = labelled_panels(labels, maker.library)
        judge = GenerationJudge(maker, other, known, Classifier(classifier) if classifier else None)
        scores = judge.score(panels, seed=seed, told=told)
        score_sequences(maker, known, scores, sequences, seed=seed, told=told)
    click.echo("", err=True)
    figures = scores.to_json()
    if as_json:
        click.echo(json.dumps(figures, indent=1))
        return
    for name, value in figures.items():
        shown = "–" if value is None else f"{value:.3f}" if isinstance(value, float) else value
        target = f"  (target: {_TARGETS[name]})" if name in _TARGETS else ""
        click.echo(f"{name:34} {shown}{target}")
