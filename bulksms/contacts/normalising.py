"""E.164 for a whole column at once.

Of cells that the number table finds alike one is judged, and every other distinct text by itself.
It knows nothing of rows, headers or opt-outs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from bulksms.contacts.alike import NO_CLASS, Alike, likeness, written
from bulksms.contacts.numbers import NumberTable, table_at
from bulksms.contacts.phones import Judgement, NumberRules, judge
from bulksms.contacts.respelling import halves, lettered, plainly
from bulksms.contacts.sentences import sentence

__all__ = ["normalise"]

LETTERED = -2  # the class of a number with words behind it
TRUTHS = ("repaired", "split")
CELL = "cell"  # stands for one in the pattern of a sentence
QUOTED_AS_IT_IS = r"^[ -&(-\[\]-~]{1,40}$"  # short, and nothing that `repr` would write otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Judgements, and which of them each cell has.

    Attributes:
        codes: per cell, the place of its judgement in `found`, or `NO_CLASS`.
        numbers: per cell, its number in E.164 without the +; only where it can be texted.
    """

    found: list[Judgement]
    codes: NDArray[np.int64]
    numbers: NDArray[np.int64]

    def fill(self, alone: NDArray[np.bool_], others: "_Judged") -> None:
        """Take over what was found of cells that had no judgement yet."""
        known = others.codes != NO_CLASS
        self.codes[alone] = np.where(known, others.codes + len(self.found), NO_CLASS)
        self.numbers[alone] = others.numbers
        self.found.extend(others.found)


_Way = Callable[[pa.LargeStringArray, str, NumberRules], _Judged]


def normalise(texts: pd.Series, regions: str | pd.Series, rules: NumberRules) -> pd.DataFrame:
    """Judge a column of texts, each read in its region; the answer has the same index.

    Its columns are `phone_number`, `country`, `kind`, `reason`, `repaired`, `split`, `sentence`.
    """
    column = pa.chunked_array(pa.array(texts, type=pa.large_string())).combine_chunks()
    if isinstance(regions, str):
        return _of_region(column, regions, rules).set_axis(texts.index)
    codes, names = pd.factorize(regions)
    parts = [np.flatnonzero(codes == at) for at in range(len(names))]
    tables = [
        _of_region(column.take(pa.array(part)), name, rules)
        for part, name in zip(parts, names, strict=True)
    ]
    if not tables:
        return _of_region(column, "", rules).set_axis(texts.index)
    order = np.argsort(np.concatenate(parts))
    return pd.concat(tables).iloc[order].set_axis(texts.index)


def _of_region(texts: pa.LargeStringArray, region: str, rules: NumberRules) -> pd.DataFrame:
    return _told(texts, region, _judged(texts, region, rules))


def _judged(texts: pa.LargeStringArray, region: str, rules: NumberRules) -> _Judged:
    """Judge all texts: many together where that can be proved, the rest one by one."""
    count, table = len(texts), table_at(rules.table)
    ways: list[_Way] = [_one_by_one]
    if table is not None:
        ways = [partial(_alike, table=table), partial(_alike_in_plain, table=table)]
        ways += [_in_halves, _one_by_one]
    judged = _Judged(
        found=[], codes=np.full(count, NO_CLASS), numbers=np.zeros(count, dtype=np.int64)
    )
    for way in ways:
        alone = judged.codes == NO_CLASS
        if alone.any():
            judged.fill(alone, way(texts.filter(pa.array(alone)), region, rules))
    return judged


def _alike(
    texts: pa.LargeStringArray, region: str, rules: NumberRules, table: NumberTable
) -> _Judged:
    """Judge together what the number table finds alike as it stands."""
    return _class_by_class(texts, region, rules, likeness(texts, region, table))


def _alike_in_plain(
    texts: pa.LargeStringArray, region: str, rules: NumberRules, table: NumberTable
) -> _Judged:
    """Judge together what it finds alike when written plainly, and what has words in it."""
    plain = plainly(texts)
    alike = likeness(plain, region, table)
    alike.classes[np.asarray(lettered(plain))] = LETTERED
    return _class_by_class(texts, region, rules, alike)


def _in_halves(texts: pa.LargeStringArray, region: str, rules: NumberRules) -> _Judged:
    """Judge together what is judged by two other texts, when these are judged alike."""
    halved, *parts = halves(plainly(texts))
    first, second = (_judged(part, region, rules) for part in parts)
    where, count = np.asarray(halved), len(second.found)
    classes = np.full(len(texts), NO_CLASS)
    classes[where] = (first.codes * count + second.codes) * 2 + (first.numbers == second.numbers)
    numbers = np.zeros((2, len(texts)), dtype=np.int64)
    numbers[:, where] = first.numbers, second.numbers
    return _class_by_class(
        texts, region, rules, Alike(classes=classes, numbers=numbers[0], others=(numbers[1],))
    )


def _class_by_class(
    texts: pa.LargeStringArray, region: str, rules: NumberRules, alike: Alike
) -> _Judged:
    """Judge one cell of each class; the others have the same judgement and their own number."""
    codes, classes = pd.factorize(alike.classes)
    firsts = np.zeros(len(classes), dtype=np.int64)
    firsts[codes[::-1]] = np.arange(len(codes))[::-1]
    found = [judge(texts[at].as_py(), region, rules) for at in firsts.tolist()]
    numbers = np.array([int(one.phone_number or 0) for one in found], dtype=np.int64)
    refused = np.array([one.reason is not None for one in found], dtype=bool)
    shared, own = refused.copy(), np.zeros(len(codes), dtype=np.int64)
    for column in (*alike.others, alike.numbers):
        same = ~refused & (numbers == column[firsts])
        own = np.where(same[codes], column, own)
        shared |= same
    shared &= classes != NO_CLASS
    return _Judged(found=found, codes=np.where(shared[codes], codes, NO_CLASS), numbers=own)


def _one_by_one(texts: pa.LargeStringArray, region: str, rules: NumberRules) -> _Judged:
    """Judge each distinct text once."""
    codes, distinct = pd.factorize(texts.to_pandas())
    found = [judge(text, region, rules) for text in distinct]
    numbers = np.array([int(one.phone_number or 0) for one in found], dtype=np.int64)
    return _Judged(found=found, codes=codes, numbers=numbers[codes])


def _told(texts: pa.LargeStringArray, region: str, judged: _Judged) -> pd.DataFrame:
    found, codes = judged.found, pa.array(judged.codes)
    reasons = [one.reason.value if one.reason else "" for one in found]
    refused = np.array([one.reason is not None for one in found], dtype=bool)[judged.codes]
    truths = {
        name: np.array([getattr(one, name) for one in found], dtype=bool)[judged.codes]
        for name in TRUTHS
    }
    columns = {
        "phone_number": pc.if_else(pa.array(refused), "", written(judged.numbers)),
        "country": _texts([one.country for one in found]).take(codes),
        "kind": _texts([one.kind for one in found]).take(codes),
        "reason": _texts(reasons).take(codes),
        **{name: pa.array(truth & ~refused) for name, truth in truths.items()},
        "sentence": _sentences(texts, region, judged, refused),
    }
    answer: pd.DataFrame = pa.table(columns).to_pandas()
    return answer


def _sentences(
    texts: pa.LargeStringArray, region: str, judged: _Judged, refused: NDArray[np.bool_]
) -> pa.LargeStringArray:
    """Tell of each refused cell; those that are quoted as they stand, all at once."""
    patterns = [_sentence(one, region, CELL).partition(repr(CELL)) for one in judged.found]
    codes = judged.codes[refused]
    cells = texts.filter(pa.array(refused))
    before, after = (
        _texts([one[part] for one in patterns]).take(pa.array(codes)) for part in (0, 2)
    )
    lines = pc.binary_join_element_wise(before, cells, after, pa.scalar("'", pa.large_string()))
    quoted = np.array([bool(cell) for _, cell, _ in patterns], dtype=bool)[codes]
    others = ~(quoted & np.asarray(pc.match_substring_regex(cells, QUOTED_AS_IT_IS)))
    rest = zip(codes[others].tolist(), cells.filter(pa.array(others)).to_pylist(), strict=True)
    told = _texts([_sentence(judged.found[code], region, cell) for code, cell in rest])
    lines = pa.concat_arrays([_texts([""]), pc.replace_with_mask(lines, pa.array(others), told)])
    return lines.take(pa.array(np.where(refused, np.cumsum(refused), 0)))


def _sentence(found: Judgement, region: str, cell: str) -> str:
    return sentence(found.reason, cell, region, found.because) if found.reason else ""


def _texts(texts: Sequence[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())
