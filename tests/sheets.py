"""Lays the rows of a sheet out, as tests compare them."""

from bulksms.loader import RowStore


def cells_of(rows: RowStore) -> list[list[str]]:
    """Return the cells of every row."""
    columns = [rows.column(at).to_pylist() for at in range(rows.width)]
    return list(map(list, zip(*columns, strict=True)))


def cells_by_row(rows: RowStore) -> dict[int, tuple[str, ...]]:
    """Return the cells of every row by its number."""
    return dict(zip(rows.row_numbers.tolist(), map(tuple, cells_of(rows)), strict=True))
