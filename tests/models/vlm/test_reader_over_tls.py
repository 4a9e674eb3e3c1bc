"""The page reader over https, with a certificate that these tests make for themselves."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from schemas.errors import BackendUnavailableError, PageReadingError
from tests.models.vlm.chat_server import chat_server
from tests.models.vlm.test_reader import GOOD, PAGE_PICTURE, SLOW, WHOLE, reader_of


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("the command openssl is not installed")
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(file) + ".crt"]
    subprocess.run([*command, *names], check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + Path(f"{file}.crt").read_bytes())
    return file


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


def test_a_page_is_read_from_a_server_that_is_trusted(tls: ssl.SSLContext, trusted: None) -> None:
    with chat_server(GOOD, tls=tls) as server:
        assert reader_of(server).read_page(PAGE_PICTURE) == WHOLE


def test_a_certificate_that_nobody_signed_is_refused_at_once(tls: ssl.SSLContext) -> None:
    with (
        chat_server(GOOD, tls=tls) as server,
        pytest.raises(BackendUnavailableError, match="1 attempt: its certificate is not to be trusted"),
    ):
        reader_of(server).read_page(PAGE_PICTURE)
    assert server.requests == []


@pytest.mark.parametrize("kind", SLOW)
def test_a_slow_answer_is_cut_off_at_the_deadline(tls: ssl.SSLContext, trusted: None, kind: str) -> None:
    with chat_server(SLOW[kind], tls=tls) as server, pytest.raises(PageReadingError) as caught:
        reader_of(server, timeout_s=0.5, max_retries=0).read_page(PAGE_PICTURE)
    assert caught.value.defect == "timeout"
