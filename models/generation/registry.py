"""Names to generators. Nothing heavy is imported, and no server asked, before a generator is asked for."""

from collections.abc import Callable, Mapping

from models.generation.backend import GenerationBackend
from models.registry import find_factory
from schemas.generation import Capability


def load_generation_backend(name: str) -> GenerationBackend:
    """Return the generator of that name.

    Raises:
        ConfigError: there is none, or its settings are wrong.
        BackendUnavailableError: it needs something that is not installed.
        WeightsError: its weights are damaged or of another model.
    """
    factory, argument = find_factory(_BACKENDS, name, "generator")
    return factory(argument)


def public_name(name: str) -> str:
    """Return the name by which others may know a generator: without the place of its files.

    Raises ConfigError for a name that is none.
    """
    from models.settings import path_of

    find_factory(_BACKENDS, name, "generator")
    family, colon, argument = name.partition(":")
    return f"{family}:{path_of(argument).name}" if colon else family


def capabilities_of(name: str) -> frozenset[Capability]:
    """Return what a generator makes use of, without reading its weights.

    Raises as :func:`load_generation_backend`.
    """
    factory, argument = find_factory(_BACKENDS, name, "generator")
    if factory is _diffusers:
        from models.generation.diffusion.conditions import uses
        from models.generation.diffusion.folder import DiffusersFolder
        from models.settings import path_of

        return uses(DiffusersFolder.open(path_of(argument)))
    return factory(argument).description.capabilities


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


def _restyle(argument: str) -> GenerationBackend:
    from models.generation.restyle.backend import RestyleBackend

    return RestyleBackend(argument)


_BACKENDS: Mapping[str, Callable[[str], GenerationBackend]] = {
    "storyboard": _storyboard,
    "artificer": _artificer,
    "restyle": _restyle,
    "restyle-by:<encoder>": _restyle,
    "comfyui:<settings.json>": _comfyui,
    "a1111:<settings.json>": _a1111,
    "openai:<settings.json>": _openai,
    "diffusers:<folder>": _diffusers,
}
