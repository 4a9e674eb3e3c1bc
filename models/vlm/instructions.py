"""What a model is asked for: the words, and the JSON schemas for servers that constrain decoding.

Every field is required and nothing else allowed: OpenAI's strict mode wants it so, and a model that
must say null leaves nothing out.
"""

from collections.abc import Mapping
from enum import StrEnum

Schema = Mapping[str, object]


class AnalysisVersion(StrEnum):
    """Which of the two formats is asked for; see :mod:`schemas.vlm`."""

    V1 = "v1"
    V2 = "v2"


SPEECH_TYPES = ("dialogue", "thought", "narration", "sound_effect", "sign")
"""The kinds of lettering that a model chooses from."""

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NULL: Schema = {"type": ["string", "null"]}
_BOX: Schema = {"type": "array", "items": {"type": "integer"}, "minItems": 4, "maxItems": 4}
_KIND: Schema = {"type": "string", "enum": list(SPEECH_TYPES)}

_TASK = """\
You read one page of a comic. Describe it panel by panel in the order in which the story is read.
Answer with one JSON object and nothing else: no code fence, no comment.
Inside strings, write every double quote as \\" and every line break as \\n.
Copy lettering exactly as printed, in its own language and spelling. Never invent lettering.
Use null or [] where a panel has nothing of a kind. Use the same name for a person on the whole page;
if nobody says the name, use a short description such as "woman in red coat".
A page without panels, such as a cover, counts as one panel."""
_FIELDS_V1 = """
{"overall_summary": what happens on the page, in two or three sentences,
 "panels": [{"panel_number": 1, 2, ..., "caption": the narration printed in it or null,
   "description": what is seen, in one or two sentences,
   "speakers": [{"character": who, "dialogue": the words, "speech_type": KIND}],
   "key_elements": [things of importance], "actions": [what is done]EXTRA}],
 "summary": {"characters": [names], "setting": where and when, "plot": one sentence,
   "dialogue": [the lines that matter]}}
KIND is one of dialogue, thought, narration, sound_effect, sign."""
_EXTRA_V2 = """,
   "box_2d": [ymin, xmin, ymax, xmax] of the panel,
   "text_content": [{"label": KIND, "speaker": who or null, "text": the words, "box_2d": its box}],
   "characters": [{"name": who, "box_2d": the box}]"""
_BOXES_V2 = """
Boxes are whole numbers from 0 to 1000: 0 is the top or left edge of the page, 1000 the bottom or right."""


def instructions(version: AnalysisVersion) -> str:
    """Return the words that ask for a version."""
    if version is AnalysisVersion.V1:
        return _TASK + _FIELDS_V1.replace("EXTRA", "")
    return _TASK + _FIELDS_V1.replace("EXTRA", _EXTRA_V2) + _BOXES_V2


def json_schema(version: AnalysisVersion) -> Schema:
    """Return the JSON schema of a version."""
    speech = _table(character=_TEXT, dialogue=_TEXT, speech_type=_KIND)
    panel: dict[str, Schema] = {
        "panel_number": {"type": "integer"},
        "caption": _TEXT_OR_NULL,
        "description": _TEXT,
        "speakers": _list(speech),
        "key_elements": _list(_TEXT),
        "actions": _list(_TEXT),
    }
    if version is AnalysisVersion.V2:
        panel["box_2d"] = _BOX
        panel["text_content"] = _list(_table(label=_KIND, speaker=_TEXT_OR_NULL, text=_TEXT, box_2d=_BOX))
        panel["characters"] = _list(_table(name=_TEXT, box_2d=_BOX))
    summary = _table(characters=_list(_TEXT), setting=_TEXT, plot=_TEXT, dialogue=_list(_TEXT))
    return _table(overall_summary=_TEXT, panels=_list(_table(**panel)), summary=summary)


def _table(**fields: Schema) -> Schema:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
