"""A saved choice of columns fits the file it was made of, and says what has changed since."""

from dataclasses import replace

import pytest

from bulksms.contacts import Profile, check_profile, map_columns, parse_profile, profile_of
from bulksms.errors import InputError, MappingError, ProfileError
from bulksms.loader import Sheet
from tests.unit.contacts.conftest import MakeSheet

HEADER = ["Record ID", "Mobile", "Phone", "Prénom", "Pays", "SMS_BLACKLISTED"]
ROW = ["1", "0639981230", "", "Zoë", "FR", "No"]


def profile_for(*sheets: Sheet) -> Profile:
    pairs = [(sheet, map_columns(sheet, {})) for sheet in sheets]
    return profile_of(pairs, {"region": "FR"}, "shop.toml")


def test_a_profile_maps_the_file_it_was_made_of_in_the_same_way(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(HEADER, ROW)
    profile = profile_for(sheet)
    assert profile.chosen == {"phone_number": ("Mobile", "Phone"), "first_name": ("Prénom",)}
    assert (profile.needed, profile.headers) == (("SMS_BLACKLISTED", "Pays"), tuple(HEADER))
    assert map_columns(sheet, profile.chosen) == map_columns(sheet, {})
    assert check_profile(profile, sheet) == []


def test_a_profile_reads_as_it_was_written(make_sheet: MakeSheet) -> None:
    profile = profile_for(make_sheet(HEADER, ROW))
    assert parse_profile(profile.as_table(), "shop.toml") == profile


def test_spelling_and_place_of_a_header_do_not_matter(make_sheet: MakeSheet) -> None:
    profile = profile_for(make_sheet(HEADER, ROW))
    moved = make_sheet([name.upper() for name in reversed(HEADER)], list(reversed(ROW)))
    assert check_profile(profile, moved) == []


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Phone", "Phones", "takes phone_number from the column 'Phone', which is not in list.csv"),
        ("Phone", "Phones", "did you mean 'Phones'"),
        ("Prénom", "Vorname", "or choose with --map first_name=HEADER."),
        ("SMS_BLACKLISTED", "Stop", "needs the column 'SMS_BLACKLISTED'"),
        ("Pays", "Land", "needs the column 'Pays'"),
    ],
)
def test_a_column_the_profile_names_must_be_there(
    make_sheet: MakeSheet, old: str, new: str, sentence: str
) -> None:
    profile = profile_for(make_sheet(HEADER, ROW))
    sheet = make_sheet([new if name == old else name for name in HEADER], ROW)
    with pytest.raises(ProfileError) as raised:
        check_profile(profile, sheet)
    assert "shop.toml" in str(raised.value)
    assert sentence in str(raised.value)


def test_what_is_chosen_elsewhere_need_not_be_there(make_sheet: MakeSheet) -> None:
    profile = profile_for(make_sheet(HEADER, ROW))
    sheet = make_sheet(["Vorname" if name == "Prénom" else name for name in HEADER], ROW)
    rest = profile.without({"first_name": ("Vorname",)})
    assert [finding.code for finding in check_profile(rest, sheet)] == [
        "new_columns",
        "missing_columns",
    ]


def test_new_and_missing_columns_that_no_field_needs_are_notes(make_sheet: MakeSheet) -> None:
    profile = profile_for(make_sheet(HEADER, ROW))
    sheet = make_sheet(["Datum", *HEADER[1:], "Notiz"], ["", *ROW[1:], ""])
    came, went = check_profile(profile, sheet)
    assert (came.code, came.level.value, came.count) == ("new_columns", "note", 2)
    assert came.message.endswith("the profile shop.toml has not: 'Datum', 'Notiz'.")
    assert (went.code, went.level.value, went.count) == ("missing_columns", "note", 1)
    assert "'Record ID'" in went.message


def test_a_profile_without_headers_says_nothing_of_new_ones(make_sheet: MakeSheet) -> None:
    profile = replace(profile_for(make_sheet(HEADER, ROW)), headers=())
    assert check_profile(profile, make_sheet([*HEADER, "Notiz"], [*ROW, ""])) == []


def test_a_sheet_of_another_kind_is_not_a_changed_one(make_sheet: MakeSheet) -> None:
    profile = profile_for(make_sheet(HEADER, ROW))
    with pytest.raises(MappingError) as raised:
        check_profile(profile, make_sheet(["Shop", "Prénom"], ["Lyon", "Zoë"]))
    assert not isinstance(raised.value, ProfileError)


def test_a_column_known_by_its_number_must_keep_its_name(make_sheet: MakeSheet) -> None:
    header = ["Phone", "Prénom", "Phone", "Note"]
    profile = profile_for(make_sheet(header, ["0639981230", "Zoë", "", ""]))
    assert profile.chosen["phone_number"] == ("1", "3")
    assert check_profile(profile, make_sheet(header, ["0639981231", "Ana", "", ""])) == []
    swapped = ["Phone", "Prénom", "Note", "Phone"]
    with pytest.raises(ProfileError, match="from the column '3'"):
        check_profile(profile, make_sheet(swapped, ["0639981231", "Ana", "", ""]))


def test_sheets_that_map_alike_share_a_profile_and_others_do_not(make_sheet: MakeSheet) -> None:
    first = make_sheet(["Mobile", "Prénom"], ["0639981230", "Zoë"], path="one.csv")
    two = make_sheet(["Prénom", "Mobile", "Note"], ["Zoë", "0639981231", ""], path="two.csv")
    assert profile_for(first, two).headers == ("Mobile", "Prénom", "Note")
    other = make_sheet(["Portable", "Prénom"], ["0639981230", "Zoë"], path="other.csv")
    with pytest.raises(InputError, match=r"other\.csv .* one\.csv: save a profile for each"):
        profile_for(first, other)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"phone_nmber": "A"}, "did you mean 'phone_number'"),
        ({"phone_number": 3}, "has 3 for phone_number: write one text there."),
        ({"phone_number": []}, r"has \[\] for phone_number: write headers there."),
        ({"phone_number": ["A", 3]}, "write headers there."),
        ({"first_name": ["A", "B"]}, "write one text there."),
        ({"first_name": ""}, "write one text there."),
        ({"region": True}, "write one text there."),
        ({"no_header": "yes"}, "write true or false there."),
        ({"headers": "A"}, "write a list of headers there."),
    ],
)
def test_a_profile_that_cannot_be_meant_says_where(table: dict[str, object], sentence: str) -> None:
    with pytest.raises(MappingError, match=sentence):
        parse_profile(table, "shop.toml")


def test_a_profile_may_be_written_by_hand() -> None:
    profile = parse_profile({"phone_number": "Mobile", "no_header": True}, "p.toml")
    assert profile.chosen == {"phone_number": ("Mobile",)}
    assert (profile.reading, profile.needed, profile.headers) == ({"no_header": True}, (), ())
