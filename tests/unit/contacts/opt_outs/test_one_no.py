"""One no outweighs any yes of the same person."""

from tests.unit.contacts.conftest import MakeSheet, screened


def test_a_number_that_one_row_blacklists_is_texted_by_no_other_row(make_sheet: MakeSheet) -> None:
    header = ["SMS", "SMS_BLACKLISTED"]
    sheet = make_sheet(header, ["0639980001", "No"], ["+33 639 98 00 01", "Yes"])
    answer = screened(sheet)
    assert answer.contacts.empty
    assert answer.reasons == {"no_consent": 2}


def test_a_rejects_file_loaded_again_keeps_its_opt_outs(make_sheet: MakeSheet) -> None:
    header = ["Mobile", "bulksms_code"]
    sheet = make_sheet(header, ["0639980001", "opted_out"], ["0639980002", "too_short"])
    answer = screened(sheet)
    assert answer.contacts["phone_number"].tolist() == [33639980002]
    assert answer.opted_out == 1
