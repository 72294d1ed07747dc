"""A contact list polluted in every row and column: no one may read words of someone else.

`python -m tests.corpus.polluted` prints how many of the lists are read right, asked about,
refused whole, or wrong.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bulksms.contacts import OptOutList, ScreeningRules, map_columns, screen
from bulksms.errors import BulkSmsError
from bulksms.finding import Level
from bulksms.loader.sheets import read_sheets
from tests.sheets import cells_by_row

Line = list[str]

HEADER: Line = ["Téléphone", "Prénom", '"Nom"', "Ville", "Points"]
NAMES = ("Anna", "Bruno", "Chloé", "David", "Emma", "Farid", "Gaëlle", "Hugo", "Inès", "Jules")
CITIES = ("Paris", "Lyon", "Lille", "Nantes", "Nice", "Metz", "Brest", "Tours", "Dijon", "Rennes")
ROWS: list[Line] = [
    [
        f"06399800{at:02}",
        NAMES[at],
        f'"Nom{at:02}, dit X"',
        CITIES[at],
        str(100 + at) if at % 2 else "",
    ]
    for at in range(len(NAMES))
]
ORIGINAL = {row[0]: tuple(cell.strip('"') for cell in row) for row in ROWS}


class Outcome(StrEnum):
    """What becomes of a polluted list."""

    RIGHT = "right"
    ASKED = "asked"
    REFUSED = "refused"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Polluted:
    """A list with one defect, and how many people the defect may cost.

    Attributes:
        also: a row that is right besides the original ones.
    """

    name: str
    text: str
    lost: int = 1
    also: tuple[str, ...] = ()


def polluted_lists(separator: str = ",") -> Iterator[Polluted]:
    """Yield the list with one defect, for every kind of defect, row and column."""
    for row in range(len(ROWS)):
        yield from _separator_lists(row, separator)
        yield from _quote_lists(row, separator)
        yield from _line_lists(row, separator)
        yield from _dialect_lists(row, separator)


def outcome_of(polluted: Polluted) -> Outcome:
    """Load and screen a list as a campaign would."""
    try:
        (sheet,) = read_sheets(polluted.text.encode("utf-8-sig"), "list.csv")
        mapping = map_columns(sheet, {})
    except BulkSmsError:
        return Outcome.REFUSED
    result = screen([(sheet, mapping)], ScreeningRules(rehearsal=True), OptOutList())
    cells = cells_by_row(sheet.rows)
    texted = [cells[row] for row in result.contacts["row"]]
    right = {*ORIGINAL.values(), polluted.also}
    if not right.issuperset(texted):
        return Outcome.WRONG
    if any(finding.level is Level.ERROR for finding in (*sheet.findings, *result.findings)):
        return Outcome.ASKED
    return Outcome.RIGHT if len(texted) >= len(ROWS) - polluted.lost else Outcome.REFUSED


def _separator_lists(row: int, separator: str) -> Iterator[Polluted]:
    for column in range(len(HEADER)):
        cells = list(ROWS[row])
        if column:
            glued = [*cells[: column - 1], cells[column - 1] + cells[column], *cells[column + 1 :]]
            yield _replaced(f"less_sep_r{row}_c{column}", row, separator.join(glued), separator)
        more = [*cells[:column], "", *cells[column:]]
        yield _replaced(f"more_sep_r{row}_c{column}", row, separator.join(more), separator)
    line = separator.join(ROWS[row])
    yield _replaced(f"trailing_sep_r{row}", row, line + separator, separator)


def _quote_lists(row: int, separator: str) -> Iterator[Polluted]:
    for column in range(len(HEADER)):
        for where, cell in {
            "before": '"' + ROWS[row][column],
            "after": ROWS[row][column] + '"',
            "inside": ROWS[row][column][:3] + '"' + ROWS[row][column][3:],
        }.items():
            cells = [*ROWS[row][:column], cell, *ROWS[row][column + 1 :]]
            name = f"quote_{where}_r{row}_c{column}"
            yield _replaced(name, row, separator.join(cells), separator)
    unquoted = separator.join(ROWS[row])
    yield _replaced(f"no_quote_r{row}", row, unquoted.replace('"', ""), separator)
    yield _replaced(f"no_first_quote_r{row}", row, unquoted.replace('"', "", 1), separator)


def _line_lists(row: int, separator: str) -> Iterator[Polluted]:
    line = separator.join(ROWS[row])
    for share in (1, 2, 3):
        cut = line[: len(line) * share // 4]
        yield _replaced(f"cut_r{row}_{share}", row, cut, separator)
    yield _replaced(f"end_r{row}", row, line.replace(separator, "\r\n", 2), separator)
    for column in range(1, len(HEADER)):
        left, right = separator.join(ROWS[row][:column]), separator.join(ROWS[row][column:])
        broken = f"{left}\r\n{separator}{right}"
        yield _replaced(f"break_before_sep_r{row}_c{column}", row, broken, separator)
        yield _replaced(f"break_for_sep_r{row}_c{column}", row, f"{left}\r\n{right}", separator)
    if row + 1 < len(ROWS):
        lines = _lines(separator)
        lines[row + 1 : row + 3] = [lines[row + 1] + lines[row + 2]]
        yield Polluted(name=f"no_end_r{row}", text="\r\n".join(lines), lost=2)


def _dialect_lists(row: int, separator: str) -> Iterator[Polluted]:
    line = separator.join(ROWS[row])
    for name, other in {"tab": "\t", "semicolon": ";", "comma": ",", "bar": "|"}.items():
        if other != separator:
            yield _replaced(f"sep_{name}_r{row}", row, other.join(ROWS[row]), separator)
    yield _replaced(f"single_quotes_r{row}", row, line.replace('"', "'"), separator)
    yield _replaced(f"wrapped_r{row}", row, '"' + line.replace('"', '""') + '"', separator)
    escaped = line.replace("dit X", 'dit \\"X\\"')
    also = tuple(cell.strip('"').replace("X", '"X"') for cell in ROWS[row])
    yield replace(_replaced(f"escaped_r{row}", row, escaped, separator), also=also)


def _lines(separator: str) -> list[str]:
    return [separator.join(cells) for cells in [HEADER, *ROWS]]


def _replaced(name: str, row: int, line: str, separator: str) -> Polluted:
    lines = _lines(separator)
    lines[row + 1] = line
    return Polluted(name=name, text="\r\n".join([*lines, ""]))


def main() -> int:
    """Print how many lists came to which end, and the names of the wrong ones."""
    for separator in (",", ";", "\t"):
        outcomes = {polluted.name: outcome_of(polluted) for polluted in polluted_lists(separator)}
        counts = Counter(outcomes.values())
        refused = counts[Outcome.REFUSED] / len(outcomes)
        sys.stdout.write(
            f"{separator!r}: {len(outcomes)} lists, {dict(counts)}, {refused:.1%} refused whole\n"
        )
        for name, outcome in outcomes.items():
            if outcome is Outcome.WRONG or ("-v" in sys.argv and outcome is not Outcome.RIGHT):
                sys.stdout.write(f"  {outcome}: {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
