"""The command ``train``."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def train() -> None:
    """Train models of our own."""


@train.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the weights.")
@click.option(
    "--minutes", type=click.FloatRange(min=0), default=60.0, show_default=True, help="Time to train."
)
@click.option(
    "--scenes", type=click.IntRange(min=256), default=60_000, show_default=True, help="Scenes to draw."
)
@click.option("--shards", type=click.Path(path_type=Path), help="Folder of the drawn scenes; OUT/shards.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of open drawings and ImageNet weights; without it scenes are painted only.",
)
@click.option("--device", default="cpu", show_default=True, help="A torch device.")
def encoder(
    out: Path, minutes: float, scenes: int, shards: Path | None, corpus: Path | None, device: str
) -> None:
    """Train the picture encoder: draw scenes, embed their captions, train, export.

    A run that was stopped goes on where it stood: drawn scenes are kept, and so is the checkpoint in OUT.
    """
    from models.training.encoder.run import Plan, require_packages, train_encoder

    require_packages("torch", "skia", "onnx")
    plan = Plan(out, shards or out / "shards", minutes, scenes, corpus, device)
    train_encoder(plan, click.echo)


@train.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the weights.")
@click.option("--encoder", "picture", default="longbox-mini", show_default=True, help="Embeds pictures.")
@click.option("--text-encoder", "text", default="minilm", show_default=True, help="Embeds lettering.")
@click.option(
    "--books", type=click.IntRange(min=4), default=64, show_default=True, help="Books of 8 pages to draw."
)
@click.option(
    "--variant", "variants", multiple=True, metavar="NAME", help="Only this variant; all by default."
)
@click.option("--steps", type=click.IntRange(min=1), help="Steps of training.")
def fusion(
    *, out: Path, picture: str, text: str, books: int, variants: tuple[str, ...], steps: int | None
) -> None:
    """Train the fusion of picture, lettering and layout on drawn books, in four variants.

    Compare them with: longbox eval fusion --weights OUT --library LIB --queries FILE
    """
    from models.training.closure.run import FusionPlan, train_fusion
    from models.training.encoder.run import require_packages

    require_packages("torch", "skia")
    train_fusion(FusionPlan(out, picture, text, books, variants, steps), click.echo)


@train.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the weights.")
@click.option("--encoder", "picture", default="longbox-mini", show_default=True, help="Embeds pictures.")
@click.option("--text-encoder", "text", default="minilm", show_default=True, help="Embeds lettering.")
@click.option(
    "--books", type=click.IntRange(min=8), default=128, show_default=True, help="Books of 8 pages to draw."
)
@click.option("--variant", "variants", multiple=True, metavar="NAME", help="Only this one; all by default.")
@click.option("--steps", type=click.IntRange(min=1), help="Steps of training.")
def order(
    *, out: Path, picture: str, text: str, books: int, variants: tuple[str, ...], steps: int | None
) -> None:
    """Train reading-order heads for a fusion on drawn books: by content, by place, by all.

    The fusion stays as it is, and so do all vectors. Compare the heads with geometry by: longbox eval
    fusion --weights OUT --library LIB --queries FILE
    """
    from models.training.closure.run import FusionPlan, train_order
    from models.training.encoder.run import require_packages

    require_packages("torch", "skia")
    train_order(FusionPlan(out, picture, text, books, variants, steps), click.echo)


@train.command("page-types")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the weights.")
@click.option("--books", type=click.IntRange(min=4), default=800, show_default=True, help="Books to draw.")
@click.option("--epochs", type=click.IntRange(min=1), default=14, show_default=True, help="Passes over them.")
@click.option(
    "--copies", type=click.IntRange(min=0), default=1, show_default=True, help="Worn copies of each."
)
@click.option("--shards", type=click.Path(path_type=Path), help="Folder of the drawn books; OUT/shards.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of open drawings for the gallery; without it pictures are painted only.",
)
@click.option(
    "--streams",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Page types of real books in the CoSMo format: some drawn books follow them.",
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that draw."
)
@click.option(
    "--extra",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Labelled books that 'longbox eval page-types --keep' kept; may be repeated.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another one draws other books.")
@click.option("--kind", "kinds", multiple=True, metavar="NAME", help="Draw only this kind; may be repeated.")
def page_types(  # noqa: PLR0913 (one argument an option)
    *,
    out: Path,
    books: int,
    epochs: int,
    copies: int,
    shards: Path | None,
    corpus: Path | None,
    streams: Path | None,
    workers: int,
    extra: tuple[Path, ...],
    seed: int,
    kinds: tuple[str, ...],
) -> None:
    """Train page stream segmentation on drawn books, and measure it on books of other styles.

    Labelled books are learnt from too: 'longbox eval page-types --keep FILE' makes the FILE of --extra
    from label files or the CoSMo format with pictures. A run that was stopped goes on with the books
    that are drawn. Score real ones with: longbox eval page-types --weights OUT/streams.json
    """
    from models.drawing.streams.plans import KINDS
    from models.training.encoder.run import require_packages
    from models.training.page_types.run import StreamPlan, train_streams
    from models.training.page_types.shards import load_books
    from schemas.streams import read_streams

    if unknown := sorted(set(kinds) - set(KINDS)):
        raise click.UsageError(f"there is no kind of book {unknown[0]!r}; known: {', '.join(KINDS)}")
    require_packages("torch", "skia")
    told = read_streams(streams.read_bytes()) if streams else ()
    known = tuple(tuple(kind for kind in label.types if kind) for label in told)
    labelled = [book for path in extra for book in load_books(path)]
    plan = StreamPlan(
        out, shards or out / "shards", books, epochs, copies, corpus, known, labelled, workers, seed, kinds
    )
    for name, value in train_streams(plan, click.echo).to_json().items():
        click.echo(f"{name}: {value}")


@train.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder of the weights.")
@click.option(
    "--minutes", type=click.FloatRange(min=0), default=22.0, show_default=True, help="Time to train."
)
@click.option("--pictures", type=click.IntRange(min=16), default=4_000, show_default=True, help="To draw.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of open drawings; without it scenes are painted only.",
)
def figures(out: Path, minutes: float, pictures: int, corpus: Path | None) -> None:
    """Train the finder of figures and heads on pictures whose figures are known exactly."""
    from models.training.encoder.run import require_packages

    require_packages("torch", "skia", "onnx")
    from models.training.figures.training import train_figures

    train_figures(out, minutes=minutes, pictures=pictures, corpus=corpus, told=click.echo)
