"""Exports say themselves who wants no texts; what speaks of e-mail decides nothing."""

import pytest

from bulksms.contacts import OptOutList, ScreeningRules, map_columns, screen
from tests.unit.contacts.conftest import MakeSheet

NUMBERS = ("0639981230", "0639981231", "0639981232", "0639981233", "0639981234", "0639981235")
EXPORTS = {
    # header of the phone, other headers, cells of those row by row, rows that are texted
    "Salesforce": (
        ["MobilePhone", "IsDeleted", "DoNotCall", "HasOptedOutOfEmail"],
        [
            ["false", "false", "true"],
            ["true", "false", "false"],
            ["false", "true", "false"],
            ["0", "0", "1"],
            ["1", "0", "0"],
        ],
        [2, 5],
    ),
    "Brevo": (
        ["SMS", "EMAIL_BLACKLISTED", "SMS_BLACKLISTED"],
        [["Yes", "No"], ["No", "Yes"], ["Oui", "Non"], ["Non", "Oui"], ["", ""]],
        [2, 4, 6],
    ),
    "Shopify": (
        ["Phone", "Accepts Email Marketing", "Accepts SMS Marketing"],
        [["no", "yes"], ["yes", "no"], ["yes", ""], ["no", "TRUE"]],
        [2, 5],
    ),
    "Mailchimp": (
        ["Phone Number", "OPTIN_TIME", "MEMBER_RATING", "SMS Consent"],
        [
            ["2024-01-02 10:00:00", "2", "subscribed"],
            ["", "2", "unsubscribed"],
            ["2024-01-02 10:00:00", "5", ""],
        ],
        [2],
    ),
    "Salesforce Mobile Studio": (
        ["_MobileNumber", "_Status"],
        [["Active"], ["Unsubscribed"], ["Subscribed"]],
        [2, 4],
    ),
    "Dynamics": (
        ["Mobile Phone", "Do not allow Phone Calls", "Do not allow Bulk Emails"],
        [["Nein", "Ja"], ["Ja", "Nein"], ["sí", "no"], ["no", "sí"]],
        [2, 5],
    ),
    "PrestaShop": (
        ["Mobile Phone", "Newsletter (0/1)", "Opt-in (0/1)"],
        [["0", "0"], ["1", "1"]],
        [2, 3],
    ),
}


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_drops_the_right_rows(make_sheet: MakeSheet, export: str) -> None:
    header, cells, texted = EXPORTS[export]
    rows = [[number, *row] for number, row in zip(NUMBERS, cells, strict=False)]
    sheet = make_sheet(header, *rows)
    answer = screen([(sheet, map_columns(sheet, {}))], ScreeningRules(rehearsal=True), OptOutList())
    assert answer.contacts["row"].tolist() == texted
    assert set(answer.rejections["reason"]) <= {"no_consent"}


def test_a_row_held_back_names_the_column(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["MobilePhone", "IsDeleted"], ["0639981230", "true"])
    answer = screen([(sheet, map_columns(sheet, {}))], ScreeningRules(rehearsal=True), OptOutList())
    left = answer.rejections.iloc[0]
    assert (left["column"], left["cell"]) == ("IsDeleted", "true")
    assert left["sentence"] == "The column 'IsDeleted' says that this person must not be texted."
