"""The chat completions protocol as OpenAI, Ollama, vLLM and their kin speak it.

Source: platform.openai.com/docs/api-reference/chat.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import shorten

from models.vlm.settings import ChatSettings, StructuredOutput
from models.vlm.transport import HttpAnswer
from schemas.vlm import ReadingDefect

PATH = "/chat/completions"

_RETRY_TEMPERATURE = 0.4  # at 0 a model would repeat its mistake word for word
_MESSAGE_CHARACTERS = 200
_BACKEND_STATUS = frozenset({401, 402, 403, 404, 405})
"""The key, the model or the address is wrong: no page will fare better."""
_OPTION_STATUS = frozenset({400, 415, 422, 501})
"""What servers say to a response format that they do not know."""
_AGAIN_STATUS = frozenset({408, 409, 425, 429})


class ChatFailure(Exception):  # noqa: N818 - one attempt that failed; the error is raised by the reader
    """One request without an answer of use.

    ``permanent`` where asking the same again cannot help; ``backend`` where no page will be
    answered; ``option`` where the server may dislike the response format; ``retry_after`` is the
    header as it came.
    """

    def __init__(
        self,
        message: str,
        defect: ReadingDefect,
        *,
        permanent: bool = False,
        backend: bool = False,
        option: bool = False,
        retry_after: str | None = None,
    ) -> None:
        """Say what happened, and what it means for the next request."""
        super().__init__(message)
        self.defect = defect
        self.permanent = permanent
        self.backend = backend
        self.option = option
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Question:
    """One request: the picture as a data URL, the response format, and how often it was asked before.

    ``text`` and ``schema`` are what is asked and what the answer looks like.
    """

    picture_url: str
    output: StructuredOutput
    attempt: int
    text: str
    schema: Mapping[str, object]


def request_headers(settings: ChatSettings) -> dict[str, str]:
    """Return the headers of a request."""
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",  # so that the bound on the answer's bytes is one on its text
        "Connection": "close",
    }
    if settings.api_key:
        headers["Authorization"] = f"Bearer {settings.api_key}"
    return headers


def request_body(settings: ChatSettings, question: Question) -> bytes:
    """Return the body of a request."""
    body: dict[str, object] = {
        "model": settings.model,
        "stream": False,
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": question.text},
                    {"type": "image_url", "image_url": {"url": question.picture_url}},
                ],
            }
        ],
    }
    if settings.reasoning:
        body["max_completion_tokens"] = settings.max_tokens
    else:
        body["max_tokens"] = settings.max_tokens
        body["temperature"] = _RETRY_TEMPERATURE if question.attempt else 0
    if question.output is StructuredOutput.JSON_SCHEMA:
        schema = {"name": "comic_page", "strict": True, "schema": dict(question.schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
    elif question.output is StructuredOutput.JSON_OBJECT:
        body["response_format"] = {"type": "json_object"}
    return json.dumps(body).encode()


def answer_text(answer: HttpAnswer) -> str:
    """Return what the model wrote.

    Raises:
        ChatFailure: the server refuses or fails, the answer is none of the protocol, or empty.
    """
    if answer.status != 200:
        raise _failed(answer)
    choice, message = _first_choice(answer)
    if message.get("refusal") or choice.get("finish_reason") == "content_filter":
        raise ChatFailure("the model refuses this page", ReadingDefect.REFUSED, permanent=True)
    text = _content(message.get("content"))
    if not text.strip():
        raise ChatFailure("the model wrote nothing", ReadingDefect.EMPTY)
    return text


def _failed(answer: HttpAnswer) -> ChatFailure:
    status = answer.status
    said = f"HTTP {status}: {_server_message(answer.body)}"
    if 300 <= status < 400:
        target = _in_short(answer.headers.get("location", "nowhere"))
        return ChatFailure(
            f"it redirects to {target!r}, which is not followed", ReadingDefect.REFUSED, backend=True
        )
    if status in _BACKEND_STATUS:
        return ChatFailure(said, ReadingDefect.REFUSED, backend=True)
    if status in _AGAIN_STATUS or (status >= 500 and status not in _OPTION_STATUS):
        limited = status == 429
        defect = ReadingDefect.RATE_LIMIT if limited else ReadingDefect.SERVER_ERROR
        return ChatFailure(said, defect, retry_after=answer.headers.get("retry-after"))
    return ChatFailure(said, ReadingDefect.REFUSED, permanent=True, option=status in _OPTION_STATUS)


def _first_choice(answer: HttpAnswer) -> tuple[dict[str, object], dict[str, object]]:
    """Return the first choice and its message; an error inside a 200 is one all the same."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        kind = _in_short(answer.headers.get("content-type", "no type"))
        raise ChatFailure(
            f"it answers {kind!r} that is no JSON: is 'base_url' right?", ReadingDefect.BAD_PROTOCOL
        ) from error
    table = body if isinstance(body, dict) else {}
    match table.get("choices"):
        case [dict() as choice, *_] if isinstance(choice.get("message"), dict):
            return choice, choice["message"]
        case []:
            raise ChatFailure("the model wrote nothing", ReadingDefect.EMPTY)
    if table.get("error"):
        raise ChatFailure(f"it fails: {_server_message(answer.body)}", ReadingDefect.SERVER_ERROR)
    raise ChatFailure("its answer is none of the chat completions protocol", ReadingDefect.BAD_PROTOCOL)


def _content(content: object) -> str:
    """Return a message's text, which may come in parts."""
    match content:
        case str():
            return content
        case list():
            return "".join(
                part["text"]
                for part in content
                if isinstance(part, dict) and isinstance(part.get("text"), str)
            )
        case _:
            return ""


def _server_message(body: bytes) -> str:
    """Return what a server says of its failure, in short."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = body[:_MESSAGE_CHARACTERS].decode("utf-8", "replace")
    match said:
        case {"error": {"message": str(text)}} | {"error": str(text)} | {"message": str(text)}:
            pass
        case {"detail": detail}:
            text = str(detail)
        case _:
            text = str(said)
    return _in_short(text) or "no word of why"


def _in_short(text: str) -> str:
    return shorten(text[: 2 * _MESSAGE_CHARACTERS], _MESSAGE_CHARACTERS, placeholder=" …")
