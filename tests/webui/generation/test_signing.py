"""Content credentials in pictures: signed, verified, told apart from changed ones; the key stays secret."""

import datetime
import io
import json
import logging

import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from models.generation.png import encode_png, record_in
from schemas.errors import BackendUnavailableError, ConfigError
from tests.webui.generation.test_cli import run
from tests.webui.test_studio import ended, told
from webui import WebConfig, create_app
from webui.app import close_app
from webui.generation.signing import CREDITS, Signer

c2pa = pytest.importorskip("c2pa")

SMALL = ("--width", "160", "--height", "160")
SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/composite"


def named(text):
    parts = [(NameOID.ORGANIZATION_NAME, "Inkers"), (NameOID.COMMON_NAME, text)]
    return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])


def certified(subject, issuer, key, by, *, is_authority):
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only",
         "decipher_only"), False
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.BasicConstraints(is_authority, None), True)
        .add_extension(
            x509.KeyUsage(not is_authority, key_cert_sign=is_authority, crl_sign=is_authority, **usage), True
        )
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), False)
    )
    if not is_authority:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), False)
    return builder.sign(by, hashes.SHA256()).public_bytes(Encoding.PEM)


def pem(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def pair(key=None):
    authority, key = ec.generate_private_key(ec.SECP256R1()), key or ec.generate_private_key(ec.SECP256R1())
    chain = certified("an inker", "authority", key, authority, is_authority=False)
    chain += certified("authority", "authority", authority, authority, is_authority=True)
    return chain, pem(key)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name, data in zip(("cert.pem", "key.pem"), pair(), strict=True):
        (folder / name).write_bytes(data)
    return folder / "cert.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def made(drawn_library, files, tmp_path_factory):
    out = tmp_path_factory.mktemp("signed") / "panel.png"
    run("generate", "A girl in the harbour", "--library", str(drawn_library), *SMALL,
        "--sign", *map(str, files), "--out", str(out))  # fmt: skip
    return out


def manifest_in(png):
    reader = c2pa.Reader("image/png", io.BytesIO(png))
    told = json.loads(reader.json())
    return reader.get_validation_state(), told["manifests"][told["active_manifest"]]


def test_a_signed_panel_tells_how_it_was_made_of_what_and_whom_to_credit(made):
    state, manifest = manifest_in(made.read_bytes())
    record = json.loads(made.with_suffix(".json").read_text("utf-8"))
    assert state == "Valid"
    told = {one["label"]: one["data"] for one in manifest["assertions"]}
    created, placed = told["c2pa.actions.v2"]["actions"]
    assert created["digitalSourceType"] == SOURCE
    used = {one["panel_id"]: one for one in record["references"]}
    assert {one["instance_id"] for one in manifest["ingredients"]} == set(used)
    assert len(placed["parameters"]["ingredients"]) == len(used)
    assert all("Ada Inker" in one["description"] for one in manifest["ingredients"])
    assert told[CREDITS]["credit"] == record["credit"]
    assert {one["sha256"] for one in told[CREDITS]["references"]} <= {
        one["sha256"] for one in record["references"]
    }


def test_one_changed_pixel_is_noticed(made):
    changed = bytearray(made.read_bytes())
    changed[changed.rindex(b"IDAT") + 30] ^= 1
    assert manifest_in(bytes(changed))[0] == "Invalid"


def test_the_record_is_still_inside_and_replays_to_the_same_picture(made, drawn_library, tmp_path):
    assert record_in(made.read_bytes()) == json.loads(made.with_suffix(".json").read_text("utf-8"))
    said = run("replay", str(made), "--library", str(drawn_library), "--out", str(tmp_path / "again.png"))
    assert "the same picture" in said


def test_pages_of_a_script_are_signed_and_books_are_not_promised_to_be(drawn_library, files, tmp_path):
    script = tmp_path / "story.txt"
    script.write_text("A girl in the harbour.", "utf-8")
    asked = ("generate", "--script", str(script), "--library", str(drawn_library), "--sign", *map(str, files))
    assert "C2PA signs pictures" in run(*asked, "--out", str(tmp_path / "story.cbz"))
    assert not (tmp_path / "story.cbz").exists()
    run(*asked, "--out", str(tmp_path / "story.png"))
    assert manifest_in((tmp_path / "story.png").read_bytes())[0] == "Valid"


def test_the_environment_may_name_the_files(drawn_library, files, tmp_path, monkeypatch):
    monkeypatch.setenv("LONGBOX_SIGN", ":".join(map(str, files)))
    out = tmp_path / "panel.png"
    run("generate", "A girl in the harbour", "--library", str(drawn_library), *SMALL, "--out", str(out))
    assert manifest_in(out.read_bytes())[0] == "Valid"


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65_537, 2_048), ed25519.Ed25519PrivateKey.generate(),
     ec.generate_private_key(ec.SECP384R1())],
    ids=("rsa", "ed25519", "p384"),
)  # fmt: skip
def test_the_usual_kinds_of_keys_sign(key, made):
    from search.generation.records import PanelRecord

    record = PanelRecord.from_json(json.loads(made.with_suffix(".json").read_text("utf-8")))
    png = encode_png(np.full((32, 32, 3), 90, np.uint8), record.to_json())
    signed = Signer(*pair(key)).signed(png, [record], title="panel.png")
    assert manifest_in(signed)[0] == "Valid"


def test_neither_key_nor_certificate_reaches_a_file_a_log_or_a_message(files, made, caplog):
    secret = files[1].read_bytes().splitlines()[1]
    with caplog.at_level(logging.DEBUG):
        signer = Signer.of_files(*files)
    assert secret.decode() not in caplog.text + repr(signer) + repr(vars(signer))
    assert not any(secret in one.read_bytes() for one in made.parent.iterdir())


def wrong_pairs():
    chain, key = pair()
    other = pem(ec.generate_private_key(ec.SECP256R1()))
    locked = pem(ec.generate_private_key(ec.SECP256R1()), BestAvailableEncryption(b"secret"))
    odd = ec.generate_private_key(ec.SECP256K1())
    return {
        "another key": (chain, other, "not that of the certificate"),
        "no certificate": (b"nothing", key, "certificate to sign with is none"),
        "no key": (chain, b"nothing", "key to sign with is none"),
        "an encrypted key": (chain, locked, "is encrypted"),
        "another curve": (*pair(odd), "Ed25519 or RSA"),
        "swapped": (key, chain, "certificate to sign with is none"),
    }


@pytest.mark.parametrize("kind", list(wrong_pairs()))
def test_what_cannot_sign_is_named_without_its_bytes(kind):
    chain, key, message = wrong_pairs()[kind]
    with pytest.raises(ConfigError, match=message) as caught:
        Signer(chain, key)
    assert "BEGIN" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_wrong_pair_leaves_nothing_written(drawn_library, files, tmp_path):
    out = tmp_path / "panel.png"
    with pytest.raises(ConfigError):
        run("generate", "A girl", "--library", str(drawn_library), *SMALL, "--sign", str(files[0]),
            str(files[0]), "--out", str(out))  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_without_the_package_it_says_how_to_get_it(files, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "c2pa", None)
    with pytest.raises(BackendUnavailableError, match=r"longbox\[sign\]"):
        Signer.of_files(*files)


def test_the_studio_signs_where_the_server_was_told_to(drawn_library, files, tmp_path):
    import shutil

    library = shutil.copytree(drawn_library, tmp_path / "library")
    app = create_app(WebConfig(library=library, signed_with=files))
    try:
        with app.test_client() as client:
            body = {"prompt": "A girl in the harbour", "width_px": 160, "height_px": 160}
            job_id = client.post("/api/v1/generations", json=body).get_json()["job_id"]
            job = ended(
                lambda: told(client, f"generations/{job_id}"),
                lambda job: job["state"] not in ("waiting", "running"),
            )
            assert job["state"] == "done", job["message"]
            png = client.get(f"/api/v1/generations/{job_id}/1.png").data
    finally:
        close_app(app)
    assert manifest_in(png)[0] == "Valid"
    secret = files[1].read_bytes().splitlines()[1]
    assert not any(secret in one.read_bytes() for one in (library / "generated").rglob("*.*"))
