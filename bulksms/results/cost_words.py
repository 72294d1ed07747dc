"""How the cost of a campaign is said, also where Octopush did not report it."""

from decimal import Decimal

from bulksms.pages.languages import Language
from bulksms.results.campaign_report import Report

__all__ = ["cost_words", "unpriced_words"]


def cost_words(report: Report, language: Language, in_doubt: Decimal | None = None) -> str:
    """Describe what a campaign cost, with what frames in doubt may add to it."""
    _, total = language.catalogue.gettext, report.total_cost
    if report.unpriced and not total and not in_doubt:
        return _("not reported")
    if report.unpriced:
        return _("at least %(amount)s") % {"amount": language.money(total)}
    if not in_doubt:
        return language.money(total)
    amounts = {"least": language.money(total), "most": language.money(total + in_doubt)}
    return _("%(least)s to %(most)s") % amounts


def unpriced_words(report: Report, language: Language) -> str | None:
    """Return for how many requests the cost is missing; None where it is known of all."""
    if not report.unpriced:
        return None
    sentence = language.catalogue.ngettext(
        "Octopush did not report the cost of %(count)s request: look at your Octopush account.",
        "Octopush did not report the cost of %(count)s requests: look at your Octopush account.",
        report.unpriced,
    )
    return sentence % {"count": language.number(report.unpriced)}
