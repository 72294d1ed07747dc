"""The files a plan leaves behind: the contacts that would be sent, and the rows left out."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from bulksms.contacts import FIELDS, SUPPRESSING, told_of_block
from bulksms.loader import Block
from bulksms.results.columns import write_blocks, write_columns
from bulksms.use_cases.planning import Plan

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["make_roll", "write_contacts", "write_rejects"]

OURS = ("bulksms_row", "bulksms_code", "bulksms_reason")


def write_contacts(path: Path, plan: Plan) -> None:
    """Write the contacts that would be sent, one line each."""
    table = plan.contacts.copy()
    for name in FIELDS:
        if name not in table:
            table[name] = ""
    columns = ["row", "phone_number", *FIELDS, "source_column"]
    write_columns(path, columns, table[columns])


def write_rejects(path: Path, plan: Plan) -> None:
    """Write the rows left out with their original columns, to be corrected and loaded again."""
    header, places = _joint_header(plan)
    refused = plan.refused_by_text

    def columns(one: tuple[int, Block]) -> list[pa.Array]:
        at, block = one
        told = told_of_block(plan.screened.verdicts, at, block)
        inside, said = told.inside, [told.reasons, told.sentences]
        if refused is not None:
            inside, said = _with(refused[refused["source"] == at], block, inside, said)
        rows = pa.array(inside)
        numbers = pa.array(block.numbers[inside]).cast(pa.string())
        cells = {place: block.column(own).take(rows) for own, place in enumerate(places[at])}
        nothing = pa.array([""] * len(inside), pa.string())
        return [*(cells.get(place, nothing) for place in range(len(header))), numbers, *said]

    write_blocks(path, [*header, *OURS], _blocks(plan), columns)


def _blocks(plan: Plan) -> Iterator[tuple[int, Block]]:
    """Give every block of every sheet, with the place of the sheet."""
    for at, (sheet, _) in enumerate(plan.sheets):
        for block in sheet.rows.blocks():
            yield at, block


def _with(
    refused: "pd.DataFrame", block: Block, inside: np.ndarray, said: Sequence[pa.StringArray]
) -> tuple[np.ndarray, list[pa.StringArray]]:
    """Put the rows of a block whose text cannot be sent among those left out before."""
    rows = refused["row"].to_numpy()
    here = refused[(rows >= block.numbers[0]) & (rows <= block.numbers[-1])]
    others = np.searchsorted(block.numbers, here["row"].to_numpy())
    order = np.argsort(np.concatenate([inside, others]), kind="stable")
    texts = [pa.array(here[name].tolist(), pa.string()) for name in ("reason", "sentence")]
    joined = [
        pa.concat_arrays(pair).take(pa.array(order)) for pair in zip(said, texts, strict=True)
    ]
    return np.concatenate([inside, others])[order], joined


def make_roll(plan: Plan) -> tuple[list[str], "pd.DataFrame"]:
    """Give every row of the source with what became of it before the first post."""
    import pandas as pd

    header, rows = _all_rows(plan)
    sizes = pd.Series(plan.frames)
    sent = plan.contacts.assign(frame=sizes.index.repeat(sizes) + 1)
    sent = sent.set_index(["source", "row"])[["phone_number", "source_column", "frame"]]
    told = plan.rejections.set_index(["source", "row"])[["reason", "sentence", "column"]]
    roll = rows.join(sent).join(told)
    apart = roll["reason"].isin(SUPPRESSING)
    roll["class"] = apart.map({True: "suppressed", False: "rejected"})
    roll["frame"] = roll["frame"].fillna(0).astype("int64")
    roll["column"] = roll["source_column"].fillna(roll["column"])
    roll = roll.reset_index().rename(columns={"phone_number": "number"})
    roll["reason"] = roll["sentence"]
    columns = [*range(len(header)), "row", "number", "column", "class", "frame", "reason"]
    texts = {name: roll[name].fillna("").astype("str") for name in ("number", "column", "reason")}
    return header, roll.assign(**texts)[columns]


def _all_rows(plan: Plan) -> tuple[list[str], "pd.DataFrame"]:
    """Join the rows of all sheets under one header, indexed by source and row."""
    import pandas as pd

    header, places = _joint_header(plan)
    names = ["source", "row"]
    index: list[pd.MultiIndex] = []
    parts = []
    for at, (sheet, _) in enumerate(plan.sheets):
        index.append(
            pd.MultiIndex.from_product([[at], sheet.rows.numbers.astype("int64")], names=names)
        )
        parts.append(sheet.rows.table().set_axis(places[at], axis="columns"))
    joined = parts[0] if len(parts) == 1 else pd.concat(parts)
    joined = joined.reindex(columns=range(len(header))).fillna("")
    return header, joined.set_axis(index[0].append(index[1:]))


def _joint_header(plan: Plan) -> tuple[list[str], list[list[int]]]:
    """Join the headers of all sheets, and say where the columns of each are in it."""
    header: list[str] = []
    return header, [_places(header, sheet.header) for sheet, _ in plan.sheets]


def _places(header: list[str], names: tuple[str, ...]) -> list[int]:
    """Find each name's column in the joint header, adding the new ones; repeats stay apart."""
    places: list[int] = []
    for name in names:
        known = [at for at, other in enumerate(header) if other == name and at not in places]
        if not known:
            header.append(name)
            known = [len(header) - 1]
        places.append(known[0])
    return places
