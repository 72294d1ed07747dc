"""Judges columns of texts as numbers, block after block, and remembers what it has judged.

Cells of which the number table says the same are judged by one of them, once in a run. It knows
neither rows nor sentences.
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
    SEPARATED,
    has_trailing_words,
    split_readings,
    to_plain_ascii,
)
from bulksms.contacts.numbers import load_number_table
from bulksms.contacts.phones.equivalence import NO_CLASS, EquivalentCells, group_equivalent
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number

__all__ = ["ColumnParser", "ParsedColumn"]

BLOCK = 1 << 16  # texts judged together: what is noted of them stays near the processor
MOST_BYTES = 1 << 30  # of texts judged together: Arrow counts them in 32 bits
MOST_TEXTS = 1 << 15  # texts remembered that were judged by themselves
LONGEST_TEXT = 80  # characters of such a text; longer ones seldom come again
MOST_CODES = 1 << 20  # judgements that a class of halves can name
LETTERED = NO_CLASS - 1  # the class of a number with words behind it; those of halves lie below
ALONE = -1  # the code of a text that is not judged yet, and of a class that shares no judgement
NO_NUMBER = -1  # the source of a class of which no cell can be texted


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedColumn:
    """What a block of texts is.

    Attributes:
        codes: per text, the place of its judgement in `NumberJudge.found`.
        numbers: per text, its number in E.164 without the +; 0 where it cannot be texted.
    """

    codes: NDArray[np.int32]
    numbers: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Memory:
    """What is remembered of texts that are read in one region.

    Attributes:
        classes: per class of `Alike`, its code and which of its columns holds the numbers.
        texts: the code and the number of texts that were judged by themselves.
    """

    region: str
    classes: dict[int, tuple[int, int]] = field(default_factory=dict)
    texts: dict[str, tuple[int, int]] = field(default_factory=dict)


Ask = Callable[[str, str, NumberRules], ParsedNumber]
_Way = Callable[[pa.StringArray, _Memory], ParsedColumn]


class ColumnParser:
    """Judges columns of texts as numbers, block after block; equal judgements are kept once.

    Several threads may judge at once.

    Attributes:
        found: every distinct judgement so far, without its own `phone_number`; it only grows.
    """

    found: list[ParsedNumber]

    def __init__(self, rules: NumberRules, ask: Ask = parse_number) -> None:
        """Judge by these rules; `ask` judges one text where the number table does not tell."""
        self.found = []
        self._rules, self._ask = rules, ask
        self._table = load_number_table(rules.table)
        self._codes: dict[ParsedNumber, int] = {}
        self._memories: dict[str, _Memory] = {}
        self._asking = Lock()  # whoever waits would have asked the library the same

    def parse(self, texts: pa.StringArray | pa.LargeStringArray, region: str) -> ParsedColumn:
        """Judge a block of texts that are read in one region; they hold no nulls."""
        memory = self._memories.setdefault(region, _Memory(region=region))
        judged = [self._judge(block, memory) for block in _blocks(texts)]
        if len(judged) == 1:
            return judged[0]
        return ParsedColumn(
            codes=np.concatenate([block.codes for block in judged]),
            numbers=np.concatenate([block.numbers for block in judged]),
        )

    def _judge(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Judge together what the number table finds alike as it stands, and what is left."""
        judged = self._alike(texts, memory)
        self._judge_rest(judged, texts, memory, self._each_distinct)
        return judged

    def _judge_rest(
        self, judged: ParsedColumn, texts: pa.StringArray, memory: _Memory, way: _Way
    ) -> None:
        """Judge what is not judged yet in another way."""
        rest = np.flatnonzero(judged.codes == ALONE)
        if len(rest):
            found = way(texts.take(ints_to_arrow(rest)), memory)
            judged.codes[rest], judged.numbers[rest] = found.codes, found.numbers

    def _each_distinct(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Judge each distinct text once."""
        encoded = texts.dictionary_encode()
        sorted_unique, places = encoded.dictionary, ints_from_arrow(encoded.indices)
        judged = _unjudged(len(sorted_unique))
        if self._table is not None:
            self._judge_rest(judged, sorted_unique, memory, self._alike_in_plain)
        self._judge_rest(judged, sorted_unique, memory, self._one_by_one)
        return ParsedColumn(codes=judged.codes[places], numbers=judged.numbers[places])

    def _alike_in_plain(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Judge together what is found alike when written plainly, and what is more than that."""
        plain = to_plain_ascii(texts)
        judged = self._alike(plain, memory)
        self._judge_rest(judged, plain, memory, self._in_words)
        self._judge_rest(judged, plain, memory, self._in_halves)
        return judged

    def _alike(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        judged = _unjudged(len(texts))
        if self._table is not None:
            alike = group_equivalent(texts, memory.region, self._table)
            self._share(judged, alike, texts, memory)
        return judged

    def _in_words(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Judge together what has words in it."""
        judged, rows = (
            _unjudged(len(texts)),
            np.flatnonzero(bools_from_arrow(has_trailing_words(texts))),
        )
        classes, numbers = np.full(len(rows), LETTERED), np.zeros(len(rows), dtype=np.int64)
        alike = EquivalentCells(rows=rows, classes=classes, numbers=numbers, others=())
        self._share(judged, alike, texts, memory)
        return judged

    def _in_halves(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Judge together what is judged by two other texts, when these are judged alike."""
        judged, (halved, *parts) = _unjudged(len(texts)), split_readings(texts)
        both = self._judge(pa.concat_arrays(parts), memory)
        (first, second), (own, other) = np.split(both.codes, 2), np.split(both.numbers, 2)
        # Two numbers, or one that can be read in two ways: what they are does not tell which.
        two = bools_from_arrow(pc.match_substring_regex(texts.filter(halved), SEPARATED))
        classes = first.astype(np.int64) * MOST_CODES + second
        classes = (classes * 2 + (own == other)) * 2 + two
        alike = EquivalentCells(
            rows=np.flatnonzero(bools_from_arrow(halved)),
            classes=LETTERED - 1 - classes,
            numbers=own,
            others=(other,),
        )
        self._share(judged, alike, texts, memory)
        return judged

    def _share(
        self, judged: ParsedColumn, alike: EquivalentCells, texts: pa.StringArray, memory: _Memory
    ) -> None:
        """Give each cell the judgement of its class, and its own number."""
        encoded = ints_to_arrow(alike.classes).dictionary_encode()
        places = ints_from_arrow(encoded.indices)
        classes = ints_from_arrow(encoded.dictionary).tolist()
        if new := [at for at, one in enumerate(classes) if one not in memory.classes]:
            firsts = np.zeros(len(classes), dtype=np.int64)
            firsts[places[::-1]] = np.arange(len(places))[::-1]
            self._learn(firsts[new].tolist(), alike, texts, memory)
        meant = np.array([memory.classes[one] for one in classes], dtype=np.int64)
        codes, sources = meant.reshape(-1, 2).T
        numbers = alike.numbers * (sources == 0).take(places)
        for source, others in enumerate(alike.others, start=1):
            if (sources == source).any():
                rows = np.flatnonzero((sources == source).take(places))
                numbers[rows] = others[rows]
        judged.codes[alike.rows] = codes.astype(np.int32).take(places)
        judged.numbers[alike.rows] = numbers

    def _learn(
        self, cells: list[int], alike: EquivalentCells, texts: pa.StringArray, memory: _Memory
    ) -> None:
        """Judge each of these cells for its class, which is new."""
        with self._asking:
            for at in cells:
                one = int(alike.classes[at])
                if one not in memory.classes:
                    memory.classes[one] = self._meaning(at, alike, texts, memory)

    def _meaning(
        self, at: int, alike: EquivalentCells, texts: pa.StringArray, memory: _Memory
    ) -> tuple[int, int]:
        """Judge one cell for its class: its code, and which column its number comes from."""
        if alike.classes[at] == NO_CLASS:
            return ALONE, NO_NUMBER
        code, number = self._asked(texts[int(alike.rows[at])].as_py(), memory.region)
        if not number:
            return code, NO_NUMBER
        columns = (alike.numbers, *alike.others)
        sources = [source for source, column in enumerate(columns) if column[at] == number]
        return (code, sources[0]) if sources else (ALONE, NO_NUMBER)

    def _one_by_one(self, texts: pa.StringArray, memory: _Memory) -> ParsedColumn:
        """Judge each text by itself, if it is not remembered."""
        return _judged(list(self._remembered(texts.to_pylist(), memory)))

    def _remembered(self, texts: list[str], memory: _Memory) -> Iterator[tuple[int, int]]:
        for text in texts:
            with self._asking:
                told = memory.texts.get(text) or self._asked(text, memory.region)
                if len(memory.texts) >= MOST_TEXTS:
                    memory.texts.clear()
                if len(text) <= LONGEST_TEXT:
                    memory.texts[text] = told
            yield told

    def _asked(self, text: str, region: str) -> tuple[int, int]:
        """Judge one text: the code of its judgement, which is kept, and its number."""
        told = self._ask(text, region, self._rules)
        bare = replace(told, phone_number=0)
        if bare not in self._codes:
            self.found.append(bare)
            self._codes[bare] = len(self.found) - 1
        return self._codes[bare], told.phone_number if told.reason is None else 0


def _blocks(texts: pa.StringArray | pa.LargeStringArray) -> Iterator[pa.StringArray]:
    """Cut texts into blocks whose characters can be counted in 32 bits."""
    if len(texts) <= BLOCK and (len(texts) <= 1 or texts.nbytes <= MOST_BYTES):
        # A slice of its own, for it may lie beyond what can be counted so.
        apart = texts if pa.types.is_string(texts.type) else pa.concat_arrays([texts])
        yield apart.cast(pa.string())
        return
    cut = BLOCK if len(texts) > BLOCK else len(texts) // 2
    for first in range(0, len(texts), cut):
        yield from _blocks(texts.slice(first, cut))


def _unjudged(count: int) -> ParsedColumn:
    codes, numbers = np.full(count, ALONE, dtype=np.int32), np.zeros(count, dtype=np.int64)
    return ParsedColumn(codes=codes, numbers=numbers)


def _judged(told: list[tuple[int, int]]) -> ParsedColumn:
    codes, numbers = np.array(told, dtype=np.int64).reshape(-1, 2).T
    return ParsedColumn(codes=codes.astype(np.int32), numbers=np.ascontiguousarray(numbers))
