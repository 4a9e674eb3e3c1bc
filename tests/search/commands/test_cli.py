import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from models.encoders.minilm import SPEC as MINILM
from models.encoders.standby import SPEC as STANDBY
from schemas.errors import LongboxError, QueryError
from schemas.messages import SearchHit
from schemas.tables import LibraryFormat
from search.commands.cli import search
from search.commands.sheet import CELL_PX, draw_sheet
from tests.search import builders
from tests.search.builders import panel_key
from tests.search.conftest import MANGA, NOISY, WITCH


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library in the format of the real encoders, without vectors: words alone are searched."""
    plain = tuple(
        builders.BookSpec(
            book.name,
            tuple(
                builders.PageSpec(
                    tuple(builders.PanelSpec(panel.text) for panel in page.panels), page.page_type
                )
                for page in book.pages
            ),
            series=book.series,
            year=book.year,
            language=book.language,
        )
        for book in (WITCH, NOISY, MANGA)
    )
    path = tmp_path_factory.mktemp("cli") / "lib"
    return builders.create(path, *plain, library=LibraryFormat(MINILM, STANDBY), vectors=False)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(search, [str(argument) for argument in arguments])


def test_json_has_the_promised_fields(real: Path) -> None:
    result = run("nothing ever works", "--library", real, "--json")
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert {"hits", "took_ms", "encoder"} <= answer.keys()
    hit = answer["hits"][0]
    promised = "book_id title source page_no page_file panel_no box score legs text"
    assert set(promised.split()) <= hit.keys()
    assert hit["text"] == "Nothing ever works with me!"


def test_hits_are_shown_for_people(real: Path) -> None:
    result = run("--dialogue", "the potion of genius", "--library", real)
    assert result.exit_code == 0
    assert "Witch, page 1 (p01.png), panel 2" in result.stdout
    assert "“The potion of Genius”" in result.stdout
    assert "dialogue #1 (1.00)" in result.stdout


def test_nothing_found_is_said_kindly_and_no_error(real: Path) -> None:
    result = run("xqzv blorp wug", "--library", real)
    assert result.exit_code == 0
    assert "nothing found" in result.stdout
    filtered = run("potion", "--series", "none", "--library", real)
    assert "without the filters" in filtered.stdout


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        (["--series", "Witch Tales"], 1),
        (["--year", "2005"], 1),
        (["--year", "2001-"], 1),
        (["--year", "-2000"], 1),
        (["--year", "1990-2010"], 2),
        (["--language", "ja"], 0),
        (["--page-type", "story"], 2),
        (["--not-page-type", "story"], 0),
        (["--book", WITCH.book_id], 1),
        (["--no-text"], 0),
        (["--has-text"], 2),
        (["--offset", "1"], 1),
        (["--limit", "1"], 1),
        (["--group", "book"], 2),
    ],
)
def test_options_narrow_the_hits(real: Path, options: list[str], pages: int) -> None:
    result = run("--dialogue", "nothing ever works with me", "--library", real, "--json", *options)
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["hits"]) == pages


def test_cursor_goes_on(real: Path) -> None:
    ask = ["--dialogue", "nothing ever works with me", "--library", real, "--json", "--limit", 1]
    first = json.loads(run(*ask).stdout)
    second = json.loads(run(*ask, "--cursor", first["cursor"]).stdout)
    assert [answer["hits"][0]["title"] for answer in (first, second)] == ["Witch", "Noisy"]


@pytest.mark.parametrize(
    "arguments",
    [[], ["potion", "--year", "last"], ["potion", "--limit", "0"], ["potion", "--page-type", "poem"]],
)
def test_wrong_calls_are_usage_errors(real: Path, arguments: list[str]) -> None:
    assert run(*arguments, "--library", real).exit_code == 2


def test_query_of_100_kb_gets_one_clear_line(real: Path) -> None:
    result = run("potion " * 15_000, "--library", real)
    assert isinstance(result.exception, QueryError)
    message = str(result.exception)
    assert "2,000" in message
    assert "\n" not in message


def test_picture_that_is_none_gets_one_clear_line(real: Path, tmp_path: Path) -> None:
    lie = tmp_path / "lie.png"
    lie.write_bytes(b"\x89PNG\r\n\x1a\nnot really")
    result = run("--picture", lie, "--library", real)
    assert isinstance(result.exception, LongboxError)
    assert "lie.png" in str(result.exception)


def test_sheet_is_written(real: Path, tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    result = run("potion", "--library", real, "--sheet", out)
    assert result.exit_code == 0, result.output
    with Image.open(out) as sheet:
        assert sheet.width > CELL_PX


@pytest.mark.parametrize("name", ["sheet.jpg", "sheet"])
def test_sheet_of_another_format_is_a_usage_error_before_anything_is_searched(
    real: Path, tmp_path: Path, name: str
) -> None:
    result = run("potion", "--library", real, "--sheet", tmp_path / name)
    assert result.exit_code == 2
    assert "let it end in .png" in result.output
    assert not list(tmp_path.iterdir())


def test_sheet_that_cannot_be_written_gets_one_clear_line(real: Path, tmp_path: Path) -> None:
    result = run("potion", "--library", real, "--sheet", tmp_path / "no" / "sheet.png")
    assert isinstance(result.exception, LongboxError)
    assert "contact sheet" in str(result.exception)


def test_sheet_shows_the_thumbnails(library: object) -> None:
    red = io.BytesIO()
    Image.new("RGB", (400, 200), (200, 0, 0)).save(red, "WEBP", lossless=True)
    hit = _hit(panel_key(WITCH, 1))
    sheet = np.asarray(draw_sheet([("A title", [hit] * 6), ("Nothing", [])], lambda _: red.getvalue()))
    reds = (sheet == (200, 0, 0)).all(axis=2).sum()
    assert reds == pytest.approx(6 * 298 * 149, rel=0.02)


def test_help_loads_no_database() -> None:
    code = (
        "import sys, click.testing, search.commands.cli\n"
        "click.testing.CliRunner().invoke(search.commands.cli.search, ['--help'])\n"
        "print([name for name in ('lancedb', 'torch', 'rich', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_importing_search_is_cheap() -> None:
    code = "import sys, search\nprint(sorted({'lancedb', 'pyarrow', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def _hit(panel_id: str) -> SearchHit:
    from schemas.geometry import Box

    return SearchHit(
        panel_id=panel_id,
        page_id=panel_id.partition("#")[0],
        book_id=WITCH.book_id,
        title="A title that is far too long to stand under a picture of this size",
        source="/x.cbz",
        page_no=1,
        page_file="p01.png",
        panel_no=1,
        box=Box.whole_page(),
        score=0.5,
        legs={},
        text="text " * 40,
        page_type="story",
    )


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        (['"nothing ever works"'], panel_key(WITCH, 1)),
        (["--phrase", "nothing ever*"], panel_key(WITCH, 1)),
        (["nothing", "--also", "3:ever works"], panel_key(WITCH, 1)),
        (["potion series:witch"], panel_key(WITCH, 1, 2)),
        (["strong", "--not-series", "Witch Tales"], panel_key(NOISY, 2)),
        (['"nothing ever" > "the potion"'], panel_key(WITCH, 1)),
        (["--step", "nothing ever works", "--step", "potion of genius"], panel_key(WITCH, 1)),
        (["--page", "2-", "--series", "Witch Tales"], panel_key(WITCH, 2)),
    ],
)
def test_what_is_typed_and_what_is_given_beside_find_alike(
    real: Path, arguments: list[str], first: str
) -> None:
    result = run(*arguments, "--library", real, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["hits"][0]["panel_id"] == first


def test_facets_and_neighbours_come_with_the_hits(real: Path) -> None:
    result = run("potion", "--library", real, "--facets", "--window", "1", "--json")
    answer = json.loads(result.stdout)
    assert {"value": "Witch Tales", "count": 1} in answer["facets"]["series"]
    assert answer["hits"][0]["before"]


def test_wrong_typing_is_told_with_its_place(real: Path) -> None:
    result = run("cat is:purple", "--library", real)
    assert isinstance(result.exception, QueryError)
    assert str(result.exception).startswith("character 5: there is no is:purple")


def test_runs_and_counts_are_shown_for_people(real: Path) -> None:
    result = run('"nothing ever" > "the potion"', "--library", real, "--facets")
    assert "then page 1, panel 2" in result.stdout
    assert "series: Witch Tales 1" in result.stdout
