"""Makes a plan from files: load, map, screen, personalise. Opens no connection."""

from dataclasses import replace

from bulksms.columnar.arrays import use_low_memory_allocator
from bulksms.contacts import ColumnMapping, check_profile, map_columns, screen
from bulksms.errors import MappingError, ProfileError
from bulksms.finding import Finding, Level
from bulksms.loader import Sheet, open_sheets
from bulksms.loader.corrections import correct_sheets
from bulksms.plan.opt_out_files import read_guest_lists, read_opt_out_files
from bulksms.plan.plan import Plan, PlanRequest, add_message
from bulksms.plan.variants import referenced_columns

__all__ = ["Plan", "PlanRequest", "make_plan"]


def make_plan(request: PlanRequest) -> Plan:
    """Load, map, screen and personalise.

    Raises:
        InputError: a file, its columns or the text cannot be used.
    """
    use_low_memory_allocator()
    parameters, region = request.parameters, request.rules.region
    columns = referenced_columns(parameters, request.text_options) if parameters else ()
    sheets, sheet_findings = _load(request, columns)
    opt_outs, opt_out_findings = read_opt_out_files(
        request.optouts, region, request.stored_optouts, request.progress
    )
    rules = replace(request.rules, guests=read_guest_lists(request.guests, region))
    plan = Plan(
        request=request,
        sheets=tuple(sheets),
        screened=screen(sheets, rules, opt_outs, request.progress),
        file_findings=(
            *(finding for sheet, _ in sheets for finding in sheet.findings),
            *sheet_findings,
            *opt_out_findings,
        ),
    )
    return add_message(plan)


def _load(
    request: PlanRequest, columns: tuple[str, ...]
) -> tuple[list[tuple[Sheet, ColumnMapping]], list[Finding]]:
    """Open the sheets that have a number column; it is an error when none has one."""
    mapped: list[tuple[Sheet, ColumnMapping]] = []
    refusals: list[MappingError] = []
    findings: list[Finding] = []
    by_column = request.text_options.texts_by_column
    text_by = None if by_column is None else by_column.column
    sheets = [
        replace(sheet, source=replace(sheet.source, path=request.names.get(path, path)))
        for path in request.files
        for sheet in open_sheets(path, request.reading, request.progress)
    ]
    for sheet in correct_sheets(sheets, request.corrections):
        try:
            if request.profile:
                findings += check_profile(request.profile, sheet)
            mapping = map_columns(sheet, request.chosen, columns, text_by)
            mapped.append((sheet, mapping))
        except MappingError as error:
            if sheet.source.sheet is None or isinstance(error, ProfileError):
                raise
            refusals.append(error)
    if not mapped:
        raise refusals[0]
    skipped = [
        Finding(
            code="sheet_left_out", level=Level.WARNING, message=f"A sheet was skipped. {refusal}"
        )
        for refusal in refusals
    ]
    return mapped, findings + skipped
