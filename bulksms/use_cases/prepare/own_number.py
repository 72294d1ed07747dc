"""Reads a number of the operator's own or of a colleague, by the rules of all others."""

import numpy as np

from bulksms.contacts.phones.display import rejection_sentence
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number
from bulksms.errors import RuleError
from bulksms.plan.make_plan import Plan
from bulksms.plan.opt_out_files import read_guest_lists

__all__ = ["read_own_number"]


def read_own_number(plan: Plan, number: str) -> ParsedNumber:
    """Read a number of one's own by the rules of all others; a guest list holds for it too.

    Raises:
        RuleError: it cannot be texted.
    """
    asked = plan.request.rules
    rules = NumberRules(allow_landlines=asked.allow_landlines, rehearsal=asked.rehearsal)
    region = asked.region
    judged = parse_number(number, region, rules)
    if judged.reason is not None:
        raise RuleError(
            rejection_sentence(judged.reason, number, region),
            code="own_number_invalid",
            number=number,
        )
    guests = read_guest_lists(plan.request.guests, region)
    if guests is not None and not guests.has(np.array([judged.phone_number])).all():
        raise RuleError(
            f"{number} is not on the guest list, and only guests are texted: add it.",
            code="own_number_not_guest",
            number=number,
        )
    return judged
