import copy
import json
import threading

import numpy as np
import pytest

pytest.importorskip("websockets", reason="the extra [comfyui] is not installed")

from models.generation.registry import load_generation_backend
from models.generation.remote.comfyui import ComfyUiBackend, ComfyUiSettings
from models.generation.remote.settings import ServerSettings
from models.generation.remote.workflow import Workflow
from models.vlm.pacing import Pacing
from schemas.errors import (
    BackendUnavailableError,
    ConfigError,
    GenerationCancelledError,
    GenerationError,
)
from schemas.generation import Capability, ReferenceRole
from tests.models.generation.asking import Watcher, asking, reference
from tests.models.generation.comfyui_server import WORKFLOW, ComfyUiServer
from tests.models.generation.picture_server import drawn, garbage, plain_png, running, status

LAYOUT, STYLE = reference(ReferenceRole.LAYOUT), reference(ReferenceRole.STYLE, 2, weight=0.5)


@pytest.fixture
def server():
    with running(ComfyUiServer()) as server:
        yield server


def workflow(**changes) -> Workflow:
    return Workflow.of(copy.deepcopy(WORKFLOW) | changes, "panel.json")


def backend_of(server: ComfyUiServer, form: Workflow | None = None, **more) -> ComfyUiBackend:
    settings = ServerSettings("ComfyUI", server.base_url, **{"timeout_s": 5.0, "poll_s": 0.02, **more})
    return ComfyUiBackend(ComfyUiSettings(settings, form or workflow()), pacing=Pacing(chance=lambda: 0.0))


def test_the_slots_of_the_workflow_are_filled_with_what_is_asked(server):
    (panel,) = backend_of(server).generate(
        asking(negative="text", seed=7, steps=3, guidance=4.5, strength=0.3), [LAYOUT, STYLE]
    )
    nodes = server.body_of("/prompt")["prompt"]
    assert nodes["2"]["inputs"]["text"] == "ink drawing, a knight in the rain"
    assert nodes["3"]["inputs"]["text"] == "text"
    sampler = nodes["6"]["inputs"]
    assert (sampler["seed"], sampler["steps"], sampler["cfg"], sampler["denoise"]) == (7, 3, 4.5, 0.3)
    assert nodes["11"]["inputs"]["weight"] == 0.5
    assert panel.picture.shape == (128, 136, 3)
    assert panel.ignored == ("size",)
    assert panel.notes == {"layout": LAYOUT.reference.panel_id, "style": STYLE.reference.panel_id}


def test_references_are_uploaded_once_and_under_the_name_of_their_content(server):
    backend = backend_of(server)
    backend.generate(asking(variants=2), [LAYOUT, STYLE])
    backend.generate(asking(), [LAYOUT, STYLE])
    assert len(server.uploads) == 2
    first, second, third = (body["prompt"]["4"]["inputs"]["image"] for _, body in server.asked)
    assert first == second == third


def test_each_variant_has_the_next_seed_and_the_same_seed_gives_the_same_picture(server):
    first, second = backend_of(server).generate(asking(seed=3, variants=2), [LAYOUT])
    (again,) = backend_of(server).generate(asking(seed=4), [LAYOUT])
    assert (first.seed, second.seed) == (3, 4)
    assert (first.picture != second.picture).any()
    assert np.array_equal(second.picture, again.picture)


def test_a_missing_reference_with_a_weight_counts_nothing(server):
    backend_of(server).generate(asking(), [LAYOUT])
    assert server.body_of("/prompt")["prompt"]["11"]["inputs"]["weight"] == 0.0


def test_a_missing_reference_without_a_weight_is_named(server):
    with pytest.raises(GenerationError, match=r"needs a layout reference for \{\{layout\}\}"):
        backend_of(server).generate(asking(), [])


def test_without_a_layout_another_reference_is_started_from(server):
    (panel,) = backend_of(server).generate(asking(), [STYLE])
    assert panel.notes["layout"] == STYLE.reference.panel_id


def test_the_description_tells_what_the_slots_let_in(server):
    backend = backend_of(server)
    capabilities = backend.description.capabilities
    assert {Capability.LAYOUT, Capability.STYLE, Capability.WEIGHTS, Capability.SEED} <= capabilities
    assert not {Capability.SIZE, Capability.CHARACTER} & capabilities
    other = workflow(**{"9": {"class_type": "PreviewImage", "inputs": {"images": ["7", 0]}}})
    assert backend.description.version != backend_of(server, other).description.version


def test_progress_follows_the_nodes_and_never_falls():
    with running(ComfyUiServer(node_s=0.03)) as server:
        watcher = Watcher()
        backend_of(server).generate(asking(), [LAYOUT], progress=watcher)
    assert watcher.shares == sorted(watcher.shares)
    assert len(set(watcher.shares)) >= 5
    assert "drawing in ComfyUI" in watcher.steps


def test_a_cancel_interrupts_our_prompt():
    with running(ComfyUiServer(node_s=0.1)) as server:
        with pytest.raises(GenerationCancelledError):
            backend_of(server).generate(asking(), [LAYOUT], progress=Watcher(until=0.15))
        assert server.interrupts == 1


def test_a_cancel_of_a_prompt_that_waits_leaves_the_running_one_alone():
    with running(ComfyUiServer(node_s=0.1)) as server:
        other = threading.Thread(target=backend_of(server).generate, args=(asking("another"), [LAYOUT]))
        other.start()
        while not server.asked:
            server.closing.wait(0.01)
        watcher = Watcher(until=0.0, step="waiting")
        with pytest.raises(GenerationCancelledError):
            backend_of(server).generate(asking(), [LAYOUT], progress=watcher)
        other.join()
        assert (server.interrupts, len(server.deleted)) == (0, 1)
        assert len(server.files) == 1


@pytest.mark.parametrize("options", [{"quiet": True}, {"breaks_at": "VAEEncode"}], ids=["at once", "later"])
def test_a_line_that_breaks_is_no_loss_as_the_history_is_asked(options):
    with running(ComfyUiServer(node_s=0.01, **options)) as server:
        (panel,) = backend_of(server).generate(asking(), [LAYOUT])
    assert panel.picture.std() > 10


@pytest.mark.parametrize("quiet", [True, False])
def test_a_node_that_fails_is_named(quiet):
    with (
        running(ComfyUiServer(fails_at="KSampler", quiet=quiet)) as server,
        pytest.raises(GenerationError, match=r"6 \(KSampler\) failed: .*CUDA out of memory"),
    ):
        backend_of(server).generate(asking(), [LAYOUT])


def test_a_workflow_that_the_server_refuses_names_the_node(server):
    nodes = {"1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "other.safetensors"}}}
    with pytest.raises(GenerationError, match=r"node 1 \(CheckpointLoaderSimple\): Value not valid"):
        backend_of(server, workflow(**nodes)).generate(asking(), [LAYOUT])


def test_a_workflow_without_an_output_is_refused(server):
    form = {name: node for name, node in WORKFLOW.items() if name != "9"}
    with pytest.raises(GenerationError, match="has no outputs"):
        backend_of(server, Workflow.of(form, "panel.json")).generate(asking(), [LAYOUT])


def test_nodes_that_the_server_lacks_are_named_before_anything_is_sent(server):
    nodes = {"12": {"class_type": "IPAdapterAdvanced", "inputs": {}}}
    with pytest.raises(BackendUnavailableError, match="lacks the nodes IPAdapterAdvanced"):
        backend_of(server, workflow(**nodes)).generate(asking(), [LAYOUT])
    assert server.uploads == {}


def test_a_workflow_that_takes_too_long_is_stopped():
    with running(ComfyUiServer(node_s=0.3)) as server:
        with pytest.raises(GenerationError, match=r"within 0\.4 s"):
            backend_of(server, timeout_s=0.4).generate(asking(), [LAYOUT])
        assert server.interrupts == 1


@pytest.mark.parametrize(
    ("picture", "said"),
    [
        (drawn(64, 64, 1)[:2000], "breaks off"),
        (b"no picture", "not a picture"),
        (plain_png(), "plain picture"),
    ],
)
def test_a_picture_of_no_use_is_refused(picture, said):
    with running(ComfyUiServer(drawn=picture)) as server, pytest.raises(GenerationError, match=said):
        backend_of(server).generate(asking(), [LAYOUT])


def test_garbage_is_called_so(server):
    server.faults = [garbage]
    with pytest.raises(GenerationError, match="no JSON object"):
        backend_of(server).generate(asking(), [LAYOUT])


def test_a_moment_without_time_is_waited_for(server):
    server.faults = [status(503)]
    backend = ComfyUiBackend(
        ComfyUiSettings(ServerSettings("ComfyUI", server.base_url, poll_s=0.02), workflow()),
        pacing=Pacing(sleep=lambda _: None),
    )
    assert backend.generate(asking(), [LAYOUT])


def test_a_server_that_is_down_is_unavailable():
    with running(ComfyUiServer()) as server:
        pass
    with pytest.raises(BackendUnavailableError, match="check the server"):
        backend_of(server, max_retries=0).generate(asking(), [LAYOUT])


def written(folder, server, nodes=WORKFLOW, **more):
    (folder / "panel.json").write_text(json.dumps(nodes))
    path = folder / "comfy.json"
    path.write_text(
        json.dumps({"base_url": server.base_url, "workflow": "panel.json", "poll_s": 0.02, **more})
    )
    return f"comfyui:{path}"


def test_settings_and_workflow_are_read_from_files(tmp_path, server):
    assert load_generation_backend(written(tmp_path, server, output_node="9")).generate(asking(), [LAYOUT])


@pytest.mark.parametrize(
    ("nodes", "fields", "said"),
    [
        ({"nodes": [], "links": []}, {}, "Export"),
        ({"1": {"inputs": {}}}, {}, "no ComfyUI workflow"),
        ({"1": {"class_type": "A", "inputs": {"text": "{{mood}}"}}}, {}, "nobody fills"),
        ({"1": {"class_type": "A", "inputs": {"text": "x"}}}, {}, r"no slot \{\{prompt\}\}"),
        (WORKFLOW, {"output_node": "99"}, "is no node"),
        (WORKFLOW, {"workflow": "missing.json"}, "cannot read"),
    ],
)
def test_wrong_files_are_refused(tmp_path, server, nodes, fields, said):
    with pytest.raises(ConfigError, match=said):
        load_generation_backend(written(tmp_path, server, nodes, **fields))


def test_a_redirect_of_the_line_is_not_followed(server):
    # The history is asked instead: the panel comes all the same, and nobody else is talked to.
    with running(ComfyUiServer()) as elsewhere:
        target = elsewhere.base_url.replace("http", "ws") + "/ws?clientId=x"
        server._talk = lambda handler, _: handler.send(302, b"", "text/plain", Location=target)
        assert backend_of(server).generate(asking(), [LAYOUT])
        assert elsewhere.headers == []
