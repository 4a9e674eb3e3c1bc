"""Addresses of libraries, and what stores say, in words of our own."""

from pathlib import Path

import pytest

from schemas.errors import ConfigError, LibraryError, StoreUnreachableError
from schemas.places import StoreServer, StoreUri, place_of, scrubbed, store_error, store_trouble

KEY, SECRET = "AKIAEXAMPLE", "a-secret"
ENVIRON = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}


@pytest.mark.parametrize(
    ("text", "bucket", "prefix"),
    [
        ("s3://shelf", "shelf", ""),
        ("s3://shelf/", "shelf", ""),
        ("s3://my.shelf-1/comics/all/", "my.shelf-1", "comics/all"),
        ("s3://shelf//comics", "shelf", "comics"),
    ],
)
def test_an_address_is_a_bucket_and_a_prefix(text: str, bucket: str, prefix: str) -> None:
    assert place_of(text) == StoreUri(bucket, prefix)


def test_an_address_survives_being_made_a_path() -> None:
    assert str(place_of(Path("s3://shelf/comics"))) == "s3://shelf/comics"


@pytest.mark.parametrize("text", ["s3://", "s3:///comics", "s3://Shelf/x", "s3://a/x", "s3://shelf/../other"])
def test_a_bad_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="write s3://bucket/prefix, or a folder"):
        place_of(text)


@pytest.mark.parametrize("text", ["library", "/srv/s3/library", "./s3:x", "C:/comics"])
def test_everything_else_is_a_folder(text: str) -> None:
    assert place_of(text) == Path(text)


def test_the_server_is_told_of_no_credentials() -> None:
    options = StoreServer.of(ENVIRON | {"AWS_ENDPOINT_URL": "https://minio.example/"}).storage_options()
    assert options["aws_endpoint"] == "https://minio.example"
    assert options["aws_region"] == "us-east-1"
    assert KEY not in str(options)
    assert SECRET not in str(options)


def test_the_region_of_amazon_is_left_to_be_looked_up() -> None:
    assert StoreServer.of({}) == StoreServer(None, None)
    assert (
        StoreServer.of({"AWS_DEFAULT_REGION": "eu-central-1"}).storage_options()["aws_region"]
        == "eu-central-1"
    )


@pytest.mark.parametrize("allowed", ["true", "1", "YES"])
def test_an_unencrypted_server_must_be_allowed(allowed: str) -> None:
    environ = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9000"}
    with pytest.raises(ConfigError, match="not encrypted"):
        StoreServer.of(environ)
    options = StoreServer.of(environ | {"AWS_ALLOW_HTTP": allowed}).storage_options()
    assert options["allow_http"] == "true"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("AWS Error NO_SUCH_BUCKET during ListObjectsV2 operation", "no such bucket"),
        ('status: 404, body: Some("<Error><Code>NoSuchBucket</Code>', "no such bucket"),
        ("AWS Error ACCESS_DENIED during PutObject operation", "may not do that"),
        ('status: 403, body: Some("<Code>SignatureDoesNotMatch</Code>")', "does not know these credentials"),
        ("the credential provider was not enabled", "no credentials were found"),
        ("Failed to get AWS credentials: ProviderError(FailedToLoadToken", "no credentials were found"),
        ("kind: Connect, source: ConnectError(Connection refused)", "cannot be reached"),
        ("AWS Error NETWORK_CONNECTION during HeadObject: curlCode: 7", "cannot be reached"),
        ("source: reqwest::Error { kind: Request, source: TimedOut }", "cannot be reached"),
        ("AWS Error SLOW_DOWN during PutObject operation: Please reduce", "overloaded"),
        ("<Code>PermanentRedirect</Code>", "another region"),
        ("Server returned non-2xx status code: 503 Service Unavailable", "overloaded"),
    ],
)
def test_what_stores_say_is_told_with_the_way_out(said: str, told: str) -> None:
    error = store_error("s3://shelf/comics", OSError(said), ENVIRON)
    assert isinstance(error, StoreUnreachableError)
    assert str(error).startswith("s3://shelf/comics: ")
    assert told in str(error)


def test_an_error_of_ours_stays_what_it_is() -> None:
    error = StoreUnreachableError("s3://shelf/comics: the server cannot be reached")
    assert store_error("s3://shelf/comics", error, ENVIRON) is error
    assert store_trouble(error) == str(error)


def test_what_is_not_known_is_passed_on_without_keys() -> None:
    error = store_error("s3://shelf/comics", OSError(f"odd: {KEY} {SECRET} <AWSAccessKeyId>X</"), ENVIRON)
    assert type(error) is LibraryError
    assert str(error) == "s3://shelf/comics: odd: … … <AWSAccessKeyId>…</"


def test_damage_of_a_table_is_no_trouble_of_the_store() -> None:
    for said in ("Invalid user input: no magic number", "offset 403 of 503 bytes, version 301"):
        assert not isinstance(store_error("s3://shelf/comics", OSError(said), {}), StoreUnreachableError)
    assert scrubbed("nothing to hide", {}) == "nothing to hide"
