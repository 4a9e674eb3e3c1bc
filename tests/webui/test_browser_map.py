"""Journeys on the map: moving, colours, names, what lies under the pointer, a lasso that becomes a search."""

import shutil
from itertools import pairwise

import pytest

from indexer.maps.making import MapPlan, make_map
from tests.webui.browser import PHONE, ActionChains, Keys, Visitor, needs_browser
from tests.webui.conftest import served
from tests.webui.test_browser_library import axe, serious_findings
from webui import WebConfig

pytestmark = needs_browser
__all__ = ["axe"]

STAGE = "#map-stage"


@pytest.fixture(scope="module")
def mapped_base(library_path, tmp_path_factory):
    library = shutil.copytree(library_path, tmp_path_factory.mktemp("map") / "library")
    make_map(library, MapPlan("look", "look", method="pca"))
    with served(WebConfig(library=library)) as address:
        yield address


@pytest.fixture
def guest(visitor, driver, mapped_base):
    guest = Visitor(driver, mapped_base)
    yield guest
    guest.scripts(run=True)
    guest.leave()
    assert guest.complaints() == []
    assert guest.asked_elsewhere() == set()


def open_map(guest, path="/map"):
    guest.open(path)
    guest.until(
        lambda: guest.run("return document.querySelector('#map')?.dataset.points") == "9", "no points"
    )


def lasso(guest, corners) -> None:
    """Drag the pointer from corner to corner, each relative to the middle of the map."""
    pen = ActionChains(guest.driver, duration=50)
    pen.move_to_element_with_offset(guest.one(STAGE), *corners[0]).click_and_hold()
    for (x0, y0), (x1, y1) in pairwise(corners):
        pen.move_by_offset((x1 - x0) // 2, (y1 - y0) // 2).move_by_offset((x1 - x0) // 2, (y1 - y0) // 2)
    pen.release().perform()


def test_a_lasso_becomes_a_search_restricted_to_it(guest):
    open_map(guest)
    guest.screen("map")
    guest.click("[data-tool=box]")
    guest.draw(STAGE, (-480, -240), (960, 480))
    guest.until(lambda: "in the selection" in guest.one("#map-chosen").text, "the box counted nothing")
    guest.press(Keys.ESCAPE)
    guest.until(lambda: not guest.one("#map-chosen").is_displayed(), "Escape dropped nothing")
    guest.press("l")
    lasso(guest, [(-480, -240), (40, -240), (40, 240), (-480, 240)])
    guest.until(lambda: "selection" in guest.one("#map-chosen").text, "the lasso never counted its panels")
    told = guest.one("#map-chosen span").text
    guest.screen("map-selection")
    assert "selection.csv?area=" in guest.one("#map-chosen .csv").get_attribute("href")
    guest.click("#map-chosen .gather")
    guest.until(lambda: guest.one("#gather").is_displayed(), "no board was offered")
    guest.one("#gather [name=title]").send_keys("From the map" + Keys.ENTER)
    guest.until(lambda: guest.all(".toast"), "nothing was added")
    boards = guest.run("return fetch('/api/v1/boards').then((answer) => answer.json())")["boards"]
    assert boards[0]["item_count"] == int(told.split()[0])
    guest.click("#map-chosen a")
    guest.at("area=")
    assert len(guest.all("#hits .panel")) == int(told.split()[0])
    assert guest.all(".chip")


def test_a_click_on_a_point_opens_its_panel_and_back_leads_to_the_view(guest):
    open_map(guest)
    x, y = guest.run(
        "const { clusters } = JSON.parse(document.querySelector('#map').dataset.map);"
        "return [clusters[0].x, clusters[0].y]"
    )
    guest.press("+")
    guest.until(lambda: "at=" in guest.driver.current_url, "the address never kept the view")
    guest.open(f"/map#at={x},{y},2&colour=cluster")
    guest.driver.refresh()
    guest.until(
        lambda: guest.run("return document.querySelector('#map')?.dataset.points") == "9", "no points"
    )
    guest.hover(STAGE)
    guest.until(lambda: guest.one("#map-card").is_displayed(), "no thumbnail")
    guest.screen("map-card")
    guest.one(STAGE).click()
    guest.at("/pages/")
    assert len(guest.all(".paper .lit")) == 1


def test_colours_have_a_legend_that_lights_a_value(guest):
    open_map(guest)
    guest.run(
        "const chosen = document.querySelector('#map-colour'); chosen.value = 'book';"
        "chosen.dispatchEvent(new Event('change'))"
    )
    guest.until(lambda: len(guest.all("#map-legend li")) == 3, "the legend never changed")
    guest.until(lambda: guest.run("return document.querySelector('#map').dataset.points") == "9", "no points")
    guest.all("#map-legend button")[1].click()
    assert guest.all("#map-legend button")[1].get_attribute("aria-pressed") == "true"
    guest.screen("map-colours")


def test_keys_move_the_map_and_open_the_panel_in_the_middle(guest):
    open_map(guest)
    guest.run("document.querySelector('#map-stage').focus()")
    guest.press(Keys.ARROW_RIGHT, "+", "-", "0")
    guest.until(lambda: "at=" in guest.driver.current_url, "the address never kept the view")
    guest.press(Keys.TAB)
    show = guest.one(".clusters th button")
    show.click()
    assert guest.focused(STAGE) == 0
    guest.press(Keys.ENTER)
    guest.at("/pages/")


def test_a_hit_leads_to_its_place_on_the_map(guest):
    guest.open("/?q=umbrella")
    guest.hover("#hits .panel")
    guest.click("#hits a[href*='/map?panel=']")
    guest.at("/map?panel=")
    guest.until(
        lambda: guest.run("return document.querySelector('#map')?.dataset.points") == "9", "no points"
    )
    middle = guest.run(
        "const box = document.querySelector('#map-stage').getBoundingClientRect();"
        "const mark = document.querySelector('.mark circle').getBoundingClientRect();"
        "return Math.hypot(mark.x + mark.width / 2 - box.x - box.width / 2,"
        " mark.y + mark.height / 2 - box.y - box.height / 2)"
    )
    assert middle < 3
    guest.screen("map-marked")


def test_by_night_and_on_a_phone_the_map_fits_and_axe_is_content(guest, axe):
    open_map(guest)
    assert serious_findings(guest, axe) == []
    guest.theme("dark")
    guest.screen("map-dark")
    assert serious_findings(guest, axe) == []
    guest.size(PHONE)
    assert guest.fits()
    guest.screen("map-phone")


def test_without_javascript_the_clusters_lead_to_their_panels(guest):
    guest.scripts(run=False)
    guest.open("/map")
    assert not guest.one("#map").is_displayed()
    guest.all(".clusters tbody th a")[0].click()
    guest.at("cluster=0")
    assert guest.all("#hits .panel")
    guest.scripts(run=True)


@pytest.fixture
def bare(visitor, driver, library_path, tmp_path):
    """A guest of a library that has no map yet."""
    with served(WebConfig(library=shutil.copytree(library_path, tmp_path / "library"))) as address:
        guest = Visitor(driver, address)
        yield guest
        guest.leave()
        assert guest.complaints() == []
        assert guest.asked_elsewhere() == set()


def test_a_first_map_is_made_and_dropped_from_the_page(bare):
    bare.open("/map")
    bare.until(lambda: bare.one("#map-making").is_displayed(), "no way to make a map is offered")
    bare.screen("map-none")
    bare.run("document.querySelector('#map-making [name=method]').value = 'pca'")
    bare.click("#map-making [type=submit]")
    bare.until(
        lambda: bare.run("return document.querySelector('#map')?.dataset.points") == "9",
        "no map came",
        wait_s=60,
    )
    bare.click("#map-more summary")
    bare.screen("map-more")
    bare.click("[data-act=delete]")
    assert "sure" in bare.one("[data-act=delete]").text
    bare.click("[data-act=delete]")
    bare.until(lambda: not bare.all("#map"), "the map is still there")
