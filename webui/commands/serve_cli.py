"""``longbox serve``: the web UI and the API behind waitress, on this machine unless told otherwise."""

import logging
import os
import socket
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from schemas.errors import ConfigError
from schemas.places import Place
from search.commands.options import library_option
from webui.generation.asking import sign_option

if TYPE_CHECKING:
    from webui import WebConfig

_SOMEWHERE_ELSE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses kept for documentation: asked for the way there, a system names its own address."""
_ANY_PORT = 9
RATE = 50.0
"""Requests a second beyond this machine: a page with its pictures costs about ten."""


@click.command()
@library_option
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on; any but this machine's own lets in only who has a key (longbox keys).",
)
@click.option(
    "--name",
    "known_as",
    multiple=True,
    help="Name that a proxy before this server passes on; keys are needed then, too. May be repeated.",
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one."
)
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
@click.option(
    "--comics",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    multiple=True,
    help="Folder below which visitors may add folders; may be repeated. On this machine alone: your home.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0),
    help="Requests a second that one visitor may make; 0: any number. Usual: 0 on this machine, else 50.",
)
@click.option(
    "--memory",
    default=1_400,
    show_default=True,
    type=click.IntRange(0),
    help="MB that the vectors of a large library may take; those beyond are read from the disk.",
)
@click.option(
    "--generator",
    "generators",
    multiple=True,
    metavar="NAME",
    help="Who may be asked for panels too: diffusers:FOLDER, comfyui:SETTINGS.json…; may be repeated.",
)
@sign_option
def serve(  # noqa: PLR0913 (one parameter an option)
    *,
    library: Place,
    host: str,
    known_as: tuple[str, ...],
    port: int,
    threads: int,
    comics: tuple[Path, ...],
    rate: float | None,
    memory: int,
    generators: tuple[str, ...],
    signed_with: tuple[Path, Path] | None,
) -> None:
    """Open the web UI and the API on a library."""
    from webui import WebConfig

    family, address = resolve(host, port)
    names = names_of(host, family, address)
    trusted = tuple(dict.fromkeys((*WebConfig(library).trusted_hosts, *names, *known_as)))
    # Whoever a proxy lets in comes from this machine, as far as can be seen here.
    is_local = ip_address(address.partition("%")[0]).is_loopback and not known_as
    roots = comics or ((Path.home(),) if is_local else ())
    config = WebConfig(
        library=library,
        trusted_hosts=trusted,
        comics=roots,
        needs_key=not is_local,
        rate=(0.0 if is_local else RATE) if rate is None else rate,
        signed_with=signed_with or None,
        generators=generators,
    )
    if not is_local:
        _check_keys(library, " ".join(known_as) or host)
    with _listen(family, address, port) as taken:
        _serve(config, taken, _Load(threads, memory), name=names[0])


def _check_keys(library: Place, host: str) -> None:
    """Raise ConfigError where nobody could come in."""
    from indexer.remote.state import local_path
    from webui.security.keys import KeyFile

    if not KeyFile(local_path(library)).all():
        raise ConfigError(
            f"to serve {host} a key is needed: make one with 'longbox keys add NAME --library {library}'"
        )


def resolve(host: str, port: int) -> tuple[socket.AddressFamily, str]:
    """Return the family and the number of an address to listen on. Raises ConfigError for no such host."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"there is no address {host!r} to listen on: choose another with --host") from error
    family, _, _, _, address = found[0]
    return family, str(address[0])


def names_of(host: str, family: socket.AddressFamily, address: str) -> tuple[str, ...]:
    """Return the names a browser may call the server by, the one to show first.

    All addresses at once are no name: then it is the machine's own address and name.
    """
    if not ip_address(address.partition("%")[0]).is_unspecified:
        return tuple(dict.fromkeys((_as_host(host), _as_host(address))))
    own = _own_address(family)
    return (*((_as_host(own),) if own else ()), socket.gethostname().lower())


def _as_host(name: str) -> str:
    return f"[{name}]" if ":" in name else name


def _own_address(family: socket.AddressFamily) -> str | None:
    """Return this machine's address in its network, None where it is in none. Nothing is sent."""
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((_SOMEWHERE_ELSE[family], _ANY_PORT))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    """Take an address. Raises ConfigError where another program has it, or it is none of ours."""
    try:
        return socket.create_server((address, port), family=family)
    except OSError as error:
        cause = os.strerror(error.errno) if error.errno else str(error)
        raise ConfigError(
            f"cannot listen on {_as_host(address)}:{port} ({cause}): choose another with --host or --port"
        ) from error


def _make_if_new(library: Path) -> None:
    """Make an empty library where there is nothing yet, so that folders can be added in the browser."""
    from indexer.library.store import has_tables, is_own_file

    is_dir = library.is_dir()
    if (library.exists() and not is_dir) or has_tables(library):
        return
    if is_dir and not all(is_own_file(path.name) for path in library.iterdir()):
        return
    from indexer.running.indexing import index_library
    from schemas.config import IndexOptions

    index_library([], library, IndexOptions())
    click.echo(f"made a new library in {library}: add a folder of comics in the browser", err=True)


def one_thread_a_product() -> None:
    """Let each matrix product run on the thread that asks for it: the threads of a server share the cores."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    threadpool_limits(1, user_api="blas")


@dataclass(frozen=True, slots=True)
class _Load:
    """What the server may use."""

    threads: int
    memory_mb: int


def _serve(config: "WebConfig", taken: socket.socket, load: _Load, *, name: str) -> None:
    """Open the library and answer until interrupted; what searches need is loaded beside that."""
    from waitress.server import create_server

    import search
    from search.state.warmth import kept_warm
    from webui import create_app
    from webui.app import close_app, keep_in_step
    from webui.pictures import stored_page

    one_thread_a_product()
    if isinstance(config.library, Path):
        _make_if_new(config.library)
    library = search.open(config.library, pages=stored_page)
    app = create_app(config, library)
    server = create_server(
        app,
        sockets=[taken],
        threads=load.threads + config.max_streams,
        ident="longbox",
        # The app explains what is a little too large; what is far too large is not even received.
        max_request_body_size=2 * config.max_upload_bytes,
    )
    logging.getLogger("waitress").setLevel(logging.ERROR)
    click.echo(f"Longbox serves {config.library} at http://{name}:{server.effective_port}/  (Ctrl-C ends it)")
    try:
        keep_in_step(app)
        with kept_warm(library, memory_bytes=load.memory_mb * 1_000_000):
            server.run()
    finally:
        server.close()
        close_app(app)
