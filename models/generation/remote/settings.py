"""What the settings files of all servers share.

::

    {"base_url": "http://127.0.0.1:8188", "timeout_s": 300, "max_retries": 3, "poll_s": 0.5, …}

All but ``base_url`` may be left out. ``timeout_s`` bounds one picture. Secrets never stand in a file:
fields that end in ``_env`` name the environment variable that holds one.
"""

from dataclasses import dataclass, field

from models.servers import check_address
from models.settings import Settings


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """Where a server is, and how patiently it is asked; ``authorization`` stays out of ``repr``.

    ``who`` is how messages call it; ``poll_s`` how often progress is looked at and a cancel noticed.
    """

    who: str
    base_url: str
    authorization: str | None = field(default=None, repr=False)
    timeout_s: float = 300.0
    max_retries: int = 3
    poll_s: float = 0.5

    @classmethod
    def of(cls, fields: Settings, *, who: str, example: str, authorization: str | None) -> "ServerSettings":
        """Take the shared fields of a settings file.

        Raises:
            ConfigError: a field is missing or wrong, by name.
        """
        base_url = fields.text("base_url")
        check_address(base_url, of=who, example=example, secret_field="api_key_env")  # noqa: S106
        return cls(
            who=who,
            base_url=base_url.rstrip("/"),
            authorization=authorization,
            timeout_s=fields.number("timeout_s", 300.0, low=0.1, high=7200),
            max_retries=fields.integer("max_retries", 3, low=0, high=20),
            poll_s=fields.number("poll_s", 0.5, low=0.01, high=60),
        )
