"""The values of a row: cleaned, split where they are whole names, and not too long.

It must not know numbers, nor how a value gets into the text.
"""

import pandas as pd

from bulksms.contacts.mapping import ColumnMapping
from bulksms.contacts.marking import mark
from bulksms.contacts.model import FIELDS, VALUE_LIMIT, Reason
from bulksms.contacts.names import cleaned, split_names
from bulksms.contacts.rules import LongValues
from bulksms.loader import Sheet

__all__ = ["OF_TEXT", "add_values"]

OF_TEXT = "\0"  # keeps a text's own words ("cell", "reason") apart from the columns used here
TOO_LONG = f" is longer than {VALUE_LIMIT} characters: shorten it."
WORD_SPARED = 15  # characters given up at most so that the cut falls between two words
AT_A_WORD = rf"(?s)^(.{{{VALUE_LIMIT - WORD_SPARED},{VALUE_LIMIT}}})(?=\s)"


def add_values(
    found: pd.DataFrame, sheet: Sheet, mapping: ColumnMapping, rule: LongValues
) -> pd.DataFrame:
    """Add the fields and the text's own words to the rows of one sheet.

    The answer has a column more, `long`: the header of the first value over the limit that
    the rule speaks of, `""` when there is none.
    """
    fields = _fields(sheet, mapping)
    found = found.assign(**{name: fields[name].array for name in fields.columns}, long="")
    for name in fields.columns:
        own = name in FIELDS
        if not own and rule is LongValues.REJECT:
            continue  # the text may give it a fallback: fitting decides
        header = _header(sheet, mapping, str(name))
        over = (found["reason"] == "") & (found[name].str.len() > VALUE_LIMIT)
        found["long"] = found["long"].mask(over & (found["long"] == ""), header)
        if rule is LongValues.CUT:
            found[name] = found[name].mask(over, _cut(found.loc[over, name]))
            continue
        told = f"The value of {header!r}{TOO_LONG}"
        found = mark(found, over, Reason.VALUE_TOO_LONG, told, column=header, cell=found[name])
    return found


def _fields(sheet: Sheet, mapping: ColumnMapping) -> pd.DataFrame:
    wanted = mapping.fields | {OF_TEXT + name: at for name, at in mapping.extras.items()}
    texts = {name: cleaned(sheet.rows.series(at)) for name, at in wanted.items()}
    table = pd.DataFrame(texts, index=sheet.rows.numbers)
    if mapping.full_name is not None:
        split = split_names(cleaned(sheet.rows.series(mapping.full_name)))
        table = table.assign(first_name=split["first_name"], last_name=split["last_name"])
    return table.reset_index(drop=True)


def _header(sheet: Sheet, mapping: ColumnMapping, name: str) -> str:
    word = name.removeprefix(OF_TEXT)
    places = mapping.extras if name.startswith(OF_TEXT) else mapping.fields
    position = places.get(word, mapping.full_name)
    return word if position is None else sheet.header[position] or f"column {position + 1}"


def _cut(texts: pd.Series) -> pd.Series:
    """Cut at the limit, or between two words when that gives up little."""
    spared = texts.str.extract(AT_A_WORD, expand=False)
    return spared.fillna(texts.str.slice(0, VALUE_LIMIT)).str.rstrip().astype("str")
