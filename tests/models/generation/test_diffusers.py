import json
import shutil

import numpy as np
import pytest

from models.generation.backend import GeneratedPanel
from models.generation.diffusion.depth import lines_of, unflattened
from models.generation.diffusion.folder import DiffusersFolder
from models.generation.registry import load_generation_backend
from schemas.errors import ConfigError, GenerationCancelledError, GenerationError, WeightsError
from schemas.generation import Capability, ReferenceRole
from tests.models.generation.asking import Watcher, asking, reference, scene
from tests.models.generation.tiny_diffusion import (
    save_depth2img,
    save_flux,
    save_sd,
    save_sdxl,
    skip_without_diffusers,
)

LAYOUT = reference(ReferenceRole.LAYOUT, 1)
SAVED = {"depth2img": save_depth2img, "sd": save_sd, "sdxl": save_sdxl, "flux": save_flux}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    skip_without_diffusers()
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # networks this small only wait for each other
    base = tmp_path_factory.mktemp("tiny-diffusion")
    yield {name: save(base / name) for name, save in SAVED.items()}
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def backends(folders):
    return {name: load_generation_backend(f"diffusers:{folder}") for name, folder in folders.items()}


def drawn(backend, *references, **asked) -> GeneratedPanel:
    (panel,) = backend.generate(asking(**{"strength": 0.8, "guidance": 4.0, **asked}), references)
    return panel


def differ(one: GeneratedPanel, other: GeneratedPanel) -> bool:
    return not np.array_equal(one.picture, other.picture)


@pytest.mark.parametrize("name", SAVED)
def test_the_same_seed_gives_the_same_picture_and_another_seed_another(backends, name):
    backend = backends[name]
    first, again, other = (drawn(backend, LAYOUT, seed=seed) for seed in (7, 7, 8))
    assert not differ(first, again)
    assert differ(first, other)
    assert first.picture.shape == (128, 136, 3)
    assert backend.description.is_deterministic


@pytest.mark.parametrize("name", SAVED)
@pytest.mark.parametrize("control", ["prompt", "negative", "strength", "steps", "guidance", "layout", "size"])
def test_each_control_changes_the_picture(backends, name, control):
    if control not in backends[name].description.capabilities:
        pytest.skip(f"{name} makes no use of it")
    changes = {
        "prompt": {"prompt": "a witch"},
        "negative": {"negative": "text, frames"},
        "strength": {"strength": 0.6, "steps": 4},
        "steps": {"steps": 4},
        "guidance": {"guidance": 9.0},
        "layout": {},
        "size": {"width_px": 160},
    }[control]
    layout = reference(ReferenceRole.LAYOUT, 9) if control == "layout" else LAYOUT
    base = {"steps": 4} if control == "strength" else {}
    if control == "layout":  # of two steps at full strength FLUX takes the first from pure noise
        base = changes = {"steps": 4, "strength": 0.5}
    assert differ(drawn(backends[name], LAYOUT, **base), drawn(backends[name], layout, **changes))


def test_words_alone_are_enough(backends):
    for backend in backends.values():
        assert drawn(backend).picture.std() > 1


def test_characters_and_styles_change_the_picture_by_their_weight(backends):
    plain = drawn(backends["sd"], LAYOUT)
    styles = [
        drawn(backends["sd"], LAYOUT, reference(ReferenceRole.STYLE, n, weight=weight))
        for n, weight in ((2, 1.0), (2, 0.4), (3, 1.0))
    ]
    assert all(differ(plain, style) for style in styles)
    assert differ(styles[0], styles[1])
    assert differ(styles[0], styles[2])


def test_an_adapter_of_scale_nothing_changes_nothing(tmp_path, backends):
    path = save_sd(tmp_path / "sd", adapter_scale=0.0)
    silent = load_generation_backend(f"diffusers:{path}")
    without = load_generation_backend(f"diffusers:{save_sd(tmp_path / 'none', ip_adapter=False)}")
    style = reference(ReferenceRole.STYLE, 2)
    assert not differ(drawn(silent, LAYOUT, style), drawn(without, LAYOUT, style))
    assert not differ(drawn(backends["sd"], LAYOUT), drawn(without, LAYOUT))
    assert "style" in drawn(without, LAYOUT, style).ignored


def test_a_background_is_started_from_while_the_layout_gives_the_depth(backends):
    background = reference(ReferenceRole.BACKGROUND, 4)
    panel = drawn(backends["sd"], LAYOUT, background)
    assert panel.notes["started_from"] == background.reference.panel_id
    assert differ(panel, drawn(backends["sd"], reference(ReferenceRole.LAYOUT, 9), background))


@pytest.mark.parametrize(("option", "value"), [("control", "lines"), ("control_scale", 0.1)])
def test_the_settings_of_a_folder_change_the_picture(tmp_path, backends, option, value):
    path = save_sd(tmp_path / "sd", **{option: value})
    assert differ(drawn(load_generation_backend(f"diffusers:{path}"), LAYOUT), drawn(backends["sd"], LAYOUT))


@pytest.mark.parametrize("flat", [0.0, 3.0, np.nan, np.inf])
def test_a_flat_depth_becomes_a_slope(flat):
    depth = unflattened(np.full((8, 6), flat, np.float32))
    assert depth.is_made_up
    assert depth.values[0].max() == 0.0
    assert depth.values[-1].min() == 1.0


def test_a_flat_depth_gives_a_picture_of_numbers_and_is_noted(tmp_path):
    skip_without_diffusers()
    backend = load_generation_backend(f"diffusers:{save_depth2img(tmp_path / 'flat', is_flat=True)}")
    panel = drawn(backend, LAYOUT)
    assert panel.picture.std() > 1
    assert "flat" in panel.notes["depth"]


def test_lines_are_found_where_the_drawing_has_them():
    lines = lines_of(scene(1))
    assert lines.shape == (128, 160)
    assert lines[:20].max() == 0.0  # the sky is plain
    assert lines.max() > 0.5


def test_progress_is_told_at_each_step_and_ends_the_work(backends):
    watcher = Watcher()
    backends["sd"].generate(asking(steps=4, strength=1.0), [LAYOUT], progress=watcher)
    assert len(set(watcher.shares)) >= 5
    with pytest.raises(GenerationCancelledError):
        backends["sd"].generate(asking(steps=4), [LAYOUT], progress=Watcher(until=0.2))
    assert drawn(backends["sd"], LAYOUT).picture.std() > 1


def test_the_description_names_the_weights(backends):
    hashes = {backend.description.model_sha256 for backend in backends.values()}
    assert len(hashes) == len(SAVED)
    assert all(len(one) == 64 for one in hashes)
    assert Capability.NEGATIVE not in backends["flux"].description.capabilities


def test_a_strength_of_nothing_and_one_step_are_no_fault(backends):
    for backend in backends.values():
        assert drawn(backend, LAYOUT, strength=0.0, steps=1).picture.std() > 1


def copied(folders, tmp_path, name="depth2img"):
    return shutil.copytree(folders[name], tmp_path / "copy")


def index_of(folder, **changes):
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_foreign_code_is_not_loaded(folders, tmp_path):
    folder = copied(folders, tmp_path)
    index_of(folder, unet=["os", "system"])
    with pytest.raises(WeightsError, match=r"names os\.system as its unet"):
        DiffusersFolder.open(folder)


def test_a_pickle_is_not_loaded(folders, tmp_path):
    folder = copied(folders, tmp_path)
    (weights,) = (folder / "unet").glob("*.safetensors")
    weights.rename(folder / "unet" / "diffusion_pytorch_model.bin")
    with pytest.raises(WeightsError, match="pickles only"):
        DiffusersFolder.open(folder)


def test_a_part_that_is_missing_is_named(folders, tmp_path):
    folder = copied(folders, tmp_path)
    shutil.rmtree(folder / "vae")
    with pytest.raises(WeightsError, match="vae is missing"):
        DiffusersFolder.open(folder)


def test_weights_that_are_cut_off_are_refused(folders, tmp_path):
    from safetensors.torch import load_file, save_file

    folder = copied(folders, tmp_path)
    (weights,) = (folder / "unet").glob("*.safetensors")
    tensors = load_file(weights)
    tensors.pop("conv_in.bias")
    save_file(tensors, weights, metadata={"format": "pt"})
    with pytest.raises(WeightsError, match=r"conv_in\.bias|cannot load"):
        load_generation_backend(f"diffusers:{folder}")


def test_what_is_no_pipeline_is_refused(folders, tmp_path):
    folder = copied(folders, tmp_path)
    index_of(folder, _class_name="AudioLDMPipeline")
    with pytest.raises(WeightsError, match="AudioLDMPipeline"):
        DiffusersFolder.open(folder)
    with pytest.raises(ConfigError, match="no folder"):
        DiffusersFolder.open(tmp_path / "nowhere")


def test_settings_of_a_folder_are_read_strictly(folders, tmp_path):
    folder = copied(folders, tmp_path)
    (folder / "longbox.json").write_text('{"controll": "lines"}')
    with pytest.raises(ConfigError, match="'controll'"):
        DiffusersFolder.open(folder)


def test_a_picture_of_no_numbers_is_no_picture():
    from models.generation.diffusion.backend import _pixels

    with pytest.raises(GenerationError, match="overflowed"):
        _pixels(np.full((8, 8, 3), np.nan))
    with pytest.raises(GenerationError, match="plain"):
        _pixels(np.zeros((8, 8, 3)))
