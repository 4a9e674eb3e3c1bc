"""Keeps vectors of different encoders from mixing in one library."""

from pathlib import Path

from indexer.remote.state import shown
from schemas.errors import EncoderMismatchError
from schemas.tables import EncoderSpec, LibraryFormat

NO_ENCODER = "none"
"""Name of the encoder of a side that an imported library has no vectors of."""

_OTHER_ENCODER = (
    "leave --encoder away to use the library's own, run 'longbox migrate', or index into a new library"
)
_OTHER_FUSION = "it comes with another release; index into a new library"
_INTO_IMPORTED = (
    "its vectors were imported ready-made, which no book is read to match; index into a new library"
)
_IMPORT_ELSEWHERE = "import into a new library, or name the library's encoder by --encoder if it made them"


def check_encoders(path: Path, stored: LibraryFormat, asked: LibraryFormat) -> None:
    """Raise EncoderMismatchError unless vectors of both formats can be compared."""
    pairs = (
        ("text", stored.text_encoder, asked.text_encoder),
        ("picture", stored.picture_encoder, asked.picture_encoder),
        ("fusing", stored.fusion, asked.fusion),
    )
    for kind, made_with, wanted in pairs:
        if made_with is not None and wanted is not None and made_with != wanted:
            raise EncoderMismatchError(
                f"the library {shown(path)} was made with the {kind} encoder {_describe(made_with, wanted)}, "
                f"not with {_describe(wanted, made_with)}: {_advice(kind, stored, asked)}"
            )


def _advice(kind: str, stored: LibraryFormat, asked: LibraryFormat) -> str:
    if any(spec.is_imported for spec in _specs(asked)):
        return _IMPORT_ELSEWHERE
    if any(spec.is_imported for spec in _specs(stored)):
        return _INTO_IMPORTED
    return _OTHER_FUSION if kind == "fusing" else _OTHER_ENCODER


def _specs(library: LibraryFormat) -> list[EncoderSpec]:
    given = (library.text_encoder, library.picture_encoder, library.fusion)
    return [spec for spec in given if spec is not None]


def _describe(spec: EncoderSpec, other: EncoderSpec) -> str:
    """Name an encoder; where two share their name, say what else differs."""
    if spec.name != other.name:
        return repr(spec.name)
    weights = spec.weights_sha256[:8] or "none"
    return f"{spec.name!r} ({spec.dim} numbers, {spec.preprocessing}, weights {weights})"
