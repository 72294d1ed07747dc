"""Files that look wrong where only people can know: they are read, and asked about."""

from tests.corpus.case import HEADER, ROWS, Case, Rows
from tests.corpus.formats import text, xls

PLAIN = text([HEADER, *ROWS.values()], separator=";")
MORE = {5: ("0639980004", "Ada", "Bern")}


def doubtful_cases() -> list[Case]:
    """Return every case of this family."""
    twice = PLAIN.encode().decode("cp1252")
    lost = PLAIN.replace("Zoé", "Zo\ufffd")
    return [
        _case("breaks-off", PLAIN + "0639980004;Ada", "last_line_incomplete", short=True),
        _case("no-last-end", PLAIN + "0639980004;Ada;Bern", more=MORE),
        _case("lone-cr", PLAIN + "0639980004;Ada;Bern\r", "lone_cr", more=MORE),
        _case("crcrlf", PLAIN.replace("\n", "\r\r\n"), rows=_spread()),
        Case(file="cr-in-quotes.csv", data=_in_quotes("\r").encode(), rows=_quoted("\r")),
        Case(
            file="nel-in-cell.csv",
            data=_in_quotes("\u2028\x0b").encode(),
            rows=_quoted("\u2028\x0b"),
        ),
        Case(
            file="encoded-twice.csv",
            data=twice.encode(),
            rows={n: tuple(_twice(cell) for cell in row) for n, row in ROWS.items()},
            findings=frozenset({"double_encoded"}),
        ),
        Case(
            file="lost-characters.csv",
            data=lost.encode(),
            rows={**ROWS, 2: ("0639980001", "Zo\ufffd", "Saint-Étienne")},
            findings=frozenset({"replacement_characters"}),
        ),
        Case(
            file="many-ragged.csv",
            data=(PLAIN + "0639980004;Smith;John;Bern\n0639980005;Roe;Jo;Bern\n").encode(),
            rows={
                **ROWS,
                5: ("0639980004", "Smith", "John"),
                6: ("0639980005", "Roe", "Jo"),
            },
            ragged=(5, 6),
            findings=frozenset({"ragged_rows"}),
        ),
        Case(
            file="header-gone.csv",
            data=PLAIN.partition("\n")[2].encode(),
            header=ROWS[2],
            rows={number - 1: row for number, row in ROWS.items() if number > 2},
            findings=frozenset({"header_looks_like_data"}),
        ),
        Case(
            file="cut-by-excel.xls",
            data=lambda: xls([["phone"], *[["0639980001"]] * 65_535]),
            header=("phone",),
            rows=dict.fromkeys(range(2, 65_537), ("0639980001",)),
            findings=frozenset({"cut_by_excel"}),
        ),
    ]


def _case(
    name: str,
    content: str,
    *findings: str,
    rows: Rows = ROWS,
    more: Rows | None = None,
    short: bool = False,
) -> Case:
    added = {5: ("0639980004", "Ada", "")} if short else more or {}
    return Case(
        file=f"{name}.csv",
        data=content.encode(),
        rows={**rows, **added},
        findings=frozenset(findings),
    )


def _twice(cell: str) -> str:
    return cell.encode().decode("cp1252")


def _spread() -> Rows:
    """Each CR CR LF is an end and a blank row."""
    return {2 * number - 1: row for number, row in ROWS.items()}


def _in_quotes(sign: str) -> str:
    return PLAIN + f'0639980004;"Ada{sign}Bo";Bern\n'


def _quoted(sign: str) -> Rows:
    return {**ROWS, 5: ("0639980004", f"Ada{sign}Bo", "Bern")}
