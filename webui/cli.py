"""The ``longbox`` command: one group whose subcommands are imported only when they are called.

Exit codes: 0 done, 1 something failed, 2 the call itself was wrong, 130 interrupted.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from schemas.errors import LongboxError

if TYPE_CHECKING:
    from schemas.records import RgbImage
    from search.answers.details import PageDetail

COMMANDS: Final = {
    "index": ("indexer.commands.cli:index", "Index comics into a library."),
    "daemon": ("indexer.daemon.cli:daemon", "Keep a library in step with its folders, unattended."),
    "search": ("search.commands.cli:search", "Search a library by words, dialogue, picture or example."),
    "serve": ("webui.commands.serve_cli:serve", "Open the web UI and the API on a library."),
    "keys": ("webui.commands.keys_cli:keys", "Make, list and remove keys for a server beyond this machine."),
    "status": ("indexer.commands.cli:status", "Say what a library holds, and what failed and why."),
    "sample": ("indexer.commands.sample_cli:sample", "Draw the sample library."),
    "tour": ("search.commands.tour_cli:tour", "Try a library: a few searches taken from its own pages."),
    "import": ("indexer.exchange.cli:import_vectors", "Make a library of page vectors in Zarr arrays."),
    "verify": ("indexer.care.cli:verify", "Check a library against what was written; repair it."),
    "backup": ("indexer.care.cli:backup", "Copy a library as it stands, also while it is written."),
    "restore": ("indexer.care.cli:restore", "Put a backup in a library's place."),
    "snapshot": ("indexer.care.cli:snapshot", "Name moments of a library, and go back to them."),
    "migrate": ("indexer.care.cli:migrate", "Give a library another picture encoder, or the newest format."),
    "retype": ("indexer.commands.retype_cli:retype", "Say what pages are: covers, stories, advertisements…"),
    "map": (
        "indexer.maps.cli:map_command",
        "Map the panels: what is alike lies together, in named clusters.",
    ),
    "audit": ("indexer.audit.cli:audit", "Find copies, blank pages and what else a curator should see."),
    "element": ("indexer.elements.cli:element", "Teach who and what appears in panels, by examples."),
    "cast": ("indexer.instances.cli:cast", "Gather who is drawn in a book, to be named once."),
    "why": ("search.commands.why_cli:why", "Show which parts of a panel speak for words or an element."),
    "catalogue": ("indexer.catalogue.cli:catalogue", "Say which published issues the books are."),
    "generate": ("webui.generation.cli:generate", "Make new panels from a library's own, with full credits."),
    "ink": ("webui.generation.ink_cli:ink", "Ink a rough drawing in the colours of a library's panels."),
    "colourise": ("webui.generation.ink_cli:colourise", "Colour a black-and-white panel by other panels."),
    "consistency": (
        "webui.generation.consistency.cli:consistency",
        "Say whether a sequence keeps its people from panel to panel.",
    ),
    "restyle": (
        "webui.generation.restyle_cli:restyle",
        "Restyle panels by others, judged before they count.",
    ),
    "replay": (
        "webui.generation.replay_cli:replay",
        "Make a generated panel or script again from its record.",
    ),
    "rights": ("webui.generation.rights_cli:rights", "Say which books may be used for new panels."),
    "export": ("indexer.commands.cli:export", "Write a library as Parquet, COCO, DataSpec or page analyses."),
    "eval": ("webui.cli:evaluate", "Score reading and retrieval, against labels."),
    "bench": ("webui.cli:bench", "Measure speed, recall and memory beside named peers."),
    "doctor": ("indexer.commands.cli:doctor", "Say what is installed, which backends work, and why not."),
    "train": ("webui.cli:train", "Train models on drawn scenes, and characters on a library."),
}
EVALUATIONS: Final = {
    "pages": ("indexer.commands.eval_cli:pages", "Score panels and reading order."),
    "text": ("indexer.commands.eval_cli:text", "Score lettering against transcripts."),
    "page-types": ("indexer.commands.eval_cli:page_types", "Score page types and segments of whole books."),
    "build-queries": (
        "indexer.commands.eval_cli:build_queries",
        "Make queries with known answers from labels.",
    ),
    "retrieval": ("search.commands.eval_cli:retrieval", "Score a library by queries with known answers."),
    "elements": ("indexer.evaluation.elements_cli:elements", "Score characters found from a few examples."),
    "why": ("indexer.evaluation.why_cli:why", "Score maps of what in a panel speaks for a character."),
    "generation": ("webui.generation.eval_cli:generation", "Make panels from captions and score them."),
    "fusion": ("search.commands.eval_cli:fusion", "Compare fusions of a library's vectors."),
}
TRAININGS: Final = {
    "encoder": ("models.training.cli:encoder", "Train the picture encoder on drawn scenes."),
    "fusion": ("models.training.cli:fusion", "Train the fusion of picture, lettering and layout."),
    "order": ("models.training.cli:order", "Train reading-order heads for a fusion."),
    "figures": ("models.training.cli:figures", "Train the finder of figures and heads."),
    "page-types": ("models.training.cli:page_types", "Train page types on drawn books."),
    "characters": ("indexer.cohorts.cli:characters", "Train a classifier of characters on a library."),
}
BENCHES: Final = {
    "search": (
        "webui.commands.bench_cli:search",
        "Search as many made-up panels as you say, with every engine.",
    ),
    "ingest": ("indexer.commands.bench_cli:ingest", "Index pages, beside plain decoding and plain reading."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' help without importing them: a cold start stays cheap."""

    def __init__(self, table: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        """Take the commands: by name, where each is and what it does."""
        super().__init__(**settings)
        self._table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order a newcomer meets them."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in self._table:
            return None
        module, _, attribute = self._table[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}:{attribute} is no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands from the table above."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in self._table.items()])


@click.group(cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="longbox")
def root() -> None:
    """Longbox: an embedding database and semantic search engine for comics."""


evaluate = LazyGroup(EVALUATIONS, name="eval", help="Score reading and retrieval, against labels.")

train = LazyGroup(TRAININGS, name="train", help="Train models on drawn scenes, and characters on a library.")

bench = LazyGroup(BENCHES, name="bench", help="Measure speed, recall and memory beside named peers.")


def _drop_output() -> None:
    """Send what is still to be printed nowhere: Python would fail on it once more at exit."""
    with suppress(OSError), Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _stored_page(page: "PageDetail", *, max_side_px: int) -> "RgbImage":
    """Read a page of a library from its book: what reads books is loaded when a search needs it."""
    from webui.pictures import stored_page

    return stored_page(page, max_side_px=max_side_px)


def main() -> None:
    """Run the command; a mistake of the user's ends in one line, never in a traceback."""
    try:
        code = root.main(standalone_mode=False, obj=_stored_page)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was finished is kept", err=True)
        sys.exit(130)
    except LongboxError as error:
        click.echo(f"longbox: {error}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:  # a full disk, most of all the one that the output goes to
        where = f": {error.filename}" if error.filename else ""
        click.echo(f"longbox: {error.strerror or error}{where}", err=True)
        _drop_output()
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)
