"""The images API of OpenAI and of servers that speak it: ``openai:SETTINGS.json``.

::

    {"base_url": "https://api.openai.com/v1", "model": "gpt-image-1", "api_key_env": "OPENAI_API_KEY",
     "sizes": ["1024x1024", "1536x1024", "1024x1536"], "quality": "medium",
     "response_format": "b64_json", "takes_pictures": true, "max_prompt": 32000}

and the shared fields of :mod:`models.generation.remote.settings`. The last five may be left out.
``response_format`` is for servers that would send addresses otherwise (DALL-E, LocalAI); the GPT image
models refuse it. Addresses of pictures are never followed. The API knows no seed, strength, steps or
negative prompt. Source: platform.openai.com/docs/api-reference/images.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.generation.backend import Conditioning, GeneratedPanel, Progress, unwatched
from models.generation.fitting import covering, ignored_of
from models.generation.remote.client import Question, ServerClient, json_question, read_json
from models.generation.remote.encoding import FormFile, form_question, from_base64, png_of
from models.generation.remote.settings import ServerSettings
from models.pictures import resize_to
from models.servers import secret_of
from models.settings import Settings
from models.vlm.pacing import Pacing
from models.vlm.transport import HttpAnswer
from schemas.generation import (
    BackendDescription,
    Capability,
    GenerationRequest,
    ReferenceRole,
    SourceType,
)

MAX_PICTURES = 16
_MAX_PICTURE_SIDE_PX = 1_536
_SIZES = ("1024x1024", "1536x1024", "1024x1536")
_SIZE = re.compile(r"[1-9]\d{2,3}x[1-9]\d{2,3}")
_REFUSALS = frozenset({"moderation_blocked", "content_policy_violation"})
_ROLES = frozenset(Capability(role.value) for role in ReferenceRole)
_SAID_OF = {
    ReferenceRole.LAYOUT: "keep its composition",
    ReferenceRole.CHARACTER: "show this character",
    ReferenceRole.BACKGROUND: "show this place",
    ReferenceRole.STYLE: "draw in this style",
    ReferenceRole.PALETTE: "use these colours",
}


@dataclass(frozen=True, slots=True)
class OpenAiSettings:
    """See the module."""

    server: ServerSettings
    model: str
    sizes: tuple[str, ...] = _SIZES
    quality: str | None = None
    response_format: str | None = None
    takes_pictures: bool = True
    max_prompt: int = 32_000

    @classmethod
    def read(cls, path: Path) -> "OpenAiSettings":
        """Read a settings file, and the key from the environment.

        Raises:
            ConfigError: it cannot be read; or a field is missing, unknown or wrong, by name.
        """
        fields = Settings.read(path)
        key = secret_of(fields, "api_key_env")
        settings = cls(
            server=ServerSettings.of(
                fields,
                who="the images API",
                example="https://api.openai.com/v1",
                authorization=f"Bearer {key}" if key else None,
            ),
            model=fields.text("model"),
            sizes=_sizes(fields),
            quality=fields.text("quality") if "quality" in fields else None,
            response_format=fields.choice("response_format", ("b64_json",))
            if "response_format" in fields
            else None,
            takes_pictures=fields.flag("takes_pictures", default=True),
            max_prompt=fields.integer("max_prompt", 32_000, low=100, high=1_000_000),
        )
        fields.refuse_unknown()
        return settings


class OpenAiBackend:
    """Makes panels with images/generations, or with images/edits from up to 16 references."""

    def __init__(
        self, settings: OpenAiSettings, *, name: str = "openai", pacing: Pacing | None = None
    ) -> None:
        """Keep the settings; nothing is asked before the first panel."""
        self._settings = settings
        self._name = name
        self._client = ServerClient(settings.server, pacing or Pacing())

    @property
    def description(self) -> BackendDescription:
        """What it makes use of: words and pictures, and no number."""
        roles = _ROLES if self._settings.takes_pictures else frozenset[Capability]()
        return BackendDescription(
            name=self._name,
            version=f"openai-images-1+{self._settings.model}",
            capabilities=frozenset({Capability.PROMPT, Capability.SIZE}) | roles,
            source_type=SourceType.TRAINED_ALGORITHMIC_MEDIA,
        )

    def generate(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        *,
        progress: Progress = unwatched,
    ) -> tuple[GeneratedPanel, ...]:
        """Ask once for each variant; see :class:`models.generation.backend.GenerationBackend`."""
        used = self._used(conditioning)
        question = self._question(request, used)
        capabilities = self.description.capabilities - _ROLES
        ignored = ignored_of(request, conditioning, {*capabilities, *(one.reference.role for one in used)})
        panels = []
        for variant in range(request.variants):
            step = f"{self._settings.model} draws {variant + 1} of {request.variants}"
            share = variant / request.variants
            progress(share, step)
            answer = self._client.ask(question, lambda share=share, step=step: progress(share, step))  # type: ignore[misc]
            panels.append(self._panel(request, answer, variant, ignored))
        progress(1.0, "done")
        return tuple(panels)

    def _used(self, conditioning: Sequence[Conditioning]) -> list[Conditioning]:
        if not self._settings.takes_pictures:
            return []
        return sorted(conditioning, key=lambda one: -one.reference.weight)[:MAX_PICTURES]

    def _question(self, request: GenerationRequest, used: Sequence[Conditioning]) -> Question:
        settings = self._settings
        values = {
            "model": settings.model,
            "prompt": _prompt(request.prompt, used, settings.max_prompt),
            "size": min(settings.sizes, key=lambda size: _misfit(size, request)),
        }
        if settings.quality:
            values["quality"] = settings.quality
        if settings.response_format:
            values["response_format"] = settings.response_format
        if not used:
            return json_question("/images/generations", {**values, "n": 1})
        pictures = [png_of(resize_to(one.picture, _MAX_PICTURE_SIDE_PX)) for one in used]
        files = [FormFile("image[]", f"{number}.png", data) for number, data in enumerate(pictures, 1)]
        return form_question("/images/edits", [*values.items(), ("n", "1")], files)

    def _panel(
        self, request: GenerationRequest, answer: HttpAnswer, variant: int, ignored: tuple[str, ...]
    ) -> GeneratedPanel:
        self._refuse_refusal(answer)
        match self._client.json_of(answer).get("data"):
            case [{"b64_json": str(encoded), **more}, *_]:
                picture = self._client.picture_of(from_base64(encoded))
            case [{"url": str()}, *_]:
                raise self._client.failure(
                    "it sends an address, which is not followed: set 'response_format' to 'b64_json'"
                )
            case _:
                raise self._client.failure("its answer holds no picture")
        revised = more.get("revised_prompt")
        return GeneratedPanel(
            picture=covering(picture, request.width_px, request.height_px),
            seed=request.seed + variant,
            ignored=ignored,
            notes={"model": self._settings.model}
            | ({"revised_prompt": revised[:2_000]} if isinstance(revised, str) else {}),
        )

    def _refuse_refusal(self, answer: HttpAnswer) -> None:
        match read_json(answer.body):
            case {"error": {"code": str(code), **more}} if code in _REFUSALS:
                said = more.get("message")
                raise self._client.failure(
                    f"its content filter refuses this panel ({said if isinstance(said, str) else code}): "
                    "say it differently, or use other references"
                )


def _prompt(prompt: str, used: Sequence[Conditioning], longest: int) -> str:
    """Return the prompt, with a word on what each picture is for, cut to what the model reads."""
    lines = [f"Picture {number}: {_SAID_OF[one.reference.role]}." for number, one in enumerate(used, 1)]
    return "\n".join([prompt, *lines])[:longest]


def _misfit(size: str, request: GenerationRequest) -> tuple[float, int]:
    """Return how far a size is from the shape that is asked for, then from its area."""
    width, height = (int(side) for side in size.split("x"))
    shape, wanted = width / height, request.width_px / request.height_px
    return max(shape / wanted, wanted / shape), abs(width * height - request.width_px * request.height_px)


def _sizes(fields: Settings) -> tuple[str, ...]:
    if "sizes" not in fields:
        return _SIZES
    match fields.raw("sizes"):
        case [*sizes] if sizes and all(isinstance(one, str) and _SIZE.fullmatch(one) for one in sizes):
            return tuple(str(one) for one in sizes)
    raise fields.error("sizes", 'must be a list such as ["1024x1024", "1536x1024"]')
