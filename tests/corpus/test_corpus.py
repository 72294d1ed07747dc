"""Every file of the corpus gives the table it must, or the one sentence it must."""

import os
from pathlib import Path

import pytest

from bulksms.loader import Sheet, open_sheets
from tests.corpus.build import all_cases
from tests.corpus.case import Case
from tests.sheets import cells_by_row

CASES = all_cases()
GOOD = [case for case in CASES if case.error is None]
BAD = [case for case in CASES if case.error is not None]


def work() -> float:
    """Count the seconds this process and its children have worked."""
    return sum(os.times()[:4])


def unresolved_places(sheet: Sheet) -> set[tuple[int, int]]:
    numbers = sheet.rows.row_numbers.tolist()
    return {(numbers[index], column) for index, column in sheet.unresolved.tolist()}


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case.file)
def test_a_good_file_gives_its_table(tmp_path: Path, case: Case) -> None:
    path = tmp_path / case.file
    path.write_bytes(case.content)
    start = work()
    (sheet,) = open_sheets(path, case.options)
    assert work() - start < case.seconds
    assert sheet.header == case.header
    assert cells_by_row(sheet.rows) == case.rows
    assert {note.code for note in sheet.findings} == case.findings
    assert tuple(sheet.ragged) == case.ragged
    assert tuple(sheet.broken) == case.broken
    assert sheet.hidden_rows == case.hidden_rows
    assert unresolved_places(sheet) == case.unresolved


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.file)
def test_a_bad_file_is_one_sentence_that_names_it(tmp_path: Path, case: Case) -> None:
    path = tmp_path / case.file
    path.write_bytes(case.content)
    assert case.error is not None
    start = work()
    with pytest.raises(case.error) as caught:
        open_sheets(path, case.options)
    assert work() - start < case.seconds
    sentence = str(caught.value)
    assert case.sentence in sentence
    assert case.file in sentence
    assert "\n" not in sentence
