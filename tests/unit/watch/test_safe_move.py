from pathlib import Path

import pytest

from bulksms.errors import OutputError
from bulksms.watch.safe_move import finish_move, free_name, move_file


def test_a_second_file_of_a_name_gets_a_number(tmp_path: Path) -> None:
    assert free_name(tmp_path, "dump.csv", (".txt",)) == "dump.csv"
    (tmp_path / "dump.csv").touch()
    assert free_name(tmp_path, "dump.csv", (".txt",)) == "dump-2.csv"
    (tmp_path / "dump-2.csv.txt").touch()
    assert free_name(tmp_path, "dump.csv", (".txt",)) == "dump-3.csv"


def test_a_long_name_leaves_room_for_what_is_added(tmp_path: Path) -> None:
    name = free_name(tmp_path, f"{'é' * 125}.csv", (".report.json",))

    assert name.endswith(".csv")
    (tmp_path / f"{name}.report.json").touch()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_text("new")
    target.write_text("old")

    with pytest.raises(OutputError, match="a file of that name exists"):
        move_file(source, target)

    assert (source.read_text(), target.read_text()) == ("new", "old")


def test_a_copy_that_was_cut_short_is_thrown_away(tmp_path: Path) -> None:
    source, target, draft = tmp_path / "a", tmp_path / "b", tmp_path / ".b.moving"
    source.write_text("whole")
    draft.write_text("ha")

    move_file(source, target)

    assert (source.exists(), draft.exists(), target.read_text()) == (False, False, "whole")


def test_a_copy_whose_source_is_gone_gets_its_name(tmp_path: Path) -> None:
    source, target, draft = tmp_path / "a", tmp_path / "b", tmp_path / ".b.moving"
    draft.write_text("whole")

    move_file(source, target)

    assert (draft.exists(), target.read_text()) == (False, "whole")


def test_a_move_that_was_finished_before_is_no_error(tmp_path: Path) -> None:
    move_file(tmp_path / "a", tmp_path / "b")
    finish_move(tmp_path / "a", tmp_path / "b")

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "done").write_text("a file where the folder should be")
    source = tmp_path / "a"
    source.touch()

    with pytest.raises(OutputError, match="cannot be moved to"):
        move_file(source, tmp_path / "done" / "a")

    assert source.exists()
