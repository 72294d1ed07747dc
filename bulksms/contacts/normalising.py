"""E.164 for whole columns of texts, block after block.

Of cells that the number table finds alike one is judged in a run, and every other distinct text by
itself. It knows nothing of rows, headers or opt-outs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bulksms.contacts.judging import Judged, NumberJudge
from bulksms.contacts.letters import written
from bulksms.contacts.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from bulksms.contacts.phones import Judgement, NumberRules

__all__ = ["Judged", "NumberJudge", "normalise"]

TRUTHS = ("repaired", "split")
CELL = "cell"  # stands for one in the pattern of a sentence
QUOTED_AS_IT_IS = r"^[ -&(-\[\]-~]{1,40}$"  # short, and nothing that `repr` would write otherwise


def normalise(texts: pd.Series, regions: str | pd.Series, rules: NumberRules) -> pd.DataFrame:
    """Judge a column of texts, each read in its region; the answer has the same index.

    Its columns are `phone_number`, `country`, `kind`, `reason`, `repaired`, `split`, `sentence`.
    """
    import pandas as pd

    column = pa.chunked_array(pa.array(texts, type=pa.large_string())).combine_chunks()
    judge = NumberJudge(rules)
    if isinstance(regions, str):
        return _of_region(column, regions, judge).set_axis(texts.index)
    codes, names = pd.factorize(regions)
    parts = [np.flatnonzero(codes == at) for at in range(len(names))]
    tables = [
        _of_region(column.take(pa.array(part)), name, judge)
        for part, name in zip(parts, names, strict=True)
    ]
    if not tables:
        return _of_region(column, "", judge).set_axis(texts.index)
    order = np.argsort(np.concatenate(parts))
    return pd.concat(tables).iloc[order].set_axis(texts.index)


def _of_region(texts: pa.LargeStringArray, region: str, judge: NumberJudge) -> pd.DataFrame:
    judged = judge.judge(texts, region)  # before it is told what was found
    return _told(texts, region, judge.found, judged)


def _told(
    texts: pa.LargeStringArray, region: str, found: Sequence[Judgement], judged: Judged
) -> pd.DataFrame:
    codes = pa.array(judged.codes)
    reasons = [one.reason.value if one.reason else "" for one in found]
    refused = np.array([bool(reason) for reason in reasons], dtype=bool)[judged.codes]
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
        "sentence": _sentences(texts, region, found, judged.codes, refused),
    }
    answer: pd.DataFrame = pa.table(columns).to_pandas()
    return answer


def _sentences(
    texts: pa.LargeStringArray,
    region: str,
    found: Sequence[Judgement],
    judged: NDArray[np.int32],
    refused: NDArray[np.bool_],
) -> pa.LargeStringArray:
    """Tell of each refused cell; those that are quoted as they stand, all at once."""
    patterns = [_sentence(one, region, CELL).partition(repr(CELL)) for one in found]
    codes = judged[refused]
    cells = texts.filter(pa.array(refused))
    before, after = (
        _texts([one[part] for one in patterns]).take(pa.array(codes)) for part in (0, 2)
    )
    lines = pc.binary_join_element_wise(before, cells, after, pa.scalar("'", pa.large_string()))
    quoted = np.array([bool(cell) for _, cell, _ in patterns], dtype=bool)[codes]
    others = ~(quoted & np.asarray(pc.match_substring_regex(cells, QUOTED_AS_IT_IS)))
    rest = zip(codes[others].tolist(), cells.filter(pa.array(others)).to_pylist(), strict=True)
    told = _texts([_sentence(found[code], region, cell) for code, cell in rest])
    lines = pa.concat_arrays([_texts([""]), pc.replace_with_mask(lines, pa.array(others), told)])
    return lines.take(pa.array(np.where(refused, np.cumsum(refused), 0)))


def _sentence(found: Judgement, region: str, cell: str) -> str:
    return sentence(found.reason, cell, region, found.because) if found.reason else ""


def _texts(texts: Sequence[str]) -> pa.LargeStringArray:
    return pa.array(texts, pa.large_string())
