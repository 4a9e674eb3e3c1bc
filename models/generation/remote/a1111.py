"""The Stable Diffusion web UI (AUTOMATIC1111, Forge, SD.Next, started with --api): ``a1111:SETTINGS.json``.

::

    {"base_url": "http://127.0.0.1:7860", "auth_env": "WEBUI_LOGIN", "sampler": "Euler a",
     "checkpoint": "comic.safetensors"}

and the shared fields of :mod:`models.generation.remote.settings`. ``auth_env`` names a variable that
holds ``user:password`` (--api-auth). Source: ``/docs`` of a running web UI.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.generation.backend import Conditioning, GeneratedPanel, Progress, unwatched
from models.generation.fitting import covering, ignored_of, rounded_up, starting_point
from models.generation.remote.client import Question, ServerClient, json_question, read_json
from models.generation.remote.encoding import base64_png, from_base64
from models.generation.remote.settings import ServerSettings
from models.servers import secret_of
from models.settings import Settings
from models.vlm.pacing import Pacing
from models.vlm.transport import HttpAnswer
from schemas.errors import GenerationCancelledError
from schemas.generation import BackendDescription, Capability, GenerationRequest, SourceType
from schemas.records import RgbImage

_STEP_PX = 8  # of the latent space
_COURTESY_S = 5.0  # for progress and interrupt, which a busy web UI answers slowly
_CAPABILITIES = frozenset(
    {
        *(Capability.PROMPT, Capability.NEGATIVE, Capability.SEED, Capability.STRENGTH),
        *(Capability.STEPS, Capability.GUIDANCE, Capability.SIZE, Capability.LAYOUT),
    }
)
_NOTED = ("sd_model_name", "sd_model_hash", "sampler_name", "seed", "version")


@dataclass(frozen=True, slots=True)
class A1111Settings:
    """See the module."""

    server: ServerSettings
    sampler: str | None = None
    checkpoint: str | None = None

    @classmethod
    def read(cls, path: Path) -> "A1111Settings":
        """Read a settings file, and the login from the environment.

        Raises:
            ConfigError: it cannot be read; or a field is missing, unknown or wrong, by name.
        """
        fields = Settings.read(path)
        login = secret_of(fields, "auth_env", what="login")
        settings = cls(
            server=ServerSettings.of(
                fields,
                who="the Stable Diffusion web UI",
                example="http://127.0.0.1:7860",
                authorization=f"Basic {base64.b64encode(login.encode()).decode()}" if login else None,
            ),
            sampler=fields.text("sampler") if "sampler" in fields else None,
            checkpoint=fields.text("checkpoint") if "checkpoint" in fields else None,
        )
        fields.refuse_unknown()
        return settings


class A1111Backend:
    """Makes panels with txt2img, or with img2img from the best reference for the layout."""

    def __init__(self, settings: A1111Settings, *, name: str = "a1111", pacing: Pacing | None = None) -> None:
        """Keep the settings; nothing is asked before the first panel."""
        self._settings = settings
        self._name = name
        self._client = ServerClient(settings.server, pacing or Pacing())

    @property
    def description(self) -> BackendDescription:
        """What it makes use of; its server may change under it, so it promises no bytes."""
        return BackendDescription(
            name=self._name,
            version="a1111-1",
            capabilities=_CAPABILITIES,
            source_type=SourceType.TRAINED_ALGORITHMIC_MEDIA,
        )

    def generate(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        *,
        progress: Progress = unwatched,
    ) -> tuple[GeneratedPanel, ...]:
        """Ask once for each seed; see :class:`models.generation.backend.GenerationBackend`."""
        start = starting_point(conditioning)
        panels = []
        for variant in range(request.variants):
            watch = _Watch(self._client, progress, variant, request.variants)
            watch.begin()
            panels.append(self._variant(request, conditioning, start, request.seed + variant, watch))
        progress(1.0, "done")
        return tuple(panels)

    def _variant(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        start: Conditioning | None,
        seed: int,
        watch: "_Watch",
    ) -> GeneratedPanel:
        body = self._body(request, seed, start)
        question = json_question(f"/sdapi/v1/{'img2img' if start else 'txt2img'}", body)
        try:
            answer = self._client.ask(question, watch)
        except GenerationCancelledError:
            self._client.ask_once(json_question("/sdapi/v1/interrupt", {}), timeout_s=_COURTESY_S)
            raise
        picture, notes = self._picture(answer)
        used = {*_CAPABILITIES - {Capability.LAYOUT}, *([start.reference.role] if start else [])}
        if start:
            notes["started_from"] = start.reference.panel_id
        return GeneratedPanel(
            picture=covering(picture, request.width_px, request.height_px),
            seed=seed,
            ignored=ignored_of(request, conditioning, used),
            notes=notes,
        )

    def _body(self, request: GenerationRequest, seed: int, start: Conditioning | None) -> dict[str, object]:
        width, height = rounded_up(request.width_px, _STEP_PX), rounded_up(request.height_px, _STEP_PX)
        body: dict[str, object] = {
            "prompt": request.prompt,
            "negative_prompt": request.negative,
            "seed": seed,
            "steps": request.steps,
            "cfg_scale": request.guidance,
            "width": width,
            "height": height,
            "batch_size": 1,
            "n_iter": 1,
        }
        if self._settings.sampler:
            body["sampler_name"] = self._settings.sampler
        if self._settings.checkpoint:
            body["override_settings"] = {"sd_model_checkpoint": self._settings.checkpoint}
        if start:
            body["init_images"] = [base64_png(covering(start.picture, width, height))]
            body["denoising_strength"] = request.strength
        return body

    def _picture(self, answer: HttpAnswer) -> tuple[RgbImage, dict[str, str]]:
        table = self._client.json_of(answer)
        match table.get("images"):
            case [str(encoded), *_]:
                picture = self._client.picture_of(from_base64(encoded))
            case _:
                raise self._client.failure("its answer holds no picture")
        said = table.get("info")
        info = read_json(said) if isinstance(said, str) else None  # a JSON string inside the JSON
        facts = info if isinstance(info, dict) else {}
        return picture, {name: str(facts[name])[:200] for name in _NOTED if facts.get(name) is not None}


class _Watch:
    """Tells of the progress that the web UI reports of itself."""

    def __init__(self, client: ServerClient, progress: Progress, variant: int, variants: int) -> None:
        self._client = client
        self._progress = progress
        self._variant, self._variants = variant, variants
        self._share = 0.0

    def begin(self) -> None:
        """Tell that a variant begins; ends the work where it was cancelled meanwhile."""
        self._progress(self._variant / self._variants, self._step())

    def __call__(self) -> None:
        question = Question("GET", "/sdapi/v1/progress?skip_current_image=true")
        answer = self._client.ask_once(question, timeout_s=_COURTESY_S)
        table = read_json(answer.body) if answer and answer.status == 200 else None
        share = table.get("progress") if isinstance(table, dict) else None
        if isinstance(share, int | float) and 0.0 <= share <= 1.0:
            self._share = max(self._share, float(share))
        self._progress((self._variant + self._share) / self._variants, self._step())

    def _step(self) -> str:
        return f"drawing {self._variant + 1} of {self._variants} in the web UI"
