"""Libraries made of page vectors: whole and again, kept apart by encoder, hostile groups refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import zarr
from click.testing import CliRunner

import search
from indexer.care.report import verify_library
from indexer.commands.cli import export
from indexer.exchange.cli import import_vectors
from indexer.exchange.page_vectors import PageVectors, read_zarr
from indexer.exchange.zarr import export_zarr
from indexer.exchange.zarr_import import import_zarr
from indexer.library.ledger import LEDGER_FILE
from indexer.library.status import library_status
from indexer.library.store import LibraryWriter
from indexer.running.indexing import Scope
from schemas.errors import BackendUnavailableError, EncoderMismatchError, ExchangeError, LibraryError
from schemas.labels import BookStatus
from schemas.messages import SearchRequest
from schemas.tables import ASSETS, BOOKS, PAGES, PANELS
from search.encoding import Encoders
from tests.fakes import FakePictureEncoder, FakeTextEncoder
from tests.indexer.builders import Models, contents, page_picture, png, rows, run_index, write_book

DIM = 8
SPEC = {"name": "x", "dim": DIM, "preprocessing": "p", "weights_sha256": "", "metric": "cosine"}


def vectors(*shape: int, seed: int = 0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal((*shape, DIM)).astype(np.float32)
    return noise / np.linalg.norm(noise, axis=-1, keepdims=True)


def write_group(path: Path, *, attrs: dict[str, object] | None = None, **changes: np.ndarray) -> Path:
    """Two books of two pages of two panels, as another tool would write them."""
    cell = np.array([[0.5, 0, 1, 1], [0, 0, 0.5, 1]], np.float32)
    arrays: dict[str, np.ndarray] = {
        "panel_embeddings": vectors(4, 2),
        "page_embeddings": vectors(4, seed=1),
        "panel_coordinates": np.stack([cell] * 4),
        "reading_order": np.array([[1, 0], [0, 1], [0, 1], [0, -1]], np.int32),
        "panel_mask": np.array([[1, 1], [1, 1], [1, 0], [1, 0]], np.bool_),
        "page_ids": np.array(["a/p1", "b/p1", "a/p2", "b/p2"]),
        "books": np.array(["Moons 01", "Suns", "Moons 01", "Suns"]),
    } | changes
    shutil.rmtree(path, ignore_errors=True)
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.attrs.update({} if attrs is None else attrs)
    for name, array in arrays.items():
        group.create_array(name, data=array, fill_value="" if array.dtype.kind == "U" else 0)
    return path


def only_part(path: Path) -> PageVectors:
    [part] = read_zarr(path)
    return part


def assert_equal_groups(left: Path, right: Path) -> None:
    one, other = only_part(left), only_part(right)
    for name in PageVectors.__dataclass_fields__:
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert dict(zarr.open_group(left).attrs) == dict(zarr.open_group(right).attrs)


@pytest.fixture
def comics(tmp_path: Path) -> Path:
    for seed in (1, 2):
        write_book(tmp_path / "comics" / f"b{seed}.cbz", seed=seed, pages=3)
    return tmp_path / "comics"


@pytest.fixture
def indexed(comics: Path, tmp_path: Path) -> Path:
    run_index(comics, tmp_path / "indexed")
    return tmp_path / "indexed"


@pytest.mark.parametrize("side", ["fused", "picture", "text"])
def test_an_export_comes_back_as_equal_arrays(indexed, tmp_path, side):
    group = export_zarr(indexed, tmp_path / "one", side=side).path
    report = import_zarr(group, tmp_path / "library")
    assert (report.imported, report.pages, report.panels, report.side) == (2, 6, 12, side)
    assert_equal_groups(group, export_zarr(tmp_path / "library", tmp_path / "two").path)


def test_a_foreign_group_becomes_books_with_panels_in_order(tmp_path):
    group = write_group(tmp_path / "g.zarr")
    import_zarr(group, tmp_path / "library")
    books = {row["source"]: row for row in rows(tmp_path / "library", BOOKS)}
    assert {name: (row["page_count"], row["panel_count"]) for name, row in books.items()} == {
        "Moons 01": (2, 4),
        "Suns": (2, 3),
    }
    assert (books["Moons 01"]["series"], books["Moons 01"]["number"]) == ("Moons", "1")
    pages = [row["page_file"] for row in rows(tmp_path / "library", PAGES)]
    assert sorted(pages) == ["a/p1", "a/p2", "b/p1", "b/p2"]
    moons = str(books["Moons 01"]["book_id"])
    panels = [row for row in rows(tmp_path / "library", PANELS) if row["book_id"] == moons]
    assert [row["box"] for row in panels[:2]] == [[0, 0, 0.5, 1], [0.5, 0, 1, 1]]
    assert panels[0]["vector_picture"] == pytest.approx(vectors(4, 2)[0, 1], abs=1e-3)
    assert panels[3]["vector_picture"] is None


def test_vectors_of_any_length_are_stored_with_length_one(tmp_path):
    group = write_group(tmp_path / "g.zarr", panel_embeddings=vectors(4, 2) * np.float32(1e30))
    import_zarr(group, tmp_path / "library")
    stored = rows(tmp_path / "library", PANELS)[0]["vector_picture"]
    assert np.linalg.norm(np.array(stored, np.float32)) == pytest.approx(1, abs=1e-2)


def test_importing_twice_changes_nothing(tmp_path):
    group = write_group(tmp_path / "g.zarr")
    import_zarr(group, tmp_path / "library")
    before = contents(tmp_path / "library")
    report = import_zarr(group, tmp_path / "library")
    assert (report.imported, report.unchanged) == (0, 2)
    assert contents(tmp_path / "library") == before


def test_an_imported_library_without_pictures_passes_its_verification(tmp_path):
    import_zarr(write_group(tmp_path / "g.zarr"), tmp_path / "library")
    found = verify_library(tmp_path / "library", sample=5)
    assert found.findings == ()
    assert found.counts[PANELS] > 0


def test_only_a_changed_book_is_replaced(tmp_path):
    group, library = tmp_path / "g.zarr", tmp_path / "library"
    import_zarr(write_group(group), library)
    before = {row["source"]: row["ingest_rev"] for row in rows(library, BOOKS)}
    changed = vectors(4, 2)
    changed[1] = vectors(2, seed=5)
    report = import_zarr(write_group(group, panel_embeddings=changed), library)
    assert (report.imported, report.unchanged) == (1, 1)
    after = {row["source"]: row["ingest_rev"] for row in rows(library, BOOKS)}
    assert [name for name in before if before[name] != after[name]] == ["Suns"]
    assert len(rows(library, PANELS)) == 7


def test_wider_arrays_alone_change_no_book(tmp_path):
    group, library = tmp_path / "g.zarr", tmp_path / "library"
    plain = import_zarr(write_group(group, attrs={"encoder": "theirs"}), library)
    part = only_part(group)
    wide = {
        name: np.concatenate([getattr(part, name), np.zeros_like(getattr(part, name))], axis=1)
        for name in ("panel_embeddings", "panel_coordinates", "panel_mask")
    }
    order = np.concatenate([part.reading_order, np.full((4, 2), -1, np.int32)], axis=1)
    report = import_zarr(
        write_group(group, attrs={"encoder": "theirs"}, reading_order=order, **wide), library
    )
    assert (plain.imported, report.imported, report.unchanged) == (2, 0, 2)


def test_what_the_group_no_longer_holds_leaves_only_when_asked(tmp_path):
    group, library = tmp_path / "g.zarr", tmp_path / "library"
    attrs: dict[str, object] = {"encoder": "theirs"}
    import_zarr(write_group(group, attrs=attrs), library)
    part = only_part(group)
    kept = {name: getattr(part, name)[[0, 2]] for name in PageVectors.__dataclass_fields__}
    write_group(group, attrs=attrs, **kept)
    report = import_zarr(group, library)
    assert (report.gone, report.pruned, len(rows(library, BOOKS))) == (1, 0, 2)
    report = import_zarr(group, library, prune=True)
    assert (report.gone, report.pruned) == (1, 1)
    assert [row["source"] for row in rows(library, BOOKS)] == ["Moons 01"]
    assert len(rows(library, PANELS)) == 4


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"panel_embeddings": np.full((4, 2, DIM), np.nan, np.float32)}, "not finite"),
        ({"page_embeddings": np.zeros((3, DIM), np.float32)}, "too many, or not as the others"),
        ({"page_ids": np.array(["a", "b", "a", "c"])}, "'a' is in it twice"),
        ({"page_ids": np.array(["a", "b", " ", "c"])}, "page_ids is empty at page 2"),
        ({"page_ids": np.array(["a", "b", "\ud800", "c"])}, "half a character at page 2"),
        ({"panel_coordinates": np.full((4, 2, 4), 1.5, np.float32)}, "lies outside the page"),
        ({"panel_coordinates": np.full((4, 2, 4), -0.5, np.float32)}, "lies outside the page"),
        ({"panel_coordinates": np.tile(np.float32([0.9, 0, 0.1, 1]), (4, 2, 1))}, "are not x0, y0"),
        ({"reading_order": np.array([[0, 0], [0, 1], [0, 1], [0, -1]])}, "does not count its panels"),
        ({"reading_order": np.array([[0, 1], [0, 2], [0, 1], [0, -1]])}, r"page 1 \('b/p1'\)"),
        ({"reading_order": np.array([[0, 1], [0, -1], [0, 1], [0, -1]])}, "no place in the reading order"),
        ({"page_sizes": np.full((4, 2), -1, np.int32)}, "below 0"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_bad_group_is_refused_before_anything_is_written(tmp_path, changes, why):
    library = tmp_path / "library"
    with pytest.raises(ExchangeError, match=why):
        import_zarr(write_group(tmp_path / "g.zarr", **changes), library)
    assert not library.exists()


def test_a_header_that_promises_too_much_is_refused_unread(tmp_path):
    group = write_group(tmp_path / "g.zarr")
    for array in group.iterdir():
        if array.is_dir():
            header = json.loads((array / ".zarray").read_text())
            header["shape"][0] = 10**9
            (array / ".zarray").write_text(json.dumps(header))
    with pytest.raises(ExchangeError, match="1,000,000,000 pages: too many"):
        import_zarr(group, tmp_path / "library")


def test_a_chunk_that_fits_no_memory_is_refused(tmp_path):
    group = write_group(tmp_path / "g.zarr")
    header = json.loads((group / "panel_embeddings" / ".zarray").read_text())
    header["chunks"] = [50_000_000, 4_096, DIM]
    (group / "panel_embeddings" / ".zarray").write_text(json.dumps(header))
    with pytest.raises(ExchangeError, match="comes in chunks of"):
        import_zarr(group, tmp_path / "library")


@pytest.mark.parametrize(
    ("codec", "why"), [("pickle", "object_codec_id': 'pickle'"), ("base64", "'base64', which is not trusted")]
)
def test_a_codec_that_does_more_than_unpack_is_refused(tmp_path, codec, why):
    group = write_group(tmp_path / "g.zarr")
    header = json.loads((group / "page_embeddings" / ".zarray").read_text())
    header["filters"] = [{"id": codec}]
    (group / "page_embeddings" / ".zarray").write_text(json.dumps(header))
    with pytest.raises(ExchangeError, match=why):
        import_zarr(group, tmp_path / "library")


def test_a_damaged_chunk_is_named(tmp_path):
    group = write_group(tmp_path / "g.zarr")
    (group / "panel_embeddings" / "0.0.0").write_bytes(b"no chunk")
    with pytest.raises(ExchangeError, match="panel_embeddings is damaged"):
        import_zarr(group, tmp_path / "library")
    assert not (tmp_path / "library").exists()


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_groups_of_both_zarr_formats_are_read(tmp_path, zarr_format):
    source = only_part(write_group(tmp_path / "g.zarr"))
    group = zarr.open_group(tmp_path / "h.zarr", mode="w", zarr_format=zarr_format)
    for name in PageVectors.__dataclass_fields__:
        array = getattr(source, name)
        text = np.dtypes.StringDType() if zarr_format == 3 else array.dtype
        array = array.astype(text) if array.dtype.kind == "U" else array
        group.create_array(name, data=array, fill_value="" if array.dtype.kind in "UT" else 0)
    assert import_zarr(tmp_path / "h.zarr", tmp_path / "library").panels == 7


def test_vectors_of_an_unknown_encoder_never_mix(comics, indexed, tmp_path):
    group = write_group(tmp_path / "g.zarr")
    before = contents(indexed)
    with pytest.raises(EncoderMismatchError, match="import into a new library"):
        import_zarr(group, indexed)
    assert contents(indexed) == before
    import_zarr(group, tmp_path / "library")
    imported = contents(tmp_path / "library")
    with pytest.raises(EncoderMismatchError, match="imported ready-made"):
        run_index(comics, tmp_path / "library")
    assert contents(tmp_path / "library") == imported
    other = write_group(tmp_path / "h.zarr", attrs={"model": "another"})
    with pytest.raises(EncoderMismatchError, match="'another'"):
        import_zarr(other, tmp_path / "library")


def test_an_unnamed_group_may_grow_if_its_encoder_is_named(tmp_path):
    group, library = write_group(tmp_path / "g.zarr"), tmp_path / "library"
    name = import_zarr(group, library).encoder
    assert name.startswith("zarr:")
    part = only_part(group)
    grown = {
        field: np.concatenate([getattr(part, field), getattr(part, field)[:1]])
        for field in PageVectors.__dataclass_fields__
    }
    grown["page_ids"][-1] = "a/p3"
    write_group(group, **grown)
    with pytest.raises(EncoderMismatchError, match=name):
        import_zarr(group, library)
    assert import_zarr(group, library, encoder=name).imported == 1


@pytest.mark.parametrize(
    ("attrs", "why"),
    [
        ({"side": "smell"}, "no side 'smell'"),
        ({"encoder_specs": {"picture": {"name": "x"}}}, "something else"),
        ({"encoder_specs": {"picture": SPEC | {"dim": "8"}}}, "the dim of the picture encoder is no int"),
        ({"encoder_specs": {"picture": SPEC | {"dim": 0}}}, "cannot have 0 numbers"),
        ({"encoder_specs": {"picture": SPEC, "text": None}}, "lacks the encoder"),
        (
            {"encoder_specs": {"picture": SPEC | {"dim": 9}, "text": SPEC}},
            "those of x have 9",
        ),
    ],
)
def test_attributes_that_say_nonsense_are_refused(tmp_path, attrs, why):
    with pytest.raises(ExchangeError, match=why):
        import_zarr(write_group(tmp_path / "g.zarr", attrs=attrs), tmp_path / "library")


def test_an_index_run_takes_no_imported_book_for_lost(indexed, comics, tmp_path):
    group = export_zarr(indexed, tmp_path / "out").path
    library = tmp_path / "library"
    import_zarr(group, library)
    imported = rows(library, BOOKS)
    (comics / "b1.cbz").unlink()
    (comics / "b2.cbz").unlink()
    write_book(comics / "b3.cbz", seed=3)
    for _ in range(2):
        report = run_index(comics, library, scope=Scope(prune=True))
        assert (report.pruned, report.missing) == (0, ())
    assert [row for row in rows(library, BOOKS) if row in imported] == imported
    status = library_status(library)
    assert (status.books, status.is_settled, status.damage) == (3, True, None)
    assert status.sources[BookStatus.READY] == 3


def test_a_lost_ledger_makes_no_imported_book_lost(indexed, comics, tmp_path):
    library = tmp_path / "library"
    import_zarr(export_zarr(indexed, tmp_path / "out").path, library)
    for file in library.glob(LEDGER_FILE + "*"):
        file.unlink()
    (comics / "b1.cbz").unlink()
    write_book(comics / "b3.cbz", seed=3)
    run_index(comics, library)
    report = run_index(comics, library, scope=Scope(prune=True))
    assert (report.pruned, report.missing) == (0, ())
    assert len(rows(library, BOOKS)) == 3


def test_a_file_at_hand_takes_the_place_of_its_vectors_and_keeps_it(indexed, comics, tmp_path):
    group = export_zarr(indexed, tmp_path / "out").path
    library = tmp_path / "library"
    import_zarr(group, library)
    moved = tmp_path / "other" / "copy.cbz"
    moved.parent.mkdir()
    shutil.copy(comics / "b1.cbz", moved)
    assert run_index(moved, library).indexed == 1
    stored = {str(row["source"]): str(row["container"]) for row in rows(library, BOOKS)}
    assert stored == {str(moved): "cbz", str(comics / "b2.cbz"): "zarr"}
    before = contents(library)
    report = import_zarr(group, library)
    assert (report.kept, report.unchanged, report.imported) == (1, 1, 0)
    assert contents(library) == before


def test_pages_named_in_a_folder_get_thumbnails(tmp_path):
    images, library = tmp_path / "images", tmp_path / "library"
    (images / "a").mkdir(parents=True)
    (images / "a" / "p1.png").write_bytes(png(page_picture(1, width=80, height=120)))
    (images / "a" / "p2").write_bytes(b"no picture")
    group = write_group(tmp_path / "g.zarr")
    report = import_zarr(group, library, images=images)
    assert (report.pictures, report.partial) == (1, 1)
    assert len(rows(library, ASSETS)) == 3
    page = next(row for row in rows(library, PAGES) if row["page_file"] == "a/p1")
    assert (page["width_px"], page["height_px"], page["degraded"]) == (80, 120, None)
    before = contents(library)
    assert import_zarr(group, library, images=images).unchanged == 2
    assert import_zarr(group, library).unchanged == 2  # what was seen once stays
    assert contents(library) == before
    (images / "b").mkdir()
    (images / "b" / "p2.png").write_bytes(png(page_picture(2)))
    assert import_zarr(group, library, images=images).imported == 1


def test_no_page_id_leads_out_of_the_folder_of_pictures(tmp_path):
    images, secret = tmp_path / "images", tmp_path / "secret.png"
    (images / "a").mkdir(parents=True)
    secret.write_bytes(png(page_picture(1)))
    (images / "link.png").symlink_to(secret)
    (images / "loop").symlink_to(images / "loop")
    ids = np.array(["../secret.png", str(secret), "link.png", "loop"])
    report = import_zarr(write_group(tmp_path / "g.zarr", page_ids=ids), tmp_path / "library", images=images)
    assert (report.pictures, report.partial, rows(tmp_path / "library", ASSETS)) == (0, 0, [])


def test_a_killed_import_is_made_whole_by_the_next(tmp_path, monkeypatch):
    group, library = write_group(tmp_path / "g.zarr"), tmp_path / "library"
    real = LibraryWriter._merge

    def full_disk(self, name, table, owned):
        if name == BOOKS:
            raise LibraryError("the disk is full")
        real(self, name, table, owned)

    monkeypatch.setattr(LibraryWriter, "_merge", full_disk)
    with pytest.raises(LibraryError, match="the disk is full"):
        import_zarr(group, library)
    assert rows(library, BOOKS) == []
    assert not library_status(library).is_settled
    monkeypatch.undo()
    assert import_zarr(group, library).imported == 2
    status = library_status(library)
    assert (status.is_settled, status.damage, status.panels) == (True, None, 7)
    assert (status.text_encoder, str(status.picture_encoder).partition(":")[0]) == ("none", "zarr")


@pytest.mark.parametrize("side", ["picture", "fused", "text"])
def test_examples_find_their_like_among_imported_vectors(tmp_path, side):
    near = vectors(4, 2)
    near[2, 0] = near[0, 0]
    group = write_group(tmp_path / "g.zarr", attrs={"side": side}, panel_embeddings=near)
    import_zarr(group, tmp_path / "library")
    asked, twin = (row["panel_id"] for row in panels_of(tmp_path / "library", "Moons 01")[1:3])
    with search.open(tmp_path / "library") as library:
        response = library.search(SearchRequest(like=(str(asked),)))
        assert response.hits[0].panel_id == twin
        assert response.hits[0].score > 0.4
        assert bool(response.notes) == (side == "fused")
        books = [book.title for book in library.books().books]
        assert books == ["Moons #1", "Suns"]
        assert library.panel(str(asked)).next_panel_id == twin


def panels_of(library: Path, name: str) -> list[dict[str, object]]:
    [book] = [row["book_id"] for row in rows(library, BOOKS) if row["source"] == name]
    return [row for row in rows(library, PANELS) if row["book_id"] == book]


def test_words_and_pictures_say_why_they_cannot_be_compared(tmp_path):
    import_zarr(write_group(tmp_path / "g.zarr", attrs={"encoder": "Theirs"}), tmp_path / "library")
    picture = page_picture(1)
    with search.open(tmp_path / "library") as library:
        response = library.search(SearchRequest(text="a witch", dialogue="hello", picture=picture))
        assert response.hits == ()
        assert len(response.notes) == 2
        assert all("example panels (--like ID)" in note for note in response.notes)
        assert any("'Theirs'" in note for note in response.notes)
        with pytest.raises(BackendUnavailableError, match="imported as vectors"):
            library.search(SearchRequest(picture=picture))


@pytest.mark.parametrize("side", ["picture", "fused"])
def test_words_are_searched_where_the_encoder_of_an_export_is_installed(comics, tmp_path, side):
    tower = FakeTextEncoder()
    pictures = FakePictureEncoder(text_tower=tower)
    run_index(comics, tmp_path / "indexed", Models(picture_encoder=pictures))
    import_zarr(export_zarr(tmp_path / "indexed", tmp_path / "out", side=side).path, tmp_path / "library")
    encoders = [
        Encoders(opened.format, load_text=lambda _: FakeTextEncoder(), load_picture=lambda _: pictures)
        for opened in map(search.open, (tmp_path / "indexed", tmp_path / "library"))
    ]
    weights = {
        "words": 0.0,
        "meaning": 0.0,
        "look": float(side == "picture"),
        "fused": float(side == "fused"),
    }
    request = SearchRequest(text="storm", weights=weights, min_score=0.0, collapse_duplicates=False)
    found = []
    for path, given in zip((tmp_path / "indexed", tmp_path / "library"), encoders, strict=True):
        with search.open(path, encoders=given) as library:
            response = library.search(request)
            assert response.notes == ()
            found.append([(hit.panel_id, round(hit.score, 6)) for hit in response.hits])
    assert found[0]
    assert found[0] == found[1]


def test_the_command_says_what_it_did(tmp_path):
    group, library = write_group(tmp_path / "g.zarr"), tmp_path / "library"
    result = CliRunner().invoke(import_vectors, [str(group), "--library", str(library), "--json"])
    told = json.loads(result.output)
    assert (told["imported"], told["pages"], told["panels"], told["side"]) == (2, 4, 7, "picture")
    result = CliRunner().invoke(import_vectors, [str(group), "--library", str(library)])
    assert result.output.startswith("0 books imported")
    assert "picture vectors of zarr:" in result.output
    assert "search by --like ID" in result.output


def test_the_command_exports_the_side_asked_for(indexed, tmp_path):
    asked = [str(tmp_path / "out"), "--library", str(indexed), "--side", "picture"]
    assert CliRunner().invoke(export, [*asked, "--format", "zarr"]).exit_code == 0
    assert dict(zarr.open_group(tmp_path / "out" / "longbox.zarr").attrs)["side"] == "picture"
    assert "--side goes with" in CliRunner().invoke(export, asked).output
