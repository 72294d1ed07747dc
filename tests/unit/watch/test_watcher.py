"""Every file runs once, and ends in exactly one folder with its report beside it."""

import json
import os
from pathlib import Path

import pytest

from bulksms.watch.delivery import FileOutcome
from tests.watching import WatchedFolder, files_below

STOPPED = FileOutcome(code=3, reason="The list has 3 rows, fewer than the 100 of min_rows.")
BUSY = FileOutcome(code=75, reason="Another process is sending.", again_after=5)


@pytest.fixture
def folder(tmp_path: Path) -> WatchedFolder:
    return WatchedFolder(tmp_path / "in", settle=0)


def test_a_file_that_ran_is_in_done_with_its_report(folder: WatchedFolder) -> None:
    folder.outcomes["people"] = FileOutcome(code=0, report={"campaign": "welcome-1"})
    folder.drop("dump.csv")

    (report,) = folder.look()

    assert (report.state, report.moved_to) == ("done", folder.path / "done" / "dump.csv")
    assert folder.names() == []
    assert folder.names("done") == ["dump.csv", "dump.csv.rejects.csv", "dump.csv.report.json"]
    written = json.loads((folder.path / "done" / "dump.csv.report.json").read_text("utf-8"))
    assert (written["campaign"], written["file"], written["code"]) == ("welcome-1", "dump.csv", 0)
    assert list((folder.path / "working").iterdir()) == []


def test_a_file_whose_run_stopped_is_in_failed_with_the_reason(folder: WatchedFolder) -> None:
    folder.outcomes["people"] = STOPPED
    folder.drop("dump.csv")

    (report,) = folder.look()

    assert (report.state, report.code) == ("failed", 3)
    assert folder.names("failed") == [
        "dump.csv", "dump.csv.reason.txt", "dump.csv.rejects.csv", "dump.csv.report.json",
    ]  # fmt: skip
    reason = (folder.path / "failed" / "dump.csv.reason.txt").read_text("utf-8")
    assert reason == "The list has 3 rows, fewer than the 100 of min_rows.\n"


@pytest.mark.parametrize("name", ["dump.csv", "renamed.csv"])
def test_the_same_content_does_not_run_again(folder: WatchedFolder, name: str) -> None:
    folder.drop("dump.csv")
    folder.look()
    os.utime(folder.drop(name), (1, 1))

    (report,) = folder.start().look()[1]

    assert (report.state, report.code) == ("repeated", 0)
    assert report.reason is not None
    assert "same content as dump.csv, which was accepted on 2027-03-01 at 12:00 UTC" in (
        report.reason
    )
    assert len(folder.ran) == 1
    assert files_below(folder.path, "people") == {"done": 2}


def test_the_same_name_with_other_content_runs_and_overwrites_nothing(
    folder: WatchedFolder,
) -> None:
    for night in range(3):
        folder.drop("dump.csv", f"night {night}")
        folder.look()

    assert [content for _, content, _ in folder.ran] == ["night 0", "night 1", "night 2"]
    done = folder.path / "done"
    names = ("dump.csv", "dump-2.csv", "dump-3.csv")
    assert [(done / name).read_text() for name in names] == ["night 0", "night 1", "night 2"]


def test_what_failed_runs_again_when_it_is_asked_for(folder: WatchedFolder) -> None:
    folder.outcomes["people"] = STOPPED
    folder.drop("dump.csv")
    folder.look()
    folder.start().claim_failed()
    (again,) = folder.look()
    assert again.state == "failed"
    assert folder.names("failed")[0] == "dump.csv"  # and not dump-2.csv
    folder.outcomes.clear()
    folder.watcher.claim_failed()

    (report,) = folder.look()

    assert report.state == "done"
    assert folder.names("failed") == []
    assert files_below(folder.path, "people") == {"done": 1}


def test_a_copy_of_a_failed_file_is_no_order_to_try_again(folder: WatchedFolder) -> None:
    folder.outcomes["people"] = STOPPED
    folder.drop("dump.csv")
    folder.look()
    folder.drop("dump.csv")

    (report,) = folder.look()

    assert report.state == "repeated"
    assert "--retry" in (report.reason or "")
    assert files_below(folder.path, "people") == {"failed": 2}
    assert len(folder.ran) == 1


def test_a_failed_file_moved_back_by_hand_is_tried_again(folder: WatchedFolder) -> None:
    folder.outcomes["people"] = STOPPED
    folder.drop("dump.csv")
    folder.look()
    folder.outcomes.clear()
    (folder.path / "failed" / "dump.csv").rename(folder.path / "dump.csv")

    (report,) = folder.look()

    assert report.state == "done"


def test_a_file_whose_campaign_is_busy_waits_in_working(folder: WatchedFolder) -> None:
    folder.outcomes["people"] = BUSY
    folder.drop("dump.csv")
    for _ in range(6):  # more often than a run that crashes may begin
        (report,) = folder.look()
        assert (report.state, report.code) == ("working", 75)
        assert folder.look() == []  # not at every look
        folder.clock.wait(5, folder.stop)
    assert files_below(folder.path, "people") == {"working": 1}
    folder.outcomes.clear()

    (report,) = folder.start().look()[1]

    assert report.state == "done"


def test_a_file_that_ends_the_program_each_time_is_set_aside(tmp_path: Path) -> None:
    class CrashError(BaseException):
        pass

    class Crashing(WatchedFolder):
        def run(self, file: Path, rejects: Path, rows: int | None) -> FileOutcome:
            super().run(file, rejects, rows)
            raise CrashError

    folder = Crashing(tmp_path, settle=0)
    folder.drop("dump.csv")
    for _ in range(3):
        with pytest.raises(CrashError):
            folder.start().look()

    (report,) = folder.start().look()[1]

    assert (report.state, len(folder.ran)) == ("failed", 3)
    assert "begun 3 times" in (report.reason or "")


def test_a_stop_order_leaves_the_next_file(folder: WatchedFolder) -> None:
    class Stopping(WatchedFolder):
        def run(self, file: Path, rejects: Path, rows: int | None) -> FileOutcome:
            self.stop.set()
            return super().run(file, rejects, rows)

    folder = Stopping(folder.path, settle=0)
    os.utime(folder.drop("a.csv", "a"), (1, 1))
    os.utime(folder.drop("b.csv", "b"), (2, 2))

    assert [report.name for report in folder.look()] == ["a.csv"]
    assert files_below(folder.path, "b") == {"working": 1}
    folder.stop.clear()
    assert [report.name for report in folder.start().look()[1]] == ["b.csv"]


def test_a_file_someone_writes_to_after_it_was_claimed_is_put_back(tmp_path: Path) -> None:
    class Writing(WatchedFolder):
        def run(self, file: Path, rejects: Path, rows: int | None) -> FileOutcome:
            # The producer has the next file open all the time, and continues when it is claimed.
            for path in self.path.glob("working/*/slow.csv"):
                path.write_text("half and more")
            return super().run(file, rejects, rows)

    folder = Writing(tmp_path, settle=0)
    os.utime(folder.drop("quick.csv", "quick"), (1, 1))
    folder.drop("slow.csv", "half")

    assert [report.name for report in folder.look()] == ["quick.csv"]
    assert folder.names() == ["slow.csv"]
    assert "slow.csv is still being written and was put back." in folder.notes


def test_a_done_folder_that_cannot_be_used_keeps_the_file(folder: WatchedFolder) -> None:
    (folder.path / "done").write_text("a file where the folder should be")
    folder.drop("dump.csv")

    (report,) = folder.look()

    assert (report.state, report.code) == ("working", 74)
    (folder.path / "done").unlink()
    (report,) = folder.start().look()[1]
    assert (report.state, len(folder.ran)) == ("done", 1)


def test_a_name_taken_meanwhile_is_not_overwritten(folder: WatchedFolder) -> None:
    (folder.path / "done").write_text("in the way")
    folder.drop("dump.csv")
    folder.look()
    (folder.path / "done").unlink()
    (folder.path / "done").mkdir()
    (folder.path / "done" / "dump.csv").write_text("of someone else")

    (report,) = folder.look()

    assert report.moved_to.name == "dump-2.csv"
    assert (folder.path / "done" / "dump.csv").read_text() == "of someone else"
    assert folder.acceptance.failed() == []


def test_a_restored_ledger_learns_of_a_file_that_is_being_moved(folder: WatchedFolder) -> None:
    (folder.path / "done").write_text("in the way")
    folder.drop("dump.csv")
    folder.look()
    (folder.path / "done").unlink()
    folder.acceptance.records.clear()

    folder.look()

    (record,) = folder.acceptance.records.values()
    assert (record.state, record.name) == ("done", "dump.csv")


def test_a_file_that_vanishes_while_it_runs_is_reported(tmp_path: Path) -> None:
    class Deleting(WatchedFolder):
        def run(self, file: Path, rejects: Path, rows: int | None) -> FileOutcome:
            for path in self.path.glob("working/*/b.csv"):
                path.unlink()
            return super().run(file, rejects, rows)

    folder = Deleting(tmp_path, settle=0)
    os.utime(folder.drop("a.csv", "a"), (1, 1))
    os.utime(folder.drop("b.csv", "b"), (2, 2))

    reports = folder.look()

    assert [(report.name, report.state) for report in reports] == [
        ("a.csv", "done"),
        ("b.csv", "working"),
    ]
    assert "b.csv cannot be read" in (reports[1].reason or "")
    assert folder.look() == []
    assert list((tmp_path / "working").iterdir()) == []
