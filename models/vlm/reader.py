"""The page reader: ask, mend, validate, ask again, give up with a reason."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from PIL import Image

from models.pictures import resize_to
from models.vlm.chat import (
    PATH,
    ChatFailure,
    Question,
    answer_text,
    request_body,
    request_headers,
)
from models.vlm.instructions import instructions, json_schema
from models.vlm.pacing import (
    MAX_RETRY_AFTER_S,
    Pacing,
    TokenBucket,
    retry_after_s,
    wait_after_failure_s,
)
from models.vlm.page_json import read_page_json
from models.vlm.settings import ChatSettings, ImageFormat, StructuredOutput
from models.vlm.transport import TransportError, post
from schemas.errors import BackendUnavailableError, LongboxError, PageReadingError
from schemas.records import RgbImage
from schemas.vlm import PageReading, ReadingDefect

Answer = TypeVar("Answer")
_QUALITY = 85  # lettering stays sharp; a page of 1280 px has some 300 kB
_FALLBACK = {
    StructuredOutput.JSON_SCHEMA: StructuredOutput.JSON_OBJECT,
    StructuredOutput.JSON_OBJECT: StructuredOutput.NONE,
}


class VlmPageReader:
    """Reads pages with a vision-language model; safe to share between threads."""

    def __init__(self, settings: ChatSettings, *, pacing: Pacing | None = None) -> None:
        """Keep the settings; nothing is asked before the first page."""
        self._settings = settings
        self._pacing = pacing or Pacing()
        self._bucket = TokenBucket(settings.requests_per_minute, self._pacing)
        self._output = settings.structured_output

    @classmethod
    def from_file(cls, path: Path) -> "VlmPageReader":
        """Make a reader from a settings file; see :mod:`models.vlm.settings`.

        Raises:
            ConfigError: the file cannot be read, or a field is wrong.
        """
        return cls(ChatSettings.read(path))

    @property
    def name(self) -> str:
        """Version, model and what it is asked; part of cache keys."""
        asked = self._settings
        return f"chat-1:{asked.model}:{asked.analysis}:{asked.image_side_px}px-{asked.image_format}"

    def read_page(self, page: RgbImage) -> PageReading:
        """Ask until an answer is whole and sound, at most ``max_retries`` times more.

        What could be saved of an answer that breaks off is returned, marked as not complete, only
        where no attempt brought a whole one.

        Raises:
            PageReadingError: no attempt brought an answer of use; its ``defect`` says why.
            BackendUnavailableError: the server is not there, or refuses key, model or address.
        """
        analysis = self._settings.analysis
        question = Question(
            _data_url(page, self._settings), self._output, 0, instructions(analysis), json_schema(analysis)
        )
        saved: PageReading | None = None

        def read(text: str) -> PageReading:
            nonlocal saved
            try:
                reading = read_page_json(text)
            except PageReadingError as error:
                raise ChatFailure(str(error), ReadingDefect(error.defect)) from error
            if not reading.complete:
                saved = max(saved or reading, reading, key=lambda one: len(one.panels))
                raise ChatFailure("the answer breaks off: raise 'max_tokens'", ReadingDefect.TRUNCATED)
            return reading

        try:
            return self._asked(question, read)
        except PageReadingError:
            if saved:
                return saved
            raise

    def ask(self, picture: RgbImage, text: str, schema: Mapping[str, object]) -> str:
        """Return what the model says of a picture, asked with words of one's own.

        Args:
            picture: shrunk to the size of the settings.
            text: the question.
            schema: JSON schema of the answer, for servers that know such; others answer as they like.

        Raises:
            PageReadingError: no attempt brought an answer; its ``defect`` says why.
            BackendUnavailableError: the server is not there, or refuses key, model or address.
        """
        return self._asked(Question(_data_url(picture, self._settings), self._output, 0, text, schema), str)

    def _asked(self, question: Question, read: Callable[[str], Answer]) -> Answer:
        """Ask until ``read`` takes an answer; it raises ChatFailure for one that is not of use."""
        for attempt in range(self._settings.max_retries + 1):
            try:
                return read(self._attempt(replace(question, attempt=attempt)))
            except ChatFailure as failure:
                last = failure
            asked_s = retry_after_s(last.retry_after, self._pacing)
            hopeless = last.permanent or last.backend or (asked_s or 0.0) > MAX_RETRY_AFTER_S
            if hopeless or attempt == self._settings.max_retries:
                break
            self._pacing.sleep(wait_after_failure_s(attempt, self._pacing, asked_s=asked_s))
        raise self._given_up(last, attempt + 1) from last

    def _attempt(self, question: Question) -> str:
        """Ask once; more often only while the server refuses the response format."""
        output = self._output
        while True:
            try:
                text = self._ask(replace(question, output=output))
                break
            except ChatFailure as failure:
                if not failure.option or output not in _FALLBACK:
                    raise
                output = _FALLBACK[output]
        self._output = output  # it was taken: the next page starts with it
        return text

    def _ask(self, question: Question) -> str:
        self._bucket.take()
        settings = self._settings
        try:
            answer = post(
                settings.base_url.rstrip("/") + PATH,
                request_body(settings, question),
                request_headers(settings),
                timeout_s=settings.timeout_s,
            )
        except TransportError as error:
            raise ChatFailure(str(error), error.defect, backend=error.permanent) from error
        return answer_text(answer)

    def _given_up(self, failure: ChatFailure, attempts: int) -> LongboxError:
        settings = self._settings
        tried = "1 attempt" if attempts == 1 else f"{attempts} attempts"
        message = f"{settings.model} at {settings.base_url} gave no page after {tried}: {failure}"
        if settings.api_key:  # servers like to quote the key that they refuse
            message = message.replace(settings.api_key, "<key>")
        if failure.backend or failure.defect is ReadingDefect.UNREACHABLE:
            return BackendUnavailableError(f"{message}; check the server and the settings")
        return PageReadingError(message, defect=failure.defect)


def _data_url(page: RgbImage, settings: ChatSettings) -> str:
    """Return the page, shrunk to the size of the settings, as a data URL."""
    buffer = BytesIO()
    picture = Image.fromarray(resize_to(page, settings.image_side_px))
    picture.save(buffer, settings.image_format.upper(), quality=_QUALITY)
    encoded = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f"data:image/{ImageFormat(settings.image_format)};base64,{encoded}"
