"""What every generator promises, run on each that can be had here; servers are local ones."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from models.generation.artificer.backend import ArtificerBackend
from models.generation.backend import Conditioning, GenerationBackend
from models.generation.remote.a1111 import A1111Backend, A1111Settings
from models.generation.remote.openai import OpenAiBackend, OpenAiSettings
from models.generation.remote.settings import ServerSettings
from models.generation.storyboard import StoryboardBackend
from schemas.errors import GenerationCancelledError
from schemas.generation import Capability, ReferenceRole
from tests.models.generation.a1111_server import A1111Server
from tests.models.generation.asking import Watcher, asking, reference
from tests.models.generation.comfyui_server import WORKFLOW, ComfyUiServer
from tests.models.generation.openai_server import KEY, OpenAiServer
from tests.models.generation.picture_server import running
from tests.models.generation.tiny_diffusion import save_sd, skip_without_diffusers

Opened = Iterator[GenerationBackend]
REFERENCES = [
    reference(ReferenceRole.LAYOUT, 1),
    reference(ReferenceRole.CHARACTER, 2, weight=0.7),
    reference(ReferenceRole.STYLE, 3, weight=0.4),
]


@contextmanager
def _a1111(_: Path) -> Opened:
    with running(A1111Server()) as server:
        yield A1111Backend(A1111Settings(ServerSettings("the web UI", server.base_url, poll_s=0.01)))


@contextmanager
def _openai(_: Path) -> Opened:
    with running(OpenAiServer()) as server:
        settings = ServerSettings("the images API", f"{server.base_url}/v1", f"Bearer {KEY}", poll_s=0.01)
        yield OpenAiBackend(OpenAiSettings(settings, model="gpt-image-1"))


@contextmanager
def _comfyui(_: Path) -> Opened:
    if find_spec("websockets") is None:
        pytest.skip("the extra [comfyui] is not installed")
    from models.generation.remote.comfyui import ComfyUiBackend, ComfyUiSettings
    from models.generation.remote.workflow import Workflow

    with running(ComfyUiServer()) as server:
        settings = ServerSettings("ComfyUI", server.base_url, poll_s=0.01)
        yield ComfyUiBackend(ComfyUiSettings(settings, Workflow.of(WORKFLOW, "panel.json")))


@contextmanager
def _diffusers(folder: Path) -> Opened:
    skip_without_diffusers()
    import torch

    from models.generation.diffusion.backend import DiffusersBackend

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # networks this small only wait for each other
    yield DiffusersBackend(save_sd(folder / "sd"))
    torch.set_num_threads(threads)


@contextmanager
def _artificer(_: Path) -> Opened:
    yield ArtificerBackend()


@contextmanager
def _restyle(_: Path) -> Opened:
    if find_spec("torch") is None or find_spec("onnx") is None:
        pytest.skip("the extra [restyle] is not installed")
    from models.generation.restyle.backend import RestyleBackend

    yield RestyleBackend()


@contextmanager
def _storyboard(_: Path) -> Opened:
    yield StoryboardBackend()


BACKENDS: dict[str, Callable[[Path], Opened]] = {
    "a1111": _a1111,
    "openai": _openai,
    "comfyui": _comfyui,
    "diffusers": _diffusers,
    "artificer": _artificer,
    "restyle": _restyle,
    "storyboard": _storyboard,
}


@pytest.fixture(scope="module", params=BACKENDS, ids=str)
def backend(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    with BACKENDS[request.param](tmp_path_factory.mktemp("generator")) as opened:
        yield opened


def generate(backend: GenerationBackend, conditioning: list[Conditioning] | None = None, **asked: object):
    return backend.generate(asking(**asked), REFERENCES if conditioning is None else conditioning)


def test_every_variant_is_a_picture_of_the_size_asked_for(backend: GenerationBackend) -> None:
    panels = generate(backend, seed=11, variants=2, width_px=150, height_px=131)
    assert [panel.seed for panel in panels] == [11, 12]
    for panel in panels:
        assert panel.picture.dtype == np.uint8
        assert panel.picture.shape == (131, 150, 3)
        assert panel.picture.flags.c_contiguous
        assert panel.picture.std() > 1


def test_the_prompt_counts_where_it_is_declared(backend: GenerationBackend) -> None:
    if Capability.PROMPT not in backend.description.capabilities:
        pytest.skip("it takes no words")
    (knight,), (witch,) = (
        generate(backend, prompt="a knight, day"),
        generate(backend, prompt="a witch, night"),
    )
    assert (knight.picture != witch.picture).any()


def test_what_is_declared_is_not_ignored_and_what_is_not_is(backend: GenerationBackend) -> None:
    (panel,) = generate(backend, negative="text")
    declared = {capability.value for capability in backend.description.capabilities}
    asked = {"prompt", "negative", "seed", "strength", "steps", "guidance", "size", "weights"}
    asked |= {"layout", "character", "style"}
    assert set(panel.ignored) == asked - declared


def test_the_same_seed_gives_the_same_picture_where_the_seed_counts(backend: GenerationBackend) -> None:
    if Capability.SEED not in backend.description.capabilities:
        pytest.skip("it takes no seed")
    (first,), (again,), (other,) = (generate(backend, seed=seed) for seed in (5, 5, 6))
    assert np.array_equal(first.picture, again.picture)
    assert (first.picture != other.picture).any()


def test_the_starting_picture_counts(backend: GenerationBackend) -> None:
    (one,) = generate(backend, strength=0.3)
    (other,) = generate(backend, [reference(ReferenceRole.LAYOUT, 9), *REFERENCES[1:]], strength=0.3)
    assert (one.picture != other.picture).any()


def test_progress_goes_from_nothing_to_all_and_never_back(backend: GenerationBackend) -> None:
    watcher = Watcher()
    backend.generate(asking(), REFERENCES, progress=watcher)
    assert watcher.shares == sorted(watcher.shares)
    assert (watcher.shares[0], watcher.shares[-1]) == (0.0, 1.0)
    assert all(watcher.steps)


def test_what_progress_raises_ends_the_work(backend: GenerationBackend) -> None:
    with pytest.raises(GenerationCancelledError):
        backend.generate(asking(), REFERENCES, progress=Watcher(until=0.0))
    assert generate(backend)  # and the next panel comes all the same


def test_the_description_stays_the_same(backend: GenerationBackend) -> None:
    before = backend.description
    generate(backend)
    assert backend.description == before
    assert before.name
    assert before.version
