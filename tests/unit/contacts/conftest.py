"""Small tables, as the loader would hand them over."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd
import pytest

from bulksms.columnar.arrays import strings_to_arrow
from bulksms.contacts import OptOutList, ScreeningResult, ScreeningRules, map_columns, screen
from bulksms.loader import Sheet, Source
from bulksms.loader.row_store import BLOCK_ROWS, RowStoreWriter

RULES = ScreeningRules(rehearsal=True)


class MakeSheet(Protocol):
    def __call__(
        self,
        header: Sequence[str],
        *rows: Sequence[str],
        path: str = "list.csv",
        ragged: Sequence[int] = (),
        unresolved: Sequence[tuple[int, int]] = (),
    ) -> Sheet: ...


def build_sheet(
    header: Sequence[str],
    *rows: Sequence[str],
    path: str = "list.csv",
    ragged: Sequence[int] = (),
    unresolved: Sequence[tuple[int, int]] = (),
    block_rows: int = BLOCK_ROWS,
) -> Sheet:
    columns = [strings_to_arrow([row[at] for row in rows]) for at in range(len(header))]
    writer = RowStoreWriter(len(header), block_rows=block_rows)
    writer.add(columns, np.arange(2, 2 + len(rows)))
    places = [(row - 2, column) for row, column in unresolved]
    return Sheet(
        source=Source(
            path=path, format="csv", encoding="utf-8", delimiter=",", sheet=None, compute_digest=str
        ),
        header=tuple(header),
        rows=writer.finish(),
        ragged=np.array(ragged, dtype=np.int64),
        unresolved=np.array(places, dtype=np.int64).reshape(-1, 2),
    )


@pytest.fixture
def make_sheet() -> MakeSheet:
    return build_sheet


def screened(
    *sheets: Sheet,
    rules: ScreeningRules = RULES,
    opt_outs: OptOutList | None = None,
    extras: tuple[str, ...] = (),
) -> ScreeningResult:
    pairs = [(sheet, map_columns(sheet, {}, extras)) for sheet in sheets]
    return screen(pairs, rules, opt_outs or OptOutList())


def findings_of(answer: ScreeningResult, code: str) -> list[tuple[str, int, str]]:
    """Return level, count and sentence of the findings with that code."""
    return [(f.level.value, f.count, f.message) for f in answer.findings if f.code == code]


def content_of(result: ScreeningResult) -> pd.DataFrame:
    """Return contacts and whom only the opt-out list keeps out, in one table."""
    return pd.concat([result.no_contacts, *result.content_blocks()], ignore_index=True)
