"""A browser window on a served library, and what a visitor does in it."""

import json
import shutil
import time
from pathlib import Path

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
from selenium.common.exceptions import StaleElementReferenceException  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

__all__ = ["DESKTOP", "PHONE", "Keys", "Visitor", "needs_browser", "open_browser"]

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
SCREENS = Path(__file__).resolve().parents[2] / "demo" / "screens"
DESKTOP, PHONE = (1300, 850), (390, 800)
WAIT_S = 10
QUIET = ("favicon", "GL Driver Message")
"""What is no complaint; the latter says how long a screenshot of WebGL takes."""
FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars", "--lang=en"),
    *("--use-angle=swiftshader", "--enable-unsafe-swiftshader"),  # WebGL without a graphics card
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

needs_browser = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are not installed"),
]


def open_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options=options, service=Service(DRIVER))


class Visitor:
    """A browser window on a served library."""

    def __init__(self, driver, base: str) -> None:
        self.driver, self.base = driver, base

    # ---- The window

    def size(self, size: tuple[int, int]) -> None:
        width, height = size
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def theme(self, name: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": name}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})

    def scripts(self, *, run: bool) -> None:
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not run})

    def screen(self, name: str) -> None:
        """Keep what the window shows, for people to look at."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        time.sleep(0.15)  # pictures fade in
        self.driver.save_screenshot(str(SCREENS / f"{name}.png"))

    def fits(self) -> bool:
        """Say whether the page is no wider than the window."""
        return self.run("return document.documentElement.scrollWidth <= innerWidth")

    # ---- What a visitor does

    def open(self, path: str) -> None:
        self.driver.get(self.base + path)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, wherever the focus is by then."""
        for key in keys:
            ActionChains(self.driver, duration=0).send_keys(key).perform()

    def click(self, selector: str) -> None:
        self.one(selector).click()

    def draw(self, selector: str, start: tuple[int, int], by: tuple[int, int]) -> None:
        """Drag the pointer over an element, from a place relative to its middle."""
        pen = ActionChains(self.driver, duration=50)
        pen.move_to_element_with_offset(self.one(selector), *start).click_and_hold()
        pen.move_by_offset(by[0] // 2, by[1] // 2).move_by_offset(by[0] - by[0] // 2, by[1] - by[1] // 2)
        pen.release().perform()

    def hover(self, selector: str) -> None:
        ActionChains(self.driver, duration=50).move_to_element(self.one(selector)).perform()

    # ---- What a visitor sees

    def run(self, script: str, *values: object):
        return self.driver.execute_script(script, *values)

    def all(self, selector: str):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str):
        # Looked for and taken in one step: a page that loads anew may lose it in between.
        return self.until(lambda: next(iter(self.all(selector)), None), f"never saw {selector}")

    def until(self, condition, message: str, *, wait_s: float = WAIT_S):
        patient = WebDriverWait(
            self.driver, wait_s, poll_frequency=0.05, ignored_exceptions=[StaleElementReferenceException]
        )
        return patient.until(lambda _: condition(), message)

    def at(self, part: str) -> None:
        self.until(lambda: part in self.driver.current_url, f"never came to {part}")
        self.until(lambda: self.run("return document.readyState") == "complete", f"{part} never loaded")

    def count(self, selector: str, count: int) -> None:
        self.until(lambda: len(self.all(selector)) == count, f"never saw {count} of {selector}")

    def focused(self, selector: str) -> int:
        """Return which of the elements has the focus, -1 for none."""
        return int(
            self.run(
                "return [...document.querySelectorAll(arguments[0])].indexOf(document.activeElement)",
                selector,
            )
        )

    def complaints(self) -> list[str]:
        """Return what the console says."""
        said = [entry["message"] for entry in self.driver.get_log("browser")]
        return [line for line in said if not any(quiet in line for quiet in QUIET)]

    def leave(self) -> None:
        """Look at nothing: a page that stays open misses its server once that is gone."""
        self.driver.get("about:blank")

    def asked_elsewhere(self) -> set[str]:
        """Return addresses of other machines that the pages asked for."""
        sent = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        asked = [m["params"]["request"]["url"] for m in sent if m["method"] == "Network.requestWillBeSent"]
        return {url for url in asked if not url.startswith((self.base, "data:", "blob:"))}
