"""A row that no one screened is never texted: the zeros of a new table refuse to be counted."""

import numpy as np
import pytest

from bulksms.contacts import Reason, map_columns
from bulksms.contacts.rows.rejection_codes import NOT_SCREENED, SENDABLE, RejectionTemplates
from bulksms.contacts.rows.row_table import RowColumns, RowsNotScreenedError, RowTable
from bulksms.contacts.screening.result import ScreeningResult
from tests.unit.contacts.conftest import MakeSheet

NUMBER = 33639981230


def new_table(make_sheet: MakeSheet, rows: int = 2) -> RowTable:
    sheet = make_sheet(["Mobile"], *[["0639981230"]] * rows)
    return RowTable(mapped_sheets=[(sheet, map_columns(sheet, {}))])


def columns(*rejections: int, number: int = NUMBER) -> RowColumns:
    count = len(rejections)
    return RowColumns(
        rejections=np.array(rejections, dtype=np.int32),
        phone_numbers=np.full(count, number, dtype=np.int64),
        countries=np.zeros(count, dtype=np.int16),
        phone_choices=np.zeros(count, dtype=np.int16),
        tied_columns=np.zeros(count, dtype=np.int16),
        traits=np.zeros(count, dtype=np.uint16),
        unclear_columns=np.zeros(count, dtype=np.int16),
        long_headers=np.zeros(count, dtype=np.int16),
        filled_fields=np.zeros(count, dtype=np.int16),
    )


def test_a_new_table_has_no_sendable_rows(make_sheet: MakeSheet) -> None:
    with pytest.raises(RowsNotScreenedError, match="2 of 2 rows were not screened"):
        _ = new_table(make_sheet).sendable


def test_one_forgotten_row_is_refused(make_sheet: MakeSheet) -> None:
    table = new_table(make_sheet)
    table.write(0, columns(SENDABLE))
    with pytest.raises(RowsNotScreenedError, match="1 of 2 rows were not screened"):
        _ = table.sendable
    table.write(1, columns(SENDABLE))
    assert table.sendable.tolist() == [True, True]


def test_a_sendable_row_without_a_number_is_refused(make_sheet: MakeSheet) -> None:
    table = new_table(make_sheet, rows=1)
    table.write(0, columns(SENDABLE, number=0))
    with pytest.raises(RowsNotScreenedError, match="without a phone number"):
        _ = table.sendable


def test_no_contacts_are_made_of_rows_that_were_not_screened(make_sheet: MakeSheet) -> None:
    result = ScreeningResult(
        row_table=new_table(make_sheet), opted_out_rows=np.empty(0, dtype=np.int64)
    )
    for look in ("contacts", "sendable", "rejections"):
        with pytest.raises((RowsNotScreenedError, ValueError)):
            getattr(result, look)


def test_the_states_of_a_row_have_no_reason() -> None:
    templates = RejectionTemplates()
    assert templates.reasons() == [None, None]
    for state in (NOT_SCREENED, SENDABLE):
        with pytest.raises(ValueError, match="has no rejection"):
            templates.of(state)


def test_a_rejected_row_names_its_reason(make_sheet: MakeSheet) -> None:
    table = new_table(make_sheet)
    table.write(0, columns(SENDABLE, SENDABLE))
    table.reject(np.array([1]), Reason.OPTED_OUT, "No more texts.")
    assert table.sendable.tolist() == [True, False]
    assert table.rejection_of(1).wording == "No more texts."
    assert table.reason_counts() == {Reason.OPTED_OUT: 1}
