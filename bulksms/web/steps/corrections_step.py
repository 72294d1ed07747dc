"""Corrects single cells of a draft's list; the corrections are kept in a file next to it."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bulksms.loader.corrections import COLUMNS, Correction, read_corrections
from bulksms.output.whole_file import whole_file
from bulksms.web.drafts.drafts import Draft
from bulksms.web.page import number_of, page_of, see

__all__ = ["corrections_of", "save_correction", "undo_correction"]


REASON = re.compile(r"[a-z_]+")


def corrections_of(draft: Draft) -> tuple[Correction, ...]:
    """Return the corrections of a draft, the first made first.

    Raises:
        InputError: their file cannot be read.
        LoadError: it is not a file of corrections.
    """
    path = draft.corrections_path
    return read_corrections(path) if path.exists() else ()


async def save_correction(request: Request) -> Response:
    """Keep the new values of one cell or of several."""
    draft, form = page_of(request).draft(request), await request.form()
    new = {_cell(each): each for each in _corrections(form)}
    others = [each for each in corrections_of(draft) if _cell(each) not in new]
    if new:
        _write(draft, [*others, *new.values()])
    reason = str(form.get("reason") or "")
    people = f"/drafts/{draft.id}/people"
    return see(f"{people}/{reason}" if REASON.fullmatch(reason) else f"{people}#corrected")


async def undo_correction(request: Request) -> Response:
    """Read a cell, or all of them, as they are in the list again."""
    draft, form = page_of(request).draft(request), await request.form()
    if "all" in form:
        _write(draft, ())
        return see(f"/drafts/{draft.id}/columns")
    at = number_of(form.get("at"))
    _write(draft, [each for n, each in enumerate(corrections_of(draft), 1) if n != at])
    return see(f"/drafts/{draft.id}/people#corrected")


def _corrections(form: FormData) -> Iterator[Correction]:
    """Read the cells of a form that have another value than before.

    Raises:
        HTTPException: 404, no form of ours has this.
    """
    fields = [list(map(str, form.getlist(name))) for name in (*COLUMNS, "before")]
    if not fields[0] or len(set(map(len, fields))) != 1:
        raise HTTPException(404)
    for digest, sheet, row, column, value, before in zip(*fields, strict=True):
        at_row, at_column = number_of(row), number_of(column)
        if value.strip() != before.strip():
            yield Correction(
                list=digest, sheet=sheet, row=at_row, column=at_column, value=value.strip()
            )


def _cell(correction: Correction) -> tuple[str, str, int, int]:
    return correction.list, correction.sheet, correction.row, correction.column


def _write(draft: Draft, corrections: Iterable[Correction]) -> None:
    lines = [astuple(correction) for correction in corrections]
    with whole_file(draft.corrections_path, "utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    draft.save({"corrections": draft.corrections_path.name if lines else None})
