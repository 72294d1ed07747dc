"""The steps at the left edge: where one is, what is done, and the fact each finished step left."""

from collections.abc import Mapping
from dataclasses import dataclass

from bulksms.pages.languages import Language
from bulksms.plan.view import PlanView
from bulksms.web.drafts.draft_plan import DraftPlan, Step
from bulksms.web.drafts.drafts import Draft

__all__ = ["RailStep", "counted", "rail_of"]


@dataclass(frozen=True, slots=True)
class RailStep:
    """A step: its number, title and address, and what it decided; without an address it waits.

    A step that is `done` may have no fact to show.
    """

    number: int
    title: str
    address: str | None
    facts: tuple[str, ...]
    done: bool
    current: bool


def rail_of(
    step: Step,
    draft: Draft | None,
    plan: DraftPlan | None,
    language: Language,
    recorded: Mapping[Step, tuple[str, ...]] | None = None,
) -> list[RailStep]:
    """List all steps, those before the current one with their facts.

    `recorded` are the facts of a campaign that was begun; else those of the draft's plan count.
    """
    titles, order = _titles(language), list(Step)
    at = order.index(step)
    facts = _facts(draft, plan, language) if recorded is None else recorded
    return [
        RailStep(
            number=number + 1,
            title=titles[each],
            address=_address(each, draft) if number <= at else None,
            facts=facts.get(each, ()) if number < at else (),
            done=number < at and (each in facts or recorded is not None),
            current=each is step,
        )
        for number, each in enumerate(order)
    ]


def _titles(language: Language) -> dict[Step, str]:
    _ = language.catalogue.gettext
    return {
        Step.LIST: _("List"),
        Step.COLUMNS: _("Columns"),
        Step.PEOPLE: _("Recipients"),
        Step.TEXT: _("Text"),
        Step.DELIVERY: _("Date and sender"),
        Step.CHECK: _("Check and send"),
        Step.PROGRESS: _("Progress"),
        Step.RESULTS: _("Results"),
    }


def _address(step: Step, draft: Draft | None) -> str | None:
    if step is Step.LIST:
        return "/"
    if draft is None or step in (Step.PROGRESS, Step.RESULTS):
        return None
    return f"/drafts/{draft.id}/{step.value}"


def _facts(
    draft: Draft | None, plan: DraftPlan | None, language: Language
) -> Mapping[Step, tuple[str, ...]]:
    """Describe what each finished step of a draft decided."""
    if draft is None or plan is None or plan.view is None:
        return {}
    view = plan.view
    facts = {
        Step.LIST: (draft.list_name, counted("row", view.counts["rows"], language)),
        Step.COLUMNS: (_number_columns(view.mapping.phone_number, language),),
        Step.PEOPLE: (counted("person", view.sendable, language),),
        Step.TEXT: _price(view, language),
        Step.DELIVERY: _delivery(view, language),
    }
    return {step: each for step, each in facts.items() if each}


def _price(view: PlanView, language: Language) -> tuple[str, ...]:
    if view.estimate is None or view.stats is None:
        return ()
    segments, n = view.stats.segments_total, language.catalogue.ngettext
    text = n("%(count)s segment", "%(count)s segments", segments)
    return (text % {"count": language.number(segments)}, language.money(view.estimate.amount))


def _delivery(view: PlanView, language: Language) -> tuple[str, ...]:
    if not view.delivery.sender:
        return ()
    at, _ = view.delivery.send_at, language.catalogue.gettext
    when = _("now") if at is None else f"{language.short_day(at)}, {language.time(at)}"
    return (when, view.delivery.sender)


def counted(noun: str, count: int, language: Language) -> str:
    """Write a number of rows or of people (`person`)."""
    n = language.catalogue.ngettext
    if noun == "row":
        text = n("%(rows)s row", "%(rows)s rows", count)
        return text % {"rows": language.number(count)}
    return n("%(people)s person", "%(people)s people", count) % {"people": language.number(count)}


def _number_columns(headers: tuple[str, ...], language: Language) -> str:
    sentence = language.catalogue.gettext("number: %(columns)s")
    return sentence % {"columns": ", ".join(headers)}
