import pytest

from webui.addresses import is_own, search_address


@pytest.mark.parametrize("address", ["/", "/books?offset=3", "/pages/a/1?panel=2#panel-2", "/?q=rain"])
def test_paths_of_this_server_are_gone_to(address: str) -> None:
    assert is_own(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "books",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "http://evil.example",
    ],
)
def test_what_a_browser_may_take_for_another_server_is_not(address: str) -> None:
    assert not is_own(address)


def test_only_a_search_is_a_way_back_to_one() -> None:
    assert search_address("/?q=rain") == "/?q=rain"
    assert search_address("/books") == search_address("//x/?q=") == search_address("/?q=\t") == ""
