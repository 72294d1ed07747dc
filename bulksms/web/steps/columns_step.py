"""Step 2: what each column of the list is."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response

from bulksms.pages.languages import Language
from bulksms.web.drafts.draft_columns import DraftColumn
from bulksms.web.drafts.draft_plan import DraftPlan, Step
from bulksms.web.page import Problems, language_of_request, page_of, see
from bulksms.web.steps.reading_step import delimiter_name, encoding_name

__all__ = ["forget_columns", "save_columns", "show_columns"]

FIRST, SECOND = "number", "number_if_empty"
NAMES = ("first_name", "last_name")


async def show_columns(request: Request, problems: Problems | None = None) -> Response:
    """Show every column, its first values and what it becomes."""
    page, language = page_of(request), language_of_request(request)
    draft = page.draft(request)
    plan = await page.plan(request, draft, Step.COLUMNS)
    reading = draft.read().plan.reading
    remembered = () if reading.map or reading.no_header else page.remembered.get(plan.columns)
    if remembered and "fresh" not in request.query_params:
        draft.save({"map": list(remembered)})
        return see(f"/drafts/{draft.id}/columns?remembered")
    unread = plan.problem is not None and plan.problem.step is Step.LIST
    return await page.show(
        request,
        "unreadable.html" if unread else "columns.html",
        Step.COLUMNS,
        draft=draft,
        plan=plan,
        problems=problems,
        reading=reading,
        corrected=reading.corrections is not None,
        encoding_name=lambda name: encoding_name(name, language),
        delimiter_name=lambda name: delimiter_name(name, language),
        region=language.country(reading.region.upper()),
        remembered="remembered" in request.query_params,
        uses={column.letter: use_of(column) for column in plan.columns},
    )


async def forget_columns(request: Request) -> Response:
    """Look at the columns as if these had never been chosen before."""
    page = page_of(request)
    draft = page.draft(request)
    plan = await page.finished_plan(draft)
    page.remembered.keep(plan.columns, ())
    draft.save({"map": None})
    return see(f"/drafts/{draft.id}/columns?fresh")


async def save_columns(request: Request) -> Response:
    """Keep what each column becomes, and continue."""
    page = page_of(request)
    draft, form = page.draft(request), await request.form()
    language = language_of_request(request)
    _ = language.catalogue.gettext
    plan = await page.finished_plan(draft)
    chosen = {column.letter: str(form.get(f"use_{column.letter}", "")) for column in plan.columns}
    problem = _problem(plan, chosen, language)
    if problem:
        return await show_columns(request, problem)
    reading = draft.read().plan.reading
    mapping = list(_mapping(plan, chosen)) or list(reading.map)
    draft.save({"map": mapping})
    if mapping and not reading.no_header:
        page.remembered.keep(plan.columns, mapping)
    return see(f"/drafts/{draft.id}/people")


def use_of(column: DraftColumn) -> str:
    """Return the use that is selected for a column; none for a tie, so that the user chooses."""
    if column.tied:
        return ""
    if column.suggested:
        return FIRST
    if column.phone_rank is not None:
        return FIRST if column.phone_rank == 0 else SECOND
    return column.use if column.use in NAMES else "text"


def _problem(plan: DraftPlan, chosen: dict[str, str], language: Language) -> dict[str, str]:
    """Find what is missing among the choices, by the field it concerns."""
    _ = language.catalogue.gettext
    undecided = [column for column in plan.columns if column.tied and not chosen[column.letter]]
    if undecided:
        return {
            f"use_{column.letter}": _("Choose what column %(letter)s is.")
            % {"letter": column.letter}
            for column in undecided
        }
    firsts = [letter for letter, use in chosen.items() if use == FIRST]
    if len(firsts) != 1:
        field = f"use_{firsts[1] if firsts else plan.columns[0].letter}"
        return {field: _("Choose one column as “Number, first choice”, and only one.")}
    for name in NAMES:
        doubled = [letter for letter, use in chosen.items() if use == name]
        if len(doubled) > 1:
            return {f"use_{doubled[1]}": _("Only one column can be this name.")}
    return {}


def _mapping(plan: DraftPlan, chosen: dict[str, str]) -> Iterator[str]:
    """Write the choices as `map` takes them; nothing where they are what we found ourselves."""
    if plan.view is not None and all(
        chosen[column.letter] == use_of(column) for column in plan.columns
    ):
        return
    by_use = [(chosen[column.letter], column.choice) for column in plan.columns]
    for use in (FIRST, SECOND):
        yield from (f"phone_number={choice}" for name, choice in by_use if name == use)
    yield from (f"{name}={choice}" for name, choice in by_use if name in NAMES)
