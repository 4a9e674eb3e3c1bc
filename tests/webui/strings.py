"""Finding the texts that the pages use, in templates, views and browser modules."""

import re
from pathlib import Path

from webui.i18n import keys_in_modules

WEBUI = Path(__file__).resolve().parents[2] / "webui"
_QUOTED = r"'((?:[^'\\]|\\.)+)'"
_DOUBLE = r'"((?:[^"\\]|\\.)+)"'
_SINGULAR = re.compile(rf"\b_\(\s*{_QUOTED}")
_PLURAL = re.compile(rf"\b_n\(\s*{_QUOTED},\s*{_QUOTED}")
_SAID = re.compile(rf"\b(?:say|noted)\(\s*{_DOUBLE}")
_COUNTED = re.compile(rf"\bcount\(\s*{_DOUBLE},\s*{_DOUBLE}")


def used() -> dict[str, bool]:
    """Return every text that is used, and whether it comes with a number."""
    texts: dict[str, bool] = dict.fromkeys(keys_in_modules(), False)
    for template in sorted((WEBUI / "templates").glob("*.html")):
        source = template.read_text("utf-8")
        texts |= {key.replace("\\'", "'"): False for key in _SINGULAR.findall(source)}
        texts |= {many: True for _, many in _PLURAL.findall(source)}
    for module in sorted(WEBUI.rglob("*.py")):
        source = module.read_text("utf-8")
        texts |= dict.fromkeys(_SAID.findall(source), False)
        texts |= {many: True for _, many in _COUNTED.findall(source)}
    return texts
