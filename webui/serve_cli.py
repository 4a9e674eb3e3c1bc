"""``longbox serve``: the web UI and the API behind waitress, on this machine only."""

import logging
import socket
from pathlib import Path

import click

from schemas.errors import ConfigError


@click.command()
@click.option("--library", type=click.Path(path_type=Path), required=True, help="Folder of the library.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one."
)
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def serve(library: Path, host: str, port: int, threads: int) -> None:
    """Open the web UI and the API on a library."""
    from waitress.server import create_server

    from webui import WebConfig, create_app

    trusted = tuple(dict.fromkeys((*WebConfig(library).trusted_hosts, host)))
    config = WebConfig(library=library, trusted_hosts=trusted)
    app = create_app(config)
    _refuse_taken_port(host, port)
    server = create_server(
        app,
        host=host,
        port=port,
        threads=threads,
        ident="longbox",
        # The app explains what is a little too large; what is far too large is not even received.
        max_request_body_size=2 * config.max_upload_bytes,
    )
    logging.getLogger("waitress").setLevel(logging.ERROR)
    click.echo(f"Longbox serves {library} at http://{host}:{server.effective_port}/  (Ctrl-C ends it)")
    try:
        server.run()
    finally:
        server.close()


def _refuse_taken_port(host: str, port: int) -> None:
    """Say in one line what waitress would say in a traceback."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port"
        ) from error
