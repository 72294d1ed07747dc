"""From files to a plan: load, map, screen, fit the message, and say what would be sent.

Opens no connection. Everything is known before the first frame is posted.
"""

from dataclasses import replace

from bulksms.columnar.arrays import use_low_memory_allocator
from bulksms.contacts import ColumnMapping, check_profile, map_columns, screen
from bulksms.errors import MappingError, ProfileError
from bulksms.finding import Finding, Level
from bulksms.loader import Sheet, open_sheets
from bulksms.plan.opt_out_files import read_guest_lists, read_opt_out_files
from bulksms.plan.plan import Plan, PlanRequest, with_message
from bulksms.plan.variants import referenced_columns

__all__ = ["Plan", "PlanRequest", "make_plan"]


def make_plan(request: PlanRequest) -> Plan:
    """Load, map, screen and fit.

    Raises:
        InputError: a file, its columns or the text cannot be used.
    """
    use_low_memory_allocator()
    words = (
        referenced_columns(request.parameters, request.text_options) if request.parameters else ()
    )
    sheets, skipped = _load(request, words)
    region = request.rules.region
    optouts, lost = read_opt_out_files(request.optouts, region, request.stored_optouts)
    rules = replace(request.rules, guests=read_guest_lists(request.guests, region))
    screened = screen(sheets, rules, optouts)
    plan = Plan(
        request=request,
        sheets=tuple(sheets),
        screened=screened,
        notes=(*(note for sheet, _ in sheets for note in sheet.findings), *skipped, *lost),
    )
    return with_message(plan)


def _load(
    request: PlanRequest, words: tuple[str, ...]
) -> tuple[list[tuple[Sheet, ColumnMapping]], list[Finding]]:
    """Open every sheet that has a number column; one that has none is only an error alone."""
    opened = [sheet for path in request.files for sheet in open_sheets(path, request.reading)]
    mapped: list[tuple[Sheet, ColumnMapping]] = []
    refused: list[MappingError] = []
    changed: list[Finding] = []
    for sheet in opened:
        try:
            if request.profile:
                changed += check_profile(request.profile, sheet)
            mapped.append((sheet, map_columns(sheet, request.chosen, words)))
        except MappingError as error:
            if sheet.source.sheet is None or isinstance(error, ProfileError):
                raise
            refused.append(error)
    if not mapped:
        raise refused[0]
    told = [f"A sheet is left out. {error}" for error in refused]
    left_out = [
        Finding(code="sheet_left_out", level=Level.WARNING, message=sentence) for sentence in told
    ]
    return mapped, changed + left_out
