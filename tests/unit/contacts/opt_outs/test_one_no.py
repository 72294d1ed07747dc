"""One no outweighs any yes of the same person."""

from bulksms.contacts import OptOutList, ScreeningResult, ScreeningRules, map_columns, screen
from bulksms.loader import Sheet, Source
from bulksms.loader.row_store import make_row_store


def screened(header: tuple[str, ...], *rows: tuple[str, ...]) -> ScreeningResult:
    columns = list(zip(*rows, strict=True))
    source = Source(
        path="a.csv", format="csv", encoding="utf-8", delimiter=",", sheet=None, compute_digest=str
    )
    sheet = Sheet(
        source=source, header=header, rows=make_row_store(columns, range(2, 2 + len(rows)))
    )
    rules = ScreeningRules(rehearsal=True)
    return screen([(sheet, map_columns(sheet, {}))], rules, OptOutList.from_numbers([]))


def test_a_number_that_one_row_blacklists_is_texted_by_no_other_row() -> None:
    answer = screened(("SMS", "SMS_BLACKLISTED"), ("0639980001", "No"), ("+33 639 98 00 01", "Yes"))
    assert answer.contacts.empty
    assert answer.reasons == {"no_consent": 2}


def test_a_rejects_file_loaded_again_keeps_its_opt_outs() -> None:
    answer = screened(
        ("Mobile", "bulksms_code"), ("0639980001", "opted_out"), ("0639980002", "too_short")
    )
    assert answer.contacts["phone_number"].tolist() == [33639980002]
    assert answer.opted_out == 1
