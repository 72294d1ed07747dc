"""A line break inside the first or the last cell of a row texts nobody half a word."""

import pytest

from bulksms.loader.sheets import read_sheets

NAMES = ("Anna", "Bruno", "Chloé", "David", "Emma", "Farid", "Gaëlle", "Hugo", "Inès", "Jules")


def left_out(header: str, lines: list[str]) -> list[int]:
    (sheet,) = read_sheets("\r\n".join([header, *lines, ""]).encode("utf-8-sig"), "list.csv")
    return sorted({*sheet.ragged.tolist(), *sheet.broken.tolist()})


@pytest.mark.parametrize("row", [0, 4, 9])
@pytest.mark.parametrize(
    ("last", "length"),
    [("Dr Lambert", 3), ("Dr Lambert", 5), ("120 points", 5), ("120", 2), ("Lyon", 2)],
)
def test_the_row_before_the_end_of_its_last_cell_is_left_out(
    row: int, last: str, length: int
) -> None:
    lines = [f"06399800{at:02};{name};{last}" for at, name in enumerate(NAMES)]
    cut = len(lines[row]) - len(last) + length
    lines[row : row + 1] = [lines[row][:cut], lines[row][cut:]]
    assert left_out("Mobile;Prénom;Avec", lines) == [row + 2, row + 3]


@pytest.mark.parametrize("row", [0, 4, 9])
def test_the_row_after_the_beginning_of_its_first_cell_is_left_out(row: int) -> None:
    lines = [f"{name};06399800{at:02};Lyon" for at, name in enumerate(NAMES)]
    lines[row : row + 1] = [lines[row][:2], lines[row][2:]]
    assert left_out("Prénom;Mobile;Ville", lines) == [row + 2, row + 3]


def test_a_piece_that_completes_the_last_cell_before_it_is_known_by_the_other_rows() -> None:
    lines = [f"{name};06399800{at:02};VIP" for at, name in enumerate(NAMES)]
    lines[4:5] = [lines[4][:-1], "P"]
    assert left_out("Prénom;Mobile;Statut", lines) == [6, 7]


def test_a_cut_line_costs_itself_only() -> None:
    lines = [f"06399800{at:02};{name};Lyon" for at, name in enumerate(NAMES)]
    lines[4] = lines[4][:7]
    assert left_out("Mobile;Prénom;Ville", lines) == [6]
    lines = [f"{name};06399800{at:02};Lyon" for at, name in enumerate(NAMES)]
    lines[4] = lines[4][:3]
    assert left_out("Prénom;Mobile;Ville", lines) == [6]


def test_a_footer_costs_no_contact() -> None:
    lines = [f"06399800{at:02};{name};Lyon" for at, name in enumerate(NAMES)]
    assert left_out("Mobile;Prénom;Ville", [*lines, "Total : 10 contacts"]) == [12]


def test_a_list_of_numbers_alone_among_rows_that_drop_empty_cells_is_whole() -> None:
    lines = [f"06399800{at:02};{name}" if at % 2 else f"06399800{at:02}" for at, name in
             enumerate(NAMES)]  # fmt: skip
    assert left_out("Mobile;Prénom", lines) == []
