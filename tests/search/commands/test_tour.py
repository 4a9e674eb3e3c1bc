"""The tour: searches whose words and pictures come from the library itself."""

import json

import pytest
from click.testing import CliRunner
from PIL import Image

import search
from models.pictures import decode_picture
from schemas.config import PictureLimits
from schemas.messages import SearchRequest
from search.commands.tour import NONSENSE, half_remembered, longest_words, plan_tour
from search.commands.tour_cli import tour


@pytest.fixture
def library(lamps_library):
    with search.open(lamps_library) as opened:
        yield opened


def test_every_stop_but_nonsense_finds_the_panel_it_was_made_from(library):
    stops = plan_tour(library)
    assert [stop.request.text for stop in stops][-1] == NONSENSE
    for stop in stops[:-1]:
        assert library.search(stop.request).hits, stop.title
    assert not library.search(stops[-1].request).hits


def test_a_line_as_printed_and_its_half_remembered_twin_find_the_same_words(library):
    printed, half = (stop.request.dialogue for stop in plan_tour(library)[:2])
    assert printed in library.search(SearchRequest(dialogue=printed)).hits[0].text.replace("\n", " ")
    assert half != printed


def test_mirrored_picture_of_a_panel_finds_it(library):
    panel = library.search(SearchRequest(dialogue="Ask the harbour cat")).hits[0].panel_id
    picture = decode_picture(library.thumbnail(panel), name=panel, limits=PictureLimits()).image
    found = library.search(SearchRequest(picture=picture[:, ::-1].copy())).hits
    assert found[0].panel_id == panel


def test_half_remembered_drops_words_and_swaps_two_letters():
    assert half_remembered("where is my red umbrella today") == "where is my umberlla today"


def test_longest_words_keep_their_order():
    assert longest_words("The lighthouse keeper never sleeps, does he?") == "lighthouse keeper sleeps"


def test_command_prints_every_stop_and_writes_one_sheet(lamps_library, tmp_path):
    sheet = tmp_path / "hits.png"
    result = CliRunner().invoke(tour, ["--library", str(lamps_library), "--sheet", str(sheet)])
    assert result.exit_code == 0, result.output
    assert "A line as printed" in result.output
    assert "nothing found" in result.output
    with Image.open(sheet) as picture:
        assert picture.width > 600


def test_command_prints_json(lamps_library):
    result = CliRunner().invoke(tour, ["--library", str(lamps_library), "--json"])
    stops = json.loads(result.output)["stops"]
    assert {"title", "hits", "took_ms", "encoder"} <= set(stops[0])
