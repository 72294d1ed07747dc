"""Chooses the separator of the CSV files that are written."""

from bulksms.errors import UsageError

__all__ = ["delimiter_of_region", "parse_delimiter"]

_NAMES = {"tab": "\t", "\\t": "\t"}
_ALLOWED = (",", ";", "\t", "|")
# Where decimals have a comma, spreadsheet programs separate cells with a semicolon (CLDR).
_DECIMAL_COMMA = frozenset(
    [
        "AD",
        "AL",
        "AM",
        "AO",
        "AR",
        "AT",
        "AZ",
        "BA",
        "BE",
        "BF",
        "BG",
        "BI",
        "BJ",
        "BO",
        "BR",
        "BY",
        "CD",
        "CF",
        "CG",
        "CI",
        "CL",
        "CM",
        "CO",
        "CR",
        "CU",
        "CV",
        "CY",
        "CZ",
        "DE",
        "DJ",
        "DK",
        "DZ",
        "EC",
        "EE",
        "ES",
        "FI",
        "FO",
        "FR",
        "GA",
        "GE",
        "GF",
        "GL",
        "GN",
        "GP",
        "GQ",
        "GR",
        "GW",
        "HR",
        "HU",
        "ID",
        "IS",
        "IT",
        "KG",
        "KM",
        "KZ",
        "LT",
        "LU",
        "LV",
        "MA",
        "MC",
        "MD",
        "ME",
        "MG",
        "MK",
        "ML",
        "MQ",
        "MR",
        "MZ",
        "NC",
        "NE",
        "NL",
        "NO",
        "PF",
        "PL",
        "PM",
        "PT",
        "PY",
        "RE",
        "RO",
        "RS",
        "RU",
        "RW",
        "SE",
        "SI",
        "SK",
        "SM",
        "SN",
        "SR",
        "ST",
        "TD",
        "TG",
        "TL",
        "TN",
        "TR",
        "UA",
        "UY",
        "UZ",
        "VA",
        "VE",
        "VN",
        "WF",
        "XK",
        "YT",
    ]
)


def delimiter_of_region(region: str) -> str:
    """Return the separator that spreadsheet programs of a country expect."""
    return ";" if region in _DECIMAL_COMMA else ","


def parse_delimiter(text: str) -> str:
    """Read the separator a person asks for; `tab` is a tab.

    Raises:
        UsageError: it is not a separator.
    """
    delimiter = _NAMES.get(text.strip().lower(), text)
    if delimiter not in _ALLOWED:
        raise UsageError(f"--output-delimiter {text!r} is not valid: give , or ; or | or tab.")
    return delimiter
