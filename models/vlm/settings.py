"""The settings file of a page reader: which server, which model, and what it may cost.

::

    {"base_url": "http://127.0.0.1:11434/v1", "model": "qwen2.5vl:7b", "api_key_env": "MY_KEY",
     "analysis": "v2", "structured_output": "json_schema", "timeout_s": 120, "max_retries": 3,
     "requests_per_minute": 60, "max_tokens": 4096, "image_side_px": 1280, "image_format": "jpeg",
     "reasoning": false}

All but the first two may be left out. ``reasoning`` is for hosted models that think first: they
refuse a temperature, and know the limit as ``max_completion_tokens``. The key itself never stands in a
file: ``api_key_env`` names the environment variable that holds it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Self

from models.servers import check_address, secret_of
from models.settings import Settings
from models.vlm.instructions import AnalysisVersion


class StructuredOutput(StrEnum):
    """How the server is asked to constrain the answer, strictest first; each falls back to the next."""

    JSON_SCHEMA = "json_schema"
    JSON_OBJECT = "json_object"
    NONE = "none"


class ImageFormat(StrEnum):
    """How pages are sent; every server reads JPEG, WebP is smaller."""

    JPEG = "jpeg"
    WEBP = "webp"


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """See the module. ``timeout_s`` bounds a request from the connection to the last byte.

    ``api_key`` stays out of ``repr``.
    """

    base_url: str
    model: str
    api_key: str | None = field(default=None, repr=False)
    analysis: AnalysisVersion = AnalysisVersion.V2
    structured_output: StructuredOutput = StructuredOutput.JSON_SCHEMA
    timeout_s: float = 120.0
    max_retries: int = 3
    requests_per_minute: float = 60.0
    max_tokens: int = 4096
    image_side_px: int = 1280
    image_format: ImageFormat = ImageFormat.JPEG
    reasoning: bool = False

    def __post_init__(self) -> None:
        """Refuse an address that is none.

        Raises:
            ConfigError: the address is not http or https, or holds a password or a query.
        """
        check_address(
            self.base_url,
            of="a page reader",
            example="http://127.0.0.1:11434/v1",
            secret_field="api_key_env",  # noqa: S106 - the name of a field
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a settings file, and the key from the environment.

        Raises:
            ConfigError: it cannot be read; a field is missing, unknown or wrong, by name; or the
                variable of the key is not set.
        """
        fields = Settings.read(path)
        settings = cls(
            base_url=fields.text("base_url"),
            model=fields.text("model"),
            api_key=secret_of(fields, "api_key_env"),
            analysis=AnalysisVersion(fields.choice("analysis", AnalysisVersion, AnalysisVersion.V2)),
            structured_output=StructuredOutput(
                fields.choice("structured_output", StructuredOutput, StructuredOutput.JSON_SCHEMA)
            ),
            timeout_s=fields.number("timeout_s", 120.0, low=1, high=3600),
            max_retries=fields.integer("max_retries", 3, low=0, high=20),
            requests_per_minute=fields.number("requests_per_minute", 60.0, low=0.01, high=1e6),
            max_tokens=fields.integer("max_tokens", 4096, low=64, high=1_000_000),
            image_side_px=fields.integer("image_side_px", 1280, low=64, high=8192),
            image_format=ImageFormat(fields.choice("image_format", ImageFormat, ImageFormat.JPEG)),
            reasoning=fields.flag("reasoning", default=False),
        )
        fields.refuse_unknown()
        return settings
