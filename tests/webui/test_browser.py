"""A visitor's journey in a real browser: keys, more hits, pictures, turning pages, the way back."""

import base64
import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.comics import page_with
from webui import WebConfig, create_app

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1300,850"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WAIT_S = 10
GIVE_FILE = """
const bytes = Uint8Array.from(atob(arguments[1]), (c) => c.charCodeAt(0));
const data = new DataTransfer();
data.items.add(new File([bytes], "crop.png", { type: "image/png" }));
const options = { bubbles: true, cancelable: true };
dispatchEvent(arguments[0] === "paste" ? new ClipboardEvent("paste", { ...options, clipboardData: data })
  : new DragEvent("drop", { ...options, dataTransfer: data }));
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"),
]


class Visitor:
    """A browser window on a served library."""

    def __init__(self, driver, base: str) -> None:
        self.driver, self.base = driver, base

    def open(self, path: str) -> None:
        self.driver.get(self.base + path)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def all(self, selector: str):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def at(self, part: str) -> None:
        WebDriverWait(self.driver, WAIT_S).until(lambda d: part in d.current_url, f"never came to {part}")

    def until(self, selector: str, count: int) -> None:
        WebDriverWait(self.driver, WAIT_S).until(
            lambda _: len(self.all(selector)) == count, f"never saw {count} of {selector}"
        )

    def focused(self, selector: str) -> int:
        """Return which of the elements has the focus, -1 for none."""
        script = "return [...document.querySelectorAll(arguments[0])].indexOf(document.activeElement)"
        return int(self.driver.execute_script(script, selector))


@pytest.fixture(scope="module")
def base(library_path: Path) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(WebConfig(library=library_path)), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(WAIT_S)
    server.server_close()


@pytest.fixture(scope="module")
def window(base: str) -> Iterator[Visitor]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    yield Visitor(driver, base)
    driver.quit()


@pytest.fixture
def visitor(window: Visitor) -> Iterator[Visitor]:
    """A visitor whose window must stay without complaints and must ask no other machine."""
    yield window
    assert window.driver.get_log("browser") == []
    sent = [json.loads(entry["message"])["message"] for entry in window.driver.get_log("performance")]
    asked = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
    assert asked
    assert {url for url in asked if not url.startswith((window.base, "data:", "blob:"))} == set()


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


def test_page_and_its_lit_panel_lie_in_the_window(visitor):
    visitor.open("/?q=harbour+cat")
    visitor.press(Keys.ARROW_RIGHT, Keys.ENTER)
    visitor.at("/pages/")
    bottom = visitor.driver.execute_script(
        "return document.querySelector('.paper').getBoundingClientRect().bottom - innerHeight"
    )
    assert bottom <= 0


def test_s_asks_for_similar_panels(visitor):
    visitor.open("/?q=umbrella")
    visitor.press(Keys.ARROW_RIGHT, "s")
    visitor.at("/?like=")
    assert len(visitor.all(".examples img")) == 1


def test_more_panels_come_in_place_and_stay_on_reload_and_back(visitor):
    visitor.open("/?q=the+umbrella+cat+train&min_score=0&limit=2")
    visitor.all("#more")[0].click()
    visitor.until("#hits .panel", 4)
    assert visitor.focused("#hits .panel") == 2
    links = [link.get_attribute("href") for link in visitor.all("#hits .panel")]
    assert len(set(links)) == 4
    visitor.driver.refresh()
    visitor.until("#hits .panel", 4)
    visitor.all("#hits .panel")[3].click()
    visitor.at("/pages/")
    visitor.driver.back()
    visitor.until("#hits .panel", 4)


@pytest.mark.parametrize("way", ["choose", "drop", "paste"])
def test_picture_is_searched_by_with_the_filters_in_force(visitor, way, tmp_path):
    picture = page_with(["So am I"], seed=9)
    visitor.open("/?q=train&year_from=2000")
    if way == "choose":
        (tmp_path / "crop.png").write_bytes(picture)
        visitor.all("#picture")[0].send_keys(str(tmp_path / "crop.png"))
    else:
        visitor.driver.execute_script(GIVE_FILE, way, base64.b64encode(picture).decode())
    visitor.at("picture=")
    assert "year_from=2000" in visitor.driver.current_url
    assert visitor.all(".examples img")[0].size["height"] > 0


@pytest.mark.parametrize(
    ("title", "forward", "backward"),
    [("Trains", Keys.ARROW_RIGHT, Keys.ARROW_LEFT), ("Moons", Keys.ARROW_LEFT, Keys.ARROW_RIGHT)],
)
def test_arrow_keys_turn_pages_in_reading_direction(visitor, title, forward, backward):
    visitor.open("/books")
    next(link for link in visitor.all(".covers a") if title in link.text).click()
    visitor.at("/books/")
    visitor.all(".covers a")[0].click()
    visitor.at("/00001")
    visitor.press(forward)
    visitor.at("/00002")
    visitor.press(backward)
    visitor.at("/00001")
