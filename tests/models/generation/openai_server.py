"""The images API of OpenAI: what it takes of the GPT image models, and what it refuses."""

import json

from tests.models.generation.picture_server import (
    Handler,
    PictureServer,
    Refused,
    drawn,
    form_of,
    in_base64,
    pixels_of,
)

KEY = "sk-local-1234"
_FIELDS = {"model", "prompt", "n", "size", "quality", "background", "output_format", "user", "moderation"}
_SIZES = {"1024x1024", "1536x1024", "1024x1536", "auto"}
_DALL_E_SIZES = {"256x256", "512x512", "1024x1024"}


class OpenAiServer(PictureServer):
    """Knows the models gpt-image-1 and dall-e-2; draws a twelfth of the size asked for, to be quick."""

    drawing_paths = ("/v1/images/generations", "/v1/images/edits")

    def answer(self, handler: Handler, method: str, path: str, query: dict[str, str], body: bytes) -> None:
        if handler.headers.get("Authorization") != f"Bearer {KEY}":
            given = handler.headers.get("Authorization", "nothing")
            raise _refused(f"Incorrect API key provided: {given}", "invalid_api_key", 401)
        if method != "POST" or path not in self.drawing_paths:
            raise _refused(f"Invalid URL ({method} {path})", None, 404)
        if path.endswith("generations"):
            fields, pictures = self._json(handler, body), []
        else:
            fields, pictures = self._form(handler, body)
        self.asked.append((path, {**fields, "pictures": pictures}))
        self._check(fields)
        width, height = (int(side) // 8 for side in fields.get("size", "1024x1024").split("x"))
        picture = drawn(width, height, fields["prompt"], len(self.asked), [one.tobytes() for one in pictures])
        handler.send_json({"created": 1, "data": [{"b64_json": in_base64(picture)}], "usage": {}})

    def _json(self, handler: Handler, body: bytes) -> dict:
        if not handler.headers["Content-Type"].startswith("application/json"):
            raise _refused("you must send JSON", "invalid_type")
        fields = json.loads(body)
        if type(fields.get("n", 1)) is not int:
            raise _refused("Invalid type for 'n'", "invalid_type")
        return fields

    def _form(self, handler: Handler, body: bytes) -> tuple[dict, list]:
        fields, pictures = {}, []
        for name, file_name, kind, content in form_of(handler, body):
            if name not in {"image", "image[]"}:
                fields[name] = content.decode()
                continue
            if not file_name or kind not in {"image/png", "image/jpeg", "image/webp"}:
                raise _refused("Invalid file 'image': unsupported mimetype", "unsupported_file_mimetype")
            pictures.append(pixels_of(content))
        if not pictures:
            raise _refused("Missing required parameter: 'image'", "missing_required_parameter")
        if len(pictures) > 16:
            raise _refused("Invalid 'image': too many images", "array_above_max_length")
        fields["n"] = int(fields.get("n", "1"))
        return fields, pictures

    def _check(self, fields: dict) -> None:
        model = fields.get("model")
        dall_e = model == "dall-e-2"
        if model not in {"gpt-image-1", "dall-e-2"}:
            raise _refused(f"Invalid value: {model!r}", "invalid_value")
        unknown = set(fields) - _FIELDS - ({"response_format"} if dall_e else set())
        if unknown:
            raise _refused(f"Unknown parameter: {min(unknown)!r}.", "unknown_parameter")
        if not fields.get("prompt") or len(fields["prompt"]) > (1_000 if dall_e else 32_000):
            raise _refused("Invalid 'prompt': string too long or empty", "string_above_max_length")
        if fields.get("size", "1024x1024") not in (_DALL_E_SIZES if dall_e else _SIZES):
            raise _refused(f"Invalid value: {fields['size']!r}", "invalid_value")
        if not 1 <= fields.get("n", 1) <= 10:
            raise _refused("Invalid 'n'", "integer_above_max_value")


def _refused(message: str, code: str | None, status: int = 400) -> Refused:
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return Refused(status, {"error": error})
