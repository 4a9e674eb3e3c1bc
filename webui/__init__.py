"""The Flask app, the REST API and the command line entry."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from search.library import Library

__all__ = ["WebConfig", "create_app"]

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class WebConfig:
    """How the web side runs.

    ``trusted_hosts`` are the names the server answers to: a page of another site cannot reach a
    loopback server through a name of its own (DNS rebinding). ``comics`` are folders below which
    visitors may look for folders to add. ``needs_key`` lets in nobody without an API key, else whoever
    reaches the server may do everything. A visitor may ask ``rate`` times a second (0: as often as
    they like) and ``burst`` times at once.
    """

    library: Path
    trusted_hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    max_upload_bytes: int = 32 * MIB
    picture_cache_bytes: int = 96 * MIB
    query_picture_bytes: int = 64 * MIB
    comics: tuple[Path, ...] = ()
    max_streams: int = 4
    needs_key: bool = False
    rate: float = 0.0
    burst: float = 400.0
    wrong_keys_a_minute: float = 20.0


def create_app(config: WebConfig, library: "Library | None" = None) -> "Flask":
    """Make the app on a library, opened by the caller where one is given.

    Raises:
        LibraryError: the library cannot be used.
    """
    from webui.app import build_app

    return build_app(config, library)
