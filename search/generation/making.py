"""From a request to panels with their records: retrieval, backend, provenance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from models.figures import FigureFinder, load_finder
from models.generation.backend import GeneratedPanel, GenerationBackend, Progress, unwatched
from models.generation.png import encode_png
from models.generation.prompts.beats import Beat, beats_of, merged
from models.generation.registry import load_generation_backend
from schemas.errors import GenerationError
from schemas.generation import MAX_SEED, GenerationRequest, ReferenceRole
from schemas.records import RgbImage
from schemas.rights import RightsRegister
from search.answers.crops import ReadsPages
from search.generation.editing import edited_alike
from search.generation.gate import Gate
from search.generation.looks import LibraryLooks, Looks
from search.generation.memory import SequenceMemory
from search.generation.pixels import PanelReader, pixels_sha256
from search.generation.records import PanelRecord, record_of
from search.generation.references import Found, ReferenceSearch, reread
from search.generation.seeking import Seeker
from search.generation.styling import StyleSearch, restyles
from search.library import Library


@dataclass(frozen=True, slots=True)
class MadePanel:
    """A panel, its record, and the PNG that carries both."""

    panel: GeneratedPanel
    record: PanelRecord

    @property
    def picture(self) -> RgbImage:
        """The panel's pixels."""
        return self.panel.picture

    def png(self) -> bytes:
        """Return the picture with its record inside."""
        return encode_png(self.panel.picture, self.record.to_json())


@dataclass(slots=True)
class Maker:
    """Makes panels from one library; ``pages`` reads books, ``register`` is what its keeper declared."""

    library: Library
    pages: ReadsPages | None
    register: RightsRegister
    finder: FigureFinder | None = None
    looks: Looks | None = None
    backends: dict[str, GenerationBackend] = field(default_factory=dict)
    """Those loaded so far: loading takes seconds to minutes."""
    load: Callable[[str], GenerationBackend] = load_generation_backend
    _reader: PanelReader | None = None

    @property
    def reader(self) -> PanelReader:
        """What reads panels, and keeps what it read for the next."""
        if self._reader is None:
            self._reader = PanelReader(self.library, self.pages, self.finder or load_finder())
        return self._reader

    def references(
        self, request: GenerationRequest, beat: Beat, memory: SequenceMemory, *, is_alone: bool = True
    ) -> Found:
        """Return the references of a beat. Raises as :meth:`ReferenceSearch.find`."""
        gate = Gate.of(self.library, self.register, uses_generated=request.uses_generated)
        search = StyleSearch if restyles(request.backend) else ReferenceSearch
        return search(
            gate,
            Seeker(self.library, gate, frozenset(request.excluded)),
            self.reader,
            self.looks or LibraryLooks(self.library.encoders),
            request,
            memory,
            is_alone=is_alone,
        ).find(beat)

    def make(
        self,
        request: GenerationRequest,
        *,
        memory: SequenceMemory | None = None,
        beat: Beat | None = None,
        parent: str = "",
        progress: Progress = unwatched,
    ) -> tuple[MadePanel, ...]:
        """Make the panels of a request.

        Args:
            request: What is asked.
            memory: What earlier panels settled; is told what these used.
            beat: The request's prompt as read before, with what went before it; None reads it anew.
            parent: The panel that these are another go at.
            progress: Told how far it is; raises to end the work.

        Raises:
            NoReferenceError, QueryError, GenerationError, BackendUnavailableError: see the backend.
        """
        if memory is None and request.variants > 1 and _is_settled(request):
            return self._one_by_one(request, beat=beat, parent=parent, progress=progress)
        is_alone, memory = memory is None, memory or SequenceMemory()
        progress(0.0, "looking for references")
        found = self.references(request, beat or merged(beats_of(request.prompt)), memory, is_alone=is_alone)
        progress(0.25, "composing")
        made = self._run(request, found, parent, lambda share, step: progress(0.25 + 0.75 * share, step))
        memory.remember(found.conditioning, made[0].panel.used)
        return made

    def _one_by_one(
        self, request: GenerationRequest, *, beat: Beat | None, parent: str, progress: Progress
    ) -> tuple[MadePanel, ...]:
        """Make variants of the same people at the same place, each staged after another panel."""
        made: list[MadePanel] = []
        for number in range(request.variants):
            one = replace(request, variants=1, seed=(request.seed + number) % (MAX_SEED + 1))

            def told(share: float, step: str, done: int = number) -> None:
                progress((done + share) / request.variants, step)

            made += self.make(one, beat=beat, parent=parent, progress=told)
        return tuple(made)

    def replay(self, record: PanelRecord) -> MadePanel:
        """Make the panel of a record again, of the same references as they lie in the library.

        Raises:
            NoReferenceError: a reference is gone, changed, or may no longer be used.
            GenerationError: the backend here is another one, or works by chance.
        """
        gate = Gate.of(self.library, self.register, uses_generated=record.request.uses_generated)
        for offered in record.offered:
            why = gate.obstacle_of(offered.reference.panel_id)
            if why:
                from schemas.errors import NoReferenceError

                raise NoReferenceError(
                    f"the reference {offered.reference.panel_id} may not be used any more: {why}"
                )
        conditioning = tuple(reread(self.reader, one.reference, one.element) for one in record.offered)
        backend = self._backend(record.request.backend)
        if backend.description != record.backend:
            raise GenerationError(
                f"the panel was made by {record.backend.name} {record.backend.version}, here is "
                f"{backend.description.name} {backend.description.version}: another picture would come out"
            )
        if not backend.description.is_deterministic:
            raise GenerationError(
                f"{backend.description.name} works by chance: no panel of it can be repeated"
            )
        request = replace(record.request, layers=record.request.layers or bool(record.edits))
        panel = backend.generate(request, conditioning)[record.variant]
        fresh = replace(record, picture_sha256=pixels_sha256(panel.picture), used=panel.used or record.used)
        return MadePanel(*edited_alike(panel, fresh))

    def _run(
        self, request: GenerationRequest, found: Found, parent: str, progress: Progress
    ) -> tuple[MadePanel, ...]:
        backend = self._backend(request.backend)
        panels = backend.generate(request, found.conditioning, progress=progress)
        self._check(request, panels)
        return tuple(
            MadePanel(
                panel,
                record_of(
                    request, backend.description, _noted(panel, found.notes), found.conditioning,
                    variant=number, left_out=found.left_out, encoders=self.library.format.encoder_ids,
                    picture_sha256=pixels_sha256(panel.picture), parent=parent,
                ),
            )
            for number, panel in enumerate(panels)
        )  # fmt: skip

    def _backend(self, name: str) -> GenerationBackend:
        if name not in self.backends:
            self.backends[name] = self.load(name)
        return self.backends[name]

    @staticmethod
    def _check(request: GenerationRequest, panels: Sequence[GeneratedPanel]) -> None:
        if len(panels) != request.variants:
            raise GenerationError(
                f"the backend {request.backend} gave {len(panels)} of {request.variants} panels"
            )


def _is_settled(request: GenerationRequest) -> bool:
    """Say whether it is settled who a panel shows, and where: then only its staging can vary."""
    if request.backend != "storyboard":
        return False
    roles = {wish.role for wish in request.pinned}
    return roles >= {ReferenceRole.CHARACTER, ReferenceRole.BACKGROUND} and ReferenceRole.LAYOUT not in roles


def _noted(panel: GeneratedPanel, notes: Sequence[str]) -> GeneratedPanel:
    """Return a panel with remarks on its references among its notes."""
    return replace(panel, notes={**panel.notes, "references": "; ".join(notes)}) if notes else panel
