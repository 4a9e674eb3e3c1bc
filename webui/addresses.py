"""Addresses that came from a visitor: only those of this server are gone to."""


def is_own(address: str) -> bool:
    """Say whether an address is a path of this server, however a browser reads it.

    Browsers drop tabs and line ends, take a backslash for a slash, and two slashes for another server.
    """
    return address.startswith("/") and not address.startswith("//") and _is_plain(address)


def search_address(address: str) -> str:
    """Return a way back to the search that led here, empty for anything but a search page of this server."""
    return address if address.startswith("/?") and _is_plain(address) else ""


def _is_plain(address: str) -> bool:
    return address.isprintable() and "\\" not in address
