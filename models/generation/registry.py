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


def backend_names() -> tuple[str, ...]:
    """Return the forms of all names, as people write them."""
    return tuple(_BACKENDS)


def _storyboard(_: str) -> GenerationBackend:
    from models.generation.storyboard import StoryboardBackend

    return StoryboardBackend()


_BACKENDS: Mapping[str, Callable[[str], GenerationBackend]] = {
    "storyboard": _storyboard,
}
