"""A journey in the studio: a board handed over, words, a picture with its credits."""

import json
import shutil

import pytest

from tests.models.generation.openai_server import KEY, OpenAiServer
from tests.models.generation.picture_server import running
from tests.webui.browser import PHONE, Keys, Visitor, needs_browser
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
    author.run("document.querySelector('[name=seed]').value = 5")
    author.click("#studio [type=submit]")
    author.until(lambda: author.one(".made .said").text, "nobody says what it is at")
    author.until(lambda: author.all(".pictures img"), "no picture was made", wait_s=60)
    left = author.run("return ['seed', 'variants'].map((name) => document.forms.studio.elements[name].value)")
    assert left == ["5", "1"]  # what was chosen stays for the next one
    author.until(
        lambda: author.run("return document.querySelector('.pictures img').naturalWidth") > 0,
        "no picture shown",
    )
    assert author.one(".pictures small").text
    author.screen("studio")
    author.click("[data-keep]")
    author.until(lambda: author.all(".made .acts a[href*=generated]"), "nothing was kept", wait_s=60)
    found = author.run("return fetch('/api/v1/search?q=is:generated').then((answer) => answer.json())")
    assert len(found["hits"]) == 1
    assert serious_findings(author, axe) == []
    author.size(PHONE)
    assert author.fits()
    author.screen("studio-phone")


SQUARE = (((-100, -90), (200, 0)), ((100, -90), (0, 160)), ((100, 70), (-200, 0)), ((-100, 70), (0, -160)))
INKED = (
    "const canvas = document.querySelector('.rough canvas');"
    "const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
    "let dark = 0; for (let i = 0; i < pixels.length; i += 4) dark += pixels[i] < 128; return dark;"
)


def drawn(author) -> int:
    """Return how many points of the sheet are dark."""
    return author.run(INKED)


@pytest.fixture
def sheet(author):
    """Open the studio with an empty sheet to draw on."""
    author.open("/studio")
    author.run("sessionStorage.clear()")
    author.open("/studio")
    author.click(".rough summary")
    return author


def test_a_sheet_is_drawn_on_with_the_pointer_rubbed_and_undone(sheet):
    sheet.draw(".rough canvas", (-80, -40), (160, 60))
    line = drawn(sheet)
    assert line > 300
    sheet.click(".rough [data-rubber]")
    sheet.draw(".rough canvas", (-80, -40), (80, 30))
    assert 0 < drawn(sheet) < line
    sheet.click(".rough [data-undo]")
    assert drawn(sheet) == line
    sheet.click(".rough [data-clear]")
    assert drawn(sheet) == 0


def test_a_sheet_is_drawn_on_with_the_keys_alone(sheet):
    sheet.run("document.querySelector('.rough canvas').focus()")
    sheet.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert drawn(sheet) == 0
    sheet.press(Keys.SPACE, *[Keys.ARROW_DOWN] * 8, Keys.SPACE)
    line = drawn(sheet)
    assert line > 250
    sheet.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert drawn(sheet) == line
    sheet.press("]", "]", "z")
    assert drawn(sheet) == 0
    assert sheet.run("return +document.querySelector('[name=pen-width]').value") == 6
    sheet.press("e")
    assert sheet.run("return document.querySelector('[data-rubber]').getAttribute('aria-pressed')") == "true"


def test_a_drawing_is_inked_and_stays_on_the_sheet(sheet, axe):
    made = len(sheet.all(".pictures img"))
    for start, by in SQUARE:
        sheet.draw(".rough canvas", start, by)
    kept = drawn(sheet)
    sheet.one("[name=prompt]").send_keys("A harbour")
    sheet.run("document.querySelector('[name=variants]').value = 1")
    assert serious_findings(sheet, axe) == []
    sheet.click("#studio [type=submit]")
    sheet.until(lambda: len(sheet.all(".pictures img")) > made, "no picture was made", wait_s=60)
    assert sheet.all(".pictures a[download$='.ora']")
    sheet.until(lambda: drawn(sheet) == kept, "the drawing is gone")
    sheet.screen("studio-drawing")
    sheet.size(PHONE)
    assert sheet.fits()


MADE = (
    "const token = document.querySelector('meta[name=csrf-token]').content;"
    "const body = JSON.stringify({prompt: 'A girl in the harbour.\\nNarrator: Dawn.\\nGirl: \"Land!\"',"
    " width_px: 384, height_px: 384});"
    "return fetch('/api/v1/generations', {method: 'POST', body,"
    "headers: {'Content-Type': 'application/json', 'X-CSRF-Token': token}}).then((answer) => answer.json())"
)


def test_balloons_are_moved_with_the_pointer_and_the_keys_and_put_back(author, axe):
    author.open("/studio")
    job = author.run(MADE)["job_id"]
    author.open("/studio")
    row = f"[data-job='{job}']"
    author.until(lambda: author.all(f"{row} [data-balloons]"), "no picture was made", wait_s=60)
    author.until(lambda: author.one(f"{row} [data-balloons]").is_displayed(), "nothing to move balloons by")

    def middles():
        told = author.run(f"return fetch('/api/v1/generations/{job}/1.json').then((answer) => answer.json())")
        return [((x0 + x1) / 2, (y0 + y1) / 2) for x0, y0, x1, y1 in told["boxes"]["balloon"]]

    first = middles()
    author.click(f"{row} [data-balloons]")
    author.until(lambda: author.all(f"{row} .balloon"), "no balloon can be taken hold of")
    assert len(author.all(f"{row} .balloon")) == len(first) == 2
    assert serious_findings(author, axe) == []
    author.draw(f"{row} .balloon:nth-of-type(2)", (0, 0), (0, 60))
    author.until(lambda: middles()[1][1] > first[1][1] + 0.05, "the balloon did not follow the pointer")
    assert middles()[0] == first[0]
    author.screen("studio-balloons")
    dragged = middles()
    author.run("document.querySelectorAll('.balloon')[0].focus()")
    author.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    author.until(lambda: middles()[0][1] > first[0][1] + 0.02, "the balloon did not follow the keys")
    author.press("z")
    author.until(lambda: middles() == dragged, "the last move was not taken back")
    author.click(f"{row} .tools button:nth-of-type(2)")
    author.until(lambda: middles() == first, "the balloons were not put back")
    author.click(f"{row} .tools button:nth-of-type(3)")
    assert not author.all(f"{row} .balloon")
    assert not author.all("dialog[open]")


def test_a_script_is_asked_for_and_taken_along_as_a_book(author, axe):
    author.open("/studio")
    made = len(author.all(".made [data-job]"))
    author.one("[name=prompt]").send_keys("A girl in the harbour, night. The girl walks in the harbour.")
    author.run(
        "const layout = document.querySelector('[name=layout]'); layout.value = 'pages';"
        "layout.dispatchEvent(new Event('change'))"
    )
    assert not author.one("[data-variants]").is_displayed()
    author.click("#studio [type=submit]")
    author.until(lambda: len(author.all(".made [data-job]")) > made, "no job was begun")
    author.until(lambda: author.all(".made li:first-child [href$='book.cbz']"), "no book was made", wait_s=60)
    assert len(author.all(".made > li:first-child .pictures img")) == 2
    assert serious_findings(author, axe) == []
    author.screen("studio-script")
    author.size(PHONE)
    assert author.fits()


def test_one_panel_of_a_script_is_made_anew_beside_the_others_and_put_in_its_place(author, axe):
    author.open("/studio")
    job = author.run(MADE.replace("prompt: ", "script: ").replace("Girl: ", "\\n\\nGirl: "))["job_id"]
    row = f"#job-{job}"
    author.open("/studio")
    author.until(lambda: author.all(f"{row} [data-another]"), "no script was made", wait_s=60)
    author.until(lambda: author.one(f"{row} [data-another]").is_displayed(), "no other go is offered")
    author.click(f"{row} [data-another]")
    author.until(lambda: author.all(f"{row} .another textarea"), "nothing asks what is to be otherwise")
    assert author.all(f"{row} .another .references img")
    assert serious_findings(author, axe) == []
    author.screen("studio-another")
    author.run(f"document.querySelector('{row} .another [type=number]').value = 1")
    author.click(f"{row} .another [type=checkbox]")
    author.click(f"{row} .another button:not([type])")
    author.until(lambda: author.all(f".made a[href='{row}']"), "no other go was begun")
    author.until(lambda: author.all(".made li:first-child [data-place]"), "no panel was made", wait_s=60)
    author.until(
        lambda: author.one(".made li:first-child [data-place]").is_displayed(), "no way to its place"
    )

    def seed(address):
        return author.run(f"return fetch('{address}').then((told) => told.json())")["seed"]

    go = author.one(".made li:first-child").get_attribute("data-job")
    places = [f"/api/v1/generations/{job}/1.json", f"/api/v1/generations/{go}/1.json"]
    before = [seed(place) for place in places]
    author.until(
        lambda: author.run("return [...document.images].slice(0, 3).every((one) => one.naturalWidth)"),
        "no picture shown",
    )
    author.click(".made li:first-child [data-place]")
    author.until(lambda: [seed(place) for place in places] == before[::-1], "the panel is not in its place")
    author.at(f"/studio#job-{job}")
    author.screen("studio-placed")
    author.size(PHONE)
    assert author.fits()


def test_a_panel_of_the_reader_goes_to_the_studio_and_comes_back_coloured(author, axe):
    author.open("/?q=harbour")
    panel = author.run(
        "return new URL(document.querySelector('#hits .similar').href).searchParams.get('like')"
    )
    author.open("/pages/" + panel.partition("#")[0])
    author.until(lambda: author.all("a[href*='/studio?panel=']"), "no way to the studio")
    author.open("/studio?panel=" + panel.replace("#", "%23") + "&panel=" + panel.replace("#", "%23"))
    author.run("document.querySelectorAll('.references select')[0].value = 'layout'")
    author.run(
        "const layout = document.querySelector('[name=layout]'); layout.value = 'colourise';"
        "layout.dispatchEvent(new Event('change'))"
    )
    made = len(author.all(".pictures img"))
    assert serious_findings(author, axe) == []
    author.run("document.querySelector('[name=variants]').value = 1")
    author.click("#studio [type=submit]")
    author.until(lambda: len(author.all(".pictures img")) > made, "nothing was coloured", wait_s=60)


@pytest.fixture(scope="module")
def images_base(drawn_library, tmp_path_factory):
    """A server with a second generator, which takes references and knows neither steps nor render."""
    folder = tmp_path_factory.mktemp("images")
    library = shutil.copytree(drawn_library, folder / "library")
    with running(OpenAiServer()) as images, pytest.MonkeyPatch.context() as patched:
        patched.setenv("IMAGES_KEY", KEY)
        settings = {"base_url": f"{images.base_url}/v1", "api_key_env": "IMAGES_KEY", "model": "gpt-image-1"}
        (folder / "images.json").write_text(json.dumps(settings))
        generators = (f"openai:{folder / 'images.json'}", f"diffusers:{folder / 'gone'}")
        with served(WebConfig(library=library, generators=generators)) as address:
            yield address


def test_another_generator_is_chosen_shows_what_it_uses_and_makes_a_panel(visitor, driver, images_base, axe):
    author = Visitor(driver, images_base)
    author.open("/studio")
    assert author.one("[name=render]").is_displayed()
    assert "lettering" in author.one(".generators li:not([hidden])").text
    assert "gone" in author.one(".generators li:last-child").text
    author.run(
        "const by = document.querySelector('[name=backend]'); by.value = 'openai:images.json';"
        "by.dispatchEvent(new Event('change'))"
    )
    assert not author.one("[name=render]").is_displayed()
    assert not author.one("[name=steps]").is_displayed()
    assert "lettering" not in author.one(".generators li:not([hidden])").text
    assert serious_findings(author, axe) == []
    author.screen("studio-generators")
    author.one("[name=prompt]").send_keys("A girl in the harbour, night.")
    author.run("document.querySelector('[name=variants]').value = 1")
    author.click("#studio [type=submit]")
    author.until(lambda: author.all(".pictures img"), "no picture was made", wait_s=60)
    job = author.one(".made li").get_attribute("data-job")
    record = author.run(f"return fetch('/api/v1/generations/{job}/1.json').then((answer) => answer.json())")
    assert record["backend"]["name"] == "openai:images.json"
    author.leave()
    assert author.complaints() == []
    assert author.asked_elsewhere() == set()
