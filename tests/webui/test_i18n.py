"""The languages of the pages: complete catalogues, and the language a reader asked for."""

import re
import string

import pytest

from tests.webui.strings import used
from webui.i18n import LANGUAGES, catalogue
from webui.i18n.choice import best_language

FOR_DEVELOPERS = ("api.html", "login.html")
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def fields_of(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_pages_is_translated_and_nothing_else(language):
    texts = used()
    assert len(texts) > 150
    assert set(catalogue(language).texts) == set(texts)


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_the_fields_of_their_text(language):
    for text, translated in catalogue(language).texts.items():
        for form in [translated] if isinstance(translated, str) else translated:
            assert fields_of(form) == fields_of(text), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_only_texts_with_a_number_have_several_forms(language):
    numbered = {text for text, is_numbered in used().items() if is_numbered}
    several = {text for text, form in catalogue(language).texts.items() if isinstance(form, list)}
    assert several <= numbered


def test_templates_say_nothing_past_the_catalogue():
    """Words between tags that no catalogue was asked for."""
    from tests.webui.strings import WEBUI

    for template in sorted((WEBUI / "templates").glob("*.html")):
        plain = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "\0", template.read_text("utf-8"), flags=re.DOTALL)
        words = re.findall(r">([^<\0]*[A-Za-z]{3,}[^<\0]*)<", plain)
        told = [word for word in words if word.strip() not in ("Longbox",) and "longbox index" not in word]
        assert told == [] or template.name in FOR_DEVELOPERS, template.name


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("it", "it"),
        ("it-CH, de;q=0.9", "it"),
        ("de, ko;q=0.4, it;q=0.8", "it"),
        ("fr, de", "en"),
        ("ko;q=0, it;q=0.1", "it"),
        ("it;q=much, ko", "ko"),
        ("*", "en"),
    ],
)
def test_browser_gets_the_language_it_likes_best(accepted, language):
    assert best_language(accepted, tuple(LANGUAGES)) == language


def test_number_chooses_the_form_and_is_written_as_in_the_language():
    italian = catalogue("it")
    assert italian.count("{n} panel", "{n} panels", 1) == "1 vignetta"
    assert italian.count("{n} panel", "{n} panels", 1234) == "1.234 vignette"
    assert catalogue("en").count("{n} panel", "{n} panels", 1234) == "1,234 panels"
    assert catalogue("ko").count("{n} panel", "{n} panels", 1) == "칸 1개"


def test_page_speaks_the_language_of_the_browser_until_another_is_chosen(client):
    italian = client.get("/books", headers={"Accept-Language": "it"})
    assert '<html lang="it"' in italian.get_data(as_text=True)
    assert "Biblioteca" in italian.get_data(as_text=True)
    assert {"Accept-Language", "Cookie"} <= set(italian.vary)
    there = client.get("/preferences?language=ko&back=/books", headers={"Accept-Language": "it"})
    assert there.headers["Location"] == "/books"
    assert '<html lang="ko"' in client.get("/books", headers={"Accept-Language": "it"}).get_data(as_text=True)


def test_chosen_theme_stays_until_the_system_is_followed_again(client):
    client.get("/preferences?theme=dark")
    assert 'data-theme="dark"' in client.get("/").get_data(as_text=True).partition("<head>")[0]
    client.get("/preferences?theme=system")
    assert "data-theme" not in client.get("/").get_data(as_text=True).partition("<head>")[0]


@pytest.mark.parametrize(
    "foreign", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_preferences_lead_back_to_this_server_only(client, foreign):
    answer = client.get("/preferences", query_string={"language": "it", "back": foreign})
    assert answer.headers["Location"] == "/"


def test_unknown_preference_is_ignored(client):
    answer = client.get("/preferences?language=xx&theme=pink&back=/books")
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers


def test_browser_modules_get_their_texts_in_the_language_of_the_page(client):
    page = client.get("/", headers={"Accept-Language": "it"}).get_data(as_text=True)
    assert "Altre vignette" in re.search(r'<meta name="strings" content="([^"]*)"', page)[1]
    assert 'name="strings" content="{}"' in client.get("/").get_data(as_text=True)
