from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from bulksms.contacts import OptOutList
from bulksms.errors import InputError
from bulksms.finding import Level
from bulksms.plan.opt_out_files import read_opt_out_files
from bulksms.settings import Settings
from bulksms.use_cases.opt_outs.manage_opt_outs import (
    Imported,
    add_numbers,
    check_numbers,
    export_numbers,
    import_files,
    remove_numbers,
    stored_numbers,
)

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def _stopped(tmp_path: Path) -> str:
    path = tmp_path / "stopped.csv"
    path.write_text("Mobile\n0639980101\nnobody\n+447700900123\n0639980101\n", encoding="utf-8")
    return str(path)


def test_typed_numbers_are_kept_in_one_form_and_once(desk: Settings) -> None:
    assert add_numbers(["06 39 98 01 01", "+33 6 39 98 01 01"], "FR", desk, NOW) == 1
    assert add_numbers(["07700 900123"], "GB", desk, NOW) == 1
    assert stored_numbers(desk) == ["+33639980101", "+447700900123"]


def test_one_text_that_is_no_number_keeps_all_out(desk: Settings) -> None:
    with pytest.raises(InputError, match=r"'abc' is not a phone number: .*; nothing was changed\."):
        add_numbers(["0639980101", "abc"], "FR", desk, NOW)
    assert stored_numbers(desk) == []


def test_a_question_about_what_is_no_number_speaks_of_no_change(desk: Settings) -> None:
    with pytest.raises(InputError, match=r"^'abc' is not a phone number: write only the number\.$"):
        check_numbers(["abc"], "FR", desk)


def test_files_say_what_was_read_new_and_lost(desk: Settings, tmp_path: Path) -> None:
    add_numbers(["0639980101"], "FR", desk, NOW)
    done = import_files([_stopped(tmp_path)], "FR", desk, NOW)
    assert done == (Imported(read=2, new=1, unreadable=1),)
    assert stored_numbers(desk) == ["+33639980101", "+447700900123"]


def test_check_says_yes_or_no_of_each(desk: Settings) -> None:
    add_numbers(["0639980101"], "FR", desk, NOW)
    answers = check_numbers(["06.39.98.01.01", "0639980102"], "FR", desk)
    assert answers == {"+33639980101": True, "+33639980102": False}


def test_a_removed_number_may_be_texted_again(desk: Settings) -> None:
    add_numbers(["0639980101", "0639980102"], "FR", desk, NOW)
    assert remove_numbers(["+33639980101", "+33639980103"], "FR", desk) == 1
    assert stored_numbers(desk) == ["+33639980102"]


def test_an_export_can_be_imported(desk: Settings, tmp_path: Path) -> None:
    add_numbers(["0639980101", "+447700900123"], "FR", desk, NOW)
    path = tmp_path / "out" / "optouts.csv"
    assert export_numbers(path, desk) == 2
    assert path.read_bytes() == b"\xef\xbb\xbfphone_number\r\n+33639980101\r\n+447700900123\r\n"
    other = Settings(home=tmp_path / "other")
    assert import_files([str(path)], "US", other, NOW) == (Imported(read=2, new=2, unreadable=0),)


def test_asking_makes_no_ledger(desk: Settings) -> None:
    assert check_numbers(["0639980101"], "FR", desk) == {"+33639980101": False}
    assert remove_numbers(["0639980101"], "FR", desk) == 0
    assert stored_numbers(desk) == []
    assert not desk.home.exists()


def test_files_and_stored_numbers_are_joined_with_a_warning_of_what_was_lost(
    tmp_path: Path,
) -> None:
    stored = OptOutList(digits=np.array([33639980199]))
    gathered, findings = read_opt_out_files([_stopped(tmp_path)], "FR", stored)
    assert gathered.digits.tolist() == [33639980101, 33639980199, 447700900123]
    assert [(finding.code, finding.level, finding.count) for finding in findings] == [
        ("optouts_unreadable", Level.ERROR, 1)
    ]
    assert read_opt_out_files([], "FR", stored)[1] == ()


def test_a_filtered_opt_out_file_loses_no_one(desk: Settings, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cell in ("Mobile", "0639980101", "0639980102"):
        book.active.append([cell])
    book.active.row_dimensions[3].hidden = True
    book.save(tmp_path / "stopped.xlsx")
    import_files([str(tmp_path / "stopped.xlsx")], "FR", desk, NOW)
    assert stored_numbers(desk) == ["+33639980101", "+33639980102"]
