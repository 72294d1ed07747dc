"""The values of rows: cleaned, split where they are whole names, and not too long.

It must not know numbers, nor how a value gets into the text.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import (
    arrow_scalar,
    bools_from_arrow,
    ints_from_arrow,
    strings_to_arrow,
)
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.model import FIELDS, VALUE_LIMIT
from bulksms.contacts.rows.names import cleaned, split_names
from bulksms.contacts.rows.row_table import Trait
from bulksms.loader import Block, Sheet

__all__ = [
    "OF_TEXT",
    "Values",
    "columns_of_values",
    "cut_at_limit",
    "filled_in",
    "lengths_of",
    "null_like_word",
    "text_columns",
    "traits_of",
    "values_of",
]

OF_TEXT = "\0"  # keeps a text's own words ("cell", "reason") apart from the columns used here
WORD_SPARED = 15  # characters given up at most so that the cut falls between two words
AT_A_WORD = re.compile(rf"(?s)^(.{{{VALUE_LIMIT - WORD_SPARED},{VALUE_LIMIT}}})(?=\s)")
NUMBER = r"^\+?\(?\d(?:[\s().\-/]*\d){7,}$"
LONGER = r"(?s)^..."  # than two letters: "JP" is no name in capitals
NOTHING = (
    "null", "none", "nil", "nan", "n/a", "#n/a", "undefined", "unknown", "inconnu", "inconnue",
    "unbekannt", "desconocido", "desconocida", "sconosciuto", "desconhecido", "?", "??", "???",
    "-", "--", "---", ".", "x", "xx", "xxx",
)  # fmt: skip

# Each distinct value of a block once, and which of them each row has.
Values = Mapping[str, pa.DictionaryArray]
Test = Callable[[pa.StringArray], pa.BooleanArray]


def values_of(block: Block, mapping: ColumnMapping) -> Values:
    """Give the fields and the text's own words, cleaned; these under `OF_TEXT` and their name."""
    wanted = mapping.fields | {OF_TEXT + name: at for name, at in mapping.extras.items()}
    values = {name: _clean(block, at) for name, at in wanted.items()}
    if mapping.full_name is not None:
        whole = _clean(block, mapping.full_name)
        names = split_names(whole.dictionary)
        for name, part in zip(FIELDS[:2], names, strict=True):
            values[name] = pa.DictionaryArray.from_arrays(whole.indices, part)
    return values


def columns_of_values(mapping: ColumnMapping) -> list[int]:
    """Name the columns that `values_of` needs."""
    whole = [] if mapping.full_name is None else [mapping.full_name]
    return [*mapping.fields.values(), *mapping.extras.values(), *whole]


def text_columns(mappings: Sequence[ColumnMapping]) -> list[str]:
    """Name the fields and the words of the text that the sheets have together."""
    named = {name for mapping in mappings for name in mapping.fields}
    if any(mapping.full_name is not None for mapping in mappings):
        named |= {"first_name", "last_name"}
    extras = [OF_TEXT + name for mapping in mappings for name in mapping.extras]
    return [*(name for name in FIELDS if name in named), *dict.fromkeys(extras)]


def lengths_of(values: pa.DictionaryArray) -> NDArray[np.int32]:
    """Count the characters of each row's value."""
    lengths = ints_from_arrow(pc.utf8_length(values.dictionary))
    return _spread(lengths, values)


def cut_at_limit(values: pa.DictionaryArray) -> pa.DictionaryArray:
    """Cut at the limit, or between two words when that gives up little."""
    texts = values.dictionary.to_pylist()
    cut = [text if len(text) <= VALUE_LIMIT else _cut(text) for text in texts]
    return pa.DictionaryArray.from_arrays(values.indices, strings_to_arrow(cut))


def filled_in(values: Values, count: int) -> NDArray[np.int16]:
    """Count for each row the values that hold something."""
    filled = np.zeros(count, dtype=np.int16)
    for one in values.values():
        filled += lengths_of(one) > 0
    return filled


def traits_of(values: Values, count: int, *, whole_name: bool) -> NDArray[np.uint16]:
    """Say what stands out in the values of each row."""
    traits = np.zeros(count, dtype=np.uint16)
    for name, one in values.items():
        traits |= _traits(name, one)
    if whole_name:
        spaced = _spread(
            bools_from_arrow(pc.match_substring(values["first_name"].dictionary, " ")),
            values["first_name"],
        )
        alone = lengths_of(values["last_name"]) == 0
        traits |= (spaced & alone) * np.uint16(Trait.WHOLE_NAME)
    return traits


def null_like_word(sheet: Sheet, mapping: ColumnMapping, place: int) -> str:
    """Find the first value of a row that stands for an empty cell; there is one."""
    row = sheet.rows.row(place, columns_of_values(mapping))
    words = (one.dictionary for one in values_of(row, mapping).values())
    return next(str(word[0]) for word in words if _is_nothing(word)[0].as_py())


def _traits(name: str, values: pa.DictionaryArray) -> NDArray[np.uint16]:
    """Look at each distinct value of one field."""
    tests: dict[Trait, Test] = {Trait.NULL_LIKE: _is_nothing}
    if name == "first_name":
        tests |= {Trait.FIRST_FILLED: _is_filled, Trait.FIRST_A_NUMBER: _is_a_number}
        tests[Trait.FIRST_IN_CAPITALS] = _is_in_capitals
    elif name == "last_name":
        tests |= {Trait.LAST_FILLED: _is_filled, Trait.LAST_A_NUMBER: _is_a_number}
        tests[Trait.LAST_IN_CAPITALS] = pc.utf8_is_upper
    found = np.zeros(len(values.dictionary), dtype=np.uint16)
    for trait, test in tests.items():
        found |= bools_from_arrow(test(values.dictionary)) * np.uint16(trait)
    return _spread(found, values)


def _spread(found: np.ndarray, values: pa.DictionaryArray) -> np.ndarray:
    """Give each row what was found of its value."""
    spread: np.ndarray = found[ints_from_arrow(values.indices)]
    return spread


def _clean(block: Block, at: int) -> pa.DictionaryArray:
    encoded = block.column(at).dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices, cleaned(encoded.dictionary))


def _cut(text: str) -> str:
    spared = AT_A_WORD.match(text)
    return (spared[1] if spared else text[:VALUE_LIMIT]).rstrip()


def _is_filled(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.not_equal(texts, arrow_scalar(""))


def _is_nothing(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.is_in(pc.utf8_lower(texts), strings_to_arrow(NOTHING))


def _is_a_number(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.match_substring_regex(texts, NUMBER)


def _is_in_capitals(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.and_(pc.utf8_is_upper(texts), pc.match_substring_regex(texts, LONGER))
