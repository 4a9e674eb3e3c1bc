"""Names to generators. Nothing heavy is imported, and no server asked, before a generator is asked for."""

from collections.abc import Callable, Mapping

from models.generation.backend import GenerationBackend
from models.registry import find_factory


def load_generation_backend(name: str) -> GenerationBackend:
    """Return the generator of that name.

    Raises:
        ConfigError: there is none, or its settings are wrong.
        BackendUnavailableError: it needs something that is not installed.
        WeightsError: its weights are damaged or of another model.
    """
    factory, argument = find_factory(_BACKENDS, name, "generator")
    return factory(argument)


def _storyboard(_: str) -> GenerationBackend:
    from models.generation.storyboard import StoryboardBackend

    return StoryboardBackend()


def _comfyui(argument: str) -> GenerationBackend:
    from models.generation.remote.comfyui import ComfyUiBackend, ComfyUiSettings
    from models.settings import path_of

    path = path_of(argument)
    return ComfyUiBackend(ComfyUiSettings.read(path), name=f"comfyui:{path.name}")


def _a1111(argument: str) -> GenerationBackend:
    from models.generation.remote.a1111 import A1111Backend, A1111Settings
    from models.settings import path_of

    path = path_of(argument)
    return A1111Backend(A1111Settings.read(path), name=f"a1111:{path.name}")


def _openai(argument: str) -> GenerationBackend:
    from models.generation.remote.openai import OpenAiBackend, OpenAiSettings
    from models.settings import path_of

    path = path_of(argument)
    return OpenAiBackend(OpenAiSettings.read(path), name=f"openai:{path.name}")


def _diffusers(argument: str) -> GenerationBackend:
    from models.generation.diffusion.backend import DiffusersBackend
    from models.settings import path_of

    path = path_of(argument)
    return DiffusersBackend(path, name=f"diffusers:{path.name}")


def _artificer(_: str) -> GenerationBackend:
    from models.generation.artificer.backend import ArtificerBackend

    return ArtificerBackend()


def _restyle(_: str) -> GenerationBackend:
    from models.generation.restyle.backend import RestyleBackend

    return RestyleBackend()


_BACKENDS: Mapping[str, Callable[[str], GenerationBackend]] = {
    "storyboard": _storyboard,
    "artificer": _artificer,
    "restyle": _restyle,
    "comfyui:<settings.json>": _comfyui,
    "a1111:<settings.json>": _a1111,
    "openai:<settings.json>": _openai,
    "diffusers:<folder>": _diffusers,
}
