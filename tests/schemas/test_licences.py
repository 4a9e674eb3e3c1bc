"""What a licence allows, and which fit together."""

import pytest

from schemas.licences import conflict_between, licence_of, terms_of


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("CC BY 4.0", "CC BY 4.0"),
        ("CC-BY-SA-3.0", "CC BY-SA 3.0"),
        ("cc_by_nc", "CC BY-NC"),
        ("Creative Commons Attribution-ShareAlike 4.0 International", "CC BY-SA 4.0"),
        ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("CC0-1.0", "CC0 1.0"),
        ("Public Domain", "public domain"),
        ("public domain since 1930", "public domain"),
        ("CC BY-NonCommercial 4.0", "CC BY-NC 4.0"),
        ("CC BY 4.0, https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0"),
        ("CC0 1.0 Universal (Public Domain Dedication)", "CC0 1.0"),
        ("CC BY, Sandra and Ned", "CC BY"),
    ],
)
def test_stated_licences_are_read_and_usable(stated: str, name: str) -> None:
    licence = licence_of(stated)
    assert (licence.name, licence.is_known, licence.obstacle) == (name, True, "")


@pytest.mark.parametrize(
    "stated",
    [
        *(None, "", "All rights reserved", "(c) 1987 Somebody"),
        "All rights reserved; not CC BY",
        "Not in the public domain. All rights reserved.",
        "Not under CC BY",
        "CC BY 4.0 (text), CC BY-NC-ND 4.0 (art)",
        "CC BY 4.0 except the cover",
        "Made from A (CC BY 4.0); B (CC BY-NC 4.0)",
    ],
)
def test_what_is_not_known_is_not_usable(stated: str | None) -> None:
    assert licence_of(stated).obstacle


@pytest.mark.parametrize(
    "stated",
    [
        *("CC BY-ND 4.0", "CC BY-NonCommercial-NoDerivatives 4.0", "CC-BY NoDerivs 3.0", "CC BY–NC–ND 4.0"),
        *("CC BY-NC/ND 4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
        "Creative Commons Attribution (NonCommercial, NoDerivatives) 4.0",
    ],
)
def test_no_derivatives_forbids_new_panels_however_it_is_written(stated: str) -> None:
    assert "forbids" in licence_of(stated).obstacle


def test_two_different_share_alike_licences_do_not_mix() -> None:
    by_sa, nc_sa = licence_of("CC BY-SA 4.0"), licence_of("CC BY-NC-SA 4.0")
    assert conflict_between([by_sa], nc_sa)
    assert not conflict_between([by_sa], licence_of("CC BY-SA 3.0"))


def test_share_alike_for_commerce_admits_no_part_that_forbids_commerce() -> None:
    assert conflict_between([licence_of("CC BY-NC 4.0")], licence_of("CC BY-SA 4.0"))
    assert not conflict_between([licence_of("CC BY 4.0")], licence_of("CC BY-SA 4.0"))


def test_terms_name_credit_and_the_licence_of_the_whole() -> None:
    terms = terms_of([licence_of("CC BY 4.0"), licence_of("CC BY-SA 4.0"), licence_of("CC0")])
    assert terms.licence == "CC BY-SA 4.0"
    assert "name those it was made from" in terms.conditions
    assert terms_of([licence_of("CC0")]).conditions == ()
