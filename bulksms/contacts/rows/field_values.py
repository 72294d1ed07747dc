"""The values of rows: cleaned, split where they are whole names, and cut where they are too long.

It knows no phone numbers, and not how a value gets into the text.
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
from bulksms.columnar.repeated import for_rows, row_texts
from bulksms.contacts.cells.characters import rewrite_some
from bulksms.contacts.columns.mapping import ColumnMapping
from bulksms.contacts.model import FIELDS, VALUE_LIMIT
from bulksms.contacts.rows.names import TITLED, drop_lone_titles, split_names
from bulksms.contacts.rows.row_table import Trait
from bulksms.loader import Block, Sheet
from bulksms.text_files import read_shipped_table

__all__ = [
    "PLACEHOLDER",
    "Values",
    "clean_texts",
    "columns_of_values",
    "cut_at_limit",
    "filled_counts",
    "have_errors",
    "null_like_word",
    "text_columns",
    "text_lengths",
    "traits_of",
    "values_of",
]

# Keeps the placeholders of a text ("cell", "reason") apart from the names of columns used here.
PLACEHOLDER = "\0"
WORD_SPARED = 15  # characters given up at most so that the cut falls between two words
AT_A_WORD = re.compile(rf"(?s)^(.{{{VALUE_LIMIT - WORD_SPARED},{VALUE_LIMIT}}})(?=\s)")
NUMBER = r"^\+?\(?\d(?:[\s().\-/]*\d){7,}$"
LONGER = r"(?s)^..."  # than two letters: "JP" is not a name in capitals
_WORDS = read_shipped_table("bulksms.contacts.rows", "words.toml")["values"]
CONTROL = r"[\x00-\x1f\x7f-\x{9f}\x{2028}\x{2029}]+"  # as Arrow writes it
# No one sees them; the last two join letters of some scripts, and pictures.
INVISIBLE = (
    r"[\x{ad}\x{61c}\x{180e}\x{200b}\x{200e}\x{200f}"
    r"\x{202a}-\x{202e}\x{2060}-\x{2069}\x{feff}\x{fffc}]+"
)
JOINERS = r"[\x{200c}\x{200d}]+"
LATIN_JOINED = r"^[\x00-\x{24f}]*[\x{200c}\x{200d}][\x00-\x{24f}\x{200c}\x{200d}]*$"
WIDE_SPACES = r"[\x{a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}]"

# Each distinct value of a block once, and which of them each row has.
Values = Mapping[str, pa.DictionaryArray]
Test = Callable[[pa.StringArray], pa.BooleanArray]


def values_of(block: Block, mapping: ColumnMapping) -> Values:
    """Return fields and placeholders, cleaned; placeholders under `PLACEHOLDER` and their name."""
    wanted = mapping.fields | {PLACEHOLDER + name: at for name, at in mapping.extras.items()}
    values = {name: _clean(block, at) for name, at in wanted.items()}
    if "first_name" in values:
        first = values["first_name"]
        values["first_name"] = pa.DictionaryArray.from_arrays(
            first.indices, drop_lone_titles(first.dictionary)
        )
    if mapping.full_name is not None:
        whole = _clean(block, mapping.full_name)
        names = split_names(whole.dictionary)
        for name, part in zip(FIELDS[:2], names, strict=True):
            values[name] = pa.DictionaryArray.from_arrays(whole.indices, part)
    return values


def columns_of_values(mapping: ColumnMapping) -> list[int]:
    """Return the positions of the columns that `values_of` needs."""
    whole = [] if mapping.full_name is None else [mapping.full_name]
    return [*mapping.fields.values(), *mapping.extras.values(), *whole]


def text_columns(mappings: Sequence[ColumnMapping]) -> list[str]:
    """Name the fields and the placeholders that any of the sheets has."""
    named = {name for mapping in mappings for name in mapping.fields}
    if any(mapping.full_name is not None for mapping in mappings):
        named |= {"first_name", "last_name"}
    extras = [PLACEHOLDER + name for mapping in mappings for name in mapping.extras]
    return [*(name for name in FIELDS if name in named), *dict.fromkeys(extras)]


def text_lengths(values: pa.DictionaryArray) -> NDArray[np.int32]:
    """Count the characters of each row's value."""
    lengths = ints_from_arrow(pc.utf8_length(values.dictionary))
    return for_rows(lengths, values)


def cut_at_limit(values: pa.DictionaryArray) -> pa.DictionaryArray:
    """Cut values at the limit, or between two words when that loses little."""
    texts = values.dictionary.to_pylist()
    cut = [text if len(text) <= VALUE_LIMIT else _cut(text) for text in texts]
    return pa.DictionaryArray.from_arrays(values.indices, strings_to_arrow(cut))


def filled_counts(values: Values, count: int) -> NDArray[np.int16]:
    """Count for each row the values that are not empty."""
    filled = np.zeros(count, dtype=np.int16)
    for column in values.values():
        filled += text_lengths(column) > 0
    return filled


def traits_of(values: Values, count: int, *, whole_name: bool) -> NDArray[np.uint16]:
    """Return the traits of each row's values."""
    traits = np.zeros(count, dtype=np.uint16)
    for name, column in values.items():
        traits |= _traits(name, column)
    if whole_name:
        first_names = values["first_name"]
        has_space = bools_from_arrow(pc.match_substring(first_names.dictionary, " "))
        no_last = text_lengths(values["last_name"]) == 0
        traits |= (for_rows(has_space, first_names) & no_last) * np.uint16(Trait.WHOLE_NAME)
        surname_only = (text_lengths(first_names) == 0) & ~no_last
        traits |= surname_only * np.uint16(Trait.TITLED)
    return traits


def null_like_word(sheet: Sheet, mapping: ColumnMapping, row: int) -> str:
    """Find the first value that stands for an empty cell, in a row that has one.

    Args:
        sheet: where the row is.
        mapping: what its columns are.
        row: how many rows of the sheet come before it.
    """
    block = sheet.rows.row(row, columns_of_values(mapping))
    words = ((name, row_texts(column)) for name, column in values_of(block, mapping).items())
    return next(str(word[0]) for name, word in words if _null_like(name)(word)[0].as_py())


def have_errors(values: pa.DictionaryArray) -> NDArray[np.bool_]:
    """Mark the rows with an error of a spreadsheet program for a value."""
    return for_rows(bools_from_arrow(_is_one_of(values.dictionary, _WORDS["errors"])), values)


def _traits(name: str, values: pa.DictionaryArray) -> NDArray[np.uint16]:
    """Test each distinct value of one field."""
    tests: dict[Trait, Test] = {Trait.NULL_LIKE: _null_like(name)}
    if name == "first_name":
        tests |= {Trait.FIRST_FILLED: _is_filled, Trait.FIRST_A_NUMBER: _is_a_number}
        tests |= {Trait.FIRST_IN_CAPITALS: _is_in_capitals, Trait.TITLED: _is_titled}
    elif name == "last_name":
        tests |= {Trait.LAST_FILLED: _is_filled, Trait.LAST_A_NUMBER: _is_a_number}
        tests[Trait.LAST_IN_CAPITALS] = pc.utf8_is_upper
    traits = np.zeros(len(values.dictionary), dtype=np.uint16)
    for trait, test in tests.items():
        traits |= bools_from_arrow(test(values.dictionary)) * np.uint16(trait)
    return for_rows(traits, values)


def _clean(block: Block, at: int) -> pa.DictionaryArray:
    values = block.values(at).dictionary_encode()
    return pa.DictionaryArray.from_arrays(values.indices, clean_texts(values.dictionary))


def clean_texts(texts: pa.StringArray) -> pa.StringArray:
    """Compose letters (NFC), drop invisible characters, write line breaks and blanks as spaces."""
    controls = pc.match_substring_regex(texts, CONTROL)
    texts = rewrite_some(
        texts, controls, lambda some: pc.replace_substring_regex(some, CONTROL, " ")
    )
    foreign = pc.match_substring_regex(texts, r"[^\x00-\x7f]")
    texts = rewrite_some(texts, foreign, _clean_beyond_ascii)
    return pc.utf8_trim_whitespace(texts)


def _clean_beyond_ascii(texts: pa.StringArray) -> pa.StringArray:
    texts = pc.utf8_normalize(texts, form="NFC")
    texts = pc.replace_substring_regex(texts, INVISIBLE, "")
    texts = pc.replace_substring_regex(texts, WIDE_SPACES, " ")
    joined = pc.match_substring_regex(texts, LATIN_JOINED)
    return rewrite_some(texts, joined, lambda some: pc.replace_substring_regex(some, JOINERS, ""))


def _cut(text: str) -> str:
    spared = AT_A_WORD.match(text)
    return (spared[1] if spared else text[:VALUE_LIMIT]).rstrip()


def _is_filled(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.not_equal(texts, arrow_scalar(""))


def _null_like(name: str) -> Test:
    no_names = _WORDS["no_names"] if name in FIELDS[:2] else []
    words = [*_WORDS["null_like"], *no_names]
    return lambda texts: _is_one_of(texts, words)


def _is_one_of(texts: pa.StringArray, words: Sequence[str]) -> pa.BooleanArray:
    return pc.is_in(pc.utf8_lower(texts), strings_to_arrow(words))


def _is_a_number(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.match_substring_regex(texts, NUMBER)


def _is_titled(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.match_substring_regex(texts, TITLED)


def _is_in_capitals(texts: pa.StringArray) -> pa.BooleanArray:
    return pc.and_(pc.utf8_is_upper(texts), pc.match_substring_regex(texts, LONGER))
