"""Delimited text: encodings, separators, quotes, titles, blank and ragged rows."""

from pathlib import Path

import pytest

from bulksms.errors import EmptySheet, NoSuchSheet, UndecodableText, UsageError
from bulksms.loader import ReadOptions, Sheet, open_sheets
from tests.sheets import cells_by_row, cells_of

TABLE = "phone;prénom;ville\n+33639980001;Zoé;Nîmes\n+33639980002;Éric;Orléans\n"
ROWS = [["+33639980001", "Zoé", "Nîmes"], ["+33639980002", "Éric", "Orléans"]]


def read(tmp_path: Path, data: bytes | str, name: str = "a.csv", **options: str | bool) -> Sheet:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (sheet,) = open_sheets(path, ReadOptions(**options))  # type: ignore[arg-type]
    return sheet


def codes(sheet: Sheet) -> list[str]:
    return [note.code for note in sheet.findings]


@pytest.mark.parametrize(
    ("codec", "mark", "expected", "guessed"),
    [
        ("utf-8", b"", "utf-8", []),
        ("utf-8", b"\xef\xbb\xbf", "utf-8-sig", []),
        ("utf-16-le", b"\xff\xfe", "utf-16-le", []),
        ("utf-16-be", b"\xfe\xff", "utf-16-be", []),
        ("utf-16-le", b"", "utf-16-le", ["utf16_without_bom"]),
        ("utf-16-be", b"", "utf-16-be", ["utf16_without_bom"]),
        ("cp1252", b"", "cp1252", ["encoding_guess"]),
    ],
)
def test_accents_are_read_right_in_every_encoding(
    tmp_path: Path, codec: str, mark: bytes, expected: str, guessed: list[str]
) -> None:
    sheet = read(tmp_path, mark + TABLE.encode(codec))
    assert sheet.header == ("phone", "prénom", "ville")
    assert cells_of(sheet.rows) == ROWS
    assert sheet.source.encoding == expected
    assert codes(sheet) == guessed


def test_one_accent_far_below_still_decides_the_encoding(tmp_path: Path) -> None:
    text = "phone\n" + "+33639980001\n" * 200_000
    sheet = read(tmp_path, text.encode() + "Zoé\n".encode("cp1252"))
    assert sheet.source.encoding == "cp1252"
    assert sheet.rows.cell(200_000, 0) == "Zoé"


def test_bytes_that_are_not_the_chosen_encoding_are_named_by_line(tmp_path: Path) -> None:
    with pytest.raises(UndecodableText, match="line 2"):
        read(
            tmp_path,
            TABLE.encode("cp1252").replace("é".encode("cp1252"), b"e", 1),
            encoding="utf-8",
        )


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='no encoding "klingon"'):
        read(tmp_path, TABLE, encoding="klingon")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_separator_and_the_line_end_are_found(tmp_path: Path, separator: str, end: str) -> None:
    sheet = read(tmp_path, TABLE.replace(";", separator).replace("\n", end))
    assert cells_of(sheet.rows) == ROWS
    assert sheet.source.delimiter == separator
    assert sheet.rows.row_numbers.tolist() == [2, 3]


def test_names_that_hold_commas_do_not_win_the_vote(tmp_path: Path) -> None:
    sheet = read(tmp_path, "phone;name\n+33639980001;Dupont, Jean\n+33639980002;Petit, Zoé\n")
    assert cells_of(sheet.rows) == [
        ["+33639980001", "Dupont, Jean"],
        ["+33639980002", "Petit, Zoé"],
    ]


def test_one_column_stays_one_column(tmp_path: Path) -> None:
    sheet = read(tmp_path, "phone\n0639980001\n0639980002\n", name="a.txt")
    assert cells_of(sheet.rows) == [["0639980001"], ["0639980002"]]
    assert (sheet.source.format, sheet.source.delimiter) == ("txt", None)


def test_a_few_commas_in_one_column_make_ragged_rows(tmp_path: Path) -> None:
    numbers = "".join(f"06399800{n:02}\n" for n in range(10))
    sheet = read(tmp_path, f"phone\n{numbers}0639980011,0639980012\n")
    assert sheet.ragged.tolist() == [12]
    assert len(sheet.rows) == 11


def test_a_sep_line_is_obeyed_and_is_no_row(tmp_path: Path) -> None:
    sheet = read(tmp_path, "sep=|\r\nphone|a,b,c\r\n+33639980001|1,2,3\r\n")
    assert sheet.header == ("phone", "a,b,c")
    assert sheet.rows.row_numbers.tolist() == [2]
    assert sheet.source.delimiter == "|"


def test_a_delimiter_of_two_characters_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one character"):
        read(tmp_path, TABLE, delimiter="::")


@pytest.mark.parametrize("line", ["A;B;C", "1;2;3"])
def test_the_names_of_a_sheets_own_columns_are_no_header(tmp_path: Path, line: str) -> None:
    sheet = read(tmp_path, f"{line}\n{TABLE}")
    assert sheet.header == ("phone", "prénom", "ville")
    assert sheet.rows.row_numbers.tolist() == [3, 4]


def test_titles_and_blank_lines_above_the_header_are_skipped(tmp_path: Path) -> None:
    sheet = read(tmp_path, "ACME;;\nExport du;12/03/2026;\n\n" + TABLE)
    assert sheet.header == ("phone", "prénom", "ville")
    assert sheet.rows.row_numbers.tolist() == [5, 6]
    assert codes(sheet) == ["title_lines"]


def test_a_header_one_cell_short_does_not_eat_the_first_contact(tmp_path: Path) -> None:
    sheet = read(tmp_path, "phone,name\n+33639980001,Smith,John\n+33639980002,Petit,Zoé\n")
    assert sheet.header == ("phone", "name")
    assert sheet.ragged.tolist() == [2, 3]


def test_the_last_record_is_never_the_header(tmp_path: Path) -> None:
    sheet = read(tmp_path, "phone;\n+33639980001;Zoé\n")
    assert sheet.header == ("phone", "")
    assert cells_of(sheet.rows) == [["+33639980001", "Zoé"]]


def test_a_blank_first_header_is_kept(tmp_path: Path) -> None:
    sheet = read(tmp_path, ",phone,name\n0,+33639980001,Jean\n1,+33639980002,Zoé\n")
    assert sheet.header == ("", "phone", "name")


def test_blank_rows_are_skipped_but_numbered(tmp_path: Path) -> None:
    sheet = read(tmp_path, "phone;name\n\n+33639980001;A\n;\n \n+33639980002;B\n")
    assert sheet.rows.row_numbers.tolist() == [3, 6]


def test_short_rows_are_padded_and_long_ones_are_ragged(tmp_path: Path) -> None:
    sheet = read(tmp_path, "p;a;b\n1;2;3\n1\n1;2;3;4\n1;2;3;\n")
    assert cells_of(sheet.rows) == [
        ["1", "2", "3"],
        ["1", "", ""],
        ["1", "2", "3"],
        ["1", "2", "3"],
    ]
    assert sheet.ragged.tolist() == [4]


def test_a_quoted_line_break_is_one_row(tmp_path: Path) -> None:
    sheet = read(tmp_path, 'p;a\n1;"rue\r\nde ""Lyon"""\n2;b\n')
    assert cells_of(sheet.rows) == [["1", 'rue\r\nde "Lyon"'], ["2", "b"]]
    assert sheet.rows.row_numbers.tolist() == [2, 3]


def test_odd_line_separators_inside_a_cell_split_nothing(tmp_path: Path) -> None:
    sheet = read(tmp_path, "p;a\n1;x\u2028y\u0085z\x0bw\n")
    assert cells_of(sheet.rows) == [["1", "x\u2028y\u0085z\x0bw"]]


@pytest.mark.parametrize(
    ("text", "broken", "sound"),
    [
        ('p;a\n1;"ok\nok"\n2;"Anna\n3;Bob\n4;Carl\n', [3], ["ok\nok", "Bob", "Carl"]),
        ('p;a\n1;x\n2;"Anna\n3;"Bob"\n4;Carl\n', [3], ["x", "Bob", "Carl"]),
        ('p;a\n1;"Jean "Le Grand"\n2;Eva\n', [2], ["Eva"]),
        ('p;a\n1;Eva\n2;"Jean', [3], ["Eva"]),
        ('p;a\n1;"Eva"\n2;Jean"\n', [3], ["Eva"]),
        ('p;a\n1;"Eva"\n2"Jean";\n', [3], ["Eva"]),
    ],
)
def test_a_broken_quote_costs_its_row(
    tmp_path: Path, text: str, broken: list[int], sound: list[str]
) -> None:
    sheet = read(tmp_path, text)
    assert sheet.broken.tolist() == broken
    assert codes(sheet).count("broken_rows") == 1
    assert [
        cells[1] for row, cells in cells_by_row(sheet.rows).items() if row not in broken
    ] == sound


def test_a_missing_quote_swallows_no_row_of_the_right_width(tmp_path: Path) -> None:
    sheet = read(tmp_path, 'p,a,c\n0639980001,"Zoé,Lyon\n0639980002,Bob",Nice\n')
    assert sheet.broken.tolist() == [2, 3]


def test_lines_inside_quotes_stay_one_cell(tmp_path: Path) -> None:
    sheet = read(tmp_path, 'p,a\n0639980001,"12, rue X\nLyon, Tél 0639980009"\n')
    assert (cells_of(sheet.rows), codes(sheet)) == (
        [["0639980001", "12, rue X\nLyon, Tél 0639980009"]],
        [],
    )


@pytest.mark.parametrize("name", ['Bar "Chez Léon"', '27" TV'])
def test_quotes_are_letters_in_a_file_that_quotes_no_cell(tmp_path: Path, name: str) -> None:
    sheet = read(tmp_path, f"p;a\n0639980001;{name}\n0639980002;Bob\n")
    assert (cells_of(sheet.rows)[0][1], sheet.broken.tolist()) == (name, [])


def test_quotes_that_never_fall_back_into_step_are_refused_with_the_line(tmp_path: Path) -> None:
    broken = "".join(f'{at};"Jean "Le Grand"\n' for at in range(5))
    with pytest.raises(UndecodableText, match="line 6: a quote opens here"):
        read(tmp_path, "p;a\n0;x\n" + broken)


def test_a_quote_in_a_title_is_a_letter(tmp_path: Path) -> None:
    sheet = read(tmp_path, 'List of "VIP\np;a\n0639980001;Zoé\n0639980002;"Bob"\n')
    assert (sheet.header, cells_of(sheet.rows)[0][1]) == (("p", "a"), "Zoé")


def test_a_header_with_a_broken_quote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UndecodableText, match="line 1: a quote opens here"):
        read(tmp_path, 'p;"a\n1;x\n2;y\n')


def test_words_and_digits_stay_what_they_were(tmp_path: Path) -> None:
    sheet = read(tmp_path, "p,a,b,c\n0639980001,NA,None,1e5\n33639980002.0,null,nan,007\n")
    assert cells_of(sheet.rows) == [
        ["0639980001", "NA", "None", "1e5"],
        ["33639980002.0", "null", "nan", "007"],
    ]


def test_guards_of_excel_are_taken_off(tmp_path: Path) -> None:
    sheet = read(tmp_path, 'p,a\n"=""0639980001""",\'t Hooft\n\'0639980002,=A1\n')
    assert cells_of(sheet.rows) == [["0639980001", "'t Hooft"], ["0639980002", "=A1"]]


def test_a_zero_byte_does_not_vanish_from_a_number(tmp_path: Path) -> None:
    sheet = read(tmp_path, "phone,name\n+3363998\x000001,Jean\n" + "+33639980002,Zoé\n" * 20)
    assert sheet.rows.cell(0, 0) == "+3363998\ufffd0001"
    assert codes(sheet) == ["nul_bytes", "replacement_characters"]


def test_without_a_header_columns_are_numbers_and_row_one_is_data(tmp_path: Path) -> None:
    sheet = read(tmp_path, "+33639980001;Zoé\n+33639980002;Éric\n", no_header=True)
    assert sheet.header == ("1", "2")
    assert sheet.rows.row_numbers.tolist() == [1, 2]


def test_a_contact_taken_for_a_header_is_said(tmp_path: Path) -> None:
    sheet = read(tmp_path, "+33639980001;Zoé\n+33639980002;Éric\n")
    assert codes(sheet) == ["header_looks_like_data"]


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n \n", b"phone;name\n", b"\xff\xfe"])
def test_nothing_below_the_header_is_an_empty_sheet(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(EmptySheet, match="no contacts below the header"):
        read(tmp_path, data)


def test_text_has_no_sheets(tmp_path: Path) -> None:
    with pytest.raises(NoSuchSheet, match='"Clients"'):
        read(tmp_path, TABLE, sheet="Clients")
