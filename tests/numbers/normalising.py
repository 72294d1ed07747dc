"""What the judge of numbers says of a column, laid out as a table for tests to compare."""

import pandas as pd

from bulksms.columnar.arrays import strings_to_arrow
from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import NumberRules
from bulksms.contacts.phones.parse_columns import ColumnParser

Line = tuple[str, str, str, str, bool, bool, str]
NAMES = ["phone_number", "country", "kind", "reason", "repaired", "split", "sentence"]


def normalise(texts: pd.Series, regions: str | pd.Series, rules: NumberRules) -> pd.DataFrame:
    """Judge a column of texts, each read in its region; the answer has the same index."""
    parser = ColumnParser(rules)
    names = pd.Series(regions, index=texts.index, dtype="str")
    parts = [_judged(parser, texts[names == region], region) for region in names.unique()]
    if not parts:
        return pd.DataFrame(columns=NAMES, index=texts.index)
    return pd.concat(parts).loc[texts.index]


def _judged(parser: ColumnParser, texts: pd.Series, region: str) -> pd.DataFrame:
    parsed = parser.parse(strings_to_arrow(texts.tolist()), region)
    pairs = zip(texts, parsed.codes.tolist(), parsed.phone_numbers.tolist(), strict=True)
    lines = [_line(parser, region, *pair) for pair in pairs]
    return pd.DataFrame(lines, columns=NAMES, index=texts.index)


def _line(parser: ColumnParser, region: str, text: str, code: int, number: int) -> Line:
    parsed = parser.outcomes[code]
    if parsed.reason is None:
        return f"+{number}", parsed.country, parsed.kind, "", parsed.repaired, parsed.split, ""
    sentence = rejection_sentence(parsed.reason, text, region, parsed.wording)
    return "", parsed.country, parsed.kind, parsed.reason.value, False, False, sentence
