"""How rows travel from the process that reads them to the one that keeps them: as columns.

The texts of all cells stand one behind the other, column after column. It must not know how a
workbook is stored, and loads no library that takes long.
"""

from dataclasses import dataclass
from typing import Any

from bulksms.errors import LoadError

# One shared text may stand in a million cells: what the parent has to hold is counted too.
MAX_ANSWER_BYTES = 400_000_000
# What the child says when all that it said before is void.
ANEW = {"anew": True}


def too_much(name: str) -> LoadError:
    """The sentence for a workbook that nobody has room for."""
    return LoadError(f"{name} needs too much memory to read: save only what is needed as csv.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Some rows of a sheet that follow each other.

    Attributes:
        rows: how many there are.
        width: how many columns they have; a later block may have more.
        broken: the cells that hold an error, or a formula without a value: row number, column.
        hidden: the numbers of the rows that nobody sees.
        body: the numbers of the rows, where the text of each cell begins and the last one ends,
            all in four bytes, the lowest first; then the texts in UTF-8.
    """

    rows: int
    width: int
    broken: list[tuple[int, int]]
    hidden: list[int]
    body: bytes

    def told(self) -> dict[str, Any]:
        """Say all but the body."""
        return {
            "rows": self.rows,
            "width": self.width,
            "broken": self.broken,
            "hidden": self.hidden,
            "bytes": len(self.body),
        }
