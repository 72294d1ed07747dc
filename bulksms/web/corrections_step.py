"""Corrects single cells of a draft's list; the corrections are kept beside it."""

import csv
from collections.abc import Iterable
from dataclasses import astuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bulksms.loader.corrections import COLUMNS, Correction, read_corrections
from bulksms.output.whole_file import whole_file
from bulksms.web.drafts import Draft
from bulksms.web.page import number_of, page_of, see

__all__ = ["corrections_of", "save_correction", "undo_correction"]


def corrections_of(draft: Draft) -> tuple[Correction, ...]:
    """Give the corrections of a draft, the first made first.

    Raises:
        InputError: their file cannot be read.
        LoadError: it is no file of corrections.
    """
    path = draft.corrections_path
    return read_corrections(path) if path.exists() else ()


async def save_correction(request: Request) -> Response:
    """Keep the new value of a cell."""
    draft, form = page_of(request).draft(request), await request.form()
    texts = {name: str(value) for name, value in form.items()}
    if not {"list", "sheet", "row", "column", "value"} <= set(texts):
        raise HTTPException(404)
    correction = Correction(
        list=texts["list"],
        sheet=texts["sheet"],
        row=number_of(texts["row"]),
        column=number_of(texts["column"]),
        value=texts["value"].strip(),
    )
    others = [each for each in corrections_of(draft) if _cell(each) != _cell(correction)]
    _write(draft, [*others, correction])
    return see(f"/drafts/{draft.id}/people#corrected")


async def undo_correction(request: Request) -> Response:
    """Read a cell, or all of them, as they stand in the list again."""
    draft, form = page_of(request).draft(request), await request.form()
    if "all" in form:
        _write(draft, ())
        return see(f"/drafts/{draft.id}/columns")
    at = number_of(form.get("at"))
    _write(draft, [each for n, each in enumerate(corrections_of(draft), 1) if n != at])
    return see(f"/drafts/{draft.id}/people#corrected")


def _cell(correction: Correction) -> tuple[str, str, int, int]:
    return correction.list, correction.sheet, correction.row, correction.column


def _write(draft: Draft, corrections: Iterable[Correction]) -> None:
    lines = [astuple(correction) for correction in corrections]
    with whole_file(draft.corrections_path, "utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *lines])
    draft.save({"corrections": draft.corrections_path.name if lines else None})
