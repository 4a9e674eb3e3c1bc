"""The generators of a server: those its keeper named, each loaded once, and known without its path."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from models.generation.registry import capabilities_of, load_generation_backend, public_name
from models.settings import path_of
from schemas.errors import ConfigError, LongboxError, QueryError

if TYPE_CHECKING:
    from models.generation.backend import GenerationBackend

DEFAULT = "storyboard"
_ALWAYS = (DEFAULT, "artificer", "restyle")


@dataclass(frozen=True, slots=True)
class Generator:
    """A generator as visitors see it: what it makes use of, or the problem that keeps it from working."""

    name: str
    capabilities: tuple[str, ...] = ()
    problem: str = ""


class Generators:
    """Who may be asked for panels. Safe to share between threads."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        """Take generators by their names, beside those that are always there.

        Raises:
            ConfigError: there is none of that name, or two could not be told apart.
        """
        self._full = {name: name for name in _ALWAYS}
        for name in names:
            known = self._full.setdefault(public_name(name), name)
            if known != name:
                raise ConfigError(
                    f"{known} and {name} would both be called {public_name(name)}: rename the file of one"
                )
        self._loaded: dict[str, GenerationBackend] = {}
        self._told: dict[str, Generator] = {}
        self._lock = Lock()

    @property
    def is_choice(self) -> bool:
        """Say whether there is more than the default to make panels from words."""
        return len(self._full) > len(_ALWAYS)

    def check(self, name: str) -> None:
        """Raise QueryError for a generator that may not be asked."""
        if name not in self._full:
            known = ", ".join(self._full)
            raise QueryError(
                f"there is no generator {name[:60]!r} here; there are: {known} (longbox serve --generator)"
            )

    def load(self, name: str) -> "GenerationBackend":
        """Return a generator: loaded by the first who asks, which takes seconds to minutes.

        Raises QueryError for one that may not be asked, and as :func:`load_generation_backend`.
        """
        self.check(name)
        with self._lock:
            if name not in self._loaded:
                try:
                    self._loaded[name] = load_generation_backend(self._full[name])
                except LongboxError as error:
                    raise type(error)(self._without_place(str(error), name)) from error
            return self._loaded[name]

    def all(self) -> tuple[Generator, ...]:
        """Return what makes panels from words, the default first; nothing is loaded for it."""
        return tuple(self._described(name) for name in self._full if name == DEFAULT or name not in _ALWAYS)

    def _described(self, name: str) -> Generator:
        if name not in self._told:
            try:
                found = Generator(name, tuple(sorted(capabilities_of(self._full[name]))))
            except LongboxError as error:
                return Generator(name, problem=self._without_place(str(error), name))  # next time it may work
            self._told[name] = found
        return self._told[name]

    def _without_place(self, message: str, name: str) -> str:
        """Return a message in which nobody reads where on this machine the files of a generator lie."""
        place = path_of(self._full[name].partition(":")[2])
        return message.replace(str(place.parent) + "/", "") if place.name else message
