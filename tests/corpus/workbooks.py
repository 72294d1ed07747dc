"""Workbooks: the same table in every format, what is hidden, merged, calculated or lied about."""

import io
import re
from collections.abc import Callable

import openpyxl
import xlsxwriter
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from bulksms.errors import EmptySheet, LoadError
from bulksms.loader import ReadOptions
from tests.corpus.case import HEADER, ROWS, Case, Rows
from tests.corpus.formats import ods, with_parts, xls, xlsm, xlsx

LINES = [HEADER, *ROWS.values()]
SHEET = "xl/worksheets/sheet1.xml"
NUMBERS: list[list[object]] = [["phone"], [33639980001], [639980002]]


def workbook_cases() -> list[Case]:
    """Return every case of this family."""
    return [*_formats(), *_hidden(), *_cells(), *_lies(), *_hostile()]


def _formats() -> list[Case]:
    digits: Rows = {2: ("33639980001",), 3: ("639980002",)}
    writers = {"xlsx": xlsx, "xlsm": xlsm, "xls": xls, "ods": ods}
    cases = []
    for suffix, write in writers.items():
        cases += [
            Case(file=f"table.{suffix}", data=write(LINES)),
            Case(
                file=f"numbers.{suffix}",
                data=write(NUMBERS),
                header=("phone",),
                rows=digits,
            ),
            Case(
                file=f"only-header.{suffix}",
                data=write([HEADER]),
                error=EmptySheet,
                sentence="no contacts",
            ),
            Case(
                file=f"{suffix}-named.csv",
                data=write(LINES),
                findings=frozenset({"mislabelled"}),
            ),
        ]
    return cases


def _hidden() -> list[Case]:
    def hide(page: Worksheet) -> None:
        page.row_dimensions[3].hidden = True

    def hide_column(page: Worksheet) -> None:
        page.column_dimensions["C"].hidden = True

    data = xlsx(LINES, hide)
    seen = {number: row for number, row in ROWS.items() if number != 3}
    return [
        Case(file="hidden-row.xlsx", data=data, rows=seen, hidden_rows=1),
        Case(file="hidden-row-included.xlsx", data=data, options=ReadOptions(include_hidden=True)),
        *(
            Case(
                file=f"{state}-sheet.xlsx",
                data=_hidden_sheet(state),
                findings=frozenset({"hidden_sheets"}),
            )
            for state in ("hidden", "veryHidden")
        ),
        Case(
            file="hidden-column.xlsx",
            data=xlsx(LINES, hide_column),
            findings=frozenset({"hidden_columns"}),
        ),
    ]


def _hidden_sheet(state: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(LINES)))
    more = book.create_sheet("old")
    more.append(["phone"])
    more.append(["0639980009"])
    more.sheet_state = state
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cells() -> list[Case]:
    def merge(page: Worksheet) -> None:
        page.merge_cells("A1:B1")

    def merge_rows(page: Worksheet) -> None:
        page.merge_cells("B2:B3")

    def pad(page: Worksheet) -> None:
        page["A2"].number_format = "0000000000"

    def title(page: Worksheet) -> None:
        page.insert_rows(1, amount=3)
        page["A1"] = "All shops"

    def far(page: Worksheet) -> None:
        page["XFD1048576"].font = Font(bold=True)

    return [
        Case(
            file="merged-header.xlsx",
            data=xlsx(LINES, merge),
            header=("phone", "", "city"),
        ),
        Case(
            file="title-lines.xlsx",
            data=xlsx(LINES, title),
            rows={number + 3: row for number, row in ROWS.items()},
            findings=frozenset({"title_lines"}),
        ),
        Case(file="far-corner-style.xlsx", data=xlsx(LINES, far), seconds=2.0),
        _formulas(),
        Case(
            file="zeros-of-the-format.xlsx",
            data=xlsx([["phone"], [639980001]], pad),
            header=("phone",),
            rows={2: ("0639980001",)},
        ),
        Case(
            file="merged-rows.xlsx",
            data=xlsx(LINES, merge_rows),
            rows={**ROWS, 3: (ROWS[3][0], "", ROWS[3][2])},
        ),
        Case(
            file="totals.xlsx",
            data=xlsx([*LINES, ["Total", 3], [], ["Generated on 2026-03-01"]]),
            rows={**ROWS, 5: ("Total", "3", ""), 7: ("Generated on 2026-03-01", "", "")},
        ),
        Case(
            file="gap.xlsx",
            data=xlsx([*LINES, *[[]] * 101, ["0639980004", "Ada", "Bern"]]),
            rows={**ROWS, 106: ("0639980004", "Ada", "Bern")},
            findings=frozenset({"gap"}),
        ),
        Case(
            file="formula-without-value.xlsx",
            data=xlsx([["phone", "name"], ['="06"&"39980001"', "Ada"]]),
            header=("phone", "name"),
            rows={2: ("", "Ada")},
            unresolved=frozenset({(2, 0)}),
        ),
        Case(
            file="error-cells.xlsx",
            data=xlsx([["phone", "name"], ["#N/A", "Ada"], ["0639980002", "#REF!"]]),
            header=("phone", "name"),
            rows={2: ("", "Ada"), 3: ("0639980002", "")},
            unresolved=frozenset({(2, 0), (3, 1)}),
        ),
    ]


def _formulas() -> Case:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["phone", "name"])
        page.write_formula(1, 0, '="06"&"39980001"', None, "0639980001")
        page.write_string(1, 1, "Ada")
    return Case(
        file="formula-values.xlsx",
        data=out.getvalue(),
        header=("phone", "name"),
        rows={2: ("0639980001", "Ada")},
    )


def _lies() -> list[Case]:
    def dimension(said: bytes) -> Callable[[bytes], bytes]:
        stated = b'<dimension ref="' + said + b'"/>'
        return lambda body: re.sub(rb"<dimension[^>]*/>", stated, body)

    return [
        Case(file=f"dimension-{name}.xlsx", data=with_parts(xlsx(LINES), {SHEET: dimension(said)}))
        for name, said in {"too-small": b"A1", "too-large": b"A1:XFD1048576"}.items()
    ]


def _hostile() -> list[Case]:
    def doctype(body: bytes) -> bytes:
        return body.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)

    def bomb(body: bytes) -> bytes:
        return body.replace(b"</sheetData>", b" " * 30_000_000 + b"</sheetData>")

    def no_table(_: bytes) -> bytes:
        return b"<html"

    def move(reference: bytes) -> Callable[[bytes], bytes]:
        return lambda body: body.replace(b'r="A4"', b'r="' + reference + b'"')

    def lower(body: bytes) -> bytes:
        return re.sub(rb' r="[A-C]4"', b"", body).replace(b'<row r="4"', b'<row r="200000000"')

    whole = xlsx(LINES)
    nowhere = ("A4000000000", "Z9999999", "ZZZZZZ4", "ZZZ4", "A99999999999999999999", "Z4294967295")
    return [
        *(
            _refused(
                f"cell-{reference}", with_parts(whole, {SHEET: move(reference.encode())}), "damaged"
            )
            for reference in nowhere
        ),
        _refused("row-nowhere", with_parts(whole, {SHEET: lower}), "damaged"),
        _refused("doctype", with_parts(whole, {SHEET: doctype}), "DOCTYPE"),
        _refused("bomb", with_parts(whole, {SHEET: bomb}), "when unpacked"),
        _refused("parts", with_parts(whole, {f"a{n}": bytes for n in range(2100)}), "2000 parts"),
        _refused("climbing", with_parts(whole, {"../a.xml": bytes}), "is damaged"),
        _refused("cut-short", whole[: len(whole) // 2], "is damaged"),
        _refused("not-xml", with_parts(whole, {SHEET: no_table}), "is damaged"),
    ]


def _refused(name: str, data: bytes, say: str) -> Case:
    return Case(file=f"{name}.xlsx", data=data, error=LoadError, sentence=say)
