"""Restyling: a picture of its own network, classifiers, cancelling; the same picture for the same seed."""

import json

import cv2
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")
import torch

from models.encoders.mini import FOLDER, TOWER_FILE, open_tower
from models.generation.backend import Conditioning
from models.generation.restyle.backend import RestyleBackend
from models.generation.restyle.classifiers import Examples, seen, trained
from models.generation.restyle.losses import weights_for
from models.generation.restyle.material import sorted_out
from models.generation.restyle.network import StyleNetwork
from models.generation.restyle.optimising import Style, Task, laid_over, one_thread, picture_tensor, restyled
from models.generation.restyle.space import load_mini_space
from schemas.errors import GenerationCancelledError, GenerationError, QueryError
from schemas.generation import Belief, Reference, ReferenceRole
from schemas.geometry import Box
from tests.models.generation.asking import Watcher, asking
from tests.models.generation.restyle.test_judge import GREEN, GREY, PAPER, RED, SAND, drawn


def reference(role, picture, page, element="", weight=1.0):
    facts = Reference(
        f"book/{page:05d}#01",
        "book",
        "A book",
        role,
        weight,
        Box(0, 0, 1, 1),
        f"{page}",
        "CC0-1.0",
        "N",
        page,
    )
    return Conditioning(facts, picture, element=element)


def material(shown=8, lacking=8):
    rows = [reference(ReferenceRole.LAYOUT, drawn(PAPER, GREY), 1)]
    rows += [reference(ReferenceRole.STYLE, drawn(SAND, RED, n), 10 + n) for n in range(3)]
    rows += [reference(ReferenceRole.CHARACTER, drawn(SAND, RED, n), 20 + n, "Red") for n in range(shown)]
    rows += [
        reference(ReferenceRole.BACKGROUND, drawn(SAND, GREEN, n), 40 + n, "Red") for n in range(lacking)
    ]
    return rows


def asked(**more):
    return asking(**{"backend": "restyle", "width_px": 128, "elements": (Belief("Red"),), "steps": 5, **more})


@pytest.fixture(scope="module")
def backend():
    return RestyleBackend()


@pytest.fixture(scope="module")
def made(backend):
    return backend.generate(asked(), material())[0]


def test_torch_sees_what_the_shipped_encoder_sees():
    picture = np.random.default_rng(1).integers(0, 256, (96, 96, 3), np.uint8)
    [vector] = open_tower(FOLDER / TOWER_FILE).run(["vectors"], {"pictures": picture[None]})[0]
    ours = load_mini_space().meaning(picture_tensor(picture))[0].numpy()
    assert float(ours @ vector / np.linalg.norm(vector)) > 0.9999


def test_an_untrained_network_changes_nothing():
    picture = torch.rand(1, 3, 64, 80)
    assert torch.equal(StyleNetwork()(picture), picture)


def test_what_comes_out_is_judged_reported_and_owes_all_it_saw_to_its_references(made):
    report = json.loads(made.notes["report"])
    assert made.notes["verdict"].split(":")[0] in ("accepted", "refused")
    losses = report["losses"]
    assert losses[-1]["loss"] < losses[0]["loss"]
    assert set(report["classifiers"]["Red"]) == {"before", "after"}
    assert len(report["classifiers"]["Red"]["after"]) == 3
    assert {one.name for one in made.layers} == {"before", "restyled"}
    used = {one.panel_id for one in made.used}
    assert {"book/00001#01", "book/00010#01", "book/00020#01", "book/00040#01"} <= used
    judged = report["judge"]["panels"]["Red"]
    assert judged == {"shown": 4, "lacking": 4}
    assert "book/00021#01" not in used  # kept back for the judge


def test_a_refused_picture_is_the_input_and_an_accepted_one_is_not(made):
    top = made.layers[-1]
    assert np.array_equal(made.picture, top.pixels[..., :3])
    assert top.name == ("restyled" if made.notes["verdict"].startswith("accepted") else "before")


def test_the_same_seed_gives_the_same_picture_and_another_one_another(backend):
    panels = [
        backend.generate(asked(elements=(), seed=seed, steps=2), material(0, 0))[0] for seed in (3, 3, 4)
    ]
    first, again, other = ({one.name: one.pixels for one in panel.layers}["restyled"] for panel in panels)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_style_comes_nearer_by_the_judges_measure(backend):
    [panel] = backend.generate(asked(elements=(), steps=25), material(0, 0))
    judged = json.loads(panel.notes["report"])["judge"]
    assert judged["style_after"] < judged["style_before"]
    assert judged["kept"] > 0.5


def test_the_strength_says_how_far_it_goes():
    space, start = load_mini_space(), drawn(PAPER, GREY)
    styles = [Style(drawn(SAND, RED, 1))]
    moved = [
        np.abs(
            restyled(space, Task(start, styles, 5, 0, weights_for(strength)), None).picture.astype(int)
            - start
        ).mean()
        for strength in (0.0, 1.0)
    ]
    assert moved[0] < moved[1]


def test_words_keep_their_edges():
    picture = np.full((100, 100, 3), 200, np.uint8)
    added = np.zeros((25, 25, 3), np.float32)
    added[::2] = 0.2
    words = Box(0.2, 0.2, 0.8, 0.8)
    plain, lettered = laid_over(picture, added), laid_over(picture, added, [words])
    inside = (slice(35, 65), slice(35, 65))
    assert lettered[inside].std() < plain[inside].std() / 4
    assert lettered[inside].mean() > 205


def test_cancelling_ends_it_between_two_steps(backend):
    watcher = Watcher(until=0.06)
    with pytest.raises(GenerationCancelledError):
        backend.generate(asked(steps=50), material(), progress=watcher)
    assert watcher.shares[-1] < 0.2
    assert torch.get_num_threads() >= 1


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        (material()[1:], GenerationError, "nothing to restyle"),
        (material()[:1], GenerationError, "in which style"),
        (material(3, 8), QueryError, "3 panels that may be used show 'Red'"),
        (material(8, 2), QueryError, "2 panels that may be used lack 'Red'"),
    ],
)
def test_what_is_missing_is_named(backend, rows, error, message):
    elements = () if error is GenerationError else (Belief("Red"),)
    with pytest.raises(error, match=message):
        backend.generate(asked(elements=elements), rows)


def test_panels_of_one_page_are_on_one_side_only():
    rows = material()
    rows += [reference(ReferenceRole.CHARACTER, drawn(SAND, RED, n), 20 + n, "Red") for n in range(8)]
    [sides] = sorted_out(asked(), rows).elements
    pages = [{one.reference.page_no for one in some} for some in (sides.shown, sides.judged_shown)]
    assert pages[0]
    assert pages[1]
    assert not pages[0] & pages[1]


def test_classifiers_know_what_they_were_taught_and_see_no_picture_twice_alike():
    space = load_mini_space()
    yes, no = ([picture_tensor(drawn(SAND, colour, n))[0] for n in range(6)] for colour in (RED, GREEN))
    with one_thread():
        ensemble = trained(space, [Examples("Red", 1.0, tuple(yes[:4]), tuple(no[:4]))], seed=0)
        red, green = (ensemble.probabilities(one[None]).mean() for one in (yes[5], no[5]))
        views = seen(yes[0][None], 64, 4, torch.Generator().manual_seed(0))
    assert red > green
    assert len({view.numpy().tobytes() for view in views}) == 4
    sides = {group[0].side_px for group in ensemble.members}
    assert len(sides) == 3


def test_a_drawing_takes_the_place_of_a_panel(backend):
    from models.generation.artificer.rough import packed_whole

    _, png = cv2.imencode(".png", drawn(PAPER, GREEN)[..., ::-1])
    drawing = packed_whole(png.tobytes(), name="a rough")
    [panel] = backend.generate(asked(drawing=drawing, elements=(), steps=1), material(0, 0)[1:])
    assert panel.notes["restyled"] == "the drawing of the request"
    before = {one.name: one.pixels for one in panel.layers}["before"]
    assert before[..., 1].mean() > before[..., 0].mean()  # green, not greyed
