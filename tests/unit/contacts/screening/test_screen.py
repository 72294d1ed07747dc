"""Every row ends in exactly one table, with its reason."""

from dataclasses import replace

import numpy as np
import pytest

from bulksms.contacts import (
    Duplicates,
    OptOutList,
    ScreeningResult,
    ScreeningRules,
    map_columns,
    read_opt_outs,
    screen,
)
from tests.unit.contacts.conftest import RULES, MakeSheet, content_of, screened


def reasons(answer: ScreeningResult) -> dict[int, str]:
    return dict(zip(answer.rejections["row"], answer.rejections["reason"], strict=True))


def test_the_first_valid_mobile_wins_and_its_column_is_written_down(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(
        ["Fax", "Phone", "Home Phone", "Mobile"],
        ["0639981230", "", "0639981231", ""],
        ["0639981232", "0142685300", "0639981233", "12"],
        ["0639981234", "", "", ""],
    )
    answer = screened(sheet)
    assert answer.contacts["phone_number"].tolist() == [33639981231, 33639981233]
    assert answer.contacts["source_column"].tolist() == ["Home Phone", "Home Phone"]
    assert reasons(answer) == {4: "missing_number"}


def test_labels_beside_values_decide_row_by_row(make_sheet: MakeSheet) -> None:
    header = ["Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value"]
    sheet = make_sheet(
        header,
        ["Mobile", "0639981230", "Home", "0639981231"],
        ["Home", "0639981232", "* Mobile", "0639981233"],
        ["Home Fax", "0639981234", "", ""],
    )
    answer = screened(sheet)
    assert answer.contacts["phone_number"].tolist() == [33639981230, 33639981233]
    assert reasons(answer) == {4: "missing_number"}


def test_each_row_has_one_reason_and_rows_add_up(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(
        ["Mobile", "Vorname", "SMS_BLACKLISTED", "Accepts SMS Marketing", "Land"],
        ["0639981230", "A", "No", "yes", ""],
        ["0639981231", "B", "Yes", "yes", ""],
        ["0639981232", "C", "", "", ""],
        ["0639981233", "D" * 51, "nein", "ja", "Frankreich"],
        ["0639981234", "#REF!", "0", "1", ""],
        ["0639981235", "F", "no", "oui", ""],
        ["06 39 98 12 30", "A", "no", "sí", ""],
        ["0639981236", "G", "no", "true", ""],
        ["0639981237", "H", "no", "x", ""],
        ["07700 900123", "I", "no", "Y", "Großbritannien"],
        ["0639981238", "K", "no", "vrai", "Atlantis"],
        ragged=[7],
        unresolved=[(6, 1)],
    )
    rules = ScreeningRules(
        rehearsal=True,
        sent_before=np.array([33639981237]),
        allowed_countries=frozenset({"FR"}),
    )
    answer = screened(sheet, rules=rules, opt_outs=OptOutList(digits=np.array([33639981236])))
    assert reasons(answer) == {
        3: "no_consent",
        4: "no_consent",
        5: "value_too_long",
        6: "formula_or_error_cell",
        7: "ragged_row",
        8: "duplicate",
        9: "opted_out",
        10: "sent_before",
        11: "country_not_allowed",
        12: "unknown_country",
    }
    assert answer.contacts["row"].tolist() == [2]
    counts = (answer.rows, answer.sendable, answer.rejected, answer.duplicates, answer.opted_out)
    assert counts == (11, 1, 8, 1, 1)
    assert answer.reasons["no_consent"] == 2


def test_duplicates_across_files_name_the_first_row(make_sheet: MakeSheet) -> None:
    first = make_sheet(["Mobile", "Name"], ["0639981230", "Ann Lee"], path="one.csv")
    two = make_sheet(
        ["Portable", "Nom"], ["+33639981231", "X"], ["0033639981230", "Bob Lee"], path="two.csv"
    )
    answer = screened(first, two)
    assert answer.contacts["source"].tolist() == [0, 1]
    last = answer.rejections.iloc[-1]
    assert (last["source"], last["row"], last["reason"]) == (1, 3, "duplicate")
    assert last["sentence"] == "The same number is in row 2 of one.csv, which is texted instead."
    assert "shared_number" in {finding.code for finding in answer.findings}


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("DE LA CRUZ, Maria", "Maria", "DE LA CRUZ"),
        ("Ann Lee", "Ann", "Lee"),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
        ("Jean Pierre Martin", "Jean Pierre Martin", ""),
        ("Zoé", "Zoé", ""),
        ("Ann\n\tLee ", "Ann", "Lee"),
    ],
)
def test_whole_names_are_split_where_it_is_safe(
    make_sheet: MakeSheet, name: str, first: str, last: str
) -> None:
    answer = screened(make_sheet(["Mobile", "Full name"], ["0639981230", name]))
    assert answer.contacts[["first_name", "last_name"]].iloc[0].tolist() == [first, last]


def test_words_of_the_text_may_be_called_like_columns_of_ours(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Mobile", "cell", "reason", "sentence"], ["0639981230", "a", "b", "c"])
    mapping = map_columns(sheet, {"phone_number": ("Mobile",)}, ["cell", "reason", "sentence"])
    with_words = screen([(sheet, mapping)], RULES, OptOutList())
    assert with_words.contacts[["cell", "reason", "sentence"]].iloc[0].tolist() == ["a", "b", "c"]


def test_many_rejected_rows_are_an_error_from_twenty_rows_on(make_sheet: MakeSheet) -> None:
    good = [[f"06399812{number:02}"] for number in range(15)]
    few = screened(make_sheet(["Mobile"], *good, *[["x"]] * 4))
    many = screened(make_sheet(["Mobile"], *good, *[["x"]] * 5))
    assert "many_rejected" not in {finding.code for finding in few.findings}
    assert [(f.level.value, f.count) for f in many.findings if f.code == "many_rejected"] == [
        ("error", 5)
    ]


def test_where_no_row_may_be_rejected_one_is_an_error_in_the_shortest_list(
    make_sheet: MakeSheet,
) -> None:
    sheet = make_sheet(["Mobile"], ["0639981201"], ["x"])
    answer = screened(sheet, rules=replace(RULES, max_rejected=0))

    assert [f.count for f in answer.findings if f.code == "many_rejected"] == [1]


def test_those_who_did_not_consent_are_no_sign_of_a_wrong_file(make_sheet: MakeSheet) -> None:
    rows = [[f"06399812{number:02}", "no" if number % 3 else "yes"] for number in range(30)]
    answer = screened(make_sheet(["Mobile", "Accepts SMS Marketing"], *rows))

    assert answer.reasons == {"no_consent": 20}
    assert "many_rejected" not in {finding.code for finding in answer.findings}


def test_consecutive_numbers_are_warned_about(make_sheet: MakeSheet) -> None:
    answer = screened(make_sheet(["Mobile"], *[[f"063998{n:04}"] for n in range(250)]))
    assert "generated_numbers" in {finding.code for finding in answer.findings}


def test_screening_an_empty_sheet_gives_empty_tables(make_sheet: MakeSheet) -> None:
    answer = screened(make_sheet(["Mobile", "Name"]))
    assert (answer.rows, answer.sendable, answer.rejected) == (0, 0, 0)


def test_repaired_numbers_are_counted(make_sheet: MakeSheet) -> None:
    answer = screened(make_sheet(["Mobile"], ["639981230"], ["0639981231.0"], ["0639981232"]))
    assert (answer.repaired, answer.sendable) == (2, 3)


def test_numbers_sent_before_may_come_as_digits(make_sheet: MakeSheet) -> None:
    rules = ScreeningRules(rehearsal=True, sent_before=np.array([33639981230], dtype=np.int64))
    assert reasons(screened(make_sheet(["Mobile"], ["0639981230"]), rules=rules)) == {
        2: "sent_before"
    }


def test_opt_outs_in_national_form_hold_back_international_ones(make_sheet: MakeSheet) -> None:
    named = make_sheet(["Nom", "Téléphone"], ["A", "06 39 98 12 30 / 06 39 98 12 31"])
    bare = make_sheet(["0639981232"], ["0639981233"], ["who?"])
    opt_outs = read_opt_outs([named, bare], "FR")
    assert (len(opt_outs), opt_outs.unreadable) == (4, 1)
    people = [[f"+3363998123{digit}"] for digit in range(5)]
    answer = screened(make_sheet(["Mobile"], *people), opt_outs=opt_outs)
    assert (answer.contacts["phone_number"].tolist(), answer.opted_out) == ([33639981234], 4)


@pytest.mark.parametrize(("rule", "rows"), [("first", [2, 3, 6]), ("last", [3, 4, 6])])
def test_the_content_is_the_same_before_and_after_someone_opts_out(
    make_sheet: MakeSheet, rule: str, rows: list[int]
) -> None:
    rules = ScreeningRules(rehearsal=True, duplicates=Duplicates(rule))
    sheet = make_sheet(
        ["Mobile", "Vorname", "SMS_BLACKLISTED"],
        ["0639981230", "A", "no"],
        ["0639981231", "B", "no"],
        ["06 39 98 12 30", "A again", "no"],
        ["0639981232", "C", "yes"],
        ["0639981233", "D", "no"],
        ["+33639981232", "C elsewhere", "no"],
    )
    before = screened(sheet, rules=rules)
    everyone = OptOutList(digits=np.arange(33639981230, 33639981234))
    for said_no in (OptOutList(digits=np.array([33639981230])), everyone):
        after = screened(sheet, rules=rules, opt_outs=said_no)
        assert after.sendable < before.sendable
        assert content_of(after).astype("str").equals(content_of(before).astype("str"))
    assert set(content_of(before)["phone_number"]) == {33639981230, 33639981231, 33639981233}
    assert content_of(before)["row"].tolist() == rows
