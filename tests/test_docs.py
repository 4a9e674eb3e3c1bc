"""The documentation says what is there: commands, targets, settings and code that runs."""

import re
import subprocess
from pathlib import Path

from webui.cli import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_every_command_is_in_the_readme_and_no_other():
    named = set(re.findall(r"`longbox (\w+)", README))
    assert named == set(COMMANDS)


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {name for text in DOCUMENTS for name in re.findall(r"\bmake ([a-z-]+)\b", code_of(text))}
    assert named
    assert named <= targets


def code_of(document: Path) -> str:
    text = document.read_text("utf-8")
    return "\n".join(re.findall(r"`[^`]+`|^```.*?^```", text, re.MULTILINE | re.DOTALL))


def test_python_session_of_the_readme_runs(lamps_library, capsys):
    (session,) = blocks("python")
    session = session.replace('"demo/library"', repr(str(lamps_library)))
    session = session.replace("light does not swim", "ask the harbour cat")
    exec(compile(session, "README.md", "exec"), {})
    assert "harbour cat" in capsys.readouterr().out.lower()


def test_links_between_documents_lead_somewhere():
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name} points to {target}"


def test_decisions_are_numbered_in_a_row():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_registry_address_stands_in_the_tree():
    tracked = subprocess.run(
        ["git", "grep", "-lIE", r"(pypi|pythonhosted|npmjs|registry\.npm)\.(org|com)|--(extra-)?index-url"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert set(tracked.stdout.split()) <= {"tests/test_docs.py"}
