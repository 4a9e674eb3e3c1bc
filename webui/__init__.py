"""The Flask app, the REST API and the command line entry."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from schemas.places import Place

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
    they like) and ``burst`` times at once. ``signed_with`` are a certificate and its key: the studio's
    pictures are signed then. ``generators`` may be asked for panels beside the storyboard.
    """

    library: Place
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
    signed_with: tuple[Path, Path] | None = None
    generators: tuple[str, ...] = ()

    @property
    def home(self) -> Path:
        """The folder of what lies beside the tables: queue, boards, keys, logs.

        It is the library's own, or its state folder where the tables lie on object storage.
        """
        from indexer.remote.state import local_path

        return local_path(self.library)


def create_app(config: WebConfig, library: "Library | None" = None) -> "Flask":
    """Make the app on a library, opened by the caller where one is given.

    Raises:
        LibraryError: the library cannot be used.
    """
    from webui.app import build_app

    return build_app(config, library)
