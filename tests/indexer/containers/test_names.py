"""Names inside containers."""

import random

from hypothesis import given
from hypothesis import strategies as st

from indexer.containers.names import display_name, is_junk, is_metadata, is_page, natural_key, unique_names


def test_digits_sort_by_value_folder_by_folder_and_without_case() -> None:
    ordered = [
        "ch1/2.jpg",
        "ch1/10.jpg",
        "ch2/1.jpg",
        "ch10/1.jpg",
        "Cover.jpg",
        "page 9.jpg",
        "Page 010.jpg",
    ]
    shuffled = ordered[:]
    random.Random(3).shuffle(shuffled)
    assert sorted(shuffled, key=natural_key) == ordered


def test_a_million_digits_are_compared_and_not_converted() -> None:
    assert natural_key("9" * 1_000_000) < natural_key("1" + "0" * 1_000_000)


def test_junk_of_operating_systems_is_no_page() -> None:
    junk = [
        "__MACOSX/1.jpg",
        "a/__MACOSX/._1.jpg",
        "._1.jpg",
        ".hidden/1.jpg",
        "Thumbs.db",
        ".DS_Store",
        "",
        "/",
    ]
    junk += ["@eaDir/1.jpg/x.jpg", "desktop.ini", "a\\.x\\1.jpg"]
    assert all(is_junk(name) for name in junk)
    assert not any(is_page(name) for name in junk)
    assert is_page("Pages\\001.JPG")
    assert is_page("../../001.webp")


def test_metadata_are_found_whatever_their_case_and_depth() -> None:
    assert is_metadata("comicinfo.XML")
    assert is_metadata("a/b/ComicInfo.xml")
    assert is_metadata("book.acbf")
    assert is_metadata("OPS/package.opf")
    assert not is_metadata("__MACOSX/ComicInfo.xml")
    assert not is_metadata("other.xml")


def test_traversal_names_are_shown_without_their_sting() -> None:
    assert display_name("../../etc/1.jpg") == "etc/1.jpg"
    assert display_name("/abs/1.jpg") == "abs/1.jpg"
    assert display_name("C:\\win\\..\\1.jpg") == "win/1.jpg"
    assert display_name("..") == "unnamed"


def test_repeated_names_are_numbered() -> None:
    assert unique_names(["1.jpg", "1.jpg", "1.jpg (2)", "1.jpg"]) == [
        "1.jpg",
        "1.jpg (2)",
        "1.jpg (2) (2)",
        "1.jpg (3)",
    ]


@given(st.text(max_size=900))
def test_shown_names_are_harmless(raw: str) -> None:
    shown = display_name(raw)
    assert shown
    assert len(shown) <= 401
    assert shown.isprintable()
    assert not shown.startswith("/")
    assert ".." not in shown.split("/")
    assert display_name(shown) == shown or len(raw) > 400


@given(st.lists(st.text(max_size=30), max_size=20))
def test_natural_keys_are_comparable_and_unique_names_unique(raw: list[str]) -> None:
    sorted(raw, key=natural_key)
    names = unique_names(raw)
    assert len(set(names)) == len(raw)
