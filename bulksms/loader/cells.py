"""Writes the value of a cell as people see it. It knows no sheet and no row."""

import datetime as dt
import math
from decimal import Decimal

from bulksms.loader.workbook.cell_text import Padding

Value = str | float | bool | dt.date | dt.time | dt.datetime | dt.timedelta
_EXACT = 10**21


def text_of(value: Value, padding: Padding | None = None) -> str:
    """A cell as text: whole numbers as digits, never `.0`, never an exponent."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value, padding)
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return str(value)


def _number(value: float, padding: Padding | None) -> str:
    if not math.isfinite(value):
        return str(value)
    if value == int(value) and abs(value) < _EXACT:
        digits = str(int(value))
        return padding.show(digits) if padding and value >= 0 else digits
    return f"{Decimal(f'{value:.15g}'):f}" if abs(value) < _EXACT else repr(value)
