"""Judges columns of texts as numbers, block after block, and remembers what it has judged.

Cells of which the number table says the same are judged by one of them, once in a run. It knows
neither rows nor sentences.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from threading import Lock

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.contacts.alike import NO_CLASS, Alike, likeness
from bulksms.contacts.numbers import table_at
from bulksms.contacts.phones import Judgement, NumberRules, judge
from bulksms.contacts.respelling import SEPARATED, halves, lettered, plainly

__all__ = ["Judged", "NumberJudge"]

LETTERED = -2  # the class of a number with words behind it
MOST_TEXTS = 1 << 16  # odd texts remembered: those that come again come again soon
MOST_CODES = 1 << 20  # judgements that a class of halves can name
ALONE = -1  # the code of a class whose cells are judged one by one
NO_NUMBER = -1  # the source of a class of which no cell can be texted


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a block of texts is.

    Attributes:
        codes: per text, the place of its judgement in `NumberJudge.found`.
        numbers: per text, its number in E.164 without the +; 0 where it cannot be texted.
    """

    codes: NDArray[np.int32]
    numbers: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Region:
    """What is remembered of texts that are read in one region.

    Attributes:
        classes: the code of a class, and which column of its `Alike` holds the numbers.
        halves: the same of what is judged by two other texts.
        texts: the code and the number of a text that is judged by itself.
    """

    name: str
    classes: dict[int, tuple[int, int]] = field(default_factory=dict)
    halves: dict[int, tuple[int, int]] = field(default_factory=dict)
    texts: dict[str, tuple[int, int]] = field(default_factory=dict)


class NumberJudge:
    """Judges columns of texts as numbers, block after block; equal judgements are kept once.

    Several threads may judge at once.

    Attributes:
        found: every distinct judgement so far, without its own `phone_number`; it only grows.
    """

    found: list[Judgement]

    def __init__(self, rules: NumberRules) -> None:
        self.found = []
        self._rules = rules
        self._table = table_at(rules.table)
        self._codes: dict[Judgement, int] = {}
        self._regions: dict[str, _Region] = {}
        self._asking = Lock()  # one thread asks the library; the other would ask it the same

    def judge(self, texts: pa.StringArray | pa.LargeStringArray, region: str) -> Judged:
        """Judge a block of texts that are read in one region; they hold no nulls."""
        memory = self._regions.setdefault(region, _Region(region))
        return self._judge(texts.cast(pa.large_string()), memory)

    def _judge(self, texts: pa.LargeStringArray, region: _Region) -> Judged:
        """Judge many together where that can be proved, the rest one by one."""
        ways: list[Callable[[pa.LargeStringArray, _Region], Judged]] = [self._one_by_one]
        if self._table is not None:
            ways = [self._alike, self._alike_in_plain, self._in_halves, self._one_by_one]
        codes = np.full(len(texts), ALONE, dtype=np.int32)
        numbers = np.zeros(len(texts), dtype=np.int64)
        for way in ways:
            alone = codes == ALONE
            if alone.any():
                judged = way(texts.filter(pa.array(alone)), region)
                codes[alone], numbers[alone] = judged.codes, judged.numbers
        return Judged(codes=codes, numbers=numbers)

    def _alike(self, texts: pa.LargeStringArray, region: _Region) -> Judged:
        """Judge together what the number table finds alike as it stands."""
        assert self._table is not None
        alike = likeness(texts, region.name, self._table)
        return self._class_by_class(texts, region, region.classes, alike)

    def _alike_in_plain(self, texts: pa.LargeStringArray, region: _Region) -> Judged:
        """Judge together what it finds alike when written plainly, and what has words in it."""
        assert self._table is not None
        plain = plainly(texts)
        alike = likeness(plain, region.name, self._table)
        alike.classes[np.asarray(lettered(plain))] = LETTERED
        return self._class_by_class(texts, region, region.classes, alike)

    def _in_halves(self, texts: pa.LargeStringArray, region: _Region) -> Judged:
        """Judge together what is judged by two other texts, when these are judged alike."""
        plain = plainly(texts)
        halved, *parts = halves(plain)
        first, second = (self._judge(part, region) for part in parts)
        where = np.asarray(halved)
        classes = np.full(len(texts), NO_CLASS)
        classes[where] = first.codes.astype(np.int64) * MOST_CODES + second.codes
        # Two numbers, or one that may be read in two ways: what they are does not tell which.
        two = np.asarray(pc.match_substring_regex(plain.filter(halved), SEPARATED))
        classes[where] = (classes[where] * 2 + (first.numbers == second.numbers)) * 2 + two
        numbers = np.zeros((2, len(texts)), dtype=np.int64)
        numbers[:, where] = first.numbers, second.numbers
        alike = Alike(classes=classes, numbers=numbers[0], others=(numbers[1],))
        return self._class_by_class(texts, region, region.halves, alike)

    def _class_by_class(
        self,
        texts: pa.LargeStringArray,
        region: _Region,
        known: dict[int, tuple[int, int]],
        alike: Alike,
    ) -> Judged:
        """Judge one cell of each new class; the others have its judgement and their own number."""
        encoded = pc.dictionary_encode(pa.array(alike.classes))
        places, classes = np.asarray(encoded.indices), encoded.dictionary.to_pylist()
        new = [at for at, one in enumerate(classes) if one not in known and one != NO_CLASS]
        if new:
            firsts = np.zeros(len(classes), dtype=np.int64)
            firsts[places[::-1]] = np.arange(len(places))[::-1]
            with self._asking:
                for at in new:
                    if classes[at] not in known:
                        known[classes[at]] = self._meaning(texts, int(firsts[at]), region, alike)
        alone = (ALONE, NO_NUMBER)
        meant = np.array([known.get(one, alone) for one in classes], dtype=np.int32)
        codes, sources = meant.reshape(-1, 2).T
        numbers = np.zeros(len(places), dtype=np.int64)
        for source, column in enumerate((alike.numbers, *alike.others)):
            if (sources == source).any():
                numbers = np.where((sources == source)[places], column, numbers)
        return Judged(codes=codes[places], numbers=numbers)

    def _meaning(
        self, texts: pa.LargeStringArray, at: int, region: _Region, alike: Alike
    ) -> tuple[int, int]:
        """Judge one cell for its class: its code, and the column of the number, if it has one."""
        code, number = self._kept(judge(texts[at].as_py(), region.name, self._rules))
        if not number:
            return code, NO_NUMBER
        columns = (alike.numbers, *alike.others)
        sources = [source for source, column in enumerate(columns) if column[at] == number]
        return (code, sources[0]) if sources else (ALONE, NO_NUMBER)

    def _one_by_one(self, texts: pa.LargeStringArray, region: _Region) -> Judged:
        """Judge each distinct text once."""
        encoded = texts.dictionary_encode()
        distinct = self._each(encoded.dictionary.to_pylist(), region)
        found = np.array(list(distinct), dtype=np.int64).reshape(-1, 2)
        codes, numbers = found[np.asarray(encoded.indices)].T
        return Judged(codes=codes.astype(np.int32), numbers=numbers)

    def _each(self, texts: Iterable[str], region: _Region) -> Iterable[tuple[int, int]]:
        for text in texts:
            known = region.texts.get(text)
            if known is None:
                with self._asking:
                    known = self._kept(judge(text, region.name, self._rules))
                    if len(region.texts) >= MOST_TEXTS:
                        region.texts.clear()
                    region.texts[text] = known
            yield known

    def _kept(self, judged: Judgement) -> tuple[int, int]:
        """Keep a judgement without its number, unless it is known: its code, and the number."""
        number = int(judged.phone_number) if judged.reason is None else 0
        bare = replace(judged, phone_number="")
        code = self._codes.setdefault(bare, len(self.found))
        if code == len(self.found):
            self.found.append(bare)
        return code, number
