"""Matches in the browser: answered by key, each answer kept at once."""

import shutil

import pytest

from indexer.catalogue.deciding import read_matches
from indexer.catalogue.importing import import_dump
from tests.indexer.catalogue.test_import import ROWS, write_sqlite
from tests.webui.browser import DESKTOP, Visitor, needs_browser
from tests.webui.conftest import served
from webui import WebConfig

pytestmark = needs_browser


@pytest.fixture
def library(lamps_library, tmp_path):
    """A library in which one book may be either of two issues."""
    copy = shutil.copytree(lamps_library, tmp_path / "library")
    import_dump(write_sqlite(tmp_path / "dump", ROWS), copy)
    return copy


def test_no_offers_the_next_issue_and_yes_keeps_it(library, driver):
    with served(WebConfig(library=library)) as base:
        visitor = Visitor(driver, base)
        visitor.size(DESKTOP)
        visitor.open("/matches")
        visitor.until(lambda: visitor.one(".choice-row").is_displayed(), "buttons appear")
        assert visitor.one(".offered b").text == "Night 1 (1988)"
        visitor.screen("matches")
        visitor.press("n")
        visitor.until(lambda: visitor.one(".offered b").text == "Night 1 (2015)", "the next one is offered")
        visitor.press("y")
        visitor.until(lambda: "1 book is matched" in visitor.one("main").text, "the book is matched")
        said = {one.issue_id: one.verdict for one in read_matches(library).matches}
        assert said == {70: "no", 80: "yes"}
        assert visitor.complaints() == []
