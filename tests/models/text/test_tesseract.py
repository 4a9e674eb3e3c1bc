from pathlib import Path

import numpy as np
import pytest

from models.text.tesseract import TesseractTextReader, lines_from_tsv
from schemas.errors import BackendUnavailableError, ConfigError

HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
RECORDED = "\n".join(
    [
        HEADER,
        "1\t1\t0\t0\t0\t0\t0\t0\t640\t480\t-1\t",
        "4\t1\t1\t1\t1\t0\t60\t75\t240\t26\t-1\t",
        "5\t1\t1\t1\t1\t1\t60\t75\t110\t26\t96.5\tHELLO",
        "5\t1\t1\t1\t1\t2\t180\t77\t120\t24\t92.5\tWORLD",
        '5\t1\t2\t1\t1\t1\t60\t280\t100\t30\t88\t"quoted',
        "5\t1\t3\t1\t1\t1\t400\t400\t9\t9\t12.0\t~",
        "5\t1\t4\t1\t1\t1\tbroken",
        "",
    ]
)

FAKE = """#!/bin/sh
case "$1" in
  --version) echo "tesseract 5.3.0" ;;
  --list-langs) printf 'List of available languages (2):\\nkor\\nrus\\n' ;;
  stdin) cat > /dev/null; {action} ;;
esac
"""


def fake_command(folder: Path, action: str) -> Path:
    command = folder / "tesseract"
    # The reader runs the command without a PATH.
    command.write_text("#!/bin/sh\nPATH=/usr/bin:/bin\n" + FAKE.format(action=action))
    command.chmod(0o755)
    return command


def test_words_of_a_row_become_one_line() -> None:
    first, second = lines_from_tsv(RECORDED, width_px=640, height_px=480)
    assert (first.text, second.text) == ("HELLO WORLD", '"quoted')
    assert first.confidence == pytest.approx(0.945)
    assert first.box.to_pixels(width_px=640, height_px=480) == (60, 75, 300, 101)
    assert not first.vertical


@pytest.mark.parametrize("table", ["", HEADER, "nonsense", "\x00\t\n", HEADER + "\n5\t1"])
def test_broken_tables_give_no_line(table: str) -> None:
    assert lines_from_tsv(table, width_px=10, height_px=10) == ()


def test_column_of_hangul_is_no_cjk_column_but_kanji_is() -> None:
    row = "5\t1\t1\t1\t1\t1\t10\t10\t20\t200\t90\t{}"
    (hangul,) = lines_from_tsv(f"{HEADER}\n{row.format('안녕')}", width_px=300, height_px=300)
    (kanji,) = lines_from_tsv(f"{HEADER}\n{row.format('午後')}", width_px=300, height_px=300)
    assert (hangul.vertical, kanji.vertical) == (False, True)


def test_reads_only_the_languages_it_was_given(tmp_path: Path) -> None:
    reader = TesseractTextReader(["kor"], executable=fake_command(tmp_path, "true"))
    assert reader.name == "tesseract-5.3.0/kor"
    assert [reader.reads(code) for code in (None, "ko", "kor", "ko-KR", "ru", "en")] == [
        *(True, True, True, True),
        *(False, False),
    ]


def test_missing_language_data_name_the_package(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError, match="tesseract-ocr-tha"):
        TesseractTextReader(["tha"], executable=fake_command(tmp_path, "true"))


def test_missing_command_names_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BackendUnavailableError, match="apt-get install tesseract-ocr "):
        TesseractTextReader(["kor"])


@pytest.mark.parametrize("code", ["", "ko", "../etc", "kor+rus", "-l"])
def test_foreign_language_codes_are_refused(code: str) -> None:
    with pytest.raises(ConfigError, match="kor"):
        TesseractTextReader([code])


def test_failing_command_is_one_clear_error(tmp_path: Path) -> None:
    reader = TesseractTextReader(["kor"], executable=fake_command(tmp_path, "exit 3"))
    with pytest.raises(BackendUnavailableError, match="fails"):
        reader.read_lines(np.zeros((20, 20, 3), np.uint8))


def test_page_over_the_time_limit_counts_as_empty(tmp_path: Path) -> None:
    command = fake_command(tmp_path, "exec sleep 30")
    reader = TesseractTextReader(["kor"], executable=command, timeout_s=1.0)
    assert reader.read_lines(np.zeros((20, 20, 3), np.uint8)) == ()


def test_answer_of_the_command_is_parsed(tmp_path: Path) -> None:
    (tmp_path / "answer.tsv").write_text(RECORDED)
    command = fake_command(tmp_path, f"cat '{tmp_path}/answer.tsv'")
    reader = TesseractTextReader(["kor", "rus"], executable=command)
    lines = reader.read_lines(np.zeros((480, 640, 3), np.uint8))
    assert [line.text for line in lines] == ["HELLO WORLD", '"quoted']
