"""A hidden column is never used for numbers or fields, but people it excludes stay out."""

from dataclasses import replace

import pytest

from bulksms.contacts import OptOutList, ScreeningRules, map_columns, screen
from bulksms.errors import MappingError, TemplateError
from tests.unit.contacts.conftest import MakeSheet

HEADER = ["Mobile", "Phone", "Prénom", "STOP SMS", "Ville"]
ROW = ["0639980001", "0639980002", "Ada", "oui", "Lyon"]


def test_numbers_names_and_words_are_not_taken_from_hidden_columns(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(HEADER, ROW)
    assert map_columns(sheet, {}).phone_numbers == (0, 1)
    mapping = map_columns(replace(sheet, hidden_columns=frozenset({0, 2})), {})
    assert (mapping.phone_numbers, mapping.fields) == ((1,), {})


def test_a_hidden_column_that_says_stop_still_stops(make_sheet: MakeSheet) -> None:
    sheet = replace(make_sheet(HEADER, ROW), hidden_columns=frozenset({3}))
    mapping = map_columns(sheet, {})
    assert mapping.do_not_contact == (3,)
    screened = screen([(sheet, mapping)], ScreeningRules(rehearsal=True), OptOutList())
    assert screened.rejections["reason"].tolist() == ["no_consent"]


def test_asking_for_a_hidden_column_says_why_it_is_not_there(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(HEADER, ROW)
    sheet = replace(
        sheet, hidden_columns=frozenset({0, 4}), source=replace(sheet.source, sheet="Clients")
    )
    with pytest.raises(MappingError, match="hidden columns left out"):
        map_columns(sheet, {"phone_number": ("Mobile",)})
    with pytest.raises(TemplateError, match="hidden columns left out"):
        map_columns(sheet, {}, ["Ville"])
