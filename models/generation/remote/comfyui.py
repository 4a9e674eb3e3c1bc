"""ComfyUI with a workflow of the owner's: ``comfyui:SETTINGS.json``. Needs the extra ``comfyui``.

::

    {"base_url": "http://127.0.0.1:8188", "workflow": "panel.json", "output_node": "9",
     "api_key_env": "PROXY_TOKEN"}

and the shared fields of :mod:`models.generation.remote.settings`; ``workflow`` is a path beside the
settings, see :mod:`models.generation.remote.workflow`; ``api_key_env`` is for a proxy before the server.
Source: ``server.py`` of ComfyUI.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.generation.backend import Conditioning, GeneratedPanel, Progress, unwatched
from models.generation.fitting import by_weight, covering, ignored_of, rounded_up, starting_point
from models.generation.remote.client import Question, ServerClient
from models.generation.remote.comfyui_prompt import ComfyUiPrompt
from models.generation.remote.encoding import FormFile, form_question, png_of
from models.generation.remote.progress_line import progress_line, require_package
from models.generation.remote.settings import ServerSettings
from models.generation.remote.workflow import PictureSlot, SlotValue, Workflow
from models.servers import secret_of
from models.settings import Settings, path_of
from models.vlm.pacing import Pacing
from schemas.generation import (
    BackendDescription,
    Capability,
    GenerationRequest,
    ReferenceRole,
    SourceType,
)
from schemas.records import RgbImage

_STEP_PX = 8  # of the latent space
_BLANK = np.full((64, 64, 3), 128, np.uint8)
"""Fills the place of a reference that counts nothing."""


@dataclass(frozen=True, slots=True)
class ComfyUiSettings:
    """See the module; ``output_node`` None takes the first picture that is no preview."""

    server: ServerSettings
    workflow: Workflow
    output_node: str | None = None

    @classmethod
    def read(cls, path: Path) -> "ComfyUiSettings":
        """Read a settings file and its workflow, and the key from the environment.

        Raises:
            ConfigError: one cannot be read; or a field or slot is missing, unknown or wrong, by name.
        """
        fields = Settings.read(path)
        key = secret_of(fields, "api_key_env")
        settings = cls(
            server=ServerSettings.of(
                fields,
                who="ComfyUI",
                example="http://127.0.0.1:8188",
                authorization=f"Bearer {key}" if key else None,
            ),
            workflow=Workflow.read(path.parent / path_of(fields.text("workflow"))),
            output_node=fields.text("output_node") if "output_node" in fields else None,
        )
        fields.refuse_unknown()
        if settings.output_node and settings.output_node not in settings.workflow.nodes:
            raise fields.error("output_node", "is no node of the workflow")
        return settings


class ComfyUiBackend:
    """Fills the slots of a workflow and has it run."""

    def __init__(
        self, settings: ComfyUiSettings, *, name: str = "comfyui", pacing: Pacing | None = None
    ) -> None:
        """Keep the settings; nothing is asked before the first panel.

        Raises:
            BackendUnavailableError: the package for websockets is missing.
        """
        require_package()
        self._settings = settings
        self._name = name
        self._client = ServerClient(settings.server, pacing or Pacing())
        self._nodes_checked = False

    @property
    def description(self) -> BackendDescription:
        """What the slots of the workflow let in; the workflow's hash is part of the version."""
        workflow = self._settings.workflow
        return BackendDescription(
            name=self._name,
            version=f"comfyui-1+workflow-{workflow.sha256[:16]}",
            capabilities=workflow.capabilities,
            source_type=SourceType.TRAINED_ALGORITHMIC_MEDIA,
        )

    def generate(
        self,
        request: GenerationRequest,
        conditioning: Sequence[Conditioning],
        *,
        progress: Progress = unwatched,
    ) -> tuple[GeneratedPanel, ...]:
        """Run the workflow for each seed; see :class:`models.generation.backend.GenerationBackend`."""
        progress(0.0, "asking ComfyUI what it can do")
        self._check_nodes(progress)
        chosen = self._chosen(conditioning)
        values = self._values(request, chosen, progress)
        used = {
            *self._settings.workflow.capabilities - _ROLES,
            *(one.reference.role for one in chosen.values()),
        }
        ignored = ignored_of(request, conditioning, used)
        panels = []
        for variant in range(request.variants):
            seed = request.seed + variant
            picture = self._run(values | {"seed": seed}, progress, variant, request.variants)
            panels.append(
                GeneratedPanel(
                    picture=covering(picture, request.width_px, request.height_px),
                    seed=seed,
                    ignored=ignored,
                    notes={slot.name: one.reference.panel_id for slot, one in chosen.items()},
                )
            )
        progress(1.0, "done")
        return tuple(panels)

    def _check_nodes(self, progress: Progress) -> None:
        """Make sure that the server has every kind of node, once."""
        if self._nodes_checked:
            return
        answer = self._client.ask(
            Question("GET", "/object_info"), lambda: progress(0.0, "asking ComfyUI what it can do")
        )
        missing = sorted(self._settings.workflow.classes - set(self._client.json_of(answer)))
        if missing:
            raise self._client.unavailable(
                f"it lacks the nodes {', '.join(missing)[:300]}: install them there"
            )
        self._nodes_checked = True

    def _chosen(self, conditioning: Sequence[Conditioning]) -> dict[PictureSlot, Conditioning]:
        """Give each slot its reference; a picture to start from is made up for from other roles."""
        chosen = {}
        for slot in self._settings.workflow.pictures:
            found = by_weight(conditioning, slot.role)
            if len(found) >= slot.number:
                chosen[slot] = found[slot.number - 1]
            elif slot.role is ReferenceRole.LAYOUT and (start := starting_point(conditioning)):
                chosen[slot] = start
            elif not slot.has_weight:
                raise self._client.failure(
                    f"the workflow needs a {slot.role.value} reference for {{{{{slot.name}}}}}, and there is "
                    f"none: pin one, or give the workflow a slot {{{{{slot.name}.weight}}}}"
                )
        return chosen

    def _values(
        self, request: GenerationRequest, chosen: Mapping[PictureSlot, Conditioning], progress: Progress
    ) -> dict[str, SlotValue]:
        """Upload the pictures and return what goes into the slots."""
        values: dict[str, SlotValue] = {
            "prompt": request.prompt,
            "negative": request.negative,
            "strength": request.strength,
            "steps": request.steps,
            "guidance": request.guidance,
            "width": rounded_up(request.width_px, _STEP_PX),
            "height": rounded_up(request.height_px, _STEP_PX),
        }
        values |= {slot: 0.0 for slot in self._settings.workflow.slots if slot.endswith(".weight")}
        for slot in self._settings.workflow.pictures:
            one = chosen.get(slot)
            values[slot.name] = self._upload(one.picture if one else _BLANK, progress)
            if one:
                values[f"{slot.name}.weight"] = one.reference.weight
        return values

    def _upload(self, picture: RgbImage, progress: Progress) -> str:
        """Put a picture where LoadImage finds it, under the name of its content, and return that name."""
        data = png_of(picture)
        name = f"longbox-{uuid.uuid5(uuid.NAMESPACE_OID, data.hex()).hex}.png"
        question = form_question(
            "/upload/image",
            [("type", "input"), ("overwrite", "true")],
            [FormFile("image", name, data)],
        )
        answer = self._client.ask(question, lambda: progress(0.0, "uploading references"))
        match self._client.json_of(answer):
            case {"name": str(stored), "subfolder": str(folder)}:
                return f"{folder}/{stored}" if folder else stored
        raise self._client.failure("its answer to an upload names no file")

    def _run(
        self, values: Mapping[str, SlotValue], progress: Progress, variant: int, variants: int
    ) -> RgbImage:
        prompt = ComfyUiPrompt(
            self._client,
            progress=lambda share, step: progress((variant + share) / variants, step),
            output_node=self._settings.output_node,
        )
        with progress_line(self._settings.server, prompt.client_id) as line:
            prompt.queue(self._settings.workflow.filled(values))
            prompt.await_end(line)
        return prompt.picture()


_ROLES = frozenset(Capability(role.value) for role in ReferenceRole)
