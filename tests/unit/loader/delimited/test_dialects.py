r"""Texts that are not written as RFC 4180 says are read, or asked about."""

import pytest

from bulksms.errors import EmptySheet, UndecodableText
from bulksms.loader import ReadOptions, Sheet
from bulksms.loader.sheets import read_sheets
from tests.corpus.formats import text, xlsx
from tests.sheets import cells_of

PEOPLE = [["Zoé", "0639980001", "Lyon"], ["Max", "0639980002", "Saint-Jean, Haut"]]


def sheet_of(content: str, options: ReadOptions | None = None) -> Sheet:
    (sheet,) = read_sheets(content.encode(), "list.csv", options or ReadOptions())
    return sheet


def codes(sheet: Sheet) -> list[str]:
    return [finding.code for finding in sheet.findings]


@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_a_blank_after_each_separator_is_no_part_of_a_cell(separator: str) -> None:
    lines = [["name", "phone", '"city"'], *([*row[:2], f'"{row[2]}"'] for row in PEOPLE)]
    sheet = sheet_of("\r\n".join(f"{separator} ".join(line) for line in lines))
    assert (sheet.header, cells_of(sheet.rows), codes(sheet)) == (
        ("name", "phone", "city"),
        PEOPLE,
        [],
    )


def test_a_blank_after_each_separator_stays_empty_at_the_end() -> None:
    sheet = sheet_of('phone, "name", points\r\n0639980001, "Dit, X", \r\n0639980002, "Bo", 3\r\n')
    assert cells_of(sheet.rows) == [["0639980001", "Dit, X", ""], ["0639980002", "Bo", "3"]]
    assert (sheet.ragged.tolist(), sheet.broken.tolist()) == ([], [])


@pytest.mark.parametrize(("before", "after"), [(" ", " "), (" ", ""), ("  ", "\t")])
@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_blanks_between_quotes_and_separators_are_no_part_of_a_cell(
    separator: str, before: str, after: str
) -> None:
    lines = [[f'"{cell}"' for cell in row] for row in [["name", "phone", "city"], *PEOPLE]]
    glue = before + separator + after.strip("\t")
    sheet = sheet_of("\n".join(glue.join(line) + before for line in lines))
    assert (sheet.header, cells_of(sheet.rows), codes(sheet)) == (
        ("name", "phone", "city"),
        PEOPLE,
        [],
    )


@pytest.mark.parametrize("edge", ['"', ""])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_numbers_guarded_for_excel_break_no_row(separator: str, edge: str) -> None:
    people = [[f"Nom{at}", f"06399800{at:02}", "Lyon"] for at in range(50)]
    lines = [
        [f"{edge}{name}{edge}", f'="{number}"', f"{edge}{city}{edge}"]
        for name, number, city in people
    ]
    sheet = sheet_of("\n".join(map(separator.join, [["name", "phone", "city"], *lines])))
    assert cells_of(sheet.rows) == people
    assert (sheet.broken.tolist(), sheet.ragged.tolist()) == ([], [])


def test_quotes_behind_a_blank_in_one_row_break_that_row() -> None:
    people = [[f"Nom{at}", f"06399800{at:02}", "Lyon"] for at in range(50)]
    lines = ['"' + '";"'.join(row) + '"' for row in people]
    lines[7] = "  " + lines[7]
    sheet = sheet_of("\n".join(["name;phone;city", *lines, ""]))
    assert sheet.broken.tolist() == [9]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_single_quotes_around_cells_come_off(end: str) -> None:
    lines = ["'name','phone','city'", *("'" + "','".join(row) + "'" for row in PEOPLE)]
    sheet = sheet_of(end.join([*lines, ""]))
    assert (sheet.header, cells_of(sheet.rows)) == (("name", "phone", "city"), PEOPLE)
    assert codes(sheet) == ["unusual_dialect"]


@pytest.mark.parametrize("quotes", ["“”", "„“", "«»", "´´", "``"])  # noqa: RUF001
def test_other_quotes_around_cells_come_off(quotes: str) -> None:
    lines = [quotes[0] + f"{quotes[1]},{quotes[0]}".join(row) + quotes[1] for row in PEOPLE]
    sheet = sheet_of("\n".join(["name,phone,city", *lines, ""]))
    assert cells_of(sheet.rows) == PEOPLE
    assert sheet.findings[0].message == (
        f"The file is written in an unusual way: cells are between {quotes[0]} and {quotes[1]}; "
        "check the columns."
    )


@pytest.mark.parametrize("separator", [":", "~", "^", "¦", "#"])
def test_a_rare_separator_is_found_when_no_usual_one_cuts_the_header(separator: str) -> None:
    lines = [["name", "phone", "city"], *([*row[:2], f'"{row[2]}"'] for row in PEOPLE)]
    sheet = sheet_of("\n".join(separator.join(line) for line in lines))
    assert (sheet.source.delimiter, cells_of(sheet.rows)) == (separator, PEOPLE)
    assert codes(sheet) == ["unusual_dialect"]


def test_labels_before_numbers_separate_no_cells() -> None:
    sheet = sheet_of("Contacts\nTél: 0639980001\nTél: 0639980002\n")
    assert (sheet.source.delimiter, cells_of(sheet.rows)[0]) == (None, ["Tél: 0639980001"])


def test_quotes_between_unknown_separators_are_refused_with_the_way_out() -> None:
    lines = ["name phone city", *(f'{row[0]} {row[1]} "Le, {row[0]}"' for row in PEOPLE * 3)]
    with pytest.raises(UndecodableText, match="or give --delimiter if the cells are separated"):
        sheet_of("\n".join(lines))


def test_apostrophes_in_names_are_no_quotes() -> None:
    sheet = sheet_of("name,phone\nD'Arcy,0639980001\n'Ndrangheta,0639980002\nO'Neill',0639980003\n")
    assert [row[0] for row in cells_of(sheet.rows)] == ["D'Arcy", "'Ndrangheta", "O'Neill'"]
    assert codes(sheet) == []


def test_lines_in_quotes_as_a_whole_are_unwrapped() -> None:
    sheet = sheet_of(
        '"name,phone,city"\r\n"Zoé,0639980001,Lyon"\r\n"Max,0639980002,""Saint-Jean, Haut"""\r\n'
    )
    assert (sheet.header, cells_of(sheet.rows)) == (("name", "phone", "city"), PEOPLE)
    assert codes(sheet) == ["unusual_dialect"]


@pytest.mark.parametrize("tail", [";", ";;;", ",,"])
def test_lines_in_quotes_keep_no_separators_behind_them(tail: str) -> None:
    lines = ["name,phone,city", "Zoé,0639980001,Lyon", 'Max,0639980002,""Saint-Jean, Haut""']
    sheet = sheet_of("".join(f'"{line}"{tail}\r\n' for line in lines))
    assert (sheet.header, cells_of(sheet.rows)) == (("name", "phone", "city"), PEOPLE)


def test_a_single_column_in_quotes_is_not_unwrapped() -> None:
    sheet = sheet_of('"phone"\n"0639980001"\n"0639980002"\n')
    assert (cells_of(sheet.rows), codes(sheet)) == ([["0639980001"], ["0639980002"]], [])


def test_backslashes_escape_quotes_and_separators() -> None:
    sheet = sheet_of(
        '"name","phone","city"\n"Jean \\"Le Grand\\"","0639980001","Lyon"\n'
        '"Max","0639980002","Nice"\n'
    )
    assert cells_of(sheet.rows)[0] == ['Jean "Le Grand"', "0639980001", "Lyon"]
    assert (codes(sheet), sheet.broken.tolist()) == (["unusual_dialect"], [])


def test_a_backslash_before_a_separator_keeps_the_cell_whole() -> None:
    sheet = sheet_of("name,phone,city\nZoé,0639980001,Saint-Jean\\, Haut\n\\N,0639980002,Nice\n")
    assert cells_of(sheet.rows) == [
        ["Zoé", "0639980001", "Saint-Jean, Haut"],
        ["", "0639980002", "Nice"],
    ]


def test_backslashes_that_escape_nothing_are_kept() -> None:
    sheet = sheet_of("name,phone\nD\\'Arcy,0639980001\n\\N,0639980002\n")
    assert [row[0] for row in cells_of(sheet.rows)] == ["D'Arcy", ""]


TWO_ROWS = [
    (
        "group above",
        [
            ["Client", "", "Phone", "", "Address"],
            ["first_name", "last_name", "home", "mobile", "city"],
            ["Zoé", "Durand", "0142685301", "0639980001", "Lyon"],
            ["Max", "Petit", "", "0639980002", "Nice"],
        ],
        ("first_name", "last_name", "home", "mobile", "city"),
        ["title_lines"],
    ),
    (
        "repeated group above",
        [
            ["Client", "Client", "Contact"],
            ["first_name", "last_name", "phone"],
            ["Zoé", "Durand", "0639980001"],
            ["Max", "Petit", "0639980002"],
        ],
        ("first_name", "last_name", "phone"),
        ["title_lines"],
    ),
    (
        "words below",
        [
            ["Phone", "First name", "City"],
            ["mobile", "usual", "town"],
            ["0639980001", "Zoé", "Lyon"],
            ["0639980002", "Max", "Nice"],
        ],
        ("Phone", "First name", "City"),
        ["two_header_rows"],
    ),
    (
        "a nameless column and a first contact with a word for its number",
        [
            ["Phone", "", "City"],
            ["unknown", "Léa", "Metz"],
            ["0639980001", "Zoé", "Lyon"],
            ["0639980002", "Max", "Nice"],
        ],
        ("Phone", "", "City"),
        ["two_header_rows"],
    ),
    (
        "a first contact whose number lost its digits",
        [
            ["Phone", "First name", "City"],
            ["6.4E+08", "Léa", "Metz"],
            ["0639980001", "Zoé", "Lyon"],
            ["0639980002", "Max", "Nice"],
        ],
        ("Phone", "First name", "City"),
        [],
    ),
    (
        "a first contact without a number",
        [
            ["Phone", "First name", "City"],
            ["", "Léa", "Metz"],
            ["0639980001", "Zoé", "Lyon"],
            ["0639980002", "Max", "Nice"],
        ],
        ("Phone", "First name", "City"),
        [],
    ),
    (
        "title above",
        [
            ["Export of March", "", ""],
            ["Phone", "First name", "City"],
            ["0639980001", "Zoé", "Lyon"],
            ["0639980002", "Max", "Nice"],
        ],
        ("Phone", "First name", "City"),
        ["title_lines"],
    ),
]


def saved(rows: list[list[str]], suffix: str) -> bytes:
    return xlsx(rows) if suffix == "xlsx" else text(rows).encode()


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize(("name", "rows", "header", "expected"), TWO_ROWS)
def test_two_header_rows_are_understood_or_named(
    suffix: str, name: str, rows: list[list[str]], header: tuple[str, ...], expected: list[str]
) -> None:
    data = (
        xlsx(rows) if suffix == "xlsx" else "".join(",".join(row) + "\n" for row in rows).encode()
    )
    (sheet,) = read_sheets(data, f"list.{suffix}")
    assert (name, sheet.header, codes(sheet)) == (name, header, expected)


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_header_row_can_be_chosen(suffix: str) -> None:
    rows = TWO_ROWS[2][1]
    data = (
        xlsx(rows) if suffix == "xlsx" else "".join(",".join(row) + "\n" for row in rows).encode()
    )
    (sheet,) = read_sheets(data, f"list.{suffix}", ReadOptions(header_row=2))
    assert sheet.header == ("mobile", "usual", "town")
    assert cells_of(sheet.rows) == [["0639980001", "Zoé", "Lyon"], ["0639980002", "Max", "Nice"]]
    assert sheet.rows.row_numbers.tolist() == [3, 4]


def test_a_header_row_far_below_can_be_chosen() -> None:
    content = "x,y\n" * 300 + "phone,name\n0639980001,Zoé\n"
    sheet = sheet_of(content, ReadOptions(header_row=301))
    assert (sheet.header, cells_of(sheet.rows)) == (("phone", "name"), [["0639980001", "Zoé"]])


@pytest.mark.parametrize("row", [2, 9])
def test_a_blank_or_missing_header_row_is_refused(row: int) -> None:
    with pytest.raises(EmptySheet, match=f"Row {row} is blank or missing"):
        sheet_of("phone,name\n\n0639980001,Zoé\n", ReadOptions(header_row=row))
