"""A server that asks for a key: the login, and what a visitor who may only read is offered."""

import shutil

import pytest

from tests.webui.browser import Keys, Visitor, needs_browser
from tests.webui.conftest import served
from tests.webui.test_browser_library import axe, serious_findings
from webui import WebConfig
from webui.security.keys import KeyFile
from webui.security.scopes import Scope

pytestmark = needs_browser
__all__ = ["axe"]


@pytest.fixture
def guarded(visitor, driver, library_path, tmp_path):
    """A visitor at a server that lets in nobody without a key, and the keys."""
    library = shutil.copytree(library_path, tmp_path / "library")
    keys = {scope: KeyFile(library).add(f"{scope.value}er", scope) for scope in (Scope.READ, Scope.WRITE)}
    with served(WebConfig(library=library, needs_key=True)) as address:
        guest = Visitor(driver, address)
        yield guest, keys
        guest.leave()
        assert guest.complaints() == []
        assert guest.asked_elsewhere() == set()


def log_in(guest: Visitor, key: str) -> None:
    guest.open("/?q=umbrella")
    guest.at("/login")
    guest.one("main [name=key]").send_keys(key, Keys.ENTER)
    guest.at("/?q=umbrella")


def test_login_leads_to_where_the_visitor_wanted_to_be_and_logout_ends_it(guarded, axe):
    guest, keys = guarded
    guest.open("/login")
    assert serious_findings(guest, axe) == []
    guest.screen("login")
    log_in(guest, keys[Scope.READ])
    guest.one("#hits .panel")
    guest.click("[popovertarget=menu]")
    guest.click("#menu form button")
    guest.at("/login")


def test_reader_of_the_library_is_offered_no_changes(guarded):
    guest, keys = guarded
    log_in(guest, keys[Scope.READ])
    assert guest.all(".acts .similar")
    assert not guest.all(".acts button")
    guest.open("/books")
    assert not guest.one("#open-folders").is_displayed()
    guest.open("/boards")
    assert not guest.one("#new-board").is_displayed()


def test_writer_makes_a_board(guarded):
    guest, keys = guarded
    log_in(guest, keys[Scope.WRITE])
    guest.press(Keys.ARROW_RIGHT, "b")
    guest.one("#gather[open] [name=title]").send_keys("Mine", Keys.ENTER)
    guest.until(lambda: "Mine" in guest.one(".toast").text, "no board was made")


def test_language_can_be_chosen_before_the_login(guarded):
    guest, _ = guarded
    guest.open("/preferences?language=it&back=/login")
    assert guest.run("return document.documentElement.lang") == "it"
