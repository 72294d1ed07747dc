"""A country column is understood as codes and as names, in the languages of the exports."""

import phonenumbers
import pytest
from phonenumbers.geodata.locale import LOCALE_DATA

from bulksms.contacts import map_columns
from bulksms.contacts.phones.countries import region_of, regions_of_rows
from tests.unit.contacts.conftest import MakeSheet


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("France", "FR"), ("FRANCE", "FR"), ("Frankreich", "FR"), ("fr", "FR"),
        ("Francia", "FR"), ("França", "FR"),
        ("United Kingdom", "GB"), ("Royaume-Uni", "GB"), ("UK", "GB"),
        ("Germany", "DE"), ("Deutschland", "DE"), ("Allemagne", "DE"),
        ("Belgium", "BE"), ("Belgique", "BE"), ("Switzerland", "CH"), ("Suisse", "CH"),
        ("Spain", "ES"), ("España", "ES"), ("Italy", "IT"), ("Italia", "IT"),
        ("United States", "US"), ("Canada", "CA"), ("Luxembourg", "LU"), ("Portugal", "PT"),
        ("Maroc", "MA"), ("Martinique", "MQ"), ("La Réunion", "RE"), ("Hollande", "NL"),
    ],
)  # fmt: skip
def test_a_country_is_understood_by_its_code_and_by_its_names(written: str, region: str) -> None:
    assert region_of(written) == region


def test_no_country_with_an_english_name_is_unknown() -> None:
    # The geographic data of the library, read by the library's own rule for shared names.
    named = {
        region: LOCALE_DATA[region][LOCALE_DATA[region]["en"].removeprefix("*")]
        if LOCALE_DATA[region]["en"].startswith("*")
        else LOCALE_DATA[region]["en"]
        for region in phonenumbers.SUPPORTED_REGIONS
        if "en" in LOCALE_DATA.get(region, {})
    }
    assert len(named) > 200
    assert {name: region_of(name) for name in named.values()} == {
        name: region for region, name in named.items()
    }


@pytest.mark.parametrize("word", ["", "x", "Atlantide", "Île-de-France"])
def test_what_is_no_country_is_unknown(word: str) -> None:
    assert region_of(word) == "ZZ"


def test_a_dash_says_as_little_as_an_empty_cell(make_sheet: MakeSheet) -> None:
    countries = ("", "-", " ? ", "Belgique", "Atlantide")
    sheet = make_sheet(["Mobile", "Pays"], *(["0639981230", name] for name in countries))
    (block,) = sheet.rows.blocks()
    codes, names = regions_of_rows(block, map_columns(sheet, {}), "FR")
    assert [names[code] for code in codes] == ["FR", "FR", "FR", "BE", "ZZ"]
