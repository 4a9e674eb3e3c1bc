"""Queries made of labels: every kind, the same for a seed, pictures where they are said to be."""

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from indexer.evaluation.queries import KINDS, QueryBuilder, with_typos
from models.alterations import ALTERATIONS
from schemas.labels import PageLabel, PageType, PanelLabel, ReadingDirection, TextKind, TextLabel
from schemas.queries import KnownItemQuery
from tests.indexer.evaluation.builders import GRID, PAGE_PX, draw_page, write_json

LINES = ("I found the key under the bridge", "Who?", "We must follow the music", "It was golden all along")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One labelled page with all that labels can hold, and a page with a bare transcript."""
    panels = tuple(
        PanelLabel(
            box,
            caption=f"a picture number {n}",
            characters=("Ada", "Ulf") if n % 2 else ("Ada",),
            texts=(TextLabel(TextKind.DIALOGUE, line, box),),
        )
        for n, (box, line) in enumerate(zip(GRID, LINES, strict=True))
    )
    label = PageLabel("work/p01.png", PAGE_PX, ReadingDirection.LTR, PageType.STORY, panels)
    draw_page(tmp_path / "work" / "p01.png")
    write_json(tmp_path / "labels" / "work" / "p01.json", label.to_json())
    draw_page(tmp_path / "work" / "p02.png")
    write_json(tmp_path / "labels" / "work" / "p02.json", {"texts": ["Somebody paints the town blue"]})
    write_json(tmp_path / "labels" / "work" / "broken.json", {"panels": 1})
    return tmp_path


def built(corpus: Path, out: Path, **settings: object) -> tuple[KnownItemQuery, ...]:
    return QueryBuilder(out, **settings).build(corpus / "labels", corpus).queries  # type: ignore[arg-type]


def of_kind(queries: tuple[KnownItemQuery, ...], kind: str) -> list[KnownItemQuery]:
    return [query for query in queries if query.kind == kind]


def test_every_kind_is_made_of_one_page(corpus: Path, tmp_path: Path) -> None:
    queries = built(corpus, tmp_path / "out")
    counts = {kind: len(of_kind(queries, kind)) for kind in KINDS}
    assert counts == {
        "caption": 4,
        "caption+word": 3,  # "Who?" holds no word worth remembering
        "dialogue": 4,
        "dialogue-typos": 4,
        "character": 2,
        "crop": 4,
        "recolour": 4,
        "rescan": 4,
        "flip": 4,
        "next": 3,
    }


def test_answers_are_the_panels_that_the_label_names(corpus: Path, tmp_path: Path) -> None:
    queries = built(corpus, tmp_path / "out")
    assert [str(q.relevant[0]) for q in of_kind(queries, "caption")] == [f"work/p01#{n}" for n in range(1, 5)]
    lines = {q.dialogue: [str(r) for r in q.relevant] for q in of_kind(queries, "dialogue")}
    assert lines["We must follow the music"] == ["work/p01#3"]
    assert lines["Somebody paints the town blue"] == ["work/p02"]
    assert "Who?" not in lines
    characters = {q.text: len(q.relevant) for q in of_kind(queries, "character")}
    assert characters == {"Ada": 4, "Ulf": 2}
    for query in of_kind(queries, "next"):
        [before], [after] = query.excluded, query.relevant
        assert (after.panel_no or 0) == (before.panel_no or 0) + 1
    words = {q.dialogue for q in of_kind(queries, "caption+word")}
    assert all(any(word in line for line in LINES) for word in words)


def test_what_is_neither_label_nor_transcript_is_told(corpus: Path, tmp_path: Path) -> None:
    skipped = QueryBuilder(tmp_path / "out").build(corpus / "labels", corpus).skipped
    assert [item.item for item in skipped] == ["work/broken.json"]


def test_a_seed_gives_the_same_queries_and_pictures(corpus: Path, tmp_path: Path) -> None:
    first, second = (built(corpus, tmp_path / name, seed=5) for name in ("a", "b"))
    assert first == second
    names = [path.name for path in sorted((tmp_path / "a" / "pictures").iterdir())]
    assert len(names) == 19
    for name in names:
        mine, theirs = ((tmp_path / out / "pictures" / name).read_bytes() for out in ("a", "b"))
        assert mine == theirs
    assert built(corpus, tmp_path / "c", seed=6) != first


def test_only_the_kinds_asked_for_are_made(corpus: Path, tmp_path: Path) -> None:
    queries = built(corpus, tmp_path / "out", kinds=["caption"])
    assert {query.kind for query in queries} == {"caption"}
    assert not (tmp_path / "out").exists()


def test_alterations_change_a_picture_and_keep_what_it_shows() -> None:
    rng = np.random.default_rng(0)
    picture = np.asarray(Image.effect_mandelbrot((240, 160), (-2, -1, 1, 1), 60).convert("RGB"), np.uint8)
    picture = np.ascontiguousarray(picture * np.array([1.0, 0.7, 0.4])).astype(np.uint8)
    for name, alter in ALTERATIONS.items():
        altered = alter(picture, rng)
        assert (altered.dtype, altered.ndim) == (np.uint8, 3), name
        assert altered.shape != picture.shape or not np.array_equal(altered, picture), name
        back = altered[:, ::-1] if name == "flip" else altered
        grey = (
            np.asarray(Image.fromarray(np.ascontiguousarray(p)).convert("L").resize((16, 16)), float).ravel()
            for p in (picture, back)
        )
        assert np.corrcoef(*grey)[0, 1] > 0.7, name


def test_typos_are_few_and_leave_the_line_to_be_recognised() -> None:
    line = "I found the golden key under the old bridge"
    for seed in range(20):
        typed = with_typos(line, random.Random(seed))
        assert typed != line or seed  # swapping equal letters may change nothing, rarely
        assert abs(len(typed) - len(line)) <= 3
        assert len(set(typed.split()) & set(line.split())) >= 4
