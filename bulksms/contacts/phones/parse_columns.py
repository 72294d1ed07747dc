"""Parses columns of texts as phone numbers, block by block, and remembers the outcomes.

Cells that the number table finds equivalent are parsed by one of them, once in a run. Rows and
sentences are unknown here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.columnar.arrays import bools_from_arrow, ints_from_arrow, ints_to_arrow
from bulksms.contacts.cells.normalise import (
    SEPARATOR,
    has_trailing_words,
    split_readings,
    to_plain_ascii,
)
from bulksms.contacts.numbers import load_number_table
from bulksms.contacts.phones.equivalence import NO_CLASS, EquivalentCells, group_equivalent
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number

__all__ = ["ColumnParser", "ParsedColumn"]

BLOCK = 1 << 16  # texts parsed together: what is noted of them stays near the processor
MOST_BYTES = 1 << 30  # of texts parsed together: Arrow counts them in 32 bits
MOST_TEXTS = 1 << 15  # texts remembered that were parsed individually
LONGEST_TEXT = 80  # characters of such a text; longer ones rarely occur again
MOST_OUTCOMES = 1 << 20  # that a class of two readings can name
WITH_WORDS = NO_CLASS - 1  # the class of numbers with words behind; two readings lie below
UNPARSED = -1  # the code of a text that is not parsed yet, and of a class without an outcome
NO_NUMBER = -1  # the source of a class in which no cell can be texted


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedColumn:
    """The outcomes of a block of texts.

    Attributes:
        codes: per text, the index of its outcome in `ColumnParser.outcomes`.
        phone_numbers: per text, the digits of E.164; 0 where it cannot be texted.
    """

    codes: NDArray[np.int32]
    phone_numbers: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Memory:
    """The remembered outcomes of texts that are read in one region.

    Attributes:
        classes: per class of `EquivalentCells`, its code and which column holds the numbers.
        texts: the code and the number of texts that were parsed individually.
    """

    region: str
    classes: dict[int, tuple[int, int]] = field(default_factory=dict)
    texts: dict[str, tuple[int, int]] = field(default_factory=dict)


ParseOne = Callable[[str, str, NumberRules], ParsedNumber]
_Method = Callable[[pa.StringArray, _Memory], ParsedColumn]


class ColumnParser:
    """Parses columns of texts, block by block; equal outcomes are kept once. Thread-safe.

    Attributes:
        outcomes: every distinct outcome so far, without its own `phone_number`; it only grows.
    """

    outcomes: list[ParsedNumber]

    def __init__(self, rules: NumberRules, parse_one: ParseOne = parse_number) -> None:
        """Parse by these rules; `parse_one` parses a text where the number table cannot."""
        self.outcomes = []
        self._rules, self._parse_one = rules, parse_one
        self._table = load_number_table(rules.table)
        self._codes: dict[ParsedNumber, int] = {}
        self._memories: dict[str, _Memory] = {}
        self._parsing = Lock()  # threads that wait would have asked the library the same

    def parse(self, texts: pa.StringArray | pa.LargeStringArray, region: str) -> ParsedColumn:
        """Parse a block of texts that are read in one region; they hold no nulls."""
        memory = self._memories.setdefault(region, _Memory(region=region))
        parsed = [self._parse(block, memory) for block in _blocks(texts)]
        if len(parsed) == 1:
            return parsed[0]
        return ParsedColumn(
            codes=np.concatenate([block.codes for block in parsed]),
            phone_numbers=np.concatenate([block.phone_numbers for block in parsed]),
        )

    def _parse(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Parse by class what the number table knows as it is, then the rest."""
        parsed = self._by_class(texts, memory)
        self._parse_rest(parsed, texts, memory, self._each_distinct)
        return parsed

    def _parse_rest(
        self, parsed: ParsedColumn, texts: pa.StringArray, memory: _Memory, method: _Method
    ) -> None:
        """Parse what is not parsed yet with another method."""
        rest = np.flatnonzero(parsed.codes == UNPARSED)
        if len(rest):
            others = method(texts.take(ints_to_arrow(rest)), memory)
            parsed.codes[rest], parsed.phone_numbers[rest] = others.codes, others.phone_numbers

    def _each_distinct(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Parse each distinct text once."""
        encoded = texts.dictionary_encode()
        distinct, indices = encoded.dictionary, ints_from_arrow(encoded.indices)
        parsed = _unparsed(len(distinct))
        if self._table is not None:
            self._parse_rest(parsed, distinct, memory, self._by_class_in_ascii)
        self._parse_rest(parsed, distinct, memory, self._individually)
        return ParsedColumn(
            codes=parsed.codes[indices], phone_numbers=parsed.phone_numbers[indices]
        )

    def _by_class_in_ascii(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Parse by class what the number table knows in plain ASCII, in words, in two readings."""
        plain = to_plain_ascii(texts)
        parsed = self._by_class(plain, memory)
        self._parse_rest(parsed, plain, memory, self._with_words)
        self._parse_rest(parsed, plain, memory, self._in_two_readings)
        return parsed

    def _by_class(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        parsed = _unparsed(len(texts))
        if self._table is not None:
            cells = group_equivalent(texts, memory.region, self._table)
            self._share(parsed, cells, texts, memory)
        return parsed

    def _with_words(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Parse together the numbers that have words behind them."""
        parsed = _unparsed(len(texts))
        rows = np.flatnonzero(bools_from_arrow(has_trailing_words(texts)))
        classes, numbers = np.full(len(rows), WITH_WORDS), np.zeros(len(rows), dtype=np.int64)
        cells = EquivalentCells(rows=rows, classes=classes, numbers=numbers, others=())
        self._share(parsed, cells, texts, memory)
        return parsed

    def _in_two_readings(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Parse together the texts whose two readings have the same two outcomes."""
        parsed, (has_two, *readings) = _unparsed(len(texts)), split_readings(texts)
        both = self._parse(pa.concat_arrays(readings), memory)
        first, second = np.split(both.codes, 2)
        own, other = np.split(both.phone_numbers, 2)
        # Two numbers, or one that can be read in two ways: the outcomes do not say which.
        two = bools_from_arrow(pc.match_substring_regex(texts.filter(has_two), SEPARATOR))
        classes = first.astype(np.int64) * MOST_OUTCOMES + second
        classes = (classes * 2 + (own == other)) * 2 + two
        cells = EquivalentCells(
            rows=np.flatnonzero(bools_from_arrow(has_two)),
            classes=WITH_WORDS - 1 - classes,
            numbers=own,
            others=(other,),
        )
        self._share(parsed, cells, texts, memory)
        return parsed

    def _share(
        self, parsed: ParsedColumn, cells: EquivalentCells, texts: pa.StringArray, memory: _Memory
    ) -> None:
        """Give each cell the outcome of its class, and its own number."""
        encoded = ints_to_arrow(cells.classes).dictionary_encode()
        indices = ints_from_arrow(encoded.indices)
        classes = ints_from_arrow(encoded.dictionary).tolist()
        if new := [at for at, number in enumerate(classes) if number not in memory.classes]:
            firsts = np.zeros(len(classes), dtype=np.int64)
            firsts[indices[::-1]] = np.arange(len(indices))[::-1]
            self._parse_new(firsts[new].tolist(), cells, texts, memory)
        outcomes = np.array([memory.classes[number] for number in classes], dtype=np.int64)
        codes, sources = outcomes.reshape(-1, 2).T
        numbers = cells.numbers * (sources == 0).take(indices)
        for source, others in enumerate(cells.others, start=1):
            if (sources == source).any():
                rows = np.flatnonzero((sources == source).take(indices))
                numbers[rows] = others[rows]
        parsed.codes[cells.rows] = codes.astype(np.int32).take(indices)
        parsed.phone_numbers[cells.rows] = numbers

    def _parse_new(
        self, firsts: list[int], cells: EquivalentCells, texts: pa.StringArray, memory: _Memory
    ) -> None:
        """Parse the first cell of each class that is new."""
        with self._parsing:
            for at in firsts:
                number = int(cells.classes[at])
                if number not in memory.classes:
                    memory.classes[number] = self._class_outcome(at, cells, texts, memory)

    def _class_outcome(
        self, at: int, cells: EquivalentCells, texts: pa.StringArray, memory: _Memory
    ) -> tuple[int, int]:
        """Parse one cell for its class: its code, and which column its number comes from."""
        if cells.classes[at] == NO_CLASS:
            return UNPARSED, NO_NUMBER
        code, number = self._outcome(texts[int(cells.rows[at])].as_py(), memory.region)
        if not number:
            return code, NO_NUMBER
        columns = (cells.numbers, *cells.others)
        sources = [source for source, column in enumerate(columns) if column[at] == number]
        return (code, sources[0]) if sources else (UNPARSED, NO_NUMBER)

    def _individually(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Parse each text by itself, if it is not remembered."""
        outcomes = list(self._remembered(texts.to_pylist(), memory))
        codes, numbers = np.array(outcomes, dtype=np.int64).reshape(-1, 2).T
        return ParsedColumn(
            codes=codes.astype(np.int32), phone_numbers=np.ascontiguousarray(numbers)
        )

    def _remembered(self, texts: list[str], memory: _Memory) -> Iterator[tuple[int, int]]:
        for text in texts:
            with self._parsing:
                outcome = memory.texts.get(text) or self._outcome(text, memory.region)
                if len(memory.texts) >= MOST_TEXTS:
                    memory.texts.clear()
                if len(text) <= LONGEST_TEXT:
                    memory.texts[text] = outcome
            yield outcome

    def _outcome(self, text: str, region: str) -> tuple[int, int]:
        """Parse one text: the code of its outcome, which is kept, and its number."""
        parsed = self._parse_one(text, region, self._rules)
        shared = replace(parsed, phone_number=0)
        if shared not in self._codes:
            self.outcomes.append(shared)
            self._codes[shared] = len(self.outcomes) - 1
        return self._codes[shared], parsed.phone_number if parsed.reason is None else 0


def _blocks(texts: pa.StringArray | pa.LargeStringArray) -> Iterator[pa.StringArray]:
    """Cut texts into blocks whose characters can be counted in 32 bits."""
    if len(texts) <= BLOCK and (len(texts) <= 1 or texts.nbytes <= MOST_BYTES):
        # A copy of the slice, for it may lie beyond what can be counted so.
        block = texts if pa.types.is_string(texts.type) else pa.concat_arrays([texts])
        yield block.cast(pa.string())
        return
    cut = BLOCK if len(texts) > BLOCK else len(texts) // 2
    for first in range(0, len(texts), cut):
        yield from _blocks(texts.slice(first, cut))


def _unparsed(count: int) -> ParsedColumn:
    codes = np.full(count, UNPARSED, dtype=np.int32)
    return ParsedColumn(codes=codes, phone_numbers=np.zeros(count, dtype=np.int64))
