"""A workbook is planned with a saved profile: other sheets are left out, changed ones stop."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from bulksms.contacts import Profile, ScreeningRules
from bulksms.errors import ProfileError
from bulksms.plan.make_plan import Plan, PlanRequest, make_plan

PROFILE = Profile(
    name="shop.toml", chosen={"phone_number": ("Contact",), "first_name": ("Prénom",)}
)


def _plan(path: Path, sheets: dict[str, list[list[str]]]) -> Plan:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    rules = ScreeningRules(rehearsal=True)
    asked = PlanRequest(files=(str(path),), rules=rules, chosen=PROFILE.chosen, profile=PROFILE)
    return make_plan(asked)


NORTH = [["Contact", "Prénom"], ["0639980101", "Zoë"]]


def test_a_sheet_of_another_kind_is_left_out(tmp_path: Path) -> None:
    shops = [["Magasin", "Adresse"], ["Lyon", "rue 1"]]
    plan = _plan(tmp_path / "book.xlsx", {"Nord": NORTH, "Magasins": shops})
    assert [finding.code for finding in plan.findings] == ["sheet_left_out"]
    assert plan.counts["sendable"] == 1


def test_a_sheet_whose_column_was_renamed_stops(tmp_path: Path) -> None:
    south = [["Contacts", "Prénom"], ["0639980102", "Ana"]]
    with pytest.raises(ProfileError, match=r"'Contact', which is not in .*book\.xlsx \(Sud\)"):
        _plan(tmp_path / "book.xlsx", {"Nord": NORTH, "Sud": south})
