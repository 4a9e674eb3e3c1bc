"""Journeys with boards: gathering panels, order, notes, export, and two tabs that edit one board."""

import shutil

import pytest

from tests.webui.browser import PHONE, Keys, Visitor, needs_browser
from tests.webui.conftest import served
from tests.webui.test_browser_library import axe, serious_findings
from webui import WebConfig

pytestmark = needs_browser
__all__ = ["axe"]


@pytest.fixture(scope="module")
def own_base(library_path, tmp_path_factory):
    """A server on a copy of the library: boards are kept in it."""
    library = shutil.copytree(library_path, tmp_path_factory.mktemp("boards") / "library")
    with served(WebConfig(library=library)) as address:
        yield address


@pytest.fixture
def guest(visitor, driver, own_base):
    guest = Visitor(driver, own_base)
    yield guest
    guest.leave()
    assert [line for line in guest.complaints() if "409" not in line] == []
    assert guest.asked_elsewhere() == set()


def make_board(guest, title: str, panels: int) -> None:
    """Make a board over the API, with the first panels that a search finds, and open it."""
    guest.open("/boards")
    board = guest.driver.execute_async_script(
        "const [title, count, done] = arguments;"
        "const ask = (path, options) => fetch(`/api/v1/${path}`, options).then((answer) => answer.json());"
        "ask('search?q=umbrella+cat+train&min_score=0').then(({ hits }) => ask('boards', { method: 'POST',"
        "headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ title,"
        "panels: hits.slice(0, count).map((hit) => hit.panel_id) }) })).then((made) => done(made.board_id));",
        title,
        panels,
    )
    guest.open(f"/boards/{board}")


def order_of(guest) -> list[str]:
    return [item.get_attribute("data-panel") for item in guest.all("#items .item")]


def settled(guest) -> None:
    """Wait until what was changed is kept."""
    guest.run("return new Promise((done) => setTimeout(done, 250))")


def test_b_gathers_panels_on_a_new_board_and_then_on_the_last_one(guest):
    guest.open("/?q=umbrella+cat+train&min_score=0")
    guest.press(Keys.ARROW_RIGHT, "b")
    guest.one("#gather[open]")
    guest.until(lambda: guest.focused("#gather [name=title]") == 0, "the name was not asked for")
    guest.press("Rainy days", Keys.ENTER)
    guest.until(lambda: "Rainy days" in guest.one(".toast").text, "nothing was said")
    guest.press(Keys.ARROW_RIGHT, "b")
    guest.until(lambda: guest.focused("#gather .pick button") == 0, "the last board was not offered")
    guest.screen("board-gather")
    guest.press(Keys.ENTER)
    settled(guest)
    guest.open("/boards")
    guest.screen("boards")
    assert "2 panels" in guest.one(".boards").text
    guest.click(".boards a")
    guest.at("/boards/")
    assert len(order_of(guest)) == 2
    guest.screen("board-light")
    guest.theme("dark")
    guest.screen("board-dark")


def test_panel_is_gathered_in_the_reader_too(guest):
    guest.open("/?q=umbrella")
    guest.press(Keys.ARROW_RIGHT, Keys.ENTER)
    guest.at("/pages/")
    guest.press("b")
    guest.one("#gather[open]")
    guest.one("#gather [name=title]").send_keys("From a page", Keys.ENTER)
    guest.until(lambda: "From a page" in guest.one(".toast").text, "nothing was said")


def test_arrow_keys_on_the_handle_put_panels_in_order(guest):
    make_board(guest, "Order", 4)
    before = order_of(guest)
    guest.run("document.querySelector('.grip').focus()")
    guest.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    guest.until(lambda: guest.one("#said").get_attribute("textContent") == "Place 3 of 4", "nothing was said")
    settled(guest)
    guest.driver.refresh()
    assert order_of(guest) == [before[1], before[2], before[0], before[3]]


def test_panels_are_dragged_into_order(guest):
    make_board(guest, "Dragged", 3)
    before = order_of(guest)
    first, last = guest.all(".grip")[0].rect, guest.all(".item")[2].rect
    guest.draw(".grip", (0, 0), (int(last["x"] - first["x"] + 60), int(last["y"] - first["y"] + 60)))
    settled(guest)
    guest.driver.refresh()
    assert order_of(guest) == [before[1], before[2], before[0]]


def test_names_and_notes_are_kept(guest):
    make_board(guest, "Draft", 1)
    title = guest.one("#board-title")
    title.clear()
    title.send_keys("Final", Keys.ENTER)
    guest.one(".item .note").send_keys("look at the <sky>", Keys.TAB)
    settled(guest)
    guest.driver.refresh()
    assert guest.one("#board-title").get_attribute("value") == "Final"
    assert guest.one(".item .note").get_attribute("value") == "look at the <sky>"


def test_panel_is_taken_off_and_an_empty_board_says_what_to_do(guest):
    make_board(guest, "Short", 1)
    guest.click(".remove")
    settled(guest)
    assert "Nothing on this board yet" in guest.one("#no-items").text
    guest.driver.refresh()
    assert order_of(guest) == []


def test_second_tab_is_told_of_the_change_and_overwrites_nothing_unseen(guest):
    make_board(guest, "Shared", 3)
    first = guest.driver.current_window_handle
    address = guest.driver.current_url
    guest.driver.switch_to.new_window("tab")
    guest.driver.get(address)
    guest.one(".item .note").send_keys("from the second tab", Keys.TAB)
    settled(guest)
    guest.driver.close()
    guest.driver.switch_to.window(first)
    guest.one("#board-note").send_keys("from the first tab", Keys.TAB)
    guest.until(lambda: guest.one("#conflict").is_displayed(), "the conflict was not shown")
    guest.screen("board-conflict")
    guest.click("#keep-mine")
    for field, kept in (("#board-note", "from the first tab"), (".item .note", "from the second tab")):
        guest.until(lambda: guest.one(field).get_attribute("value") == kept, f"lost: {kept}")  # noqa: B023
    assert not guest.one("#conflict").is_displayed()


def test_board_is_exported_in_three_forms(guest):
    make_board(guest, "Export", 2)
    links = [link.get_attribute("href") for link in guest.all(".ways a[download]")]
    kinds = [
        guest.driver.execute_async_script(
            "const [url, done] = arguments;"
            "fetch(url).then((answer) => done([answer.status, answer.headers.get('Content-Type')]));",
            link,
        )
        for link in links
    ]
    assert [status for status, _ in kinds] == [200, 200, 200]
    assert ["zip" in kinds[0][1], "csv" in kinds[1][1], "json" in kinds[2][1]] == [True] * 3


def test_board_is_deleted_after_a_question(guest):
    make_board(guest, "Doomed", 1)
    guest.click("#delete-board")
    guest.driver.switch_to.alert.accept()
    guest.until(lambda: guest.driver.current_url.endswith("/boards"), "still there")
    assert "Doomed" not in guest.one("main").text


def test_boards_have_no_serious_finding_of_axe_and_fit_a_phone(guest, axe):
    make_board(guest, "Checked", 2)
    assert serious_findings(guest, axe) == []
    guest.size(PHONE)
    assert guest.fits()
    guest.screen("board-phone")
    guest.open("/boards")
    assert serious_findings(guest, axe) == []
