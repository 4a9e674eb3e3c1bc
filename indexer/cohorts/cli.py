"""The command ``longbox train characters``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from indexer.commands.options import LocalPath

if TYPE_CHECKING:
    from indexer.cohorts.items import On
    from models.characters.losses import LossName

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--library", type=LocalPath(file_okay=False), required=True, help="The library's folder.")
@click.option("--out", type=LocalPath(), help="Write the classifier and its report, JSON.")
@click.option(
    "--on",
    type=click.Choice(["covers", "panels"]),
    default="covers",
    show_default=True,
    help="What is labelled.",
)
@click.option(
    "--labels",
    type=_FILE,
    help="CSV (id, characters) or JSON by id of panel, page or book, not the metadata.",
)
@click.option("--top", type=click.IntRange(1, 2_000), default=50, show_default=True, help="Labels at most.")
@click.option(
    "--min-support", type=click.IntRange(2), default=5, show_default=True, help="Items a label needs."
)
@click.option(
    "--loss", type=click.Choice(["plain", "balanced", "asymmetric"]), default="balanced", show_default=True
)
@click.option("--no-oversampling", is_flag=True, help="Draw items with rare labels no more often.")
@click.option("--rate", type=click.FloatRange(min=1e-6, max=10), help="Of learning; looked for by default.")
@click.option("--epochs", type=click.IntRange(1, 10_000), default=200, show_default=True, help="At most.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the split and of training.")
@click.option(
    "--fine-tune",
    type=_FILE,
    metavar="WEIGHTS",
    help="Train a ResNet of torchvision from these weights instead, on the stored pictures.",
)
@click.option(
    "--mask",
    is_flag=True,
    help="Leave out what is printed: titles, bar codes, corner boxes, prices; say what that changes.",
)
@click.option("--apply", is_flag=True, help="Make each label an element that its labels teach.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def characters(  # noqa: PLR0913 - one parameter an option
    *,
    library: Path,
    out: Path | None,
    on: On,
    labels: Path | None,
    top: int,
    min_support: int,
    loss: LossName,
    no_oversampling: bool,
    rate: float | None,
    epochs: int,
    seed: int,
    fine_tune: Path | None,
    mask: bool,
    apply: bool,
    as_json: bool,
) -> None:
    """Train a classifier of characters, many labels at once, on vectors that a library stores.

    Covers are labelled by the characters that their books name, or items by a file. Series are never
    parted between what is learnt and what is judged; all figures stand beside saying no to everything.
    """
    from indexer.cohorts.items import read_items
    from indexer.cohorts.making import Choice, apply_as_elements, in_words, learn, write
    from models.characters.training import TrainingPlan

    plan = TrainingPlan(loss=loss, oversample=not no_oversampling, rate=rate, epochs=epochs, seed=seed)
    labelled = read_items(library, on=on, labels=labels)
    if labelled.lost:
        click.echo(f"{labelled.lost:,} labels are of nothing in the library", err=True)
    choice = Choice(top, min_support)
    if mask and fine_tune is not None:
        raise click.UsageError("--mask goes with stored vectors, not with --fine-tune")
    changed = None
    if mask:
        from indexer.cohorts.masking import learn_masked

        made, changed = learn_masked(library, labelled, choice, plan)
    elif fine_tune is not None:
        from indexer.cohorts.tuning import tune

        made = tune(library, labelled, choice, plan, fine_tune, out)
    else:
        made = learn(labelled, choice, plan)
    if out is not None:
        write(made, out)
    if apply:
        for facts in apply_as_elements(library, made, labelled):
            click.echo(f"has:{facts.name}  {facts.panels:,} panels", err=True)
    if as_json:
        told = {**made.to_json(), **({"masking": changed.to_json()} if changed else {})}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    click.echo("\n".join([*in_words(made), *([changed.in_words()] if changed else [])]))
