"""``longbox eval``: the shape of its output and its exit codes."""

import json

import pytest
from click.testing import CliRunner, Result

from models.training.page_types.shards import BY_HAND, load_books
from schemas.errors import ConfigError
from schemas.labels import PageType
from tests.indexer.evaluation.builders import write_json, write_page
from webui.cli import evaluate


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


def test_page_types_prints_the_promised_json_beside_its_baselines(labelled):
    result = run(
        "page-types", "--labels", labelled / "labels", "--images", labelled, "--reader", "none", "--json"
    )
    data = json.loads(result.stdout)
    assert result.exit_code == 0
    for figures in (data, data["position_only"], data["majority"]):
        assert {"accuracy", "f1_macro", "f1", "mndd", "document_f1", "sq", "pq"} <= set(figures)
        assert figures["books"] == 2


def test_page_types_takes_the_cosmo_format(labelled):
    folder = next(path.parent for path in labelled.rglob("p01.*") if path.suffix != ".json")
    books = [
        {"hash_code": folder.name, "covers": [], "stories": [{"title": "", "page_start": 0, "page_end": 3}]},
        {"hash_code": "../secret", "covers": [{"page_start": 0, "page_end": 0}]},
        {"hash_code": "bad", "stories": [{"page_start": -4, "page_end": 0}]},
    ]
    streams = labelled / "streams.json"
    streams.write_text(json.dumps(books))
    result = run("page-types", "--labels", streams, "--images", folder.parent, "--reader", "none", "--json")
    data = json.loads(result.stdout)
    assert (data["books"], data["pages"], data["skipped"]) == (1, 1, 2)
    assert data["majority"]["accuracy"] == 1


def test_page_types_keeps_what_was_seen_for_training(labelled, tmp_path):
    kept = tmp_path / "new" / "seen.npz"
    result = run(
        "page-types",
        "--labels",
        labelled / "labels",
        "--images",
        labelled,
        "--reader",
        "none",
        "--keep",
        kept,
    )
    assert result.exit_code == 0
    books = load_books(kept)
    assert {book.kind for book in books} == {BY_HAND}
    assert any(PageType.STORY in book.types for book in books)
    assert all(page.look is not None for book in books for page in book.pages)


def test_page_types_of_nothing_say_so(tmp_path):
    result = run("page-types", "--labels", tmp_path, "--images", tmp_path)
    assert result.exit_code == 1
    assert "nothing" in result.stderr


def test_pages_prints_a_table_with_every_work(labelled):
    output = run("pages", "--labels", labelled / "labels", "--images", labelled).stdout
    rows = [line.split() for line in output.splitlines() if line.split()]
    assert [row[0] for row in rows if len(row) == 13] == ["frogs", "lamps", "overall"]
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


def test_queries_are_built_and_run_from_the_command_line(labelled, tmp_path, lamps_library):
    out = tmp_path / "queries"
    made = run("build-queries", out, "--labels", labelled / "labels", "--images", labelled, "--json")
    told = json.loads(made.stdout)
    assert made.exit_code == 0
    assert told["kinds"]["crop"] == 8
    moved = (out / "queries.json").read_text().replace("lamps/p01#", "elsewhere/p91#")
    (out / "queries.json").write_text(moved.replace("frogs/p01#", "elsewhere/p92#"))
    stranger = run("retrieval", "--library", lamps_library, "--queries", out / "queries.json", "--json")
    assert stranger.exit_code == 1
    assert "nothing to score" in stranger.stderr


def test_build_queries_names_an_unknown_kind(labelled, tmp_path):
    arguments = ("--labels", labelled / "labels", "--images", labelled, "--kind", "smell")
    result = run("build-queries", tmp_path / "q", *arguments)
    assert result.exit_code == 2
    assert "no kind 'smell'" in result.stderr


def test_retrieval_prints_the_promised_json(tmp_path, lamps_library):
    queries = [{"query": "harbour cat", "relevant": ["lamps/p01#1", "lamps/p01#2"], "kind": "words"}]
    (tmp_path / "q.json").write_text(json.dumps(queries))
    result = run("retrieval", "--library", lamps_library, "--queries", tmp_path / "q.json", "--json")
    assert result.exit_code == 0, result.output
    data = json.loads(result.stdout)
    promised = ["recall@1", "recall@5", "recall@10", "mrr", "ndcg@10", "random", "interval", "n"]
    assert list(data["kinds"]["words"]) == promised
    assert set(data["latency_ms"]) == {"p50", "p95"}


def test_retrieval_reads_no_picture_outside_of_the_query_files_folder(tmp_path, lamps_library):
    (tmp_path / "secret.png").write_bytes(b"x")
    (tmp_path / "queries").mkdir()
    asked = [{"image": "../secret.png", "relevant": ["lamps/p01#1"]}]
    (tmp_path / "queries" / "q.json").write_text(json.dumps(asked))
    with pytest.raises(ConfigError, match="outside"):
        run("retrieval", "--library", lamps_library, "--queries", tmp_path / "queries" / "q.json")
