"""A number table made from other metadata than is installed is reported and not used."""

from dataclasses import replace
from pathlib import Path

import pytest

from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.findings.collect import NOTICED
from bulksms.contacts.opt_outs.lists import OptOutList
from bulksms.contacts.rows.rules import ScreeningRules
from bulksms.contacts.screening.result import ScreeningResult
from bulksms.contacts.screening.screen import screen
from tests.numbers.agreement import fresh_table
from tests.unit.contacts.conftest import MakeSheet

CELLS = ("06 39 98 12 34", "0142685300", "n/a", "+32 470 12 34 56", "0690 00 12 34")


def screened(make_sheet: MakeSheet, table: Path, rows: int) -> ScreeningResult:
    sheet = make_sheet(["mobile"], *([CELLS[at % len(CELLS)]] for at in range(rows)))
    rules = ScreeningRules(rehearsal=True, number_table=table)
    mapping = ColumnMapping(phone_numbers=(0,), tiers=(0,), fields={}, extras={})
    return screen([(sheet, mapping)], rules, OptOutList())


@pytest.mark.parametrize(("rows", "codes_added"), [(NOTICED, {"number_table_stale"}), (50, set())])
def test_a_stale_table_is_reported_for_a_long_list_and_changes_nothing_else(
    make_sheet: MakeSheet, tmp_path: Path, rows: int, codes_added: set[str]
) -> None:
    fresh, stale = tmp_path / "fresh.npz", tmp_path / "stale.npz"
    fresh_table().save(fresh)
    replace(fresh_table(), stamp=f"8.0.0 {'0' * 32}").save(stale)
    quick, slow = screened(make_sheet, fresh, rows), screened(make_sheet, stale, rows)
    codes = [{finding.code for finding in answer.findings} for answer in (quick, slow)]
    assert codes[1] - codes[0] == codes_added
    assert quick.contacts.equals(slow.contacts)
    assert quick.rejections.equals(slow.rejections)
