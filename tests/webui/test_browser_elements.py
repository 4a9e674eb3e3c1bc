"""Journeys to an element: a panel, a part of a page and a picture teach it, answers sharpen it."""

import shutil

import pytest

from tests.webui.browser import Keys, Visitor, needs_browser
from tests.webui.conftest import served
from webui import WebConfig

pytestmark = needs_browser


@pytest.fixture
def guest(visitor, driver, library_path, tmp_path):
    """A guest of a library that may be taught."""
    with served(WebConfig(library=shutil.copytree(library_path, tmp_path / "library"))) as address:
        guest = Visitor(driver, address)
        yield guest
        guest.leave()
        assert guest.complaints() == []
        assert guest.asked_elsewhere() == set()


def told_of(guest, name: str) -> dict:
    return guest.run(f"return fetch('/api/v1/elements/{name}').then((answer) => answer.json())")["element"]


def said(guest) -> str:
    return " ".join(one.text for one in guest.all(".toast"))


def test_panels_and_parts_of_pages_teach_an_element(guest):
    guest.open("/?q=umbrella")
    guest.press(Keys.ARROW_RIGHT)
    guest.press("e")
    guest.until(lambda: guest.one("#teach").is_displayed(), "nobody asked what it shows")
    guest.one("#teach [name=element]").send_keys("Umbrella" + Keys.ENTER)
    guest.until(lambda: "Learnt for Umbrella" in said(guest), "not learnt")
    assert told_of(guest, "umbrella")["positives"] == 1

    guest.click("#hits .panel")
    guest.at("/pages/")
    guest.press("r")
    guest.until(lambda: guest.one(".region-acts").is_displayed(), "no frame")
    guest.all(".region-acts button")[1].click()
    guest.until(lambda: guest.one("#teach .pick button").is_displayed(), "no element is offered")
    guest.one("#teach .pick button").click()
    guest.until(lambda: "Learnt" in said(guest), "not learnt")
    assert told_of(guest, "umbrella")["positives"] == 2

    guest.open("/elements")
    assert 1 <= len(guest.all(".elements .faces img")) <= 5
    guest.screen("elements")
    guest.click(".elements b")
    guest.until(lambda: guest.all("#questions li.now"), "no questions")
    guest.press("y", "n")
    guest.open("/elements/Umbrella")  # left before they were sent
    guest.count("#questions li.yes", 1)
    guest.click("#send")
    guest.until(lambda: "1 does not" in guest.one(".element header").text, "no answers were taken")
    assert told_of(guest, "umbrella")["positives"] == 3
    guest.click("#rename-element")
    asked = guest.driver.switch_to.alert
    asked.send_keys("Parasol")
    asked.accept()
    guest.at("/elements/Parasol")
    assert told_of(guest, "parasol")["positives"] == 3


def test_a_picture_begins_an_element(guest, tmp_path):
    from PIL import Image

    Image.new("RGB", (80, 60), (180, 40, 40)).save(tmp_path / "red.png")
    guest.open("/elements")
    guest.screen("elements-none")
    guest.one("#new-element [name=name]").send_keys("Red")
    guest.one("#new-element [name=picture]").send_keys(str(tmp_path / "red.png"))
    assert "red.png" in guest.one("#new-element label").text
    guest.click("#new-element button")
    guest.at("/elements/Red")
    assert told_of(guest, "red")["positives"] == 1
