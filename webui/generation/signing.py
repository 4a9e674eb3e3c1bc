"""Content credentials (C2PA): a signed statement in a PNG of how a panel was made, of what. Extra ``sign``.

Everything is done here, without a time-stamping authority. The key is read from the file that somebody names,
handed to the signing library, and neither kept on disk nor told.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from models.generation.png import SOURCE_TYPES
from schemas.errors import BackendUnavailableError, ConfigError, GenerationError
from schemas.generation import SourceType
from search.generation.records import PanelRecord

ENVIRONMENT: Final = "LONGBOX_SIGN"
CREDITS: Final = "org.longbox.credits"
"""Label of our own assertion: credit, licence and the references with their hashes."""
_MOST_BYTES = 1_000_000
_CURVES = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}


class Signer:
    """Signs pictures with one certificate."""

    def __init__(self, certificate: bytes, key: bytes) -> None:
        """Take a chain of certificates and the private key of the first, both PEM.

        Raises:
            BackendUnavailableError: c2pa-python is not installed.
            ConfigError: they are none, or do not belong together.
        """
        try:
            import c2pa
        except ImportError as error:
            raise BackendUnavailableError(
                "signing needs the package c2pa-python: pip install 'longbox[sign]'"
            ) from error
        self._c2pa: Any = c2pa
        algorithm = _checked(certificate, key)
        try:
            self._signer = c2pa.Signer.from_info(
                c2pa.C2paSignerInfo(algorithm.encode(), certificate, key, None)
            )
        except (c2pa.C2paError, ValueError) as error:
            raise ConfigError(f"the certificate and key cannot sign: {error}") from None

    @classmethod
    def of_files(cls, certificate: Path, key: Path) -> "Signer":
        """Read a certificate and a key. Raises ConfigError, BackendUnavailableError."""
        return cls(_read(certificate), _read(key))

    def signed(self, png: bytes, records: Sequence[PanelRecord], *, title: str) -> bytes:
        """Return a PNG with a manifest of how its panels were made; nothing else in it changes.

        Raises:
            GenerationError: it cannot be signed: a certificate that C2PA does not allow, say.
        """
        out = io.BytesIO()
        try:
            builder = self._c2pa.Builder(manifest_of(records, title))
            builder.sign(self._signer, "image/png", io.BytesIO(png), out)
        except self._c2pa.C2paError as error:
            raise GenerationError(
                f"{title} cannot be signed: {error}; C2PA wants a certificate for signing documents or "
                "e-mail, with the chain of those that signed it"
            ) from error
        return out.getvalue()


def manifest_of(records: Sequence[PanelRecord], title: str) -> dict[str, object]:
    """Return what is stated: how it was made, of which ingredients, and whom to credit."""
    used = {one.panel_id: one for record in records for one in record.used}
    source = _source_of(records)
    made = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPES + source.value,
        "softwareAgent": {
            "name": f"Longbox {records[0].backend.name}",
            "version": records[0].backend.version,
        },
    }
    placed = {"action": "c2pa.placed", "parameters": {"ingredientIds": sorted(used)}}
    owed = {
        "credit": " ".join(dict.fromkeys(record.credit for record in records)),
        "references": [
            {"panel_id": one.panel_id, "sha256": one.sha256, "licence": one.licence, "credit": one.credit}
            for one in used.values()
        ],
        "pictures_sha256": [record.picture_sha256 for record in records],
    }
    return {
        "claim_generator_info": [{"name": "Longbox", "version": records[0].longbox}],
        "title": title,
        "format": "image/png",
        "ingredients": [
            {
                "title": f"{one.title}, p. {one.page_no}",
                "instance_id": panel_id,
                "relationship": "componentOf",
                "description": f"{one.credit} ({one.licence})",
            }
            for panel_id, one in sorted(used.items())
        ],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": [made, placed] if used else [made]}},
            {"label": CREDITS, "data": owed},
        ],
    }


def _source_of(records: Sequence[PanelRecord]) -> SourceType:
    """Return the source type of several panels on one picture: that of all, else the one that covers both."""
    kinds = {record.backend.source_type for record in records}
    return kinds.pop() if len(kinds) == 1 else SourceType.COMPOSITE_WITH_TRAINED


def _checked(certificate: bytes, key: bytes) -> str:
    """Return the algorithm of a key that belongs to a certificate. Raises ConfigError."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        first = x509.load_pem_x509_certificate(certificate)
    except ValueError:
        raise ConfigError(
            "the certificate to sign with is none: give a PEM file, CERTIFICATE first"
        ) from None
    try:
        private = load_pem_private_key(key, password=None)
    except TypeError:
        raise ConfigError(
            "the key to sign with is encrypted: give one that is not, in a file of yours"
        ) from None
    except ValueError:
        raise ConfigError("the key to sign with is none: give a PEM file with PRIVATE KEY") from None
    if private.public_key() != first.public_key():
        raise ConfigError("the key is not that of the certificate: give the pair, the certificate first")
    if isinstance(private, ec.EllipticCurvePrivateKey) and private.curve.name in _CURVES:
        return _CURVES[private.curve.name]
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return "ed25519"
    if isinstance(private, rsa.RSAPrivateKey):
        return "ps256"
    raise ConfigError("C2PA signs with keys of EC (P-256, P-384, P-521), Ed25519 or RSA, this is another")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {path} to sign with: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{path} is too large for a certificate or a key")
    return data
