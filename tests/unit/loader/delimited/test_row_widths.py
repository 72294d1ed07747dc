"""A row with a cell too few or too many is left out; exports that drop trailing cells are not."""

from collections.abc import Callable, Iterable

import pytest

from bulksms.loader import Sheet
from bulksms.loader.sheets import read_sheets
from tests.sheets import cells_of

Lines = Iterable[str]

HEADER = ["phone", "first_name", "city", "points", "note"]
CITIES = ["Paris", "Lyon", "Nice", "Metz"]
# In blocks, so that Excel's export has whole blocks without a last cell.
NOTES = [""] * 20 + ["regular"] * 2 + [""] * 30


def people(count: int, *, points: int = 2, notes: list[str] | None = None) -> list[list[str]]:
    """So many rows; every so many has points, and the notes are filled where they are given."""
    notes = notes or [""] * count
    return [
        [
            f"06399800{at:02}",
            f"Anna {chr(65 + at % 26)}",
            CITIES[at % 4],
            str(at) if at % points else "",
            notes[at % len(notes)],
        ]
        for at in range(count)
    ]


def trimmed(cells: list[str], least: int = 0) -> list[str]:
    """A row without its trailing empty cells, but for the first so many."""
    kept = len(cells)
    while kept > least and not cells[kept - 1]:
        kept -= 1
    return cells[:kept]


def padded(rows: list[list[str]]) -> list[list[str]]:
    return [HEADER, *rows]


def dropped(rows: list[list[str]]) -> list[list[str]]:
    return [HEADER, *map(trimmed, rows)]


def dropped_to_two(rows: list[list[str]]) -> list[list[str]]:
    return [HEADER, *(trimmed(row, 2) for row in rows)]


def by_excel(rows: list[list[str]]) -> list[list[str]]:
    """Excel gives each block of 16 rows the width of its widest."""
    whole = [HEADER, *rows]
    blocks = [whole[at : at + 16] for at in range(0, len(whole), 16)]
    widths = [max(len(trimmed(row)) for row in block) for block in blocks]
    return [row[:width] for block, width in zip(blocks, widths, strict=True) for row in block]


def with_trailing_separators(rows: list[list[str]]) -> list[list[str]]:
    return [HEADER, *([*row, "", ""] for row in rows)]


EXPORTS: dict[str, Callable[[list[list[str]]], list[list[str]]]] = {
    "padded": padded,
    "dropped": dropped,
    "dropped-to-two": dropped_to_two,
    "excel": by_excel,
    "trailing": with_trailing_separators,
}
LISTS = {
    "few": people(9),
    "many": people(60, points=3),
    "notes": people(52, notes=NOTES),
    "rare": people(40, points=40, notes=[""] * 39 + ["late"]),
}


def sheet_of(lines: Iterable[Iterable[str]], separator: str = ";") -> Sheet:
    text = "".join(separator.join(line) + "\r\n" for line in lines)
    (sheet,) = read_sheets(text.encode(), "list.csv")
    return sheet


@pytest.mark.parametrize("rows", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_twenty_exports_lose_no_one(
    export: Callable[[list[list[str]]], list[list[str]]], rows: list[list[str]]
) -> None:
    sheet = sheet_of(export(rows))
    assert sheet.ragged.tolist() == []
    assert cells_of(sheet.rows) == rows


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("cells", [["0639980099", "Zoé", "Paris"], ["0639980099"]])
def test_a_short_row_of_a_padded_list_is_ragged(separator: str, cells: list[str]) -> None:
    sheet = sheet_of([*padded(people(8)), cells, *people(2)], separator)
    assert sheet.ragged.tolist() == [10]


def test_a_wide_row_is_ragged_though_its_last_cells_are_empty() -> None:
    rows = [["0639980099", "", "Zoé", "Paris", "3", ""], *people(2)]
    assert sheet_of([*padded(people(8)), *rows]).ragged.tolist() == [10]


def test_a_row_unlike_its_block_is_ragged_in_an_export_of_excel() -> None:
    lines = by_excel(people(52, notes=NOTES))
    lines[40] = [lines[40][0], *lines[40][2:]]
    assert sheet_of(lines).ragged.tolist() == [41]


@pytest.mark.parametrize(
    "cells",
    [
        ["Zoé", "0639980099"],
        ["0639980099", "ZoéParis"],
        ["0639980099", "AnnaParis", "3"],
        ["0639980099", "Zoé", "3"],
        ["0639980099", "Paris"],
        ["0639980099,Zoé,Paris"],
        ["0639980099", "Zoé", ""],
    ],
)
def test_a_short_row_unlike_its_columns_is_ragged_in_any_export(cells: list[str]) -> None:
    lines = dropped(people(30, notes=["", "vip", "", "new"]))
    lines[9] = cells
    assert sheet_of(lines).ragged.tolist() == ([] if cells[-1] == "" else [10])


@pytest.mark.parametrize(
    "cells",
    [
        ["", "0639980099", "Zoé", "Paris"],
        ["0639980099", "", "Zoé", "Paris", "3"],
        ["0639980099", "Zoé", "Paris", "", "3"],
    ],
)
def test_a_separator_too_many_is_seen_where_trailing_cells_are_dropped(cells: list[str]) -> None:
    lines = dropped(people(30, notes=["", "vip", "", "new"]))
    lines[9] = cells
    assert sheet_of(lines).ragged.tolist() == [10]


def test_columns_with_the_same_words_are_no_sign_of_a_shift() -> None:
    names = ["Martin", "Paul", "Simon", "Robert", "Vincent"]
    rows = [[f"06399800{at:02}", names[at % 5], names[(at + 2) % 5], "vip"] for at in range(40)]
    for at, empty in [(8, 1), (9, 2), (10, 3)]:
        rows[at][empty] = ""
    lines = [row if row[-1] else row[:-1] for row in rows]
    lines[20:24] = [row[:2] for row in lines[20:24]]
    assert sheet_of([HEADER[:4], *lines]).ragged.tolist() == []


def test_a_single_short_row_of_a_complete_list_is_ragged() -> None:
    rows = [[f"06399800{at:02}", f"Anna {chr(65 + at)}", "Paris"] for at in range(12)]
    assert sheet_of([HEADER[:3], *rows[:6], rows[6][:2], *rows[7:]]).ragged.tolist() == [8]


def test_pieces_of_one_row_are_ragged_in_any_export() -> None:
    lines = dropped(people(30, notes=["", "vip", "", "new"]))
    lines[9:10] = [["0639980099"], ["Zoé"], ["Paris", "3"]]
    assert sheet_of(lines).ragged.tolist() == [10, 11, 12]


def test_the_last_row_of_an_export_of_excel_may_be_a_block_of_its_own() -> None:
    lines = by_excel(people(48, notes=["vip"] * 12 + [""] * 36))
    assert [len(line) for line in lines] == [5] * 16 + [4] * 33
    assert sheet_of(lines).ragged.tolist() == []


def test_names_with_capitals_inside_are_no_glued_cells() -> None:
    lines = dropped(people(30, notes=["", "vip"]))
    lines[9] = ["0639980099", "MacDonald VanDamme"]
    assert sheet_of(lines).ragged.tolist() == []


def test_two_lists_in_one_file_lose_no_one() -> None:
    rows = people(30)
    assert sheet_of([*padded(rows[:15]), *(row[:3] for row in rows[15:])]).ragged.tolist() == []


DROPPING = [
    [name, f"06399800{at:02}", f"{name.lower()}@example.org", city, "VIP" if at % 3 == 0 else ""]
    for at, name in enumerate(["Anna", "Bruno", "Chloé", "David", "Emma", "Farid"] * 2)
    for city in [["Paris", "Lyon", "Lille", "Nice", "Metz"][at % 5]]
]


@pytest.mark.parametrize(
    ("shifted", "left_out"),
    [
        ("Hugo;0639980007;;hugo@example.org;Lille", [9]),
        ("Hugo;0639980007;de la;hugo@example.org;Lille", [9]),
        ("Hugo;0639980007;hugo@example.org;hugo@example.org;Lille", [9]),
        ("Hugo;0639980007;0639980007;hugo@example.org;Lille", [9]),
        # Beside a short row that is shifted, another one may be a piece of it.
        ("Hugo;0639980007;hugo@example.org;Lille VIP", [9, 10]),
        ("Hugo;0639980007;hugo@example.org;LilleVIP", [9, 10]),
    ],
)
def test_a_shift_is_seen_in_a_file_that_drops_trailing_empty_cells(
    shifted: str, left_out: list[int]
) -> None:
    lines = [";".join(row).rstrip(";") for row in DROPPING]
    assert ragged_rows_of(lines) == []
    lines[7] = shifted
    assert ragged_rows_of(lines) == left_out


def ragged_rows_of(lines: list[str]) -> list[int]:
    text = "\r\n".join(["Prénom;Mobile;Email;Ville;Statut client", *lines, ""])
    (sheet,) = read_sheets(text.encode("utf-8-sig"), "list.csv")
    return list(map(int, sheet.ragged))
