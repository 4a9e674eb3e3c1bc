"""What the daemon says of itself."""

import json
import os
from dataclasses import replace
from pathlib import Path

from indexer.daemon.status import STATUS_FILE, DaemonState, Reading, StatusBoard, publish, published
from indexer.daemon.tasks import Aim, TaskState
from tests.indexer.daemon.test_queue import Clock

LEFT = {Aim.PICTURES: 1000, Aim.WORDS: 0}


def test_a_published_status_comes_back_as_it_was(tmp_path: Path) -> None:
    board = StatusBoard(("/comics",))
    status = board.show(
        state=DaemonState.WORKING,
        queue=dict.fromkeys(TaskState, 1),
        reading=(Reading("/comics/a.cbz", Aim.WORDS, 3, 30),),
        away=("/comics is not there",),
        eta_s=61.0,
    )
    publish(tmp_path, status)
    assert published(tmp_path) == status


def test_who_has_ended_or_died_says_nothing_any_more(tmp_path: Path) -> None:
    status = StatusBoard(("/comics",)).status
    publish(tmp_path, replace(status, state=DaemonState.STOPPED))
    assert published(tmp_path) is None
    publish(tmp_path, replace(status, pid=2**22 + 1))
    assert published(tmp_path) is None
    (tmp_path / STATUS_FILE).write_text(json.dumps({"pid": os.getpid()}))
    assert published(tmp_path) is None


def test_rates_and_the_time_left_follow_the_work_of_late() -> None:
    clock = Clock()
    board = StatusBoard(("/comics",), clock)
    assert board.eta_s(LEFT) is None
    for _ in range(10):
        clock.now += 1
        board.page_read()
    board.book_read(Aim.PICTURES, 1000)
    assert board.show().pages_per_s == 1.0
    assert board.eta_s(LEFT) == 40.0  # 1000 bytes of pictures took 10 s; words take three times as long
    clock.now += 10_000
    assert board.show().pages_per_s == 0.0
    assert board.eta_s(LEFT) is None


def test_words_for_people_name_what_is_read_and_what_is_wrong() -> None:
    board = StatusBoard(("/comics",))
    status = board.show(
        state=DaemonState.BLOCKED,
        queue={TaskState.WAITING: 2},
        reading=(Reading("/comics/a.cbz", Aim.PICTURES, 3, 30),),
        eta_s=400.0,
        away=("/comics is not there",),
        trouble="the disk is full",
    )
    text = "\n".join(status.in_words())
    for part in ("blocked", "about 7 min left", "2 waiting", "a.cbz (for its pictures, page 3 of 30)"):
        assert part in text
    assert "away: /comics is not there" in text
    assert "blocked: the disk is full" in text
