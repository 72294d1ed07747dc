"""The files a plan leaves behind: the contacts that would be sent, and the rows left out."""

from pathlib import Path

import pandas as pd

from bulksms.contacts import FIELDS, SUPPRESSING
from bulksms.results.columns import write_columns
from bulksms.use_cases.planning import Plan

__all__ = ["make_roll", "write_contacts", "write_rejects"]


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
    told = plan.rejections.sort_values(["source", "row"], kind="stable")
    header, rows = _rows_at(plan, told)
    table = rows.assign(**{name: told[name].to_numpy() for name in ("row", "reason", "sentence")})
    names = [*header, "bulksms_row", "bulksms_code", "bulksms_reason"]
    write_columns(path, names, table)


def make_roll(plan: Plan) -> tuple[list[str], pd.DataFrame]:
    """Give every row of the source with what became of it before the first post."""
    header, rows = all_rows(plan)
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


def all_rows(plan: Plan) -> tuple[list[str], pd.DataFrame]:
    """Join the rows of all sheets under one header, indexed by source and row."""
    places = [
        pd.MultiIndex.from_product(
            [[number], sheet.rows.numbers.astype("int64")], names=["source", "row"]
        )
        for number, (sheet, _) in enumerate(plan.sheets)
    ]
    index = places[0].append(places[1:])
    header, rows = _rows_at(plan, index.to_frame(index=False))
    return header, rows.set_axis(index)


def _rows_at(plan: Plan, wanted: pd.DataFrame) -> tuple[list[str], pd.DataFrame]:
    """Give the original cells of rows sorted by source, under the joint header of all sheets."""
    header: list[str] = []
    parts = []
    for number, (sheet, _) in enumerate(plan.sheets):
        places = _places(header, sheet.header)
        rows = wanted.loc[wanted["source"] == number, "row"]
        table = sheet.rows.table()
        at = table.index.get_indexer(pd.Index(rows))
        parts.append(table.iloc[at].set_axis(places, axis="columns"))
    joined = parts[0] if len(parts) == 1 else pd.concat(parts)
    if joined.shape[1] < len(header) or len(parts) > 1:
        joined = joined.reindex(columns=range(len(header))).fillna("")
    return header, joined.reset_index(drop=True)


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
