"""The encoders a library was made with, loaded when first needed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from models.protocols import PictureEncoder, TextEncoder
from schemas.errors import BackendUnavailableError, EncoderMismatchError
from schemas.tables import EncoderSpec, LibraryFormat

if TYPE_CHECKING:
    from models.fusion import Closure

LoadTextEncoder = Callable[[str], TextEncoder]
LoadPictureEncoder = Callable[[str], PictureEncoder]
LoadFusion = Callable[[EncoderSpec, EncoderSpec], "Closure"]


def _load_text_encoder(name: str) -> TextEncoder:
    from models.registry import load_text_encoder

    return load_text_encoder(name)


def _load_picture_encoder(name: str) -> PictureEncoder:
    from models.registry import load_picture_encoder

    return load_picture_encoder(name)


def _load_fusion(picture: EncoderSpec, text: EncoderSpec) -> "Closure":
    from models.fusion import load_fusion

    return load_fusion(picture, text)


WORDLESS_ENCODER = "standby"
"""The classical encoder has no text tower: it is not loaded to find that out."""


_A_WORD = "word"


@dataclass(frozen=True, slots=True)
class Dims:
    """How many numbers the vectors of a library have."""

    picture: int
    text: int


class Encoders:
    """Loads the encoders of a library and their fusion, once each; safe to share between threads."""

    def __init__(
        self,
        library: LibraryFormat,
        *,
        load_text: LoadTextEncoder = _load_text_encoder,
        load_picture: LoadPictureEncoder = _load_picture_encoder,
        load_fusion: LoadFusion = _load_fusion,
    ) -> None:
        """Remember what to load and how."""
        self._library = library
        self._load_text, self._load_picture, self._load_fusion = load_text, load_picture, load_fusion
        self._text: TextEncoder | None = None
        self._picture: PictureEncoder | None = None
        self._fusion: Closure | None = None
        self._fusion_is_known = False
        self._text_lock, self._picture_lock, self._fusion_lock = Lock(), Lock(), Lock()

    @property
    def dims(self) -> Dims:
        """Sizes of the vectors."""
        return Dims(self._library.picture_encoder.dim, self._library.text_encoder.dim)

    def text(self) -> TextEncoder:
        """Return the text encoder. Raises BackendUnavailableError, EncoderMismatchError."""
        with self._text_lock:
            if self._text is None:
                wanted = self._library.text_encoder
                _check_known(wanted)
                encoder = self._load_text(wanted.name)
                _check(wanted, encoder.spec)
                self._text = encoder
            return self._text

    def picture(self) -> PictureEncoder:
        """Return the picture encoder. Raises BackendUnavailableError, EncoderMismatchError."""
        with self._picture_lock:
            if self._picture is None:
                wanted = self._library.picture_encoder
                _check_known(wanted)
                encoder = self._load_picture(wanted.name)
                _check(wanted, encoder.spec)
                self._picture = encoder
            return self._picture

    def text_tower(self) -> TextEncoder | None:
        """Return what embeds words among pictures, None where nothing does. Raises as :meth:`picture`."""
        if self._library.picture_encoder.name == WORDLESS_ENCODER:
            return None
        return self.picture().text_tower

    def fusion(self) -> "Closure | None":
        """Return what made the fused vectors.

        None for a library without, and for one whose fused vectors another release made: the other
        sides answer as before.
        """
        with self._fusion_lock:
            if not self._fusion_is_known and self._library.fusion is not None:
                fusion = self._load_fusion(self._library.picture_encoder, self._library.text_encoder)
                self._fusion = fusion if fusion.spec == self._library.fusion else None
            self._fusion_is_known = True
            return self._fusion

    def warm(self) -> None:
        """Load all that is installed and embed a word, so that the first search need not."""
        with suppress(BackendUnavailableError, EncoderMismatchError):
            self.text().encode_texts([_A_WORD])
        with suppress(BackendUnavailableError, EncoderMismatchError):
            tower = self.text_tower()
            if tower is not None:
                tower.encode_texts([_A_WORD])
        self.fusion()


def check_asked_for(name: str, library: LibraryFormat) -> None:
    """Raise EncoderMismatchError unless the library was made with the encoder of that name."""
    made_with = (library.text_encoder.name, library.picture_encoder.name)
    if name not in made_with:
        raise EncoderMismatchError(
            f"the library was made with the encoders {made_with[0]} and {made_with[1]}, not {name}: "
            "leave the encoder out, or index the books again with it"
        )


def _check_known(spec: EncoderSpec) -> None:
    """Raise BackendUnavailableError for vectors that were imported: nothing here makes their like."""
    if spec.is_imported:
        raise BackendUnavailableError(
            f"this library was imported as vectors, and what made them (for this side {spec.name!r}) is not "
            "part of Longbox: words are looked for as printed, and example panels (--like ID) find their like"
        )


def _check(wanted: EncoderSpec, loaded: EncoderSpec) -> None:
    if wanted != loaded:
        raise EncoderMismatchError(
            f"the encoder {wanted.name} here is not the one that made the library "
            f"({_difference(wanted, loaded)}): its vectors cannot be compared; index the books again"
        )


def _difference(wanted: EncoderSpec, loaded: EncoderSpec) -> str:
    for name in ("name", "dim", "preprocessing", "weights_sha256", "metric"):
        before, now = getattr(wanted, name), getattr(loaded, name)
        if before != now:
            return f"{name} {str(before)[:40]!r} then, {str(now)[:40]!r} now"
    return "equal"
