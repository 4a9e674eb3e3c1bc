from search.state.remembering import BoundedMemory


def test_values_take_no_more_room_than_they_may() -> None:
    kept: BoundedMemory[int, tuple[int, ...]] = BoundedMemory(1_000, len)
    for key in range(100):
        kept.get(key, lambda: tuple(range(300)))
        assert kept.size <= 1_000
    kept.get(-1, lambda: tuple(range(5_000)))
    assert kept.size == 5_000, "the latest value stays however large it is"
    kept.get(-2, lambda: (1,))
    assert kept.size == 1


def test_what_was_used_least_is_forgotten() -> None:
    memory: BoundedMemory[str, int] = BoundedMemory(2)
    made: list[str] = []

    def make(key: str) -> int:
        made.append(key)
        return len(made)

    for key in "abacab":
        memory.get(key, lambda key=key: make(key))  # type: ignore[misc]
    assert made == ["a", "b", "c", "b"]
