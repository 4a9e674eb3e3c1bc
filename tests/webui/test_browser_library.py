"""Journeys through library, statistics, languages and themes; and what axe says of every page."""

import shutil
import subprocess
from pathlib import Path

import pytest

from indexer.running.indexing import index_library
from schemas.config import IndexOptions
from tests.comics import write_cbz
from tests.webui.browser import PHONE, Keys, Visitor, needs_browser
from tests.webui.conftest import served
from webui import WebConfig

pytestmark = needs_browser

AXE = "axe-core@4.10.2"
RUN_AXE = """
const done = arguments[arguments.length - 1];
axe.run(document, { resultTypes: ["violations"] }).then((found) => done(found.violations
  .filter((rule) => ["serious", "critical"].includes(rule.impact))
  .map((rule) => `${rule.id}: ${rule.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)));
"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core: kept between runs, brought by npm where it is not there yet."""
    folder = Path(__file__).resolve().parents[2] / "build" / "axe"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed: it brings axe-core")
        brought = subprocess.run(
            [npm, "install", "--no-save", "--no-audit", "--no-fund", "--prefix", str(folder), AXE],
            capture_output=True,
            timeout=120,
            check=False,
        )
        if brought.returncode or not script.is_file():
            pytest.skip(f"npm could not bring {AXE}: {brought.stderr.decode()[-200:]}")
    return script.read_text("utf-8")


def serious_findings(visitor: Visitor, axe: str) -> list[str]:
    visitor.run(axe)
    return visitor.driver.execute_async_script(RUN_AXE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_finding_of_axe(visitor, axe, theme):
    visitor.theme(theme)
    visitor.open("/?q=umbrella")
    reader = visitor.one("#hits .panel").get_attribute("href").removeprefix(visitor.base)
    book = f"/books/{reader.split('/')[2]}"
    addresses = (
        *("/", "/?q=umbrella&series=Lamps", "/?q=xqzv+blorp", "/picture", "/nowhere"),
        *("/books", "/books?state=failed", "/statistics", book, f"{book}/scroll", reader),
    )
    found = {}
    for address in addresses:
        visitor.open(address)
        if findings := serious_findings(visitor, axe):
            found[address] = findings
    visitor.complaints()  # the page that is nowhere is missed aloud
    assert found == {}


def test_sheets_have_no_serious_finding_of_axe(visitor, axe):
    visitor.size(PHONE)
    visitor.open("/?q=umbrella")
    visitor.click(".filters")
    assert serious_findings(visitor, axe) == []
    visitor.open("/?q=umbrella")
    visitor.click("[popovertarget=menu]")
    assert serious_findings(visitor, axe) == []
    visitor.open("/?q=umbrella")
    visitor.press("?")
    assert serious_findings(visitor, axe) == []
    visitor.open("/")
    visitor.press("/", "lam")
    visitor.until(lambda: visitor.one("#suggestions").is_displayed(), "nothing was suggested")
    assert serious_findings(visitor, axe) == []


def test_books_are_found_by_title_and_sorted(visitor):
    visitor.open("/books")
    visitor.screen("library-light")
    visitor.one("main [name=q]").send_keys("moon", Keys.ENTER)
    visitor.at("q=moon")
    assert [book.text for book in visitor.all(".covers .title")] == ["Moons"]
    visitor.open("/books?order=year")
    assert "Trains" in visitor.one(".covers .title").text
    visitor.theme("dark")
    visitor.screen("library-dark")


def test_theme_is_chosen_at_once_and_kept(visitor):
    visitor.open("/books")
    paper = visitor.run("return getComputedStyle(document.body).backgroundColor")
    visitor.click("[popovertarget=menu]")
    visitor.click("#menu [data-theme=dark]")
    visitor.until(
        lambda: visitor.run("return getComputedStyle(document.body).backgroundColor") != paper, "stayed light"
    )
    visitor.screen("menu-dark")
    visitor.until(lambda: visitor.driver.get_cookie("theme"), "not kept")
    visitor.open("/statistics")
    assert visitor.run("return document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize(("code", "word"), [("it", "Biblioteca"), ("ko", "서재")])
def test_language_is_chosen_in_the_menu(visitor, code, word):
    visitor.open("/books")
    visitor.click("[popovertarget=menu]")
    visitor.click(f"#menu [hreflang={code}]")
    visitor.until(lambda: visitor.one("h1").text == word, "never changed")
    visitor.open("/?q=umbrella")
    visitor.screen(f"search-{code}")
    assert visitor.fits()


@pytest.mark.parametrize("code", ["en", "it", "ko"])
def test_no_page_is_wider_than_any_window(visitor, code):
    visitor.open(f"/preferences?language={code}&back=/?q=umbrella")
    page = visitor.one("#hits .panel").get_attribute("href").removeprefix(visitor.base)
    wide = []
    for width in (360, 640, 800, 1024, 1300):
        visitor.size((width, 800))
        for address in ("/", "/?q=umbrella&series=Lamps", "/books", "/boards", "/statistics", page):
            visitor.open(address)
            if not visitor.fits():
                wide.append((width, address))
    assert wide == []


def test_statistics_show_plots(visitor):
    visitor.open("/statistics")
    assert len(visitor.all(".columns rect")) == 2005 - 1988 + 1
    assert visitor.one(".bars rect").size["width"] > 20
    visitor.screen("statistics")


def test_phone_shows_the_library(visitor):
    visitor.size(PHONE)
    for name, address in (("start", "/"), ("library", "/books"), ("statistics", "/statistics")):
        visitor.open(address)
        assert visitor.fits(), address
        visitor.screen(f"{name}-phone")


def test_files_that_failed_and_copies_are_shown_with_reasons(driver, visitor, tmp_path):
    (tmp_path / "books").mkdir()
    book = write_cbz(tmp_path / "books" / "one.cbz", [["A paper moon"]], title="Moon")
    shutil.copy(book, tmp_path / "books" / "twin.cbz")
    (tmp_path / "books" / "broken <b>.cbz").write_bytes(b"no comic at all")
    index_library([tmp_path / "books"], tmp_path / "library", IndexOptions(workers=1, reader="none"))
    with served(WebConfig(library=tmp_path / "library")) as address:
        guest = Visitor(driver, address)
        guest.open("/books")
        tabs = [tab.text for tab in guest.all(".tabs a")]
        assert tabs == ["All books", "1 in quarantine", "1 with copies"]
        guest.all(".tabs a")[1].click()
        guest.at("state=failed")
        assert "no comic that Longbox reads" in guest.one(".files").text
        assert "broken <b>.cbz" in guest.one(".files b").text
        guest.screen("library-quarantine")
        guest.all(".tabs a")[2].click()
        guest.at("state=copies")
        assert "twin.cbz" in guest.one(".files").text
        guest.screen("library-copies")
        guest.leave()
    visitor.asked_elsewhere()  # another server of ours


def test_empty_library_says_what_to_do_on_every_page(driver, visitor, tmp_path):
    index_library([], tmp_path / "library", IndexOptions(workers=1))
    with served(WebConfig(library=tmp_path / "library")) as address:
        guest = Visitor(driver, address)
        for page in ("/", "/books"):
            guest.open(page)
            assert "longbox index" in guest.one(".empty").text
        guest.open("/")
        guest.screen("start-empty")
        guest.open("/statistics")
        assert "no books yet" in guest.one(".empty").text
        guest.leave()
    visitor.asked_elsewhere()
