"""Dates of consent are read in six languages; in doubt the earlier reading counts."""

import numpy as np
import pyarrow as pa
import pytest

from bulksms.contacts.columns.consent_headers import is_consent_date
from bulksms.contacts.opt_outs.consent_age import read_dates


def read(*cells: str) -> list[str]:
    return [str(each) for each in read_dates(pa.array(cells, type=pa.string()))]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-03-05", "2024-03-05"),
        ("2024/3/5 10:15", "2024-03-05"),
        ("2024-03-05T10:15:00Z", "2024-03-05"),
        ("20240305", "2024-03-05"),
        ("31/01/2024", "2024-01-31"),
        ("31.01.2024", "2024-01-31"),
        ("31. 1. 2024", "2024-01-31"),
        ("31-01-24 09:00:00", "2024-01-31"),
        ("01/31/2024", "2024-01-31"),
        ("1/31/99", "1999-01-31"),
        ("5 March 2024", "2024-03-05"),
        ("Tue, 5 Mar 2024 10:15:00 +0100", "2024-03-05"),
        ("March 5, 2024", "2024-03-05"),
        ("5 mars 2024", "2024-03-05"),
        ("1er février 2024", "2024-02-01"),
        ("mardi 5 mars 2024", "2024-03-05"),
        ("5. März 2024", "2024-03-05"),
        ("5 de marzo de 2024", "2024-03-05"),
        ("5 marzo 2024", "2024-03-05"),
        ("5 de março de 2024", "2024-03-05"),
        ("15 déc. 2024", "2024-12-15"),
        ("1709633700", "2024-03-05"),
        ("1709633700000", "2024-03-05"),
        ("\uff12\uff10\uff12\uff14-03-05", "2024-03-05"),
    ],
)
def test_a_date_is_read(cell: str, day: str) -> None:
    assert read(cell) == [day]


@pytest.mark.parametrize(
    "cell", ["", "yes", "oui", "0000-00-00", "2024-02-30", "31/02/2024", "2024", "5 Brumaire 2024"]
)
def test_what_is_no_date_is_none(cell: str) -> None:
    assert read(cell) == ["NaT"]


def test_day_and_month_are_distinguished_by_the_other_cells() -> None:
    assert read("05/03/2024", "31/01/2024") == ["2024-03-05", "2024-01-31"]
    assert read("05/03/2024", "01/31/2024") == ["2024-05-03", "2024-01-31"]


def test_in_doubt_the_earlier_date_counts() -> None:
    assert read("05/03/2024", "03/05/2024") == ["2024-03-05", "2024-03-05"]
    assert read("05/03/2024", "31/01/2024", "01/31/2024") == [
        "2024-03-05",
        "2024-01-31",
        "2024-01-31",
    ]


def test_no_cell_is_no_date() -> None:
    assert read_dates(pa.array([], type=pa.string())).tolist() == []
    assert read_dates(pa.array(["x"], type=pa.string())).dtype == np.dtype("datetime64[D]")


@pytest.mark.parametrize(
    "header",
    [
        "Consent date",
        "SMS opt-in date",
        "OPTIN_TIME",
        "Last opt-in date",
        "Accepts SMS Marketing Updated At",
        "Date de consentement",
        "Date d'accord SMS",
        "Consentement le",
        "Datum der Einwilligung",
        "Einwilligung am",
        "Fecha de consentimiento",
        "Data consenso",
        "Data do consentimento",
        "Date d'abonnement SMS",
    ],
)
def test_a_column_of_dates_of_consent_is_known_by_its_header(header: str) -> None:
    assert is_consent_date(header)


@pytest.mark.parametrize(
    "header",
    [
        "Date",
        "Consent",
        "Created at",
        "Date d'inscription",
        "E-mail opt-in date",
        "Opt-out date",
        "Date de désinscription SMS",
        "Unsubscribed at",
        "Consent IP",
        "Geburtsdatum",
        "Dernier achat le",
    ],
)
def test_other_dates_are_not_those_of_consent(header: str) -> None:
    assert not is_consent_date(header)
