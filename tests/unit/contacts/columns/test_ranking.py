"""Exports of real CRMs map with no option, and the known ones are named."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from bulksms.contacts import OptOutList, ScreeningRules, map_columns, screen
from bulksms.errors import MappingError
from tests.unit.contacts.conftest import MakeSheet

GOLDEN = Path(__file__).parents[3] / "golden" / "crm_headers.toml"
ROWS: list[dict[str, Any]] = tomllib.loads(GOLDEN.read_text("utf-8"))["row"]
MAPPED = [row for row in ROWS if row["phones"]]
WITHOUT_PHONE = [row for row in ROWS if not row["phones"]]


def source_of(row: dict[str, Any]) -> str:
    return str(row["source"])


@pytest.mark.parametrize("row", MAPPED, ids=source_of)
def test_an_export_maps_with_no_option(make_sheet: MakeSheet, row: dict[str, Any]) -> None:
    header = row["header"].split(" | ")
    mapping = map_columns(make_sheet(header), {})

    def name(at: int | None) -> str:
        return "" if at is None else header[at].strip()

    mapped = {
        "phones": [name(at) for at in mapping.phone_numbers],
        "first": name(mapping.fields.get("first_name")),
        "last": name(mapping.fields.get("last_name")),
        "whole": name(mapping.full_name),
        "country": name(mapping.country),
        "do_not_contact": [name(at) for at in mapping.do_not_contact],
        "consent": [name(at) for at in mapping.consent],
        "export": mapping.export,
    }
    empty = {key: [] if isinstance(value, list) else "" for key, value in mapped.items()}
    expected = {key: row.get(key, nothing) for key, nothing in empty.items()}
    assert mapped == expected


@pytest.mark.parametrize("row", WITHOUT_PHONE, ids=source_of)
def test_an_export_without_phones_says_so(make_sheet: MakeSheet, row: dict[str, Any]) -> None:
    with pytest.raises(MappingError, match=r"^No column of list\.csv looks like a phone"):
        map_columns(make_sheet(row["header"].split(" | ")), {})


def test_one_distinctive_header_is_not_enough(make_sheet: MakeSheet) -> None:
    mapping = map_columns(make_sheet(["Record ID", "Phone", "Mobile"]), {})
    assert (mapping.export, mapping.phone_numbers) == ("", (2, 1))


def test_a_known_export_is_named_unless_the_column_was_chosen(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["SMS", "EXT_ID", "SMS_BLACKLISTED"], ["33639981234", "1", "No"])
    rules = ScreeningRules(rehearsal=True)
    findings = screen([(sheet, map_columns(sheet, {}))], rules, OptOutList()).findings
    messages = [finding.message for finding in findings if finding.code == "known_export"]
    assert messages == ["Recognised as an export of Brevo: its own order of phone columns is used."]
    chosen = screen([(sheet, map_columns(sheet, {"phone_number": ("SMS",)}))], rules, OptOutList())
    assert [finding.code for finding in chosen.findings] == []


@pytest.mark.parametrize("header", ["Portable (obligatoire)", "Mobile *", "Mobil (Pflichtfeld)"])
def test_a_remark_that_a_column_must_be_filled_changes_nothing(
    make_sheet: MakeSheet, header: str
) -> None:
    assert map_columns(make_sheet(["Fixe", header]), {}).phone_numbers[0] == 1
