"""How messages look once they are sent, where that differs from their dataclass."""

from typing import Any

_BOX = {
    "title": "Box",
    "description": "Left, top, right and bottom on the page, each from 0 to 1.",
    "type": "array",
    "items": {"type": "number", "minimum": 0, "maximum": 1},
    "minItems": 4,
    "maxItems": 4,
}


def as_sent(components: dict[str, Any]) -> dict[str, Any]:
    """Return schemas of what ``to_json`` gives: boxes as four numbers, panels flat, no fingerprints."""
    sent = dict(components)
    if "Box" in sent:
        sent["Box"] = _BOX
    if "PageDetail" in sent:
        sent["PageDetail"] = _without(sent["PageDetail"], "fingerprint")
    if "PanelDetail" in sent:
        sent["PanelDetail"] = _flat(sent["PanelDetail"], "panel", sent["PanelSummary"])
    return {name: _plain(schema) for name, schema in sorted(sent.items())}


def _without(schema: dict[str, Any], field: str) -> dict[str, Any]:
    properties = {name: told for name, told in schema["properties"].items() if name != field}
    return {**schema, "properties": properties, "required": [n for n in schema["required"] if n != field]}


def _flat(schema: dict[str, Any], field: str, inner: dict[str, Any]) -> dict[str, Any]:
    outer = _without(schema, field)
    properties = {**inner["properties"], **outer["properties"]}
    return {**outer, "properties": properties, "required": [*inner["required"], *outer["required"]]}


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Lay a docstring out in one paragraph."""
    if "description" not in schema:
        return schema
    return {**schema, "description": " ".join(schema["description"].split())}
