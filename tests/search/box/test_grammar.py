"""What is typed into one box, and how a request is written back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.areas import MapArea
from schemas.errors import QueryError
from schemas.filters import KNOWN_TRAITS, SearchFilters
from schemas.labels import PageType
from schemas.messages import SIDES, Phrase, SearchRequest, Wish
from search.box.canonical import as_typed
from search.box.grammar import expand

PICTURE = np.zeros((4, 4, 3), np.uint8)


def typed(box: str, **parts: object) -> SearchRequest:
    return expand(SearchRequest(text=box, **parts))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "box",
    [
        "a castle at night",
        "  two   spaces ",
        "at 10:30, or 9:05",
        "Spider-Man: home",
        "Re:zero",
        "the book: a tale",
        "don't - stop -- here ->",
        'a 6" ruler and C:\\temp',
        "half-hearted",
        "a>b <- c",
        "何もうまくいかない",
        "+images",
        ":-) 100%",
    ],
)
def test_plain_words_are_the_very_same_request(box: str) -> None:
    request = SearchRequest(text=box)
    assert expand(request) is request


def test_the_example_of_the_manual_means_what_it_says() -> None:
    asked = typed('"basta così" -cover series:tex 2:rain +image', picture=PICTURE)
    assert asked.text == ""
    assert asked.phrases == (Phrase("basta così", "exact"),)
    assert asked.negatives == (Wish("cover"),)
    assert asked.filters == SearchFilters(series=("tex",))
    assert asked.texts == (Wish("rain", 2.0),)
    assert asked.picture is PICTURE


def test_lines_are_exact_begin_so_or_are_forgiving() -> None:
    asked = typed('he said "I go" "basta*" ~"bsta così" “smart quotes” "a star \\*" "say \\"no\\""')
    assert asked.text == "he said"
    assert [(phrase.text, phrase.mode) for phrase in asked.phrases] == [
        ("I go", "exact"),
        ("basta", "prefix"),
        ("bsta così", "fuzzy"),
        ("smart quotes", "exact"),
        ("a star *", "exact"),
        ('say "no"', "exact"),
    ]


def test_words_are_weighed_and_turned_away_from() -> None:
    asked = typed('castle 0.5:"two words" -rain -"black cat" -2:fog')
    assert asked.text == "castle"
    assert asked.texts == (Wish("two words", 0.5),)
    assert asked.negatives == (Wish("rain"), Wish("black cat"), Wish("fog", 2.0))


def test_fields_narrow_and_a_minus_turns_them_round() -> None:
    asked = typed(
        'cat series:"Tex Willer" -series:Zagor creator:Bonelli -character:Kit lang:it licence:CC0 '
        "type:back-cover -type:advertisement tag:night -tag:rain is:bw is:COLOR -is:square book:ab -has:text"
    )
    assert asked.filters == SearchFilters(
        series=("Tex Willer",),
        not_series=("Zagor",),
        creators=("Bonelli",),
        not_characters=("Kit",),
        languages=("it",),
        licences=("CC0",),
        page_types=("back_cover",),
        not_page_types=("advertisement",),
        tags=("night",),
        not_tags=("rain",),
        traits=("bw", "colour"),
        not_traits=("square",),
        book_ids=("ab",),
        has_text=False,
    )


@pytest.mark.parametrize(
    ("years", "low", "high"),
    [
        ("1990", 1990, 1990),
        ("1990..1999", 1990, 1999),
        (">=1990", 1990, None),
        ("<=1990", None, 1990),
        (">1990", 1991, None),
        ("<1990", None, 1989),
        ("1990..", 1990, None),
        ("..1990", None, 1990),
    ],
)
def test_years_and_pages_are_ranges(years: str, low: int | None, high: int | None) -> None:
    assert typed(f"x year:{years}").filters == SearchFilters(year_from=low, year_to=high)
    assert typed(f"x page:{years}").filters == SearchFilters(page_from=low, page_to=high)


def test_examples_groups_and_weights_are_typed_too() -> None:
    asked = typed("like:ab/00001#02 -like:ab/00001#03 unlike:x group:page weight:look=2 weight:words=0")
    assert asked.like == ("ab/00001#02",)
    assert asked.unlike == ("ab/00001#03", "x")
    assert (asked.group_by, dict(asked.weights)) == ("page", {"look": 2.0, "words": 0.0})


def test_filters_alone_are_a_search() -> None:
    assert typed("series:tex is:dark").filters.traits == ("dark",)


def test_steps_follow_each_other_and_share_the_filters() -> None:
    asked = typed('"knock" > a door opens -cat > 2:scream series:tex group:book')
    assert [step.text for step in asked.run] == ["", "a door opens", ""]
    assert asked.run[0].phrases == (Phrase("knock"),)
    assert asked.run[1].negatives == (Wish("cat"),)
    assert asked.run[2].texts == (Wish("scream", 2.0),)
    assert asked.filters.series == ("tex",)
    assert (asked.text, asked.group_by) == ("", "book")


def test_the_picture_goes_to_the_step_that_asks_for_it() -> None:
    asked = typed("a door > +image", picture=PICTURE)
    assert asked.picture is None
    assert [step.picture is PICTURE for step in asked.run] == [False, True]
    with pytest.raises(QueryError, match="which panel of the run is like the picture"):
        typed("a door > a scream", picture=PICTURE)


def test_typed_parts_join_those_given_beside() -> None:
    given = {"filters": SearchFilters(series=("a",), year_from=1980), "like": ("p",), "limit": 7}
    asked = typed("cat series:b year:<1990", **given)
    assert asked.filters == SearchFilters(series=("a", "b"), year_from=1980, year_to=1989)
    assert (asked.like, asked.limit) == (("p",), 7)


def test_a_backslash_takes_the_meaning_away() -> None:
    asked = typed(r"\-5 \"so \> \+image \2:rain \series:tex \\ -cold")
    assert asked.text == r'-5 "so > +image 2:rain series:tex \ '.strip()
    assert asked.negatives == (Wish("cold"),)


def test_a_cluster_and_an_area_of_a_map_are_typed() -> None:
    asked = typed("rain map:look/3 map:words+look@0.1,0.2;0.5,.2;0.3,0.75")
    triangle = MapArea("words+look", ((0.1, 0.2), (0.5, 0.2), (0.3, 0.75)))
    assert (asked.text, asked.filters.areas) == ("rain", (MapArea("look", cluster=3), triangle))


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ("a map:look", r"^character 3: 'look' is no part of a map: write map:NAME/3 .*\\map:look"),
        ("a -map:look/1", r"^character 3: -map: cannot be"),
        ("map:look@1,2;3", r"^character 1: '1,2;3' is no area"),
        ("map:LOOK/2", r"^character 1: there is no map 'LOOK'"),
        ('a cat "on the roof', r"^character 7: this quote is never closed: write a \" at its end"),
        ("castle -type:covr", r"^character 8: there is no type:covr; write one of cover, .*\\type:covr"),
        ("a is:purple", r"^character 3: there is no is:purple; write one of bw, colour, dark"),
        ("year:soon", r"^character 1: 'soon' is no year: write year:5, year:5..9"),
        ("year:1999..1990", r"^character 1: no year lies from 1999 to 1990"),
        ("x year:1990 year:1991", r"^character 13: year: is given twice"),
        ("x -year:1990", r"^character 3: -year: cannot be"),
        ("cat 99:lives", r"^character 5: the weight of 'lives' must be .* write \\99:lives"),
        ("cat +image", r"^character 5: \+image needs a picture"),
        ("> a cat", r"^character 1: there is nothing before this >"),
        ("a cat > -dog", r"^character 7: there is nothing after this >"),
        ("a cat > > b", r"^character 7: there is nothing after this >"),
        ('a ""', r"^character 3: there is nothing between these quotes"),
        ('~"" a', r"^character 1: there is nothing between these quotes"),
        ('a series:""', r"^character 3: series: needs a value"),
        ("a group:shelf", r"^character 3: there is no group:shelf; write one of panel, page, book"),
        ("a weight:smell=2", r"there is no side 'smell'"),
        ("-cat", "say what to look for"),
    ],
)
def test_errors_show_the_place_and_the_way_out(box: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        typed(box)


@given(st.text(max_size=60) | st.text(alphabet='ab "\\-~*>:+.2“”\n', max_size=30))
def test_no_box_ever_crashes_and_what_was_read_reads_back(box: str) -> None:
    try:
        asked = typed(box)
    except QueryError:
        return
    # The spaces between plain words are theirs to keep only where nothing else is typed.
    assert again(asked) == normal(asked)


pieces = st.lists(
    st.sampled_from(
        [
            *(
                '"',
                "-",
                '~"',
                "\\",
                ">",
                "+image",
                "2:",
                '0.5:"',
                "series:",
                "is:dark",
                "year:1990..",
                "like:x",
            ),
            *(
                "a",
                "b c",
                "…",
                '*"',
                "“",
                "”",
                "weight:look=2",
                "group:page",
                "-type:cover",
                "10:30",
                ":",
                "--",
            ),
        ]
    ),
    max_size=12,
)


@given(pieces, st.sampled_from(["", " "]))
def test_whatever_the_signs_stand_beside_reads_back(parts: list[str], gap: str) -> None:
    try:
        asked = typed(gap.join(parts))
    except QueryError:
        return
    assert again(asked) == normal(asked)


def again(asked: SearchRequest) -> SearchRequest:
    return normal(expand(SearchRequest(text=as_typed(asked), picture=asked.picture)))


def normal(asked: SearchRequest) -> SearchRequest:
    words = " ".join(asked.text.split())
    return SearchRequest(**{**fields_of(asked), "text": words})  # type: ignore[arg-type]


def fields_of(asked: SearchRequest) -> dict[str, object]:
    return {name: getattr(asked, name) for name in asked.__slots__}


words = (
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
weights = st.integers(1, 40).map(lambda quarters: quarters / 4)
wishes = st.lists(st.builds(Wish, words, weights), max_size=2).map(tuple)
phrases = st.lists(st.builds(Phrase, words, st.sampled_from(["exact", "prefix", "fuzzy"])), max_size=2).map(
    tuple
)
values = st.lists(words, max_size=2, unique=True).map(tuple)
traits = st.lists(st.sampled_from(KNOWN_TRAITS), max_size=2, unique=True).map(tuple)
types = st.lists(st.sampled_from([str(kind) for kind in PageType]), max_size=2, unique=True).map(tuple)
grid = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
areas = st.builds(MapArea, st.sampled_from(["look", "words+look"]), cluster=st.integers(-1, 300)) | st.builds(
    MapArea, st.just("look"), st.lists(st.tuples(grid, grid), min_size=3, max_size=5).map(tuple)
)
filters = st.builds(
    SearchFilters,
    areas=st.lists(areas, max_size=2, unique=True).map(tuple),
    series=values,
    not_series=values,
    creators=values,
    not_characters=values,
    languages=values,
    page_types=types,
    not_page_types=types,
    traits=traits,
    not_tags=values,
    year_from=st.none() | st.integers(1, 1990),
    year_to=st.none() | st.integers(1990, 2100),
    page_from=st.none() | st.integers(1, 9),
    has_text=st.none() | st.booleans(),
)
parts = {
    "text": words | st.just(""),
    "texts": wishes,
    "negatives": wishes,
    "phrases": phrases,
    "like": values,
}
steps = st.builds(SearchRequest, **{**parts, "text": words})  # type: ignore[arg-type]
whole = {
    "filters": filters,
    "group_by": st.sampled_from(["panel", "page", "book"]),
    "weights": st.dictionaries(st.sampled_from(SIDES), weights, max_size=2),
}
single = st.builds(SearchRequest, **{**parts, "text": words, "unlike": values}, **whole)  # type: ignore[arg-type]
runs = st.builds(SearchRequest, run=st.lists(steps, min_size=2, max_size=3).map(tuple), **whole)  # type: ignore[arg-type]


@given(single | runs)
def test_a_request_written_as_typed_reads_as_the_same_request(asked: SearchRequest) -> None:
    assert again(asked) == asked


def test_a_line_and_words_given_beside_are_written_with_the_others() -> None:
    request = SearchRequest(text="cat", dialogue="I go", without="dog", picture=PICTURE)
    assert as_typed(request) == 'cat ~"I go" -dog +image'
