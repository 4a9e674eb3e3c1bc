"""``longbox eval``: the shape of its output and its exit codes."""

import json

import pytest
from click.testing import CliRunner, Result

from indexer.eval_cli import evaluate
from tests.indexer.evaluation.builders import write_json, write_page


def run(*arguments: object) -> Result:
    return CliRunner().invoke(evaluate, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture
def labelled(tmp_path):
    write_page(tmp_path, "lamps", "p01")
    write_page(tmp_path, "frogs", "p01")
    return tmp_path


def test_pages_prints_the_promised_json(labelled):
    result = run("pages", "--labels", labelled / "labels", "--images", labelled, "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(data["works"]) == ["frogs", "lamps"]
    promised = [
        "f1_50",
        "f1_75",
        "f1_90",
        "exact",
        "order_exact",
        "kendall_tau",
        "pages",
        "panels",
        "cpu_s_per_page",
    ]
    for figures in (data["overall"], *data["works"].values()):
        assert list(figures)[: len(promised)] == promised
    assert data["overall"]["pages"] == 2
    assert data["overall"]["panels"] == 8
    assert data["skipped"] == 0


def test_pages_prints_a_table_with_every_work(labelled):
    output = run("pages", "--labels", labelled / "labels", "--images", labelled).stdout
    rows = [line.split() for line in output.splitlines() if line.split()]
    assert [row[0] for row in rows if len(row) == 11] == ["frogs", "lamps", "overall"]
    assert rows[-1][:4] == ["overall", "1.000", "1.000", "1.000"]


def test_what_cannot_be_scored_is_listed_and_counted(labelled):
    (labelled / "lamps" / "p01.png").unlink()
    (labelled / "labels" / "broken.json").write_text("{")
    result = run("pages", "--labels", labelled / "labels", "--images", labelled, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["skipped"] == 2
    told = result.stderr.splitlines()
    assert [line.split(":")[0] for line in told] == ["skipped broken.json", "skipped lamps/p01.json"]


@pytest.mark.parametrize("option", [[], ["--json"]])
def test_nothing_scored_is_exit_1(tmp_path, option):
    write_json(tmp_path / "sample.json", {"seed": 1})
    result = run("pages", "--labels", tmp_path, "--images", tmp_path, *option)
    assert result.exit_code == 1
    assert "could be scored" in result.stderr
    assert result.stdout in ("1 skipped\n", '{\n "overall": null,\n "works": {},\n "skipped": 1\n}\n')


@pytest.mark.parametrize(
    "arguments",
    [
        ["--images", "."],
        ["--labels", "/nowhere", "--images", "."],
        ["--labels", ".", "--images", ".", "--worst", "0", "out"],
        ["--labels", ".", "--images", ".", "--worst", "many", "out"],
        ["--labels", ".", "--images", ".", "--detector", "oracle"],
    ],
)
def test_wrong_call_is_exit_2(arguments):
    assert run("pages", *arguments).exit_code == 2


def test_worst_pages_are_drawn(labelled):
    broken = json.loads((labelled / "labels" / "frogs" / "p01.json").read_text())
    broken["panels"] = broken["panels"][:1]
    write_json(labelled / "labels" / "frogs" / "p01.json", broken)
    out = labelled / "worst"
    result = run("pages", "--labels", labelled / "labels", "--images", labelled, "--worst", 5, out)
    assert result.exit_code == 0
    assert [path.name for path in out.iterdir()] == ["001-frogs_p01.png"]


@pytest.fixture
def transcribed(labelled):
    write_json(labelled / "lamps" / "p01.json", {"texts": ["tok"]})
    write_json(labelled / "frogs" / "p01.json", {"texts": []})
    return labelled


def test_text_prints_the_promised_json(transcribed):
    where = ("--labels", transcribed / "labels", "--images", transcribed)
    result = run("text", *where, "--reader", "none", "--json")
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    promised = ["word_precision", "word_recall", "word_f1", "char_precision", "char_recall", "char_f1", "cer"]
    for figures in (data["overall"], *data["works"].values()):
        assert list(figures)[: len(promised)] == promised
        assert {"pages", "cpu_s_per_page", "panel_assignment"} <= set(figures)
    assert data["works"]["lamps"]["word_recall"] == 0.0
    assert data["works"]["frogs"]["cer"] == 0.0
    assert data["overall"]["cer"] == 1.0


def test_text_draws_the_worst_pages_and_prints_a_table(transcribed):
    where = ("--labels", transcribed / "labels", "--images", transcribed)
    result = run("text", *where, "--reader", "none", "--worst", 3, transcribed / "worst")
    assert result.exit_code == 0
    assert "overall" in result.stdout
    assert [path.name for path in (transcribed / "worst").iterdir()] == ["001-lamps_p01.png"]


def test_text_without_any_transcript_is_exit_1(labelled):
    result = run("text", "--labels", labelled / "labels", "--images", labelled, "--reader", "none")
    assert result.exit_code == 1


def test_unknown_reader_is_exit_2(labelled):
    result = run("text", "--labels", labelled, "--images", labelled, "--reader", "oracle")
    assert result.exit_code == 2
    assert "there is no text reader 'oracle'; known:" in " ".join(result.stderr.split())
