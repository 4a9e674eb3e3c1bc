"""The page reader against a local server that misbehaves in every way seen in the wild."""

import base64
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from models.registry import load_page_reader
from models.vlm import transport
from models.vlm.instructions import AnalysisVersion, json_schema
from models.vlm.page_json import page_from_json, to_page_layout
from models.vlm.reader import VlmPageReader
from models.vlm.settings import ChatSettings
from schemas.errors import BackendUnavailableError, ConfigError, PageReadingError
from tests.models.vlm.chat_server import (
    PAGE,
    PAGE_TEXT,
    ChatServer,
    Reply,
    body,
    chat_server,
    completion,
    drip,
    endless,
    error,
    hang,
    json_body,
    raw,
)
from tests.models.vlm.test_pacing import FakeTime

PAGE_PICTURE = np.random.default_rng(1).integers(0, 256, (300, 200, 3), dtype=np.uint8)
WHOLE = page_from_json(PAGE)
GOOD = completion(PAGE_TEXT)


def reader_of(server: ChatServer, time: FakeTime | None = None, **settings: Any) -> VlmPageReader:
    given = {"base_url": server.base_url, "model": "tiny", "timeout_s": 5.0, "max_retries": 2} | settings
    return VlmPageReader(ChatSettings(**given), pacing=(time or FakeTime()).pacing())


def failure_of(*replies: Reply, **settings: Any) -> PageReadingError:
    with chat_server(*replies) as server, pytest.raises(PageReadingError) as caught:
        reader_of(server, **settings).read_page(PAGE_PICTURE)
    assert "\n" not in str(caught.value)
    return caught.value


def test_a_page_is_read_in_one_request() -> None:
    with chat_server(GOOD) as server:
        assert reader_of(server).read_page(PAGE_PICTURE) == WHOLE
    assert len(server.requests) == 1
    layout = to_page_layout(WHOLE)
    assert layout is not None
    assert len(layout.panels) == 2


@pytest.mark.parametrize(("image_format", "side_px"), [("jpeg", 64), ("webp", 150), ("jpeg", 4000)])
def test_the_picture_goes_as_a_data_url_of_bounded_side(image_format: str, side_px: int) -> None:
    with chat_server(GOOD) as server:
        reader_of(server, image_format=image_format, image_side_px=side_px).read_page(PAGE_PICTURE)
    _, part = server.requests[0]["messages"][0]["content"]
    kind, _, data = part["image_url"]["url"].partition(";base64,")
    assert kind == f"data:image/{image_format}"
    picture = Image.open(BytesIO(base64.b64decode(data)))
    assert picture.format == image_format.upper()
    assert max(picture.size) == min(side_px, 300)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (20_000, 30), (1, 3000)])
def test_odd_pages_are_sent(height: int, width: int) -> None:
    with chat_server(GOOD) as server:
        assert reader_of(server).read_page(np.zeros((height, width, 3), np.uint8)) == WHOLE


@pytest.mark.parametrize("version", AnalysisVersion)
def test_the_schema_of_the_version_is_asked_for(version: AnalysisVersion) -> None:
    with chat_server(GOOD) as server:
        reader_of(server, analysis=version).read_page(PAGE_PICTURE)
    asked = server.requests[0]["response_format"]
    assert asked["type"] == "json_schema"
    assert asked["json_schema"]["schema"] == json_schema(version)
    panel = asked["json_schema"]["schema"]["properties"]["panels"]["items"]["properties"]
    assert ("box_2d" in panel) == (version is AnalysisVersion.V2)
    words = server.requests[0]["messages"][0]["content"][0]["text"]
    assert ("box_2d" in words) == (version is AnalysisVersion.V2)


def test_the_key_goes_into_the_header_and_only_where_there_is_one() -> None:
    with chat_server(GOOD) as server:
        reader_of(server, api_key="sk-1").read_page(PAGE_PICTURE)
        reader_of(server).read_page(PAGE_PICTURE)
    assert [headers.get("Authorization") for headers in server.headers] == ["Bearer sk-1", None]


def test_a_server_without_schemas_is_asked_for_less_and_remembered() -> None:
    with chat_server(error(400, "response_format not supported"), error(422), GOOD) as server:
        reader = reader_of(server, max_retries=0)
        assert reader.read_page(PAGE_PICTURE) == WHOLE
        assert reader.read_page(PAGE_PICTURE) == WHOLE
    kinds = [request.get("response_format", {}).get("type") for request in server.requests]
    assert kinds == ["json_schema", "json_object", None, None]


def test_a_refusal_for_another_reason_does_not_lower_what_the_next_page_asks() -> None:
    refusals = [error(400, "image too large")] * 3
    with chat_server(*refusals, GOOD) as server:
        reader = reader_of(server)
        with pytest.raises(PageReadingError, match="image too large") as caught:
            reader.read_page(PAGE_PICTURE)
        assert reader.read_page(PAGE_PICTURE) == WHOLE
    assert caught.value.defect == "refused"
    assert server.requests[-1]["response_format"]["type"] == "json_schema"


def quoted() -> str:
    return PAGE_TEXT.replace("A letter?", 'A "letter", you say?')


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{PAGE_TEXT}\n```",
        f"Here is the analysis:\n\n{PAGE_TEXT}\n\nHope it helps!",
        f"<think>Panel {{1}} shows [x].</think>{PAGE_TEXT}",
        PAGE_TEXT.replace("kitchen.", r"kitchen\."),
        PAGE_TEXT.replace('"Rosa"]', '"Rosa",]'),
        PAGE_TEXT.replace("[0, 0, 500, 1000]", '["0", "0", "500", "1000"]'),
        PAGE_TEXT.replace("null", "None"),
        json.dumps({**PAGE, "panels": {"1": PAGE["panels"][0], "2": PAGE["panels"][1]}}),
        json.dumps(PAGE_TEXT),
    ],
    ids=["fence", "prose", "thoughts", "escape", "comma", "strings", "python", "table", "nested"],
)
def test_small_defects_are_mended_without_asking_again(text: str) -> None:
    with chat_server(completion(text)) as server:
        reading = reader_of(server).read_page(PAGE_PICTURE)
    assert len(server.requests) == 1
    assert reading.complete
    assert (reading.panels, reading.summary) == (WHOLE.panels, WHOLE.summary)


def test_quotes_inside_a_dialogue_are_mended_without_asking_again() -> None:
    with chat_server(completion(quoted())) as server:
        reading = reader_of(server).read_page(PAGE_PICTURE)
    assert reading.panels[0].speakers[0].dialogue == 'A "letter", you say?'
    assert reading.repaired
    assert reading.complete


def test_null_captions_and_characters_are_empty() -> None:
    page = {
        "panels": [{"caption": None, "speakers": None, "characters": None, "description": "x"}],
        "summary": None,
    }
    with chat_server(completion(json.dumps(page))) as server:
        (panel,) = reader_of(server).read_page(PAGE_PICTURE).panels
    assert (panel.caption, panel.speakers, panel.characters) == ("", (), ())


def test_content_in_parts_is_joined() -> None:
    parts = [
        {"type": "text", "text": PAGE_TEXT[:40]},
        {"type": "text", "text": PAGE_TEXT[40:]},
        {"type": "x"},
    ]
    with chat_server(completion(parts)) as server:
        assert reader_of(server).read_page(PAGE_PICTURE) == WHOLE


BROKEN: dict[str, tuple[Reply, str]] = {
    "empty content": (completion(""), "empty"),
    "blank content": (completion(" \n"), "empty"),
    "null content": (completion(None), "empty"),
    "no choices": (json_body({"choices": []}), "empty"),
    "prose": (completion("I see a comic page."), "not-json"),
    "endless nesting": (completion("[" * 5000), "not-json"),
    "json of something else": (completion('{"answer": 42}'), "no-page"),
    "no panels": (completion('{"panels": []}'), "no-page"),
    "server error": (error(500, "out of memory"), "server-error"),
    "overloaded": (error(503), "server-error"),
    "rate limit": (error(429), "rate-limit"),
    "error inside 200": (json_body({"error": {"message": "busy"}}), "server-error"),
    "web page": (body(b"<html>login</html>", "text/html"), "bad-protocol"),
    "event stream": (body(b"data: {}\n\n", "text/event-stream"), "bad-protocol"),
    "not utf-8": (body(b"\xff\xfe{", "application/json"), "bad-protocol"),
    "json of another protocol": (json_body({"response": "x"}), "bad-protocol"),
    "message is text": (json_body({"choices": [{"message": "x"}]}), "bad-protocol"),
    "json list": (json_body([1]), "bad-protocol"),
    "no http": (raw(b"SSH-2.0-OpenSSH\r\n"), "bad-protocol"),
    "hangs up": (raw(b""), "bad-protocol"),
    "cut off": (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"), "bad-protocol"),
    "cut off in a chunk": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
        "bad-protocol",
    ),
    "bad chunk": (raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"), "bad-protocol"),
    "endless header": (raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000), "bad-protocol"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_answer_is_asked_for_again(kind: str) -> None:
    time = FakeTime()
    with chat_server(BROKEN[kind][0], GOOD) as server:
        assert reader_of(server, time, requests_per_minute=1e6).read_page(PAGE_PICTURE) == WHOLE
    assert len(server.requests) == 2
    assert 0.5 in time.slept_s


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_answers_without_end_are_given_up_with_the_reason(kind: str) -> None:
    reply, defect = BROKEN[kind]
    with (
        chat_server(reply) as server,
        pytest.raises(PageReadingError, match="gave no page after 3 attempts") as caught,
    ):
        reader_of(server).read_page(PAGE_PICTURE)
    assert caught.value.defect == defect
    assert caught.value.reason == "page-reading"
    assert len(server.requests) == 3


def test_a_retry_is_warmer_than_the_first_attempt() -> None:
    with chat_server(BROKEN["prose"][0], GOOD) as server:
        reader_of(server).read_page(PAGE_PICTURE)
    assert server.requests[0]["temperature"] == 0
    assert server.requests[1]["temperature"] > 0


def test_a_model_that_thinks_first_gets_the_options_that_it_knows() -> None:
    with chat_server(GOOD) as server:
        reader_of(server, reasoning=True, max_tokens=900).read_page(PAGE_PICTURE)
        reader_of(server, max_tokens=900).read_page(PAGE_PICTURE)
    thinking, plain = server.requests
    assert thinking["max_completion_tokens"] == plain["max_tokens"] == 900
    assert not {"temperature", "max_tokens"} & thinking.keys()
    assert "max_completion_tokens" not in plain


def test_truncation_is_asked_again_and_a_whole_answer_wins() -> None:
    with chat_server(completion(PAGE_TEXT[:700], finish="length"), GOOD) as server:
        assert reader_of(server).read_page(PAGE_PICTURE) == WHOLE


def test_the_fullest_of_truncated_answers_is_kept_and_marked() -> None:
    replies = [completion(PAGE_TEXT[:n], finish="length") for n in (300, len(PAGE_TEXT) - 200, 250)]
    with chat_server(*replies) as server:
        reading = reader_of(server).read_page(PAGE_PICTURE)
    assert len(server.requests) == 3
    assert len(reading.panels) == 2
    assert not reading.complete


def test_what_was_saved_is_kept_where_the_next_attempts_fail() -> None:
    with chat_server(completion(PAGE_TEXT[:300]), error(500)) as server:
        assert not reader_of(server).read_page(PAGE_PICTURE).complete


@pytest.mark.parametrize(("header", "waited_s"), [("17", 17.0), ("0", 0.5), ("later", 0.5)])
def test_a_server_that_names_a_time_is_waited_for(header: str, waited_s: float) -> None:
    time = FakeTime()
    with chat_server(error(429, Retry_After=header), GOOD) as server:
        reader_of(server, time, requests_per_minute=1e6).read_page(PAGE_PICTURE)
    assert time.slept_s == [waited_s]


def test_a_server_that_asks_for_an_hour_is_given_up_at_once() -> None:
    time = FakeTime()
    with chat_server(error(429, Retry_After="3600")) as server, pytest.raises(PageReadingError) as caught:
        reader_of(server, time).read_page(PAGE_PICTURE)
    assert caught.value.defect == "rate-limit"
    assert len(server.requests) == 1
    assert time.slept_s == []


def test_requests_keep_to_the_rate_over_pages_and_retries() -> None:
    time = FakeTime()
    with chat_server(error(500), GOOD) as server:
        reader = reader_of(server, time, requests_per_minute=6)
        reader.read_page(PAGE_PICTURE)
        reader.read_page(PAGE_PICTURE)
    assert len(server.requests) == 3
    assert sum(time.slept_s) == pytest.approx(20.0)


@pytest.mark.parametrize("reply", [completion(None, refusal="no"), completion("", finish="content_filter")])
def test_a_refusal_of_the_model_is_final(reply: Reply) -> None:
    with chat_server(reply) as server, pytest.raises(PageReadingError, match="after 1 attempt:") as caught:
        reader_of(server).read_page(PAGE_PICTURE)
    assert caught.value.defect == "refused"
    assert len(server.requests) == 1


def test_a_picture_too_large_for_the_server_is_final() -> None:
    assert failure_of(error(413)).defect == "refused"


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405])
def test_a_wrong_key_or_model_ends_the_reading_of_all_pages(status: int) -> None:
    with (
        chat_server(error(status, "wrong")) as server,
        pytest.raises(BackendUnavailableError, match=f"{status}: wrong"),
    ):
        reader_of(server).read_page(PAGE_PICTURE)
    assert len(server.requests) == 1


def test_a_key_that_the_server_quotes_is_not_repeated() -> None:
    quoting = error(401, "Incorrect API key: sk-secret")
    with chat_server(quoting) as server, pytest.raises(BackendUnavailableError, match="<key>") as caught:
        reader_of(server, api_key="sk-secret").read_page(PAGE_PICTURE)
    assert "sk-secret" not in str(caught.value)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with chat_server(GOOD) as target:
        reply = json_body({}, status, Location=f"{target.base_url}/chat/completions")
        with chat_server(reply) as server, pytest.raises(BackendUnavailableError, match="is not followed"):
            reader_of(server, api_key="sk-secret").read_page(PAGE_PICTURE)
    assert target.requests == []
    assert len(server.requests) == 1


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with chat_server(GOOD) as server, chat_server(error(500)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.base_url)
        assert reader_of(server).read_page(PAGE_PICTURE) == WHOLE
    assert proxy.requests == []


def test_a_server_that_is_not_there_is_said_to_be_so() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        reader = VlmPageReader(ChatSettings(url, "tiny", max_retries=1), pacing=FakeTime().pacing())
        with pytest.raises(BackendUnavailableError, match="after 2 attempts: no connection"):
            reader.read_page(PAGE_PICTURE)


@pytest.mark.parametrize("host", ["x" * 64 + ".invalid", "a..b", "host.invalid"])
def test_a_host_that_has_no_address_is_said_to_have_none(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_address(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    if host == "host.invalid":
        monkeypatch.setattr(socket, "getaddrinfo", no_address)  # a test asks no name server
    reader = VlmPageReader(
        ChatSettings(f"http://{host}/v1", "tiny", max_retries=0), pacing=FakeTime().pacing()
    )
    with pytest.raises(BackendUnavailableError, match="no connection"):
        reader.read_page(PAGE_PICTURE)


def test_a_server_without_tls_is_no_server_for_https() -> None:
    with chat_server(GOOD) as server:
        url = server.base_url.replace("http:", "https:")
        reader = VlmPageReader(ChatSettings(url, "tiny", max_retries=0), pacing=FakeTime().pacing())
        with pytest.raises(BackendUnavailableError, match="no connection"):
            reader.read_page(PAGE_PICTURE)


SLOW: dict[str, Reply] = {
    "says nothing": hang,
    "drips headers": drip(b"HTTP/1.1 200 OK\r\nX-Slow: "),
    "drips a body of known length": drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
    "drips a body of unknown length": drip(b"HTTP/1.0 200 OK\r\n\r\n"),
    "drips interim answers": drip(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\nX: "),
}


@pytest.mark.parametrize("kind", SLOW)
def test_a_slow_answer_is_cut_off_at_the_deadline(kind: str) -> None:
    failure = failure_of(SLOW[kind], timeout_s=0.3, max_retries=0)
    assert failure.defect == "timeout"
    assert "no whole answer within 0.3 s" in str(failure)


def test_an_answer_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 200_000)
    assert failure_of(endless, max_retries=0).defect == "too-large"


def test_server_words_are_kept_short_and_on_one_line() -> None:
    failure = failure_of(error(500, "line\n\x1b[31m" * 5000), max_retries=0)
    assert len(str(failure)) < 500
    assert "\x1b" not in str(failure)


@pytest.mark.parametrize(
    "reply",
    [json_body(said, 400) for said in ({"detail": [{"msg": "wrong"}]}, {"message": "wrong"}, "wrong")],
)
def test_what_servers_say_of_a_failure_is_passed_on(reply: Reply) -> None:
    assert "wrong" in str(failure_of(reply))


def test_threads_share_a_reader() -> None:
    with chat_server(GOOD) as server, ThreadPoolExecutor(4) as pool:
        reader = reader_of(server, requests_per_minute=1e6)
        assert list(pool.map(reader.read_page, [PAGE_PICTURE] * 8)) == [WHOLE] * 8


def test_cache_name_tells_what_was_asked_and_not_of_whom() -> None:
    first = VlmPageReader(ChatSettings("http://a/v1", "m", api_key="sk-secret")).name
    assert VlmPageReader(ChatSettings("http://b/v1", "m")).name == first
    assert VlmPageReader(ChatSettings("http://a/v1", "n")).name != first
    assert VlmPageReader(ChatSettings("http://a/v1", "m", analysis=AnalysisVersion.V1)).name != first
    assert "secret" not in first


def test_registry_name_reads_the_settings(tmp_path: Path) -> None:
    with chat_server(GOOD) as server:
        (tmp_path / "reader.json").write_text(json.dumps({"base_url": server.base_url, "model": "tiny"}))
        assert load_page_reader(f"chat:{tmp_path / 'reader.json'}").read_page(PAGE_PICTURE) == WHOLE


@pytest.mark.parametrize("name", ["chat", "chat:", "gpt:x", "chat:/nowhere.json", "chat:~nobody-here/x.json"])
def test_registry_refuses_what_names_no_settings(name: str) -> None:
    with pytest.raises(ConfigError):
        load_page_reader(name)
