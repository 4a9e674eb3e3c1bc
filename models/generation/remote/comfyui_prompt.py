"""One prompt in the queue of a ComfyUI server: queued, followed to its end, its picture fetched."""

import time
import uuid
from collections.abc import Iterator
from urllib.parse import quote, urlencode

from models.generation.backend import Progress
from models.generation.remote.client import Question, ServerClient, in_short, json_question, read_json
from models.generation.remote.progress_line import Event, ProgressLine, Word
from models.vlm.transport import HttpAnswer
from schemas.records import RgbImage

_COURTESY_S = 5.0
_SILENCE_S = 5.0
"""After so long without a word the history is asked: a line may lose its last message."""
_INTERRUPTED = "somebody interrupted it there"


class ComfyUiPrompt:
    """See the module. ``progress`` is told shares of this one prompt."""

    def __init__(self, client: ServerClient, *, progress: Progress, output_node: str | None) -> None:
        """Make up a client id; nothing is asked yet."""
        self.client_id = uuid.uuid4().hex
        self._client = client
        self._progress = progress
        self._output_node = output_node
        self._id = ""
        self._nodes_begun: set[str] = set()
        self._node_count = 1
        self._share = 0.0
        self._entry: dict[str, object] | None = None
        self._line_broke = False
        self._heard_s = time.monotonic()

    def queue(self, nodes: object) -> None:
        """Put the nodes into the queue.

        Raises:
            BackendUnavailableError: the server is not there.
            GenerationError: it refuses the workflow; the message names the node.
        """
        self._node_count = max(1, len(nodes) if isinstance(nodes, dict) else 1)
        body = {"prompt": nodes, "client_id": self.client_id}
        answer = self._client.ask(json_question("/prompt", body), self._tell)
        if answer.status == 400:
            raise self._client.failure(f"it refuses the workflow: {_refusal(answer)}")
        match self._client.json_of(answer).get("prompt_id"):
            case str(prompt_id) if prompt_id:
                self._id = prompt_id
            case _:
                raise self._client.failure("its answer names no prompt")

    def await_end(self, line: ProgressLine | None) -> None:
        """Wait until the prompt is done; without a line, or after it broke, by asking the history.

        Raises:
            GenerationError: it failed, was interrupted there, or takes longer than the settings allow.
            GenerationCancelledError: ``progress`` ended it; it is taken out of the queue.
        """
        deadline_s = time.monotonic() + self._client.server.timeout_s
        try:
            while not self._ended(line):
                self._tell()
                if time.monotonic() > deadline_s:
                    timeout_s = self._client.server.timeout_s
                    raise self._client.failure(f"no picture within {timeout_s:g} s: raise 'timeout_s'")
        except BaseException:
            self._give_up()
            raise

    def picture(self) -> RgbImage:
        """Fetch the picture that the prompt made.

        Raises:
            GenerationError: there is none, or it is of no use.
        """
        entry = self._entry or self._history()
        if entry is None:
            raise self._client.failure("it is done and its history holds nothing of it")
        for image in _images(entry.get("outputs"), self._output_node):
            answer = self._client.ask(Question("GET", f"/view?{urlencode(image)}"), self._tell)
            if answer.status != 200:
                raise self._client.failure(f"it does not show the picture it made (HTTP {answer.status})")
            return self._client.picture_of(answer.body)
        raise self._client.failure(
            "the workflow saved no picture: end it with SaveImage, or set 'output_node'"
        )

    def _ended(self, line: ProgressLine | None) -> bool:
        """Hear what there is to hear before the next look at the clock."""
        if line is None or self._line_broke:
            self._client.pause()
            return self._ended_in_history()
        word = line.next_word(self._id, self._client.server.poll_s)
        match word.event:
            case Event.FAILED:
                raise self._client.failure(f"the node {word.node} failed: {word.message}")
            case Event.INTERRUPTED:
                raise self._client.failure(_INTERRUPTED)
            case Event.LOST:
                self._line_broke = True
                return False
            case Event.SILENCE:
                return time.monotonic() - self._heard_s > _SILENCE_S and self._ended_in_history()
        self._note(word)
        return word.event is Event.DONE

    def _note(self, word: Word) -> None:
        """Count a node as begun, and the one that works by its share."""
        self._heard_s = time.monotonic()
        if word.node:
            self._nodes_begun.add(word.node)
        done = max(0, len(self._nodes_begun) - 1) + word.share
        self._share = max(self._share, min(1.0, done / self._node_count))

    def _tell(self) -> None:
        waits = "drawing" if self._nodes_begun else "waiting"
        self._progress(self._share, f"{waits} in ComfyUI")

    def _ended_in_history(self) -> bool:
        self._heard_s = time.monotonic()
        self._entry = self._history()
        match (self._entry or {}).get("status"):
            case {"status_str": "error", **more}:
                raise self._client.failure(_failure_of(more.get("messages")))
        return self._entry is not None

    def _history(self) -> dict[str, object] | None:
        """Return what the server remembers of the prompt; None while it is not done."""
        answer = self._client.ask(Question("GET", f"/history/{quote(self._id, safe='')}"), self._tell)
        entry = self._client.json_of(answer).get(self._id)
        return entry if isinstance(entry, dict) else None

    def _give_up(self) -> None:
        """Take the prompt out of the queue, and stop it where it runs: others' are left alone."""
        self._client.ask_once(json_question("/queue", {"delete": [self._id]}), timeout_s=_COURTESY_S)
        if self._nodes_begun:  # older servers stop whatever runs, whatever the body says
            self._client.ask_once(json_question("/interrupt", {"prompt_id": self._id}), timeout_s=_COURTESY_S)


def _images(outputs: object, node: str | None) -> Iterator[dict[str, str]]:
    """Yield the queries of the pictures that a prompt saved, in the order of its nodes."""
    for name, output in outputs.items() if isinstance(outputs, dict) else ():
        found = output.get("images") if isinstance(output, dict) and node in {None, name} else None
        for image in found if isinstance(found, list) else ():
            match image:
                case {"filename": str(file), "subfolder": str(folder), "type": str(kind)}:
                    if kind == "output" or node:
                        yield {"filename": file, "subfolder": folder, "type": kind}


def _refusal(answer: HttpAnswer) -> str:
    """Return why a workflow is refused, by its first node that is wrong."""
    match read_json(answer.body):
        case {"node_errors": {**nodes}, **more} if nodes:
            name, errors = next(iter(nodes.items()))
            match errors:
                case {"errors": [{"message": str(said), **rest}, *_], **about}:
                    kind = about.get("class_type", "?")
                    return in_short(f"node {name} ({kind}): {said} ({rest.get('details', '')})")
            return in_short(f"node {name}: {more.get('error', 'no word of why')}")
        case {"error": {"message": str(said), **rest}}:
            return in_short(f"{said} ({rest.get('details', '')})")
        case {"error": str(said)}:
            return in_short(said)
    return "no word of why"


def _failure_of(messages: object) -> str:
    for message in messages if isinstance(messages, list) else ():
        match message:
            case ["execution_error", {"exception_message": str(said), **more}]:
                node = f"{more.get('node_id', '?')} ({more.get('node_type', '?')})"
                return in_short(f"the node {node} failed: {said}")
            case ["execution_interrupted", _]:
                return _INTERRUPTED
    return "the workflow failed, and it does not say why"
