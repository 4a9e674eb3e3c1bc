"""Journeys on the search page: keys, facets, more hits, pictures, the way back."""

import base64

import pytest

from tests.comics import page_with
from tests.webui.browser import PHONE, Keys, needs_browser

pytestmark = needs_browser

GIVE_FILE = """
const bytes = Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], "crop.png", { type: "image/png" }));
const options = { bubbles: true, cancelable: true };
dispatchEvent(arguments[0] === "paste" ? new ClipboardEvent("paste", { ...options, clipboardData: data })
  : new DragEvent("drop", { ...options, dataTransfer: data }));
"""
EVERYTHING = "/?q=the+umbrella+cat+train&min_score=0"


def test_keys_lead_from_search_to_the_marked_panel_and_back(visitor):
    visitor.open("/")
    visitor.press("/")
    assert visitor.focused("#q") == 0
    visitor.press("umbrella train", Keys.ENTER)
    visitor.at("q=umbrella")
    visitor.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert visitor.focused("#hits .panel") == 1
    visitor.press(Keys.ARROW_LEFT, Keys.ENTER)
    visitor.at("/pages/")
    assert len(visitor.all(".paper .lit")) == len(visitor.all(".order .lit")) == 1
    visitor.press(Keys.ESCAPE)
    visitor.at("/?q=umbrella")


def test_up_and_down_go_to_the_hit_in_the_next_row(visitor):
    visitor.open(EVERYTHING)
    visitor.press(Keys.ARROW_RIGHT)
    top = visitor.run("return document.activeElement.getBoundingClientRect().top + scrollY")
    visitor.press(Keys.ARROW_DOWN)
    below = visitor.run("return document.activeElement.getBoundingClientRect().top + scrollY")
    assert below > top + 50
    visitor.press(Keys.ARROW_UP)
    assert visitor.focused("#hits .panel") == 0


def test_suggestions_are_chosen_by_keys_and_searched_by(visitor):
    visitor.open("/")
    visitor.press("/", "umbrella lam")
    visitor.until(lambda: "Lamps" in visitor.one("#suggestions").text, "nothing was suggested")
    visitor.press(Keys.ARROW_DOWN)
    assert visitor.one("#suggestions [aria-selected=true]")
    visitor.screen("search-suggestions")
    visitor.press(Keys.ENTER)
    visitor.at("q=umbrella+series")
    visitor.one("#hits .panel")


def test_suggestions_close_by_escape_and_leave_the_words(visitor):
    visitor.open("/books")
    visitor.press("/", "lam")
    visitor.until(lambda: visitor.one("#suggestions").is_displayed(), "nothing was suggested")
    visitor.press(Keys.ESCAPE)
    assert not visitor.one("#suggestions").is_displayed()
    assert visitor.one("#q").get_attribute("value") == "lam"


def test_help_lists_the_keys_and_closes_again(visitor):
    visitor.open("/?q=umbrella")
    visitor.press("?")
    visitor.one("#keys[open]")
    visitor.screen("search-keys")
    visitor.press(Keys.ESCAPE)
    visitor.count("#keys[open]", 0)


def test_s_asks_for_similar_panels(visitor):
    visitor.open("/?q=umbrella")
    visitor.press(Keys.ARROW_RIGHT, "s")
    visitor.at("/?like=")
    assert visitor.one(".chip img").size["height"] > 0
    visitor.screen("search-similar")


def test_hits_say_which_side_found_them(visitor):
    visitor.open("/?q=red+umbrella")
    assert "lettering" in visitor.one("#hits .why").text
    assert visitor.one("#hits .shares rect").size["width"] > 0
    visitor.screen("search-light")
    visitor.theme("dark")
    visitor.screen("search-dark")


def test_facets_narrow_the_search_and_chips_widen_it_again(visitor):
    visitor.open(EVERYTHING)
    before = len(visitor.all("#hits .panel"))
    next(value for value in visitor.all(".facet .value") if "Night" in value.text).click()
    visitor.at("series=Night")
    assert 0 < len(visitor.all("#hits .panel")) < before
    assert "Night" in visitor.one(".chip").text
    visitor.screen("search-narrowed")
    visitor.click(".chip a")
    visitor.until(lambda: "series=" not in visitor.driver.current_url, "the chip stayed")
    visitor.count("#hits .panel", before)


def test_excluded_page_type_is_left_out(visitor):
    visitor.open(EVERYTHING)
    visitor.click(".facet .not")
    visitor.at("not_")
    assert visitor.all(".facet .out")


def test_words_can_be_changed_with_the_filters_in_force(visitor):
    visitor.open("/?q=train&series=Lamps&year_from=1990")
    visitor.press("/", "umbrella", Keys.ENTER)
    visitor.at("q=umbrella")
    assert "series=Lamps" in visitor.driver.current_url
    assert "year_from=1990" in visitor.driver.current_url


def test_more_panels_come_by_themselves_and_stay_on_reload_and_back(visitor):
    visitor.open(f"{EVERYTHING}&limit=2")
    visitor.run("scrollTo(0, document.body.scrollHeight)")
    visitor.count("#hits .panel", 9)
    links = [link.get_attribute("href") for link in visitor.all("#hits .panel")]
    assert len(set(links)) == 9
    visitor.driver.refresh()
    visitor.count("#hits .panel", 9)
    visitor.run("arguments[0].click()", visitor.all("#hits .panel")[8])
    visitor.at("/pages/")
    visitor.driver.back()
    visitor.count("#hits .panel", 9)


def test_link_back_from_the_reader_leads_to_the_hit_that_was_opened(visitor):
    visitor.open(f"{EVERYTHING}&limit=2")
    visitor.run("scrollTo(0, document.body.scrollHeight)")
    visitor.count("#hits .panel", 9)
    visitor.run("arguments[0].click()", visitor.all("#hits .panel")[8])
    visitor.at("/pages/")
    visitor.press(Keys.ESCAPE)
    visitor.at("/?q=")
    visitor.count("#hits .panel", 9)


def test_way_back_finds_the_focus_on_the_hit_that_was_opened(visitor):
    visitor.open("/?q=umbrella+cat+train&min_score=0")
    visitor.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER)
    visitor.at("/pages/")
    visitor.driver.back()
    visitor.at("/?q=")
    visitor.until(lambda: visitor.focused("#hits .panel") == 1, "the focus was lost")


def test_arrow_keys_go_on_into_panels_not_loaded_yet(visitor):
    visitor.open(f"{EVERYTHING}&limit=2")
    for _ in range(5):
        visitor.press(Keys.ARROW_RIGHT)
    visitor.until(lambda: visitor.focused("#hits .panel") >= 4, "the focus never went on")


@pytest.mark.parametrize("way", ["choose", "drop", "paste"])
def test_picture_is_searched_by_with_the_filters_in_force(visitor, way, tmp_path):
    picture = page_with(["So am I"], seed=9)
    visitor.open("/?q=train&year_from=2000")
    if way == "choose":
        (tmp_path / "crop.png").write_bytes(picture)
        visitor.all("#picture")[0].send_keys(str(tmp_path / "crop.png"))
    else:
        visitor.run(GIVE_FILE, way, base64.b64encode(picture).decode())
    visitor.one("#crop[open]")
    visitor.press(Keys.ENTER)
    visitor.at("picture=")
    assert "year_from=2000" in visitor.driver.current_url
    assert visitor.one(".chip img").size["height"] > 0


def test_frame_drawn_on_a_picture_is_what_is_searched_by(visitor):
    visitor.open("/")
    visitor.run(GIVE_FILE, "drop", base64.b64encode(page_with(["So am I", "Tickets"], seed=9)).decode())
    visitor.one("#crop[open]")
    visitor.until(lambda: visitor.run("return document.querySelector('#crop-picture').naturalWidth > 0"), "?")
    visitor.draw(".cropped", (-100, -100), (150, 50))
    assert visitor.one(".region").is_displayed()
    visitor.screen("search-crop")
    visitor.click("#crop-search")
    visitor.at("picture=")
    shape = visitor.run(
        "const i = document.querySelector('.chip img'); return i.naturalWidth / i.naturalHeight"
    )
    assert shape == pytest.approx(3, rel=0.1)


def test_frame_on_a_picture_is_made_and_moved_by_keys_alone(visitor):
    visitor.open("/")
    visitor.run(GIVE_FILE, "paste", base64.b64encode(page_with(["So am I"], seed=9)).decode())
    visitor.one("#crop[open]")
    visitor.press(Keys.ARROW_RIGHT)
    left = visitor.one(".region").rect["x"]
    visitor.press(Keys.ARROW_RIGHT)
    assert visitor.one(".region").rect["x"] > left
    visitor.press(Keys.ENTER)
    visitor.at("picture=")


def test_layout_reserves_the_place_of_every_picture(visitor):
    visitor.open("/?q=umbrella")
    shift = visitor.run(
        "return new Promise((done) => { let sum = 0; new PerformanceObserver((list) => {"
        "for (const entry of list.getEntries()) sum += entry.value; })"
        ".observe({ type: 'layout-shift', buffered: true }); setTimeout(() => done(sum), 400); })"
    )
    assert shift < 0.01


def test_phone_shows_hits_and_opens_the_filters_as_a_sheet(visitor):
    visitor.size(PHONE)
    visitor.open(EVERYTHING)
    assert visitor.fits()
    assert not visitor.one("#facets").is_displayed()
    visitor.screen("search-phone")
    visitor.click(".filters")
    visitor.until(lambda: visitor.one("#facets").is_displayed(), "the filters never opened")
    visitor.screen("search-phone-filters")
    visitor.size((360, 700))
    assert visitor.fits()


def test_search_and_filters_work_without_scripts(visitor):
    visitor.scripts(run=False)
    visitor.open("/")
    visitor.one("#q").send_keys("umbrella", Keys.ENTER)
    visitor.one("#hits .panel")
    visitor.screen("search-no-scripts")
    visitor.one(".facet .value").click()
    visitor.one(".chip")
    visitor.open(f"{EVERYTHING}&limit=2")
    first = visitor.one("#hits .panel").get_attribute("href")
    visitor.click("#more")
    visitor.until(lambda: visitor.one("#hits .panel").get_attribute("href") != first, "no further page")
    visitor.click("#hits .panel")
    visitor.one(".paper img")
    visitor.screen("reader-no-scripts")


def test_picture_form_works_without_scripts(visitor, tmp_path):
    (tmp_path / "page.png").write_bytes(page_with(["So am I"], seed=9))
    visitor.scripts(run=False)
    visitor.open("/?q=train&year_from=2000")
    visitor.click("#by-picture")
    visitor.one("main input[type=file]").send_keys(str(tmp_path / "page.png"))
    visitor.click("main button")
    visitor.one(".chip img")
    assert "year_from=2000" in visitor.driver.current_url


def test_nothing_found_and_bad_queries_show_a_page_that_helps(visitor):
    visitor.open("/?q=xqzv+blorp+wug&series=Night")
    assert "Search without the filters" in visitor.one(".empty").text
    visitor.screen("search-nothing")
