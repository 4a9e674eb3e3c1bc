"""Labels find their pictures, and whatever is wrong with one is told in one line."""

import json

import pytest

from indexer.evaluation.labelled import LabelledPage, Skipped, decode, find_pages
from schemas.errors import UnreadablePictureError
from tests.indexer.evaluation.builders import draw_page, label_of, write_json, write_page


def test_pages_are_found_in_nested_folders_under_their_work(tmp_path):
    write_page(tmp_path, "pepper", "p01")
    write_json(tmp_path / "labels" / "frogs" / "ep1" / "s1.json", label_of("pepper/p01.png").to_json())
    found = list(find_pages(tmp_path / "labels", tmp_path))
    assert [(page.work, page.name) for page in found] == [("frogs", "frogs/ep1/s1"), ("pepper", "pepper/p01")]


def test_labels_without_a_folder_belong_to_the_work_of_their_folder(tmp_path):
    write_page(tmp_path, "pepper", "p01")
    (page,) = find_pages(tmp_path / "labels" / "pepper", tmp_path)
    assert isinstance(page, LabelledPage)
    assert page.work == "pepper"


def test_picture_is_found_by_the_labels_own_path_where_image_is_wrong(tmp_path):
    draw_page(tmp_path / "work" / "p01.webp")
    write_json(tmp_path / "labels" / "work" / "p01.json", label_of("elsewhere/scan.jpg").to_json())
    (page,) = find_pages(tmp_path / "labels", tmp_path)
    assert isinstance(page, LabelledPage)
    assert page.picture == tmp_path / "work" / "p01.webp"


@pytest.mark.parametrize(
    "image", ["../secret.png", "/etc/hostname", "work/../../secret.png", "..\\secret.png"]
)
def test_label_cannot_point_out_of_the_folder_of_pictures(tmp_path, image):
    draw_page(tmp_path / "secret.png")
    write_json(tmp_path / "labels" / "work" / "p01.json", label_of(image).to_json())
    (tmp_path / "images").mkdir()
    (found,) = find_pages(tmp_path / "labels", tmp_path / "images")
    assert isinstance(found, Skipped)
    assert "is not in" in found.why


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "is no JSON"),
        (b"\xff\xfe\x00", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[]", "a JSON object is needed"),
        (b'{"panels": []}', "needs 'image'"),
        (b'{"image": "p.png", "size": [0, 10], "panels": []}', "must be positive"),
        (b'{"image": "p.png", "size": [9, 9], "panels": [{"box": [0, 0, 1e999, 1]}]}', "is no label"),
        (b'{"image": "p.png", "size": [9, 9], "panels": [{"box": "0,0,1,1"}]}', "must be 4 numbers"),
        (b'{"image": "p.png", "size": [9, 9], "direction": "up"}', "'up' is not a valid"),
    ],
)
def test_hostile_label_is_skipped_with_its_reason(tmp_path, content, why):
    (tmp_path / "bad.json").write_bytes(content)
    (found,) = find_pages(tmp_path, tmp_path)
    assert isinstance(found, Skipped)
    assert found.item == "bad.json"
    assert why in found.why


def test_skipped_item_is_one_printable_line(tmp_path):
    assert str(Skipped("a\nb\x1b[31m.json", "is\r wrong")) == "a b [31m.json: is  wrong"


def test_label_with_a_byte_order_mark_is_read(tmp_path):
    draw_page(tmp_path / "p.png")
    text = json.dumps(label_of("p.png").to_json())
    (tmp_path / "p.json").write_text(text, encoding="utf-8-sig")
    (page,) = find_pages(tmp_path, tmp_path)
    assert isinstance(page, LabelledPage)


def test_picture_that_is_none_is_an_error_of_ours(tmp_path):
    (tmp_path / "p.png").write_bytes(b"no picture")
    with pytest.raises(UnreadablePictureError, match="header is damaged"):
        decode(tmp_path / "p.png")
    with pytest.raises(UnreadablePictureError, match="cannot be read"):
        decode(tmp_path / "gone.png")
