"""When a file that is gone counts as gone."""

from pathlib import Path

from indexer.daemon.absences import MASS_LEAST, Absences, Verdict
from indexer.daemon.settings import DaemonSettings
from indexer.library.entries import SourceEntry
from indexer.running.survey import Source, Survey
from schemas.labels import BookStatus

ROOT, OTHER = Path("/comics"), Path("/comics two")
SETTINGS = DaemonSettings(grace_s=60.0, mass_grace_s=3600.0, prune=True)


def entry(
    name: str, *, root: Path = ROOT, status: BookStatus = BookStatus.READY, book: str = ""
) -> SourceEntry:
    return SourceEntry(f"{root}/{name}", 1, 1, status, book_id=book or name)


class Case:
    """A ledger of entries, of which some are gone."""

    def __init__(self, *entries: SourceEntry, roots: tuple[Path, ...] = (ROOT,)) -> None:
        self.known = {each.source: each for each in entries}
        self.absences = Absences(roots, SETTINGS)
        self.present = roots

    def judge(self, now: float, *gone: str) -> Verdict:
        lost = [each for source, each in self.known.items() if source.rpartition("/")[2] in gone]
        kept = [
            Source(Path(each.source), each.source, 1, 1) for each in self.known.values() if each not in lost
        ]
        survey = Survey(
            found=tuple(kept),
            changed=(),
            vanished=tuple(each for each in lost if each.status is not BookStatus.MISSING),
            gone=tuple(each for each in lost if each.status is BookStatus.MISSING),
        )
        return self.absences.judge(survey, self.present, self.known, now)


def names(entries: tuple[SourceEntry, ...]) -> list[str]:
    return [Path(each.source).name for each in entries]


def test_one_loss_counts_after_its_grace() -> None:
    case = Case(*map(entry, "abc"))
    assert case.judge(0, "a") == Verdict((), (), ())
    assert case.absences.next_at() == 60
    assert names(case.judge(59, "a").missing) == []
    assert names(case.judge(60, "a").missing) == ["a"]
    assert names(case.judge(61, "a").pruned) == ["a"]


def test_what_came_back_in_between_starts_its_grace_anew() -> None:
    case = Case(*map(entry, "abc"))
    case.judge(0, "a")
    case.judge(50)
    assert case.absences.next_at() is None
    case.judge(55, "a")
    assert names(case.judge(100, "a").missing) == []
    assert names(case.judge(115, "a").missing) == ["a"]


def test_a_book_that_lies_elsewhere_is_no_loss_and_noted_at_once() -> None:
    case = Case(entry("old", book="same"), entry("new", book="same"), entry("b"))
    verdict = case.judge(0, "old")
    assert (names(verdict.missing), verdict.pruned) == (["old"], ())


def test_many_losses_at_once_wait_long_and_are_never_pruned() -> None:
    many = [f"book {number}" for number in range(3 * MASS_LEAST)]
    case = Case(*map(entry, many))
    half = many[: len(many) // 2 + 1]
    verdict = case.judge(0, *half)
    assert verdict.away == (f"/comics lost {len(half)} books at once: they are kept, its drive may be away",)
    assert case.judge(3599, *half).missing == ()
    late = case.judge(3600, *half)
    assert (names(late.missing), late.pruned) == (half, ())


def test_a_few_losses_in_a_small_folder_are_ordinary_but_an_empty_folder_is_not() -> None:
    case = Case(*map(entry, "abc"))
    case.judge(0, "a", "b")
    assert names(case.judge(60, "a", "b").missing) == ["a", "b"]
    empty = Case(*map(entry, "abc"))
    empty.judge(0, "a", "b", "c")
    assert empty.judge(60, "a", "b", "c").missing == ()
    assert empty.judge(7200, "a", "b", "c").pruned == ()


def test_a_folder_that_is_not_there_loses_nothing_and_is_named() -> None:
    case = Case(entry("a"), entry("b", root=OTHER), roots=(ROOT, OTHER))
    case.present = (OTHER,)
    assert case.judge(10**6, "a") == Verdict((), (), ("/comics is not there: its books are kept",))


def test_folders_with_like_names_are_not_confused() -> None:
    case = Case(entry("a"), entry("b"), entry("c", root=OTHER), roots=(ROOT, OTHER))
    case.judge(0, "a")
    assert names(case.judge(60, "a").missing) == ["a"]


def test_sources_that_never_were_books_do_not_make_a_mass() -> None:
    failed = [SourceEntry(f"{ROOT}/f{number}", 1, 1, BookStatus.FAILED) for number in range(20)]
    case = Case(entry("a"), *failed)
    gone = [f"f{number}" for number in range(20)]
    case.judge(0, *gone)
    assert len(case.judge(60, *gone).missing) == 20
