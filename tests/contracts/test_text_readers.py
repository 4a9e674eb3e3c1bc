"""What every text reader promises, run on each that is installed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from models.protocols import TextReader
from models.text.measures import words_of
from models.text.rapid import RapidTextReader
from models.text.tesseract import TesseractTextReader
from schemas.errors import BackendUnavailableError
from schemas.records import RgbImage


def _tesseract() -> TextReader:
    try:
        return TesseractTextReader(["eng"])
    except BackendUnavailableError as error:
        pytest.skip(str(error))


READERS: dict[str, Callable[[], TextReader]] = {"rapidocr": RapidTextReader, "tesseract": _tesseract}


@pytest.fixture(scope="module", params=READERS, ids=str)
def reader(request: pytest.FixtureRequest) -> TextReader:
    return READERS[request.param]()


def page_with(*lines: tuple[str, tuple[int, int]]) -> RgbImage:
    page = np.full((480, 640, 3), 255, np.uint8)
    for text, origin in lines:
        cv2.putText(page, text, origin, cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2, cv2.LINE_AA)
    return page


def test_printed_lines_are_read_where_they_stand(reader: TextReader) -> None:
    lines = reader.read_lines(page_with(("HELLO WORLD", (60, 100)), ("second line", (60, 300))))
    found = {" ".join(words_of(line.text)): line.box for line in lines}
    assert set(found) == {"hello world", "second line"}
    assert found["hello world"].contains((160 / 640, 90 / 480))
    assert found["second line"].contains((160 / 640, 290 / 480))
    assert all(0.0 < line.confidence <= 1.0 for line in lines)


def test_page_without_text_gives_no_line(reader: TextReader) -> None:
    assert reader.read_lines(np.full((200, 300, 3), 255, np.uint8)) == ()


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 900, 3), (900, 2, 3), (37, 41, 3)])
def test_odd_sizes_are_survived(reader: TextReader, shape: tuple[int, int, int]) -> None:
    assert isinstance(reader.read_lines(np.zeros(shape, np.uint8)), tuple)


def test_noise_is_survived(reader: TextReader) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (300, 300, 3), dtype=np.uint8)
    for line in reader.read_lines(noise):
        assert line.text.strip()


def test_reading_does_not_change_the_page(reader: TextReader) -> None:
    page = page_with(("KEEP ME", (60, 100)))
    before = page.copy()
    reader.read_lines(page)
    assert np.array_equal(page, before)


def test_two_threads_read_the_same_as_one(reader: TextReader) -> None:
    pages = [page_with((f"PAGE NUMBER {index}", (60, 100))) for index in (17, 23)]
    alone = [reader.read_lines(page) for page in pages]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(reader.read_lines, pages)) == alone


def test_name_and_languages_are_told(reader: TextReader) -> None:
    assert reader.name == reader.name.strip() != ""
    assert reader.reads(None)
    assert reader.reads("en-GB")
    assert not reader.reads("ko")
