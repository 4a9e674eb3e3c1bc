import socket
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.text.measures import score_words, words_of
from models.text.rapid import DETECTOR_FILE, RapidTextReader
from schemas.errors import BackendUnavailableError
from schemas.records import RgbImage


@pytest.fixture(scope="module")
def reader() -> RapidTextReader:
    return RapidTextReader()


def write(page: RgbImage, text: str, origin: tuple[int, int], ink: tuple[int, int, int] = (0, 0, 0)) -> None:
    cv2.putText(page, text, origin, cv2.FONT_HERSHEY_DUPLEX, 1.1, ink, 2, cv2.LINE_AA)


def test_missing_model_is_named_and_nothing_is_fetched(tmp_path: Path) -> None:
    with pytest.raises(BackendUnavailableError, match=DETECTOR_FILE):
        RapidTextReader(model_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_import_is_light() -> None:
    code = "import sys, models.text.rapid; print({'rapidocr', 'onnxruntime'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_rapidocrs_own_driver_is_never_loaded(reader: RapidTextReader) -> None:
    reader.read_lines(np.full((64, 64, 3), 255, np.uint8))
    code = (
        "import sys, numpy as np; from models.text.rapid import RapidTextReader;"
        "RapidTextReader().read_lines(np.zeros((64, 64, 3), np.uint8)); print('rapidocr' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("False", "")


@pytest.mark.parametrize(
    ("language", "known"),
    [
        *((code, True) for code in (None, "en", "fr-CA", "pt_BR", "ja", "zh-Hans", "el", "tlh")),
        *((code, False) for code in ("ko", "KOR", "ru", "uk", "bg", "ar", "he", "th", "hi")),
    ],
)
def test_languages_are_gated_by_script(reader: RapidTextReader, language: str | None, known: bool) -> None:
    assert reader.reads(language) is known


def test_every_line_of_a_tall_strip_is_read_once(reader: RapidTextReader) -> None:
    strip = np.full((6000, 500, 3), 255, np.uint8)
    numbers = [f"number {1000 + 37 * index}" for index in range(30)]
    for index, text in enumerate(numbers):
        write(strip, text, (60, 120 + 195 * index))
    lines = reader.read_lines(strip)
    assert sorted(line.text for line in lines) == sorted(numbers)
    tops = [line.box.y0 for line in sorted(lines, key=lambda line: line.text)]
    assert tops == sorted(tops)


def test_white_on_black_and_slanted_lines_are_read(reader: RapidTextReader) -> None:
    page = np.zeros((500, 700, 3), np.uint8)
    write(page, "WHITE ON BLACK", (80, 120), (255, 255, 255))
    write(page, "UPHILL STRUGGLE", (80, 380), (255, 255, 255))
    turn = cv2.getRotationMatrix2D((250, 370), 12, 1.0)
    page[250:] = cv2.warpAffine(page, turn, (700, 500))[250:]
    read = {line.text for line in reader.read_lines(page)}
    assert read == {"WHITE ON BLACK", "UPHILL STRUGGLE"}


def test_threads_are_configurable() -> None:
    page = np.full((200, 400, 3), 255, np.uint8)
    write(page, "TWO THREADS", (40, 100))
    assert [line.text for line in RapidTextReader(threads=2).read_lines(page)] == ["TWO THREADS"]


@pytest.mark.corpus
def test_story_pages_are_read_nearly_word_for_word(corpus: Path, reader: RapidTextReader) -> None:
    page = cv2.imread(str(corpus / "pepper-and-carrot/ep03/p02.jpg"), cv2.IMREAD_COLOR_RGB)
    assert page is not None
    expected = words_of(
        "Uhh sorry, I'll have to take only four Grrr Greetings, good Sir. Please prepare two dozen of "
        "everything for me. Premium quality, as usual. It's always a pleasure to serve you, Miss Saffron "
        "Hey look, it's Pepper Oh, let me guess business is booming in the countryside ? I guess you're "
        "preparing the ingredients for tomorrow's potion challenge? a potion challenge tomorrow"
    )
    read = words_of(" ".join(line.text for line in reader.read_lines(np.asarray(page, np.uint8))))
    assert score_words(read, expected).f1 >= 0.97


@pytest.mark.corpus
def test_vertical_japanese_is_read_as_columns(corpus: Path, reader: RapidTextReader) -> None:
    page = cv2.imread(str(corpus / "manga-demo/msdemo-001-station.png"), cv2.IMREAD_COLOR_RGB)
    assert page is not None
    lines = {line.text: line.vertical for line in reader.read_lines(np.asarray(page, np.uint8))}
    assert any(vertical and "今来たところ" in text for text, vertical in lines.items())
    assert any(not vertical and "駅前はまだ明るい" in text for text, vertical in lines.items())


def test_reading_opens_no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("reading reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    page = np.full((200, 700, 3), 255, np.uint8)
    write(page, "HELLO THERE", (60, 110))
    found = RapidTextReader().read_lines(page)
    assert words_of(" ".join(line.text for line in found)) == ["hello", "there"]
