"""The names of states, outcomes and modes, as pages and reports show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bulksms.pages.languages import language_of

__all__ = ["Labels", "labels_of"]

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Names in one language, each by its code.

    Attributes:
        outcomes: what became of a row, after "so many rows".
        mode_notes: what a mode without a real sending means.
        routes: the types of a text (`sms_premium`).
        levels: of a finding that the campaign was begun with.
        prices: where the price of a segment came from.
    """

    modes: Names
    mode_notes: Names
    outcomes: Names
    frame_states: Names
    deliveries: Names
    levels: Names
    purposes: Names
    routes: Names
    prices: Names


@cache
def labels_of(code: str) -> Labels:
    """Return the names in a language."""
    language = language_of(code)
    _, pgettext = language.catalogue.gettext, language.pgettext
    return Labels(
        modes={
            "real": _("REAL"),
            "rehearsal": _("REHEARSAL"),
            "simulation": _("SIMULATION"),
        },
        mode_notes={
            "rehearsal": _("No text reached a phone. Nothing was charged."),
            "simulation": _("Octopush checked everything and sent nothing. Nothing was charged."),
        },
        outcomes={
            "sent": pgettext("rows", "Sent"),
            "simulated": pgettext("rows", "Simulated"),
            "in_doubt": pgettext("rows", "In doubt"),
            "failed": pgettext("rows", "Refused by Octopush"),
            "not_attempted": pgettext("rows", "Not sent yet"),
            "rejected": pgettext("rows", "Left out, with a reason"),
            "suppressed": pgettext("rows", "Left out: duplicates and opt-outs"),
        },
        frame_states={
            "accepted": pgettext("request", "accepted"),
            "accepted_short": pgettext("request", "accepted in part"),
            "refused": pgettext("request", "refused"),
            "in_doubt": pgettext("request", "in doubt"),
            "intent": pgettext("request", "being posted"),
            "planned": pgettext("request", "not posted"),
            "dropped": pgettext("request", "dropped"),
            "simulated": pgettext("request", "simulated"),
        },
        deliveries={
            "delivered": _("Delivered"),
            "not_delivered": _("Not delivered"),
            "unknown": _("The network does not say"),
            "waiting": _("No final receipt yet"),
            "no_receipt": _("No receipt after 72 hours"),
        },
        levels={
            "error": _("error, accepted"),
            "warning": _("warning"),
            "note": _("note"),
        },
        purposes={"alert": _("alert"), "wholesale": _("marketing")},
        routes={"sms_premium": _("premium route"), "sms_low_cost": _("low cost route")},
        prices={
            "default": _("a public list price, which your account may not pay"),
            "learned": _("what your account was charged in an earlier campaign"),
            "tariff": _("your own price list"),
        },
    )
