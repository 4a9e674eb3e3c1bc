"""How much of real dialogue survives quotes that a model forgot to escape."""

import json
import random
from pathlib import Path

import pytest

from models.vlm.repair import mend_json

PLACEHOLDER = "\x01"  # json.dumps writes it as \u0001, which no transcript contains


def words_in_quotes(text: str, dice: random.Random) -> str:
    words = text.split(" ")
    first = dice.randrange(len(words))
    last = dice.randrange(first, len(words))
    words[first] = PLACEHOLDER + words[first]
    words[last] += PLACEHOLDER
    return " ".join(words)


def page(lines: list[str]) -> dict:
    panels = [
        {
            "panel_number": number,
            "description": f"Somebody says {line} aloud.",
            "speakers": [{"character": "Mimi", "dialogue": line, "speech_type": "dialogue"}],
            "key_elements": ["hat", line],
        }
        for number, line in enumerate(lines, start=1)
    ]
    return {"overall_summary": lines[0], "panels": panels, "summary": {"plot": "x", "dialogue": lines}}


@pytest.mark.corpus
@pytest.mark.parametrize("indent", [None, 2])
def test_unescaped_quotes_in_real_dialogue_are_kept_word_for_word(corpus: Path, indent: int | None) -> None:
    dice = random.Random(5)
    files = sorted((corpus / "mimi-and-eunice").glob("*.json"))
    strips = [json.loads(file.read_text(encoding="utf-8"))["regions"] for file in files]
    exact = []
    for strip in filter(None, strips):
        text = json.dumps(page([words_in_quotes(line["text"], dice) for line in strip]), indent=indent)
        meant = json.loads(text.replace("\\u0001", '\\"'))
        exact.append(mend_json(text.replace("\\u0001", '"')).value == meant)
    assert len(exact) > 300
    assert sum(exact) / len(exact) >= 0.99
