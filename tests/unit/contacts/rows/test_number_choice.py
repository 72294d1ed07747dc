"""Two columns that could each be the number stop the run where they hold different ones."""

import pytest

from bulksms.contacts import OptOutList, map_columns, read_opt_outs, screen
from bulksms.contacts.columns.ranking import rank_phones
from tests.unit.contacts.conftest import RULES, MakeSheet, findings_of, screened

ONE, OTHER = "0639981230", "0639981231"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (["Phone", "phone "], "Columns 1 'Phone' and 2 'phone' of list.csv"),
        (["Portable", "Tél. mobile"], "--map phone_number='Portable' --map phone_number='Tél."),
        (["Mobile perso", "Mobile pro"], "Columns 1 'Mobile perso' and 2 'Mobile pro'"),
        (["Phone", "Phone"], "--map phone_number='1' --map phone_number='2', best first"),
    ],
)
def test_level_columns_with_different_mobiles_stop(
    make_sheet: MakeSheet, header: list[str], said: str
) -> None:
    sheet = make_sheet(header, [ONE, ONE], ["", OTHER], ["0639981232", OTHER], [ONE, "x"])
    answer = screened(sheet)
    ((level, count, message),) = findings_of(answer, "equal_columns")
    assert (level, count) == ("error", 1)
    assert said in message
    assert "first in row 4" in message
    assert findings_of(answer, "several_mobiles") == []
    assert answer.contacts["phone_number"].tolist()[-1] == 33639981232


@pytest.mark.parametrize(
    ("header", "row"),
    [
        pytest.param(
            ["Phone", "Phone"], [ONE, "+33 6 39 98 12 30"], id="one number, two spellings"
        ),
        pytest.param(["Phone", "Phone"], ["0142685300", ONE], id="a landline and a mobile"),
        pytest.param(["Phone 2", "Phone 1"], [OTHER, ONE], id="told apart by a number"),
        pytest.param(["Mobiltelefon 2", "Mobiltelefon"], [OTHER, ONE], id="no number comes first"),
        pytest.param(["Home Phone", "Mobile"], [OTHER, ONE], id="told apart by a kind"),
        pytest.param(["Phone", "Phone", "Mobile"], ["0639981232", OTHER, ONE], id="a better one"),
        pytest.param(["Phone", "Phone"], [ONE, "12"], id="only one is a number"),
    ],
)
def test_columns_distinguished_do_not_stop(
    make_sheet: MakeSheet, header: list[str], row: list[str]
) -> None:
    answer = screened(make_sheet(header, row))
    assert findings_of(answer, "equal_columns") == []
    assert answer.contacts["phone_number"].tolist() == [33639981230]


def test_a_choice_settles_it_in_the_order_given(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Phone", "Phone"], [ONE, OTHER], [ONE, ""])
    mapping = map_columns(sheet, {"phone_number": ("2", "1")})
    answer = screen([(sheet, mapping)], RULES, OptOutList())
    assert answer.contacts["phone_number"].tolist() == [33639981231, 33639981230]
    assert findings_of(answer, "equal_columns") == []


def test_labels_tell_level_columns_apart(make_sheet: MakeSheet) -> None:
    header = ["Phone 1 - Label", "Phone 1 - Value", "Phone 2 - Label", "Phone 2 - Value"]
    answer = screened(make_sheet(header, ["Mobile", ONE, "Mobile", OTHER]))
    assert findings_of(answer, "equal_columns") == []
    assert len(findings_of(answer, "several_mobiles")) == 1


def test_a_row_that_is_not_texted_raises_no_doubt(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Phone", "Phone", "DoNotCall"], [ONE, OTHER, "yes"], ["", OTHER, ""])
    assert findings_of(screened(sheet), "equal_columns") == []


def test_the_order_of_a_known_export_counts_before_kinds() -> None:
    export = ("phone", "mobile")
    header = ["Mobile", "Phone", "Cell", "Phone", "Home Phone", "Fax"]
    assert rank_phones(header, frozenset(), export) == {1: 0, 3: 0, 0: 1, 2: 2, 4: 3}
    assert rank_phones(header, frozenset({1, 0}), export) == {3: 0, 2: 1, 4: 2}


@pytest.mark.parametrize("header", ["Phone 2024", "E164 phone", "Phone 0"])
def test_a_number_that_is_no_place_tells_nothing_apart(header: str) -> None:
    assert set(rank_phones(["Phone", header], frozenset(), ()).values()) == {0}


def test_every_level_column_of_an_opt_out_list_counts(make_sheet: MakeSheet) -> None:
    opt_outs = read_opt_outs([make_sheet(["Phone", "Phone"], [ONE, OTHER])], "FR")
    assert opt_outs.digits.tolist() == [33639981230, 33639981231]


def test_a_sheet_may_have_more_phone_columns_than_numpy_chooses_among(
    make_sheet: MakeSheet,
) -> None:
    header = [f"Phone {at}" for at in range(1, 65)]
    sheet = make_sheet(header, [""] * 63 + ["0639981230"], ["0639981231"] + [""] * 63)
    assert screened(sheet).contacts["phone_number"].tolist() == [33639981230, 33639981231]
