"""A Stable Diffusion web UI that takes what the real one takes, and refuses what it refuses."""

import base64
import binascii
import json
import threading

from tests.models.generation.picture_server import (
    Handler,
    PictureServer,
    Refused,
    drawn,
    in_base64,
    pixels_of,
)

SAMPLERS = {"Euler a", "DPM++ 2M"}
_TYPES = {
    "prompt": str,
    "negative_prompt": str,
    "seed": int,
    "steps": int,
    "cfg_scale": (int, float),
    "width": int,
    "height": int,
    "batch_size": int,
    "n_iter": int,
    "sampler_name": str,
    "override_settings": dict,
}


class A1111Server(PictureServer):
    """``login`` is what --api-auth was started with; ``works_s`` how long a picture takes."""

    drawing_paths = ("/sdapi/v1/txt2img", "/sdapi/v1/img2img")

    def __init__(self, *, login: str | None = None, works_s: float = 0.0) -> None:
        super().__init__()
        self._login = login
        self._works_s = works_s
        self.interrupted = threading.Event()
        self.shares = [0.25, 0.5, 0.75]

    def answer(self, handler: Handler, method: str, path: str, query: dict[str, str], body: bytes) -> None:
        self._check_login(handler)
        if (method, path) == ("GET", "/sdapi/v1/progress"):
            handler.send_json(
                {"progress": self._next_share(), "eta_relative": 1.0, "state": {}, "current_image": None}
            )
        elif (method, path) == ("POST", "/sdapi/v1/interrupt"):
            self.interrupted.set()
            handler.send_json({})
        elif method == "POST" and path in self.drawing_paths:
            handler.send_json(self._draw(handler, path, body))
        else:
            raise Refused(404 if method == "POST" else 405, {"detail": "Not Found"})

    def _check_login(self, handler: Handler) -> None:
        given = handler.headers.get("Authorization", "")
        if self._login and given != f"Basic {base64.b64encode(self._login.encode()).decode()}":
            raise Refused(401, {"detail": "Incorrect username or password"})

    def _next_share(self) -> float:
        return self.shares.pop(0) if len(self.shares) > 1 else self.shares[0]

    def _draw(self, handler: Handler, path: str, body: bytes) -> object:
        fields = self._fields(handler, body)
        self.asked.append((path, fields))
        if fields.get("sampler_name", "Euler a") not in SAMPLERS:
            raise Refused(400, {"detail": "Sampler not found"})
        start = self._start(fields) if path.endswith("img2img") else None
        self.interrupted.wait(self._works_s)
        width, height, seed = fields["width"] // 8 * 8, fields["height"] // 8 * 8, fields["seed"]
        strength = fields.get("denoising_strength", 1.0)
        picture = drawn(width, height, fields["prompt"], seed, start=start, strength=strength)
        info = {
            "seed": seed,
            "sd_model_hash": "6ce0161689",
            "sampler_name": fields.get("sampler_name", "Euler a"),
        }
        return {"images": [in_base64(picture)], "parameters": {}, "info": json.dumps(info)}

    def _fields(self, handler: Handler, body: bytes) -> dict:
        if not handler.headers["Content-Type"].startswith("application/json"):
            raise Refused(422, {"detail": "value is not a valid dict"})
        fields = json.loads(body)
        for name, kind in _TYPES.items():
            if name in fields and (not isinstance(fields[name], kind) or isinstance(fields[name], bool)):
                raise Refused(422, {"detail": [{"loc": ["body", name], "msg": "value is not valid"}]})
        return fields

    def _start(self, fields: dict):
        if not fields.get("init_images"):
            raise Refused(404, {"detail": "Init image not found"})
        if not 0.0 <= fields.get("denoising_strength", 0.75) <= 1.0:
            raise Refused(
                500, {"error": "AssertionError", "detail": "can only work with strength in [0.0, 1.0]"}
            )
        try:
            return pixels_of(base64.b64decode(fields["init_images"][0], validate=True))
        except (binascii.Error, OSError) as error:
            raise Refused(500, {"detail": "Invalid encoded image"}) from error
