import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.ranking import (
    Candidate,
    Leg,
    Ranked,
    collapse_duplicates,
    fuse,
    group_hits,
    leg_ranks,
    merge_rankings,
)


def candidate(name: str, text: str = "", phash: int = 0) -> Candidate:
    book, _, rest = name.partition("/")
    page, _, panel = rest.partition("#")
    panel_id = f"{book}/{int(page or 1):05d}#{int(panel or 1):02d}"
    return Candidate(hash(panel_id), panel_id, book, text, phash)


def known(*candidates: Candidate) -> dict[str, Candidate]:
    return {found.panel_id: found for found in candidates}


A, B, C = (candidate(name) for name in "abc")
panel_ids = st.sampled_from([candidate(f"{book}/{page}").panel_id for book in "abcd" for page in range(1, 8)])
legs = st.lists(
    st.builds(
        Leg,
        name=st.sampled_from(["words", "meaning", "look"]),
        weight=st.floats(0.1, 3),
        scores=st.dictionaries(panel_ids, st.floats(0, 1), max_size=20),
    ),
    unique_by=lambda leg: leg.name,
    max_size=3,
)


def ranked_of(*candidates: Candidate) -> list[Ranked]:
    return [Ranked(found, 1.0 - i / 100, {}) for i, found in enumerate(candidates)]


def test_panel_that_leads_every_leg_scores_one() -> None:
    found = fuse([Leg("words", 1, {A.panel_id: 0.9}), Leg("look", 2, {A.panel_id: 0.3})], known(A))
    assert found[0].score == pytest.approx(1.0)


def test_leg_that_found_nothing_costs_nothing() -> None:
    found = fuse([Leg("words", 1, {A.panel_id: 0.9}), Leg("look", 2, {})], known(A))
    assert found[0].score == pytest.approx(1.0)


def test_two_legs_outweigh_one() -> None:
    words = Leg("words", 1, {A.panel_id: 0.9, B.panel_id: 0.8})
    meaning = Leg("meaning", 1, {C.panel_id: 0.9, B.panel_id: 0.8})
    assert fuse([words, meaning], known(A, B, C))[0].candidate == B


def test_equal_scores_share_the_better_rank() -> None:
    assert leg_ranks({"a": 0.5, "b": 0.9, "c": 0.5, "d": 0.1}) == {"b": 1, "a": 2, "c": 2, "d": 4}


@given(legs)
def test_fusion_keeps_every_panel_once_in_a_total_order(found: list[Leg]) -> None:
    names = {name for leg in found for name in leg.scores}
    pool = {name: Candidate(0, name, name.partition("/")[0], "", 0) for name in names}
    ranked = fuse(found, pool)
    assert [hit.candidate.panel_id for hit in ranked] == list(
        dict.fromkeys(hit.candidate.panel_id for hit in ranked)
    )
    assert {hit.candidate.panel_id for hit in ranked} == names
    keys = [(-round(hit.score, 12), hit.candidate.panel_id) for hit in ranked]
    assert keys == sorted(keys)
    for hit in ranked:
        assert 0.0 < hit.score <= 1.0
        assert hit.score == pytest.approx(sum(leg.share for leg in hit.legs.values()))


@given(legs)
def test_order_of_candidates_does_not_matter(found: list[Leg]) -> None:
    pool = {name: Candidate(0, name, "", "", 0) for leg in found for name in leg.scores}
    turned = [Leg(leg.name, leg.weight, dict(reversed(leg.scores.items()))) for leg in found]
    assert fuse(found, pool) == fuse(turned, pool)


def test_same_drawing_with_the_same_words_is_folded_and_counted() -> None:
    first = candidate("a", "Nothing ever works with me!", 0b1011_0000_1111)
    packed_anew = candidate("b", "NOTHING EVER WORKS WITH ME", 0b1011_0000_1110)
    found = collapse_duplicates(ranked_of(first, packed_anew))
    assert [(hit.candidate, hit.duplicates) for hit in found] == [(first, 1)]


@pytest.mark.parametrize(
    "other",
    [
        candidate("b", "Nothing ever works with me!", 0b0100_1111_0000),  # another drawing
        candidate("b", "Leave me alone", 0b1011_0000_1111),  # other words in the same drawing
        candidate("b", "Nothing ever works with me!", 0),  # a picture without a hash
    ],
)
def test_what_differs_is_not_folded(other: Candidate) -> None:
    first = candidate("a", "Nothing ever works with me!", 0b1011_0000_1111)
    assert len(collapse_duplicates(ranked_of(first, other))) == 2


def test_grouping_keeps_the_best_of_each_page_and_counts_the_rest() -> None:
    hits = ranked_of(candidate("a/1#2"), candidate("b/1#1"), candidate("a/1#1"), candidate("a/2#1"))
    pages = group_hits(hits, "page")
    assert [(hit.candidate.panel_id, hit.group_size) for hit in pages] == [
        ("a/00001#02", 2),
        ("b/00001#01", 1),
        ("a/00002#01", 1),
    ]
    assert [(hit.candidate.book_id, hit.group_size) for hit in group_hits(hits, "book")] == [
        ("a", 3),
        ("b", 1),
    ]


def test_deeper_look_changes_no_place_already_shown() -> None:
    shown = ranked_of(A, B)
    deeper = ranked_of(C, B, A)
    assert [hit.candidate for hit in merge_rankings(shown, deeper, "panel")] == [A, B, C]


def test_an_absolute_score_counts_and_its_rank_does_not() -> None:
    alone = Leg("look", 1.0, {"a": 0.5}, spread=60.0)
    crowded = Leg("look", 1.0, {"a": 0.5, "b": 0.6, "c": 0.7}, spread=60.0)
    assert alone.shares([1], [0.5]) == crowded.shares([3], [0.5]) < alone.shares([1], [1.0])
    assert alone.shares([1], [0.0]) == alone.shares([1], [-0.3]) == [0.0]
    assert Leg("look", 1.0, {}, spread=60.0, full=0.3).shares([1], [0.3]) == alone.shares([1], [1.0])
    assert alone.shares([1], [1.0]) == pytest.approx(Leg("words", 1.0, {}).shares([1], [1.0]))
