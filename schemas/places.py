"""Where a library lies: a local folder, or ``s3://bucket/prefix`` on object storage. Nothing is opened here.

Credentials are never ours: the clients below find them in the environment (``AWS_ACCESS_KEY_ID`` …) or
the AWS configuration. Only the address of the server and how long it is waited for are passed on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from schemas.errors import ConfigError, LibraryError, StoreUnreachableError, plain_cause

SCHEME = "s3://"
CONNECT_S, ANSWER_S = 4, 60
"""How long a connection, and an answer, of the server is waited for, in seconds."""
RETRIES, RETRY_S = 2, 15
"""How often a request is sent again, and for how long: then there is one clear error instead."""
DEFAULT_REGION = "us-east-1"
"""Of a server of one's own, which mostly knows no regions."""

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "AWS_ENDPOINT")
_REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
_SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_YES = frozenset({"1", "true", "yes", "on"})
_TROUBLES = (
    (
        r"NoSuchBucket|NO_SUCH_BUCKET",
        "there is no such bucket on that server: make it, or check its name and AWS_ENDPOINT_URL",
    ),
    (
        r"InvalidAccessKeyId|INVALID_ACCESS_KEY_ID|SignatureDoesNotMatch|SIGNATURE_DOES_NOT_MATCH"
        r"|InvalidToken|INVALID_TOKEN|ExpiredToken|EXPIRED_TOKEN|InvalidSignature|INVALID_SIGNATURE",
        "the server does not know these credentials: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    (
        r"[Cc]redentials?\b.{0,40}(not|no |provider)|no providers? in chain|CredentialsNotLoaded|MISSING_AUTH"
        r"|[Ff]ailed to (load|get).{0,20}credential",
        "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    ),
    (
        r"AccessDenied|ACCESS_DENIED|[Ss]tatus(?: code)?:? 40[13]\b|40[13] (?:Forbidden|Unauthorized)",
        "these credentials may not do that there: have reading allowed, or writing for a run that stores",
    ),
    (
        r"PermanentRedirect|MovedPermanently|AuthorizationHeaderMalformed|[Ss]tatus(?: code)?:? 301\b",
        "the bucket lies in another region: set AWS_REGION",
    ),
    (
        r"SlowDown|SLOW_DOWN|SERVICE_UNAVAILABLE|INTERNAL_FAILURE|InternalError"
        r"|[Ss]tatus(?: code)?:? 50[0-4]\b",
        "the server is overloaded or failing: run it again later; what was stored is safe",
    ),
    (
        r"NETWORK_CONNECTION|REQUEST_TIMEOUT|HTTP error|error sending request|[Tt]imed ?[Oo]ut|kind: Connect"
        r"|ConnectError|onnection (refused|reset|closed)|dns error|curlCode|BadScheme",
        "the server cannot be reached: check the network and AWS_ENDPOINT_URL, then run it again; "
        "what was stored is safe",
    ),
)
"""What clients say (object_store's words, then those of the AWS SDK), and what that means to a user."""


@dataclass(frozen=True, slots=True)
class StoreUri:
    """A place on object storage; ``prefix`` without slashes at its ends, empty for a whole bucket."""

    bucket: str
    prefix: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``s3://bucket/prefix``. Raises ConfigError for anything else."""
        bucket, _, prefix = text.removeprefix(SCHEME).partition("/")
        parts = [part for part in prefix.split("/") if part]
        if not text.startswith(SCHEME) or not _BUCKET.fullmatch(bucket) or ".." in parts:
            raise ConfigError(f"{text!r} is no address of a library: write s3://bucket/prefix, or a folder")
        return cls(bucket, "/".join(parts))

    def __str__(self) -> str:
        """Return the address as users write it."""
        return f"{SCHEME}{self.key}"

    @property
    def key(self) -> str:
        """Bucket and prefix."""
        return f"{self.bucket}/{self.prefix}" if self.prefix else self.bucket


Place = Path | StoreUri
"""Where a library lies."""


def is_store_uri(text: str) -> bool:
    """Say whether a text names object storage and no folder: ``s3://``, or a Path made of that."""
    return text.startswith((SCHEME, "s3:/"))


def place_of(named: str | Place) -> Place:
    """Return the place that a user names. Raises ConfigError for a bad address."""
    if isinstance(named, StoreUri):
        return named
    text = str(named)
    if not is_store_uri(text):
        return Path(named)
    return StoreUri.parse(text if text.startswith(SCHEME) else text.replace("s3:/", SCHEME, 1))  # a Path's


@dataclass(frozen=True, slots=True)
class StoreServer:
    """Which server to ask; ``endpoint`` None for Amazon's own, ``region`` None where it must be looked up."""

    endpoint: str | None
    region: str | None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """Read the address from the environment.

        Raises:
            ConfigError: the address is not encrypted, and AWS_ALLOW_HTTP does not allow that.
        """
        endpoint = next((environ[name].rstrip("/") for name in _ENDPOINTS if environ.get(name)), None)
        region = next((environ[name] for name in _REGIONS if environ.get(name)), None)
        is_plain = endpoint is not None and endpoint.startswith("http://")
        if is_plain and environ.get("AWS_ALLOW_HTTP", "").lower() not in _YES:
            raise ConfigError(
                f"{endpoint} is not encrypted: use https://, or set AWS_ALLOW_HTTP=true in a safe network"
            )
        return cls(endpoint, region or (DEFAULT_REGION if endpoint else None))

    def storage_options(self) -> dict[str, str]:
        """Return what LanceDB is to know of the server, without credentials."""
        options = {
            "connect_timeout": f"{CONNECT_S}s",
            "timeout": f"{ANSWER_S}s",
            "client_max_retries": str(RETRIES),
            "client_retry_timeout": str(RETRY_S),
        }
        if self.endpoint is not None:
            options |= {
                "aws_endpoint": self.endpoint,
                "allow_http": str(self.endpoint[:5] == "http:").lower(),
            }
        return options | ({"aws_region": self.region} if self.region else {})


def store_trouble(error: BaseException) -> str | None:
    """Return what keeps a store from answering, and the way out; None for an error of another kind."""
    if isinstance(error, StoreUnreachableError):
        return str(error)
    text = f"{type(error).__name__} {error}"
    return next((told for pattern, told in _TROUBLES if re.search(pattern, text)), None)


def store_error(place: object, error: BaseException, environ: Mapping[str, str]) -> LibraryError:
    """Return what a client of the store says as an error of our own, to be raised."""
    if isinstance(error, LibraryError):
        return error
    trouble = store_trouble(error)
    if trouble is not None:
        return StoreUnreachableError(f"{place}: {trouble}")
    return LibraryError(f"{place}: {scrubbed(plain_cause(error), environ)}")


def scrubbed(text: str, environ: Mapping[str, str]) -> str:
    """Return a text without credentials: servers repeat them in their answers."""
    for name in _SECRETS:
        if value := environ.get(name):
            text = text.replace(value, "…")
    return re.sub(r"(?<=AccessKeyId>)[^<]+", "…", text)
