"""A journey in the studio: a board handed over, words, a picture with its credits."""

import shutil

import pytest

from tests.webui.browser import PHONE, Visitor, needs_browser
from tests.webui.conftest import served
from tests.webui.test_browser_library import axe, serious_findings
from webui import WebConfig

pytestmark = needs_browser
__all__ = ["axe"]


@pytest.fixture(scope="module")
def studio_base(drawn_library, tmp_path_factory):
    library = shutil.copytree(drawn_library, tmp_path_factory.mktemp("studio") / "library")
    with served(WebConfig(library=library)) as address:
        yield address


@pytest.fixture
def author(visitor, driver, studio_base):
    author = Visitor(driver, studio_base)
    yield author
    author.leave()
    assert author.complaints() == []
    assert author.asked_elsewhere() == set()


def test_a_board_becomes_a_panel_with_credits(author, axe):
    author.open("/?q=harbour")
    made = author.run(
        "const panel = new URL(document.querySelector('#hits .similar').href).searchParams.get('like');"
        "const token = document.querySelector('meta[name=csrf-token]').content;"
        "const body = JSON.stringify({title: 'Harbour', panels: [panel]});"
        "return fetch('/api/v1/boards', {method: 'POST', body,"
        "headers: {'Content-Type': 'application/json', 'X-CSRF-Token': token}})"
        ".then((answer) => answer.json())"
    )
    author.open(f"/boards/{made['board_id']}")
    author.click("a[href*='/studio?board=']")
    author.at("/studio?board=")
    assert len(author.all(".references li")) == 1
    assert serious_findings(author, axe) == []
    author.one("[name=prompt]").send_keys("A girl in the harbour, night.")
    author.run("document.querySelector('[name=variants]').value = 1")
    author.click("#studio [type=submit]")
    author.until(lambda: author.all(".pictures img"), "no picture was made", wait_s=60)
    author.until(
        lambda: author.run("return document.querySelector('.pictures img').naturalWidth") > 0,
        "no picture shown",
    )
    assert author.one(".pictures small").text
    author.screen("studio")
    assert serious_findings(author, axe) == []
    author.size(PHONE)
    assert author.fits()
    author.screen("studio-phone")
