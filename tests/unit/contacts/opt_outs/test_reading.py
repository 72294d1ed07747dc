"""An opt-out list gives every number in it, and our own number only by mistake of no one."""

from pathlib import Path

import pytest

from bulksms.contacts import read_guest_numbers, read_opt_outs
from bulksms.loader import open_sheets
from tests.unit.contacts.conftest import MakeSheet

ONE, TWO, OURS = "06 12 34 36 01", "06 12 34 36 02", "06 44 60 00 01"


def digits(make_sheet: MakeSheet, header: list[str], *rows: list[str]) -> list[int]:
    numbers: list[int] = read_opt_outs([make_sheet(header, *rows)], "FR").digits.tolist()
    return numbers


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (["originator,recipient,body", "33612343601,33644600001,STOP"], [33612343601]),
        (
            ["Expéditeur;Destinataire;Message;Date", "06 12 34 36 01;38015;STOP;01/01/2026"],
            [33612343601],
        ),
        (["From,To", "+33612343601,+33644600001", "+33612343602,+33644600001"],
         [33612343601, 33612343602]),
        (["Absender;Empfänger;Text", "0612343601;0644600001;Stopp"], [33612343601]),
        (["Phone;Inbox number;Message", "0612343601;0644600001;STOP",
          "0612343602;0644600001;Stop svp"], [33612343601, 33612343602]),
        (["Numéro long;Téléphone;Réponse", "0644600001;0612343601;STOP",
          "0644600001;0612343602;ok"], [33612343601, 33612343602]),
        (["Phone;Other;Note", "0612343601;0644600001;a", "0612343602;0644600001;b"],
         [33612343601, 33612343602, 33644600001]),
        (["Phone;Other;Message", "0612343601;0644600001;STOP", "0612343602;;STOP"],
         [33612343601, 33612343602, 33644600001]),
        (["Afzender;Ontvanger;Bericht", "0612343601;0644600001;Stop"], [33612343601]),
        (["Van;Aan;Bericht", "0612343601;0644600001;Stop"], [33612343601]),
        (["remitente;destinatario;mensaje", "0612343601;0644600001;baja",
          "0612343601;0644600002;baja"], [33612343601]),
    ],
)  # fmt: skip
def test_the_sender_of_a_message_is_opted_out_and_our_own_number_is_not(
    tmp_path: Path, lines: list[str], numbers: list[int]
) -> None:
    path = tmp_path / "messages.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert read_opt_outs(open_sheets(path), "FR").digits.tolist() == numbers


def test_in_what_we_sent_the_recipients_are_opted_out(make_sheet: MakeSheet) -> None:
    rows = [[OURS, ONE], [OURS, TWO]]
    assert {33612343601, 33612343602} <= set(digits(make_sheet, ["From", "To"], *rows))


def test_numbers_count_in_columns_that_no_header_announces(make_sheet: MakeSheet) -> None:
    header = ["Client", "Réf", "Autre"]
    rows = [["Ada", "A1", ONE], ["Bob", "+33612343602", ""], ["Cy", "A3", "0612343603"]]
    assert digits(make_sheet, header, *rows) == [33612343601, 33612343602, 33612343603]


def test_numbers_count_beside_a_column_called_phone(make_sheet: MakeSheet) -> None:
    header, row = ["Téléphone", "Commentaire"], [ONE, TWO]
    assert digits(make_sheet, header, row) == [33612343601, 33612343602]


def test_bare_digits_of_a_customer_number_are_no_phone_number(make_sheet: MakeSheet) -> None:
    header = ["N° client", "Téléphone"]
    rows = [["612343699", ONE], ["A-17", TWO], ["B-18", ""]]
    assert digits(make_sheet, header, *rows) == [33612343601, 33612343602]


def test_the_column_with_most_numbers_says_what_is_unreadable(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Qui", "Quoi"], ["Ada", ONE], ["Bob", TWO], ["Cy", "inconnu"])
    opt_outs = read_opt_outs([sheet], "FR")
    assert (len(opt_outs), opt_outs.unreadable, opt_outs.cells) == (2, 1, 3)


def test_a_number_among_words_counts(make_sheet: MakeSheet) -> None:
    cells = ["06 12 34 36 01 (Mme X)", "Zoé 0612343602", "voir +33 6 12 34 36 03 svp"]
    sheet = make_sheet(["Portable", "Nom"], *([cell, "Ada"] for cell in cells))
    opt_outs = read_opt_outs([sheet], "FR")
    assert opt_outs.digits.tolist() == [33612343601, 33612343602, 33612343603]
    assert (opt_outs.unreadable, opt_outs.cells) == (0, 3)


def test_a_list_without_numbers_has_none(make_sheet: MakeSheet) -> None:
    assert len(read_opt_outs([make_sheet(["Nom", "Ville"], ["Ada", "Lyon"])], "FR")) == 0


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("+33690123456", 590690123456),
        ("0033 692 12 34 57", 262692123457),
        ("+33 (0)694 12 34 56", 594694123456),
        ("33696123456", 596696123456),
        ("0690123456", 590690123456),
    ],
)
def test_an_overseas_number_written_with_33_is_the_number_it_means(
    make_sheet: MakeSheet, cell: str, number: int
) -> None:
    assert digits(make_sheet, ["Mobile"], [cell]) == [number]


def test_a_guest_list_is_read_in_its_phone_columns_only(make_sheet: MakeSheet) -> None:
    sheet = make_sheet(["Téléphone", "Commentaire"], [ONE, TWO])
    assert read_guest_numbers([sheet], "FR").digits.tolist() == [33612343601]
