"""Asking a server for pictures: tries again where that can help, and hears a cancel while it waits."""

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from textwrap import shorten

from models.generation.fitting import check_drawn
from models.generation.remote.settings import ServerSettings
from models.pictures import decode_picture
from models.vlm.pacing import MAX_RETRY_AFTER_S, Pacing, retry_after_s, wait_after_failure_s
from models.vlm.transport import HangUp, HttpAnswer, HttpRequest, TransportError, send
from schemas.config import MIB, PictureLimits
from schemas.errors import BackendUnavailableError, GenerationError, LongboxError, PictureError
from schemas.records import RgbImage
from schemas.vlm import ReadingDefect

Watch = Callable[[], None]
"""Called while a server works; what it raises ends the request."""

_MAX_ANSWER_BYTES = 96 * MIB  # a PNG of 2048 x 2048 in base64, four times over
_LIMITS = PictureLimits(max_bytes=64 * MIB, max_pixels=36_000_000, max_side_px=8_192)
_MESSAGE_CHARACTERS = 300
_WRONG_ADDRESS = frozenset({401, 402, 403, 404, 405})
"""The key, the account or the address is wrong: no panel will fare better."""
_BUSY = frozenset({408, 425, 429, 502, 503, 504})
_HANG_UP_S = 2.0  # how long a line that was cut is waited for


@dataclass(frozen=True, slots=True)
class Question:
    """One request, relative to the address of the server."""

    method: str
    path: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def json_question(path: str, body: object) -> Question:
    """Return a POST of JSON."""
    return Question("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})


class ServerClient:
    """Speaks HTTP with one server."""

    def __init__(self, server: ServerSettings, pacing: Pacing) -> None:
        """Keep the settings; nothing is asked yet."""
        self.server = server
        self._pacing = pacing

    def ask(self, question: Question, watch: Watch) -> HttpAnswer:
        """Return an answer that is not a refusal of the address, the key or the moment.

        Raises:
            BackendUnavailableError: the server is not there, or refuses us.
            GenerationError: it is too slow, too busy, or breaks off.
        """
        attempts = self.server.max_retries + 1
        for attempt in range(attempts):
            try:
                answer = self._send(question, watch)
            except TransportError as error:
                if attempt + 1 == attempts or error.permanent or error.defect in _FINAL:
                    raise self._not_reached(error, attempt + 1) from error
                asked_s = None
            else:
                asked_s = retry_after_s(answer.headers.get("retry-after"), self._pacing)
                impatient = attempt + 1 == attempts or (asked_s or 0.0) > MAX_RETRY_AFTER_S
                if answer.status not in _BUSY or impatient:
                    return self._checked(answer)
            self._wait(wait_after_failure_s(attempt, self._pacing, asked_s=asked_s), watch)
        raise AssertionError("unreachable")

    def ask_once(self, question: Question, *, timeout_s: float) -> HttpAnswer | None:
        """Ask for something that is no more than a courtesy; None where it fails."""
        try:
            return send(self._request(question), timeout_s=timeout_s)
        except TransportError:
            return None

    def pause(self) -> None:
        """Wait until it is time to look again."""
        self._pacing.sleep(self.server.poll_s)

    def json_of(self, answer: HttpAnswer) -> dict[str, object]:
        """Return the JSON object of a good answer.

        Raises:
            GenerationError: the server failed, or says no JSON.
        """
        if answer.status != 200:
            raise self.failure(f"HTTP {answer.status}: {server_message(answer.body)}")
        table = read_json(answer.body)
        if not isinstance(table, dict):
            kind = in_short(answer.headers.get("content-type", "no type"))
            raise self.failure(f"its answer ({kind}) is no JSON object: is 'base_url' right?")
        return table

    def picture_of(self, data: bytes | None) -> RgbImage:
        """Decode a picture that a server sent; None is one that was no base64.

        Raises:
            GenerationError: it is none, half of one, too large, or plain.
        """
        if data is None:
            raise self.failure("its picture is no base64")
        try:
            decoded = decode_picture(data, name="its picture", limits=_LIMITS)
        except PictureError as error:
            raise self.failure(f"{error}") from error
        if decoded.degraded:
            raise self.failure("its picture breaks off: only a part of it came")
        check_drawn(decoded.image, f"{self.server.who} at {self.server.base_url}")
        return decoded.image

    def failure(self, message: str) -> GenerationError:
        """Return the error of an answer without a picture of use."""
        return GenerationError(self._named(message))

    def unavailable(self, message: str) -> BackendUnavailableError:
        """Return the error of a server that no request will reach."""
        return BackendUnavailableError(self._named(f"{message}; check the server and its settings"))

    def _named(self, message: str) -> str:
        text = f"{self.server.who} at {self.server.base_url}: {message}"
        if self.server.authorization:  # servers like to quote the key that they refuse
            text = text.replace(self.server.authorization.partition(" ")[2], "<key>")
        return text

    def _request(self, question: Question) -> HttpRequest:
        headers = {"Accept-Encoding": "identity", "Connection": "close", **question.headers}
        if self.server.authorization:
            headers["Authorization"] = self.server.authorization
        url = self.server.base_url + question.path
        return HttpRequest(question.method, url, headers, question.body, _MAX_ANSWER_BYTES)

    def _send(self, question: Question, watch: Watch) -> HttpAnswer:
        """Send in a thread of its own, so that ``watch`` is called meanwhile and can end it."""
        hang_up, worker = HangUp(), ThreadPoolExecutor(1, "generation")
        answer = worker.submit(
            send, self._request(question), timeout_s=self.server.timeout_s, hang_up=hang_up
        )
        worker.shutdown(wait=False)  # its thread ends with this one request
        try:
            while not wait([answer], self.server.poll_s).done:
                watch()
        except BaseException:
            hang_up()
            wait([answer], _HANG_UP_S)
            raise
        return answer.result()

    def _wait(self, seconds: float, watch: Watch) -> None:
        left_s = seconds
        while left_s > 0:
            watch()
            self._pacing.sleep(min(left_s, self.server.poll_s))
            left_s -= self.server.poll_s

    def _checked(self, answer: HttpAnswer) -> HttpAnswer:
        said = f"HTTP {answer.status}: {server_message(answer.body)}"
        if 300 <= answer.status < 400:
            target = in_short(answer.headers.get("location", "nowhere"))
            raise self.unavailable(f"it redirects to {target!r}, which is not followed")
        if answer.status in _WRONG_ADDRESS:
            raise self.unavailable(said)
        if answer.status in _BUSY:
            raise self.failure(f"it has no time for us ({said}); try again later")
        return answer

    def _not_reached(self, error: TransportError, attempts: int) -> LongboxError:
        tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        if error.permanent or error.defect is ReadingDefect.UNREACHABLE:
            return self.unavailable(f"not reached after {tried}: {error}")
        if error.defect is ReadingDefect.TIMEOUT:
            return self.failure(f"{error}: raise 'timeout_s', or ask for fewer steps or a smaller panel")
        return self.failure(f"{error}, in {tried}")


_FINAL = frozenset({ReadingDefect.TIMEOUT, ReadingDefect.TOO_LARGE})
"""What would only be paid for again."""


def read_json(data: bytes | str) -> object:
    """Return what JSON says, None where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def server_message(body: bytes) -> str:
    """Return what a server says of its failure, in short."""
    said = read_json(body)
    match said:
        case {"error": {"message": str(text)}} | {"error": str(text)} | {"message": str(text)}:
            text = f"{text}: {_detail(said)}" if _detail(said) else text
        case {"detail": detail}:
            text = str(detail)
        case None:
            text = body[:_MESSAGE_CHARACTERS].decode("utf-8", "replace")
        case _:
            text = str(said)
    return in_short(text) or "no word of why"


def _detail(said: object) -> str:
    match said:
        case {"detail": str(detail)}:
            return detail
    return ""


def in_short(text: str) -> str:
    """Return the beginning of a text on one line."""
    return shorten(text[: 2 * _MESSAGE_CHARACTERS], _MESSAGE_CHARACTERS, placeholder=" …")
