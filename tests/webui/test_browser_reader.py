"""Journeys in the reader: turning pages, overlays, selecting a part, guided view, the strip."""

import pytest

from tests.webui.browser import PHONE, Keys, needs_browser

pytestmark = needs_browser


def open_book(visitor, title: str) -> None:
    visitor.open("/books")
    next(link for link in visitor.all(".covers a") if title in link.text).click()
    visitor.at("/books/")


def open_first_page(visitor, title: str) -> None:
    open_book(visitor, title)
    visitor.click(".covers a")
    visitor.at("/00001")


@pytest.mark.parametrize(
    ("title", "forward", "backward"),
    [("Trains", Keys.ARROW_RIGHT, Keys.ARROW_LEFT), ("Moons", Keys.ARROW_LEFT, Keys.ARROW_RIGHT)],
)
def test_arrow_keys_turn_pages_in_reading_direction(visitor, title, forward, backward):
    open_first_page(visitor, title)
    visitor.press(forward)
    visitor.at("/00002")
    visitor.press(backward)
    visitor.at("/00001")


def test_page_and_its_lit_panel_lie_in_the_window(visitor):
    visitor.open("/?q=harbour+cat")
    visitor.press(Keys.ARROW_RIGHT, Keys.ENTER)
    visitor.at("/pages/")
    bottom = visitor.run(
        "return document.querySelector('.paper').getBoundingClientRect().bottom - innerHeight"
    )
    assert bottom <= 0
    visitor.screen("reader-light")
    visitor.theme("dark")
    visitor.screen("reader-dark")


def test_overlays_are_toggled_by_keys_and_remembered_on_the_next_page(visitor):
    open_first_page(visitor, "Trains")
    assert not visitor.one(".order-marks").is_displayed()
    visitor.press("p", "t", "o")
    assert visitor.one(".order-marks").is_displayed()
    visitor.press(Keys.ARROW_RIGHT)
    visitor.at("/00002")
    assert visitor.one(".order-marks text").text == "1"
    visitor.screen("reader-overlays")
    visitor.press("p", "t", "o")
    assert not visitor.one(".order-marks").is_displayed()


def test_pointing_at_a_line_lights_its_panel_on_the_page(visitor):
    open_first_page(visitor, "Trains")
    visitor.hover(".order li")
    visitor.one(".paper a.hover")
    visitor.hover(".paper svg a")
    visitor.one(".order li.hover")


def test_part_drawn_on_a_page_is_searched_by(visitor):
    open_first_page(visitor, "Trains")
    visitor.draw(".paper", (-120, -150), (240, 120))
    assert visitor.one(".region").is_displayed()
    visitor.screen("reader-region")
    visitor.click(".region-acts button")
    visitor.at("/?crop=")
    assert visitor.one("#hits .panel")
    visitor.driver.back()
    visitor.at("/pages/")


def test_part_is_selected_moved_and_dropped_by_keys_alone(visitor):
    open_first_page(visitor, "Trains")
    visitor.press("r")
    left = visitor.one(".region").rect["x"]
    visitor.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert visitor.one(".region").rect["x"] > left
    visitor.press(Keys.ESCAPE)
    assert not visitor.one(".region").is_displayed()
    assert "/pages/" in visitor.driver.current_url
    visitor.press("r", Keys.ENTER)
    visitor.at("/?crop=")


def test_click_on_a_panel_marks_it_and_a_second_one_unmarks_it(visitor):
    open_first_page(visitor, "Trains")
    visitor.click(".paper svg a")
    visitor.at("panel=1")
    visitor.one(".paper .lit")
    visitor.click(".paper svg a")
    visitor.until(lambda: "panel=" not in visitor.driver.current_url, "still marked")


def test_guided_view_goes_from_panel_to_panel_over_pages(visitor):
    open_first_page(visitor, "Trains")
    visitor.press("g")
    visitor.until(lambda: visitor.one("#guide-place").text.startswith("1 / 2"), "no first panel")
    visitor.press(Keys.ARROW_RIGHT)
    visitor.until(lambda: visitor.one("#guide-place").text == "2 / 2 · 1 / 2", "no second page")
    visitor.screen("reader-guide")
    visitor.press(Keys.ARROW_RIGHT)
    visitor.until(lambda: visitor.one("#guide-place").text == "2 / 2 · 2 / 2", "no second panel")
    visitor.press(Keys.ESCAPE)
    visitor.at("/00002?panel=2")


def test_guided_view_shows_the_whole_panel(visitor):
    visitor.size(PHONE)
    open_first_page(visitor, "Trains")
    visitor.click("#start-guide")
    visitor.until(lambda: visitor.one("#guide-place").text, "no panel")
    visitor.run("return new Promise((done) => setTimeout(done, 400))")
    visitor.screen("reader-guide-phone")
    picture, stage = visitor.one(".stage img").rect, visitor.one(".stage").rect
    assert picture["width"] > 0.9 * stage["width"]


def test_strip_loads_pages_as_they_come_and_keeps_the_place(visitor):
    open_book(visitor, "Trains")
    visitor.click(".ways .soft")
    visitor.at("/scroll")
    visitor.run("document.querySelectorAll('.strip figure')[1].scrollIntoView()")
    visitor.until(lambda: visitor.driver.current_url.endswith("#page-2"), "the address never followed")
    assert visitor.one("#place").text == "2 / 2"
    visitor.screen("reader-strip")
    visitor.driver.refresh()
    visitor.until(lambda: visitor.run("return scrollY") > 300, "the place was lost")


def test_reader_fits_a_phone_and_turns_by_swiping(visitor):
    visitor.size(PHONE)
    open_first_page(visitor, "Trains")
    assert visitor.fits()
    visitor.screen("reader-phone")
    swipe = """
      const paper = document.querySelector("#paper"), box = paper.getBoundingClientRect();
      const at = (x) => new Touch({ identifier: 1, target: paper, clientX: x, clientY: box.top + 50 });
      paper.dispatchEvent(new TouchEvent("touchstart", { touches: [at(300)], changedTouches: [at(300)] }));
      paper.dispatchEvent(new TouchEvent("touchend", { touches: [], changedTouches: [at(100)] }));
    """
    visitor.run(swipe)
    visitor.at("/00002")
