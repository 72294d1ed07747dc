import os
from pathlib import Path

import pytest

from bulksms.errors import InputError
from bulksms.watch.settled_files import IncomingRules, SettledFiles
from tests.fakes import FakeClock
from tests.watching import WatchedFolder


def test_a_file_is_taken_when_it_has_not_changed_for_the_settling_time(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path, settle=30)
    folder.drop("dump.csv", "a")
    assert folder.look() == []
    folder.clock.wait(29, folder.stop)
    folder.drop("dump.csv", "ab")  # the producer continues
    assert folder.look() == []
    folder.clock.wait(29, folder.stop)
    assert folder.look() == []
    folder.clock.wait(1, folder.stop)

    assert [report.name for report in folder.look()] == ["dump.csv"]
    assert folder.ran == [("dump.csv", "ab", None)]


def test_a_file_waits_while_a_list_of_opt_outs_is_still_written(tmp_path: Path) -> None:
    stops = tmp_path / "lists" / "stops.csv"
    stops.parent.mkdir()
    stops.write_text("Mobile\n")
    folder = WatchedFolder(tmp_path / "in", settle=30, screening_lists=(stops,))
    folder.drop("dump.csv")
    folder.look()
    folder.clock.wait(29, folder.stop)
    stops.write_text("Mobile\n+33639980001\n")
    folder.look()
    folder.clock.wait(29, folder.stop)

    assert folder.look() == []
    assert folder.waiting == {"dump.csv": "waits until stops.csv is complete"}
    folder.clock.wait(1, folder.stop)
    assert [report.name for report in folder.look()] == ["dump.csv"]


def test_a_list_of_opt_outs_that_is_not_there_is_not_waited_for(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path / "in", settle=30, screening_lists=(tmp_path / "none.csv",))
    folder.drop("dump.csv")

    assert [report.name for report in folder.settled()] == ["dump.csv"]


def test_the_time_of_a_file_is_not_trusted(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path)
    os.utime(folder.drop("dump.csv"), (0, 0))  # as rsync and scp -p leave it

    assert folder.look() == []


def test_a_file_that_is_replaced_settles_again(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path)
    os.utime(folder.drop("dump.csv", "one"), (100, 100))
    folder.look()
    folder.clock.wait(30, folder.stop)
    other = folder.drop("other.tmp", "two")
    os.utime(other, (100, 100))
    other.rename(tmp_path / "dump.csv")  # of the same size and time

    assert folder.look() == []


def test_a_producer_that_pauses_90_seconds_is_not_read_early_with_a_marker(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path, settle=30, marker="{name}.done")
    folder.drop("dump.csv", "half")
    for _ in range(9):
        assert folder.look() == []
        folder.clock.wait(10, folder.stop)
    folder.drop("dump.csv", "whole")
    assert folder.settled() == []
    folder.drop("dump.csv.done", "2")

    assert [report.state for report in folder.settled()] == ["done"]
    assert folder.ran == [("dump.csv", "whole", 2)]
    assert folder.names() == []


def test_without_a_marker_a_pause_longer_than_the_settling_time_is_read_early(
    tmp_path: Path,
) -> None:
    folder = WatchedFolder(tmp_path, settle=30)
    folder.drop("dump.csv", "half")
    folder.settled()

    assert folder.ran == [("dump.csv", "half", None)]


def test_a_marker_older_than_its_file_does_not_count(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path, marker="{name}.done")
    os.utime(folder.drop("dump.csv.done", ""), (100, 100))  # left over from yesterday
    folder.drop("dump.csv")

    assert folder.settled() == []
    assert folder.waiting == {"dump.csv": "is newer than dump.csv.done"}


def test_a_shared_marker_marks_every_file_before_it(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path, marker="_SUCCESS")
    for name, content in (("a.csv", "1"), ("b.csv", "2")):
        os.utime(folder.drop(name, content), (100, 100))
    os.utime(folder.drop("_SUCCESS", ""), (101, 101))
    os.utime(folder.drop("c.csv", "3"), (102, 102))  # the next dump has begun

    assert [report.name for report in folder.settled()] == ["a.csv", "b.csv"]
    assert folder.names() == ["c.csv"]


def test_an_empty_file_waits_for_its_content(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path)
    folder.drop("dump.csv", "")

    assert folder.settled() == []
    assert folder.waiting == {"dump.csv": "is empty"}


def test_only_lists_are_taken(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path, excluded=frozenset({tmp_path / "stop.csv"}))
    names = ["campaign.toml", "notes.pdf", "stop.csv", "~$a.xlsx", "a.xlsx", "dump.csv.filepart"]
    for name in names:
        folder.drop(name)
    (tmp_path / "folder.csv").mkdir()

    folder.settled()

    assert folder.ran == []
    assert folder.names() == sorted(names)
    assert folder.waiting == {"a.xlsx": "is open in a spreadsheet program"}


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path / "in")
    (tmp_path / "secret.csv").write_text("people")
    (folder.path / "dump.csv").symlink_to(tmp_path / "secret.csv")

    assert folder.settled() == []
    assert (tmp_path / "secret.csv").exists()


def test_patterns_choose_the_files(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path, patterns=("dump-*",))
    for name in ("dump-1", "other.csv"):
        folder.drop(name)

    assert [report.name for report in folder.settled()] == ["dump-1"]


def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    files = SettledFiles(IncomingRules(folder=tmp_path / "gone", settle=1), FakeClock())

    with pytest.raises(InputError, match="gone cannot be read"):
        files.look()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everything can be read")
def test_a_file_that_may_not_be_read_is_left_alone(tmp_path: Path) -> None:
    folder = WatchedFolder(tmp_path)
    folder.drop("dump.csv").chmod(0)

    assert folder.settled() == []
    assert folder.waiting == {"dump.csv": "cannot be read with the rights of this user"}
