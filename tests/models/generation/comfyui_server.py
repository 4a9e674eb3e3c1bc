"""A ComfyUI server: validates workflows as the real one does, runs them one by one, tells on a websocket."""

import base64
import hashlib
import json
import queue
import socket
import struct
import threading
import uuid
from typing import Any

from tests.models.generation.picture_server import Handler, PictureServer, Refused, drawn, form_of, pixels_of

# class: required inputs and their types, as in /object_info; a list is a choice.
NODES: dict[str, dict[str, Any]] = {
    "CheckpointLoaderSimple": {"ckpt_name": ["comic.safetensors"]},
    "CLIPTextEncode": {"text": "STRING", "clip": "CLIP"},
    "LoadImage": {"image": "UPLOAD"},
    "VAEEncode": {"pixels": "IMAGE", "vae": "VAE"},
    "EmptyLatentImage": {"width": "INT", "height": "INT", "batch_size": "INT"},
    "KSampler": {
        "model": "MODEL",
        "positive": "CONDITIONING",
        "negative": "CONDITIONING",
        "latent_image": "LATENT",
        "seed": "INT",
        "steps": "INT",
        "cfg": "FLOAT",
        "denoise": "FLOAT",
        "sampler_name": ["euler"],
    },
    "ApplyReference": {"model": "MODEL", "image": "IMAGE", "weight": "FLOAT"},
    "VAEDecode": {"samples": "LATENT", "vae": "VAE"},
    "SaveImage": {"images": "IMAGE", "filename_prefix": "STRING"},
    "PreviewImage": {"images": "IMAGE"},
}
OUTPUTS = {"SaveImage", "PreviewImage"}
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

WORKFLOW: dict[str, Any] = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "comic.safetensors"}},
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "ink drawing, {{prompt}}", "clip": ["1", 1]}},
    "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "{{negative}}", "clip": ["1", 1]}},
    "4": {"class_type": "LoadImage", "inputs": {"image": "{{layout}}"}},
    "5": {"class_type": "VAEEncode", "inputs": {"pixels": ["4", 0], "vae": ["1", 2]}},
    "10": {"class_type": "LoadImage", "inputs": {"image": "{{style}}"}},
    "11": {
        "class_type": "ApplyReference",
        "inputs": {"model": ["1", 0], "image": ["10", 0], "weight": "{{style.weight}}"},
    },
    "6": {
        "class_type": "KSampler",
        "inputs": {
            "model": ["11", 0],
            "positive": ["2", 0],
            "negative": ["3", 0],
            "latent_image": ["5", 0],
            "seed": "{{seed}}",
            "steps": "{{steps}}",
            "cfg": "{{guidance}}",
            "denoise": "{{strength}}",
            "sampler_name": "euler",
        },
    },
    "7": {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["1", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["7", 0], "filename_prefix": "panel"}},
}


class ComfyUiServer(PictureServer):
    """``node_s`` is how long each node takes; ``quiet`` servers drop the websocket at once.

    ``breaks_at`` is the kind of node at which it breaks, ``fails_at`` the one that fails.
    """

    drawing_paths = ("/prompt", "/view")

    def __init__(
        self,
        *,
        node_s: float = 0.0,
        quiet: bool = False,
        fails_at: str = "",
        breaks_at: str = "",
        drawn: bytes = b"",
    ) -> None:
        super().__init__()
        self._node_s, self._quiet, self._drawn = node_s, quiet, drawn
        self._fails_at, self._breaks_at = fails_at, breaks_at
        self.uploads: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self.history: dict[str, Any] = {}
        self.deleted: set[str] = set()
        self._running = ""
        self._interrupt = threading.Event()
        self.interrupts = 0
        self._lines: dict[str, Any] = {}
        self._queue: queue.Queue[tuple[str, str, dict[str, Any]]] = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def answer(self, handler: Handler, method: str, path: str, query: dict[str, str], body: bytes) -> None:
        match method, path:
            case "GET", "/ws":
                self._talk(handler, query["clientId"])
            case "GET", "/object_info":
                handler.send_json({name: {"input": {"required": {}}} for name in NODES})
            case "POST", "/upload/image":
                handler.send_json(self._upload(handler, body))
            case "POST", "/prompt":
                handler.send_json(self._enqueue(json.loads(body)))
            case "POST", "/interrupt":
                self.interrupts += 1
                if (json.loads(body or b"{}")).get("prompt_id", self._running) == self._running:
                    self._interrupt.set()
                handler.send(200, b"", "text/plain")
            case "POST", "/queue":
                self.deleted |= set(json.loads(body).get("delete", []))
                handler.send(200, b"", "text/plain")
            case "GET", "/view":
                self._view(handler, query)
            case "GET", _ if path.startswith("/history/"):
                name = path.removeprefix("/history/")
                handler.send_json({name: self.history[name]} if name in self.history else {})
            case _:
                raise Refused(404, {})

    def _upload(self, handler: Handler, body: bytes) -> object:
        for name, file_name, _, content in form_of(handler, body):
            if name == "image" and file_name and "/" not in file_name:
                pixels_of(content)
                self.uploads[file_name] = content
                return {"name": file_name, "subfolder": "", "type": "input"}
        raise Refused(400, {})

    def _enqueue(self, asked: dict[str, Any]) -> object:
        self.asked.append(("/prompt", asked))
        nodes = asked.get("prompt")
        if not isinstance(nodes, dict):
            raise Refused(
                400,
                {
                    "error": {"type": "no_prompt", "message": "No prompt provided", "details": ""},
                    "node_errors": {},
                },
            )
        self._validate(nodes)
        prompt_id = str(uuid.uuid4())
        self._queue.put((prompt_id, asked["client_id"], nodes))
        return {"prompt_id": prompt_id, "number": 1, "node_errors": {}}

    def _validate(self, nodes: dict[str, Any]) -> None:
        for number, node in nodes.items():
            if node.get("class_type") not in NODES:
                said = {
                    "type": "invalid_prompt",
                    "message": "Cannot execute because node does not exist.",
                    "details": f"Node ID '#{number}'",
                }
                raise Refused(400, {"error": said, "node_errors": {}})
        if not any(node["class_type"] in OUTPUTS for node in nodes.values()):
            raise Refused(
                400,
                {
                    "error": {"type": "prompt_no_outputs", "message": "Prompt has no outputs", "details": ""},
                    "node_errors": {},
                },
            )
        errors = {number: found for number, node in nodes.items() if (found := self._errors(nodes, node))}
        if errors:
            said = {
                "type": "prompt_outputs_failed_validation",
                "message": "Prompt outputs failed validation",
                "details": "",
            }
            raise Refused(400, {"error": said, "node_errors": errors})

    def _errors(self, nodes: dict[str, Any], node: dict[str, Any]) -> object:
        found = []
        for name, kind in NODES[node["class_type"]].items():
            value = node["inputs"].get(name)
            if not self._fits(nodes, kind, value):
                found.append(
                    {
                        "type": "value",
                        "message": "Value not valid",
                        "details": f"{name}: {value!r}",
                        "extra_info": {},
                    }
                )
        return (
            {"errors": found, "dependent_outputs": ["9"], "class_type": node["class_type"]} if found else None
        )

    def _fits(self, nodes: dict[str, Any], kind: Any, value: object) -> bool:
        if isinstance(kind, list):
            return value in kind
        match kind:
            case "STRING":
                return isinstance(value, str)
            case "INT":
                return isinstance(value, int) and not isinstance(value, bool)
            case "FLOAT":
                return isinstance(value, int | float)
            case "UPLOAD":
                return value in self.uploads
        return isinstance(value, list) and len(value) == 2 and value[0] in nodes

    def _work(self) -> None:
        while not self.closing.is_set():
            try:
                prompt_id, client, nodes = self._queue.get(timeout=0.05)
            except queue.Empty:
                continue
            if prompt_id not in self.deleted:
                self._run(prompt_id, client, nodes)

    def _run(self, prompt_id: str, client: str, nodes: dict[str, Any]) -> None:
        self._running = prompt_id
        self._interrupt.clear()
        self._tell(client, "execution_start", prompt_id=prompt_id)
        for number, node in nodes.items():
            about = {"prompt_id": prompt_id, "node": number}
            self._tell(client, "executing", display_node=number, **about)
            if node["class_type"] == "KSampler":
                self._tell(client, "progress", value=1, max=2, **about)
                self._send(client, 2, b"\x00\x00\x00\x01preview")
            if self._interrupt.wait(self._node_s):
                self._tell(client, "execution_interrupted", prompt_id=prompt_id, node_id=number)
                return self._end(prompt_id, "error", [["execution_interrupted", {}]], {})
            if node["class_type"] == self._breaks_at and (line := self._lines.pop(client, None)):
                line.connection.shutdown(socket.SHUT_RDWR)
            if node["class_type"] == self._fails_at:
                said = {
                    "node_id": number,
                    "node_type": self._fails_at,
                    "exception_type": "OutOfMemoryError",
                    "exception_message": "CUDA out of memory",
                }
                self._tell(client, "execution_error", prompt_id=prompt_id, **said)
                return self._end(prompt_id, "error", [["execution_error", said]], {})
        self._tell(client, "execution_success", prompt_id=prompt_id)
        self._end(prompt_id, "success", [], self._outputs(nodes))
        return self._tell(client, "executing", node=None, prompt_id=prompt_id)

    def _outputs(self, nodes: dict[str, Any]) -> dict[str, Any]:
        outputs = {}
        for number, node in nodes.items():
            if node["class_type"] in OUTPUTS:
                name = f"panel_{len(self.files):05}_.png"
                self.files[name] = self._drawn or self._draw(nodes)
                kind = "output" if node["class_type"] == "SaveImage" else "temp"
                outputs[number] = {"images": [{"filename": name, "subfolder": "", "type": kind}]}
        return outputs

    def _draw(self, nodes: dict[str, Any]) -> bytes:
        start, strength = None, 1.0
        for node in nodes.values():
            if node["class_type"] == "VAEEncode":
                start = pixels_of(self.uploads[nodes[node["inputs"]["pixels"][0]]["inputs"]["image"]])
            if node["class_type"] == "KSampler":
                strength = node["inputs"]["denoise"]
        inputs = [node["inputs"] for node in nodes.values()]
        return drawn(96, 64, inputs, start=start, strength=strength)

    def _end(self, prompt_id: str, status: str, messages: list[Any], outputs: dict[str, Any]) -> None:
        self._running = ""
        state = {"status_str": status, "completed": status == "success", "messages": messages}
        self.history[prompt_id] = {"prompt": [], "outputs": outputs, "status": state}

    def _view(self, handler: Handler, query: dict[str, str]) -> None:
        if query.get("type") not in {"output", "temp"} or query["filename"] not in self.files:
            raise Refused(404, {})
        handler.send(200, self.files[query["filename"]], "image/png")

    def _talk(self, handler: Handler, client: str) -> None:
        """Speak RFC 6455: shake hands, then keep the line until the client closes it."""
        key = handler.headers["Sec-WebSocket-Key"] + _GUID
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest()).decode()
        handler.wfile.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )
        handler.wfile.flush()
        handler.close_connection = True
        if self._quiet:
            return
        self._lines[client] = handler
        self._tell(client, "status", status={"exec_info": {"queue_remaining": 0}}, sid=client)
        while not self.closing.is_set():
            head = handler.rfile.read(2)
            if len(head) < 2:
                break
            payload = handler.rfile.read(4 + (head[1] & 127))
            if head[0] & 15 == 8:  # close, masked as clients must
                handler.wfile.write(
                    b"\x88\x02" + bytes(a ^ b for a, b in zip(payload[4:6], payload[:2], strict=False))
                )
                break
        self._lines.pop(client, None)

    def _tell(self, client: str, kind: str, **data: object) -> None:
        self._send(client, 1, json.dumps({"type": kind, "data": data}).encode())

    def _send(self, client: str, opcode: int, payload: bytes) -> None:
        handler = self._lines.get(client)
        if handler is None:
            return
        size = (
            struct.pack("!B", len(payload)) if len(payload) < 126 else struct.pack("!BH", 126, len(payload))
        )
        try:
            handler.wfile.write(bytes([128 | opcode]) + size + payload)
        except (OSError, ValueError):  # hung up, or closed already
            self._lines.pop(client, None)
