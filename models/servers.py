"""Servers named by a settings file: their address, and the variable that holds their secret.

An address comes from a file that the owner wrote and from nowhere else, so one on this machine or in
the house is as good as any; secrets come from the environment, so that no file holds one.
"""

import os
import re
from urllib.parse import SplitResult, urlsplit

from models.settings import Settings
from schemas.errors import ConfigError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SECRET = re.compile(r"[!-~]+")  # printable ASCII without spaces: anything else would break the header


def check_address(url: str, *, of: str, example: str, secret_field: str) -> None:
    """Refuse an address that is none.

    Args:
        url: the address.
        of: how the message calls the server.
        example: an address for the message.
        secret_field: the field of the settings that names the variable of a secret.

    Raises:
        ConfigError: the address is not http or https, or holds a password or a query.
    """
    parts = _split(url)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(f"{url!r} is no address of a server: write it as {example}")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            f"the address of {of} takes no password, query or fragment: "
            f"name the variable of its key in {secret_field!r}"
        )


def secret_of(fields: Settings, name: str, *, what: str = "key") -> str | None:
    """Return the secret in the environment variable that a field names, None without such a field.

    Raises:
        ConfigError: the field names no variable, or one that holds nothing of use.
    """
    if name not in fields:
        return None
    variable = fields.text(name)
    if not _VARIABLE.fullmatch(variable):
        raise fields.error(name, f"must be the name of an environment variable, not the {what} itself")
    secret = os.environ.get(variable, "")
    if not _SECRET.fullmatch(secret):
        raise fields.error(name, f"names {variable}, which holds no {what}: set it in the environment")
    return secret


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address, None where it has no sound host or port."""
    if not _SECRET.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None
