"""Gives the codes of the number formats that have only a number, some by the reader's locale."""

from bulksms.loader.display_locale import DisplayLocale

__all__ = ["BUILT_IN_DATES", "GENERAL", "built_in_code"]

GENERAL = "General"
_AMOUNTS = frozenset((*range(5, 9), *range(37, 45)))
_WITH_CENTS = frozenset({7, 8, 39, 40, 43, 44})
_WITH_CURRENCY = frozenset({5, 6, 7, 8, 42, 44})
_WITH_DASH = frozenset({41, 42, 43, 44})
BUILT_IN_DATES = frozenset({14, 15, 16, 22})
_NO_CODE = ""
# Codes that a file need not hold, as the standard and the readers of old files spell them.
_BUILT_IN = {
    0: (GENERAL,),
    1: ("0",),
    2: ("0.00",),
    3: ("#,##0",),
    4: ("#,##0.00",),
    9: ("0%",),
    10: ("0.00%",),
    11: ("0.00E+00",),
    12: ("# ?/?",),
    13: ("# ??/??",),
    14: ("mm-dd-yy", "m/d/yy", "m/d/yyyy"),
    15: ("d-mmm-yy",),
    16: ("d-mmm",),
    17: ("mmm-yy",),
    18: ("h:mm AM/PM",),
    19: ("h:mm:ss AM/PM",),
    20: ("h:mm",),
    21: ("h:mm:ss",),
    22: ("m/d/yy h:mm", "m/d/yyyy h:mm"),
    37: ("#,##0_);(#,##0)",),
    38: ("#,##0_);[Red](#,##0)",),
    39: ("#,##0.00_);(#,##0.00)",),
    40: ("#,##0.00_);[Red](#,##0.00)",),
    45: ("mm:ss",),
    46: ("[h]:mm:ss",),
    47: ("mm:ss.0", "mmss.0"),
    48: ("##0.0E+0",),
    49: ("@",),
}


def built_in_code(number: int, code: str, locale: DisplayLocale) -> str:
    """Return the code of a numbered format; some depend on the reader, if the file has no other.

    Args:
        number: of the format, as cell styles name it.
        code: what the file says it is; "" when it says nothing.
        locale: the reader's.
    """
    standard = _BUILT_IN.get(number, ())
    if code not in (_NO_CODE, *standard):
        return code
    if number in _AMOUNTS and not code:
        return _amount_code(number, locale)
    day_month = locale.day_month
    separator = "/" if "/" in day_month else " " if " " in day_month else "-"
    local = {
        14: locale.short_date,
        15: f"{day_month}{separator}yy",
        16: day_month,
        22: f"{locale.short_date} {'h' if locale.decimal == '.' else 'hh'}:mm",
    }
    return local.get(number) or (standard or (f"[built-in {number}]",))[0]


def _amount_code(number: int, locale: DisplayLocale) -> str:
    """Return the code of a built-in format for amounts, with the reader's currency and signs."""
    digits = "#,##0.00" if number in _WITH_CENTS else "#,##0"
    shown = locale.currency.format(digits) if number in _WITH_CURRENCY else digits
    negative = f"({shown})" if locale.loss_in_parentheses else f"-{shown}"
    if number not in _WITH_DASH:
        return f"{shown};{negative}"
    zero = shown.replace(digits, '"-"')
    return f"{shown};{negative};{zero};@"
