"""From an empty library to an exported board, as somebody goes the first time; paging while books come in."""

import threading
import time

import pytest

from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from tests.comics import write_cbz
from tests.webui.browser import Keys, Visitor, needs_browser
from tests.webui.conftest import served
from webui import WebConfig

pytestmark = needs_browser
READ_S = 90
"""How long a daemon may take to start and to read a little book on a busy machine."""


@pytest.fixture
def comics(tmp_path):
    folder = tmp_path / "comics" / "Rainy shelf"
    folder.mkdir(parents=True)
    write_cbz(folder / "rain.cbz", [["It rains on the harbour"], ["Where is my umbrella?"]], title="Rain")
    write_cbz(folder / "snow.cbz", [["Snow on the ladder"]], title="Snow", year=2011)
    (folder / "broken.cbz").write_bytes(b"no comic at all")
    return folder


def test_first_start_leads_from_an_empty_library_to_an_exported_board(driver, visitor, comics, tmp_path):
    index_library([], tmp_path / "library", IndexOptions(workers=1))
    config = WebConfig(library=tmp_path / "library", comics=(comics.parent,))
    with served(config) as address:
        guest = Visitor(driver, address)
        add_folder(guest)
        search_and_refine(guest)
        crop_of_the_page(guest)
        gather_and_export(guest)
        guest.leave()
        assert guest.complaints() == []
        assert guest.asked_elsewhere() == set()


def add_folder(guest: Visitor) -> None:
    guest.open("/")
    guest.click(".empty a")
    guest.one("#folders[open]")
    shelf = guest.one("#folders .pick button")
    assert shelf.text == "Rainy shelf"
    shelf.click()
    guest.until(lambda: "books by their name: 3" in guest.one("#folder-told").text, "no books were seen")
    guest.screen("journey-1-folder")
    guest.click("#add-folder")
    guest.one(".job progress")
    guest.screen("journey-2-progress")
    guest.until(lambda: len(guest.all(".covers li")) == 2, "the books never came", wait_s=READ_S)
    guest.until(lambda: "Done" in guest.one(".job").text, "the words were never read", wait_s=READ_S)
    assert "1 failed" in guest.one(".job").text
    guest.until(lambda: "1 in quarantine" in guest.one("#shelf").text, "the broken file was not shown")
    guest.one("#progress .daemon")
    guest.screen("journey-3-books")


def search_and_refine(guest: Visitor) -> None:
    guest.press("/", "umbrella", Keys.ENTER)
    guest.at("q=umbrella")
    guest.one("#hits .panel")
    next(value for value in guest.all(".facet .value") if "Lamps" in value.text).click()
    guest.at("series=")
    guest.press(Keys.ARROW_RIGHT, Keys.ENTER)
    guest.at("/pages/")
    guest.screen("journey-4-page")


def crop_of_the_page(guest: Visitor) -> None:
    guest.draw(".paper", (-120, -150), (240, 200))
    guest.click(".region-acts button")
    guest.at("/?crop=")
    guest.one("#hits .panel")
    guest.press(Keys.ARROW_RIGHT, "s")
    guest.at("/?like=")
    guest.screen("journey-5-similar")


def gather_and_export(guest: Visitor) -> None:
    guest.press(Keys.ARROW_RIGHT, "b")
    guest.one("#gather[open] [name=title]").send_keys("My first board", Keys.ENTER)
    guest.until(lambda: "My first board" in guest.one(".toast").text, "nothing was gathered")
    guest.open("/boards")
    guest.click(".boards a")
    guest.at("/boards/")
    link = guest.one(".ways a[download]").get_attribute("href")
    size = guest.driver.execute_async_script(
        "const [url, done] = arguments;"
        "fetch(url).then((answer) => answer.blob()).then((file) => done(file.size));",
        link,
    )
    assert size > 1000
    guest.screen("journey-6-board")


def test_pages_of_hits_stay_whole_while_books_come_in(driver, visitor, comics, tmp_path):
    options, library = IndexOptions(workers=1, reader="none"), tmp_path / "library"
    index_library([comics], library, options)
    writer = threading.Thread(target=add_books, args=(comics, library, options))
    with served(WebConfig(library=library)) as address:
        guest = Visitor(driver, address)
        guest.open("/?year_from=1900&limit=1")
        guest.one("#hits .panel")
        writer.start()
        time.sleep(0.3)
        for _ in range(6):
            guest.run("scrollTo(0, document.body.scrollHeight)")
            time.sleep(0.3)
        writer.join()
        guest.until(lambda: not guest.all("#more"), "the end never came")
        hits = [item.get_attribute("data-panel") for item in guest.all("#hits li[data-panel]")]
        assert len(hits) == len(set(hits)) == 3
        guest.driver.refresh()
        guest.until(lambda: len(guest.all("#hits .panel")) > 3, "the new books never came")
        guest.leave()
        assert guest.complaints() == []
        assert guest.asked_elsewhere() == set()


def add_books(comics, library, options) -> None:
    for number in range(3):
        write_cbz(
            comics / f"new{number}.cbz", [[f"New book {number}"]], title=f"New {number}", year=2000 + number
        )
        index_library([comics], library, options)
