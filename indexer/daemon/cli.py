"""The command ``daemon``, and what it is asked from another terminal."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

import click

from indexer.commands.options import LocalPath, library_option
from indexer.daemon.settings import DaemonSettings
from schemas.errors import DaemonError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

    from schemas.config import IndexOptions

_USUAL = DaemonSettings()
_STOP_S = 120.0
"""Time after which ``--stop`` no longer waits for the daemon's end."""
_folder = LocalPath()


@click.command()
@library_option
@click.option("--watch", "watched", type=_folder, multiple=True, help="A folder of books; may be repeated.")
@click.option("--pause", "wish", flag_value="pause", help="Ask the running daemon to read no further book.")
@click.option("--resume", "wish", flag_value="resume", help="Undo --pause.")
@click.option("--retry", "wish", flag_value="retry", help="Try again at once what failed or is quarantined.")
@click.option("--stop", "wish", flag_value="stop", help="Ask the running daemon to end, and wait for it.")
@click.option("--encoder", metavar="NAME", help="Picture encoder, as for index.")
@click.option("--text-encoder", metavar="NAME", help="Embeds lettering, as for index.")
@click.option("--reader", metavar="NAME", help="OCR, as for index.")
@click.option("--page-reader", metavar="NAME", help="Describes panels, as for index.")
@click.option("--direction", type=click.Choice(["ltr", "rtl", "ttb", "auto"]), help="As for index.")
@click.option(
    "--workers",
    type=click.IntRange(0, 64),
    default=_USUAL.workers,
    help="Books side by side, each in a process; 0: one for two cores.",
)
@click.option(
    "--memory-limit",
    "memory_limit_mb",
    type=click.IntRange(min=256),
    default=_USUAL.memory_limit_mb,
    show_default=True,
    help="MB that a worker may hold.",
)
@click.option(
    "--time-limit",
    "time_limit_s",
    type=click.FloatRange(min=1),
    default=_USUAL.time_limit_s,
    show_default=True,
    help="Seconds in which a worker must show a page.",
)
@click.option(
    "--settle",
    "settle_s",
    type=click.FloatRange(min=0),
    default=_USUAL.settle_s,
    show_default=True,
    help="Seconds that a file must keep still before it is read.",
)
@click.option(
    "--survey",
    "survey_s",
    type=click.FloatRange(min=1),
    default=_USUAL.survey_s,
    show_default=True,
    help="Seconds after which all folders are looked through, events or not.",
)
@click.option(
    "--grace",
    "grace_s",
    type=click.FloatRange(min=0),
    default=_USUAL.grace_s,
    show_default=True,
    help="Seconds after which a file that is gone counts as missing.",
)
@click.option(
    "--tries",
    type=click.IntRange(min=1),
    default=_USUAL.tries,
    show_default=True,
    help="Readings of a book that may fail.",
)
@click.option("--until-input-ends", is_flag=True, hidden=True, help="Stop when standard input is closed.")
@click.option("--prune", is_flag=True, help="Take out missing books, unless a folder lost many at once.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Status and metrics on 127.0.0.1.")
def daemon(  # noqa: PLR0913 (one parameter an option)
    *,
    library: Path,
    watched: tuple[Path, ...],
    wish: str | None,
    encoder: str | None,
    text_encoder: str | None,
    reader: str | None,
    page_reader: str | None,
    direction: str | None,
    workers: int,
    memory_limit_mb: int,
    time_limit_s: float,
    settle_s: float,
    survey_s: float,
    grace_s: float,
    tries: int,
    until_input_ends: bool,
    prune: bool,
    port: int,
) -> None:
    """Keep a library in step with the folders it watches, until it is stopped.

    The other calls steer a running one: --pause, --resume, --retry, --stop.
    """
    if (wish is None) == (not watched) and not (wish is None and _has_folders(library)):
        raise click.UsageError("give --watch DIR to start, or one of --pause, --resume, --retry, --stop")
    if wish is not None:
        _ask(library.absolute(), wish)
        return
    from indexer.running.indexing import Remembered, chosen_options, remembered_options
    from indexer.running.process import set_up_process

    set_up_process()
    settings = DaemonSettings(
        settle_s=settle_s,
        survey_s=survey_s,
        grace_s=grace_s,
        tries=tries,
        time_limit_s=time_limit_s,
        memory_limit_mb=memory_limit_mb,
        workers=workers,
        prune=prune,
    )
    asked = Remembered(encoder, text_encoder, reader, page_reader, direction)
    options = chosen_options(remembered_options(library), asked, workers=settings.threads)
    stopping = _stop_at_signals()
    if until_input_ends:
        _stop_at_end_of_input(stopping)
    roots = tuple(Path(os.path.abspath(root)) for root in watched)  # noqa: PTH100 (links are kept)
    _run(library, roots, settings, options, _Ends(port, stopping))


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where the daemon tells its status, and what ends it."""

    port: int
    stopping: Event


def _has_folders(library: Path) -> bool:
    """Say whether folders were added in the web UI: they are watched without being named."""
    from indexer.daemon.control import watched_folders

    return bool(watched_folders(library.absolute()))


def _run(
    library: Path, roots: Sequence[Path], settings: DaemonSettings, options: IndexOptions, ends: _Ends
) -> None:
    from indexer.daemon.loopback import status_port
    from indexer.daemon.service import opened_library, run_daemon
    from indexer.daemon.session import DaemonPlan
    from indexer.daemon.status import StatusBoard
    from indexer.daemon.worker import WorkerPlan
    from indexer.stages.models import load_models

    plan = DaemonPlan(tuple(roots), WorkerPlan(library.absolute(), options, load_models), settings)
    board = StatusBoard(tuple(map(str, roots)))
    for root in roots:
        if not os.path.exists(root):  # noqa: PTH110 (Path.exists raises where a drive is away)
            click.echo(f"{root} is not there: it is waited for", err=True)
    with opened_library(plan.library), ExitStack() as stack:
        if ends.port:
            stack.enter_context(status_port(plan.library, board, ends.port))
        click.echo(f"watching {', '.join(map(str, roots))}; 'longbox status --follow' shows what it does")
        run_daemon(plan, ends.stopping, board)
    click.echo("stopped; what was finished is kept")


def _stop_at_signals() -> Event:
    stopping = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopping.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    return stopping


def _stop_at_end_of_input(stopping: Event) -> None:
    """End with the program that holds the other end of standard input, however that program ends."""

    def wait() -> None:
        with suppress(OSError, ValueError):
            sys.stdin.buffer.read()
        stopping.set()

    Thread(target=wait, name="input", daemon=True).start()


def _ask(library: Path, wish: str) -> None:
    """Pass a wish on to the daemon that runs; a pause also holds for the next one."""
    from indexer.daemon.control import Wish, ask, no_daemon
    from indexer.daemon.status import published

    running = published(library)
    if wish == "resume":
        ask(library, Wish.PAUSE, wanted=False)
    elif running is None and wish != Wish.PAUSE:
        raise no_daemon(library)
    else:
        ask(library, Wish(wish))
    if wish == Wish.STOP:
        _wait_for_end(library)


def _wait_for_end(library: Path) -> None:
    from indexer.daemon.status import published

    until = time.monotonic() + _STOP_S
    while published(library) is not None:
        if time.monotonic() > until:
            raise DaemonError(f"the daemon on {library} was asked to stop and has not yet: see its status")
        time.sleep(0.2)
