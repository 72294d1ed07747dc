"""What the law and the API demand of a text before it may go out.

It must not know contacts one by one, the clock or the network.
"""

from collections.abc import Iterable

import phonenumbers

from bulksms.contacts import FRANCE
from bulksms.finding import Finding, Level

STOP_MENTIONS = ("STOP au 30101", "STOP au XXXXX")  # in this case, to the letter
# The operators' charter wants a letter and no generic word (octopush-api.md 7.3).
GENERIC_SENDERS = frozenset({"INFO", "INFOS", "ALERT", "ALERTS", "ALERTE", "ALERTES"})
MARKETING = "wholesale"  # the API's own word; the Purpose of campaign.py lies below this room


def stop_mention_missing(text: str, purpose: str, countries: Iterable[str]) -> Finding | None:
    """Find marketing to France that does not say how to leave the list."""
    # The API refuses marketing to these without the mention, code 121 (octopush-api.md 7.1).
    bound = FRANCE.intersection(countries)
    if purpose != MARKETING or not bound or any(mention in text for mention in STOP_MENTIONS):
        return None
    return Finding(
        code="stop_mention_missing",
        level=Level.ERROR,
        message=f"Marketing to {', '.join(sorted(bound))} must say how to opt out, and the API "
        f'refuses it without (code 121): add the line "{STOP_MENTIONS[0]}" to the text, '
        "in this very spelling.",
    )


def sender_findings(
    sender: str | None, purpose: str, countries: Iterable[str]
) -> tuple[Finding, ...]:
    """Find a sender that the networks of these countries do not show; none means the account's."""
    if sender is None:
        return ()
    reached = frozenset(countries)
    found = (_unfit_for_france(sender, purpose, reached), _unfit_for_america(sender, reached))
    return tuple(finding for finding in found if finding is not None)


def _unfit_for_france(sender: str, purpose: str, countries: frozenset[str]) -> Finding | None:
    if purpose != MARKETING or not FRANCE & countries:
        return None
    if not any(letter.isalpha() for letter in sender):
        told = f"The sender {sender} has no letter, and marketing to France needs one"
    elif sender.upper() in GENERIC_SENDERS:
        told = f"The sender {sender} could be anybody, which marketing to France forbids"
    else:
        return None
    told += ": give the name people know you by, with --sender."
    return Finding(code="sender_not_allowed", level=Level.ERROR, message=told)


def _unfit_for_america(sender: str, countries: frozenset[str]) -> Finding | None:
    """One client reports that +1 takes no names (octopush-api.md 3.4): worth a warning only."""
    named = sorted(countries.intersection(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]))
    if not named or sender.isdigit():
        return None
    told = f"Numbers in {', '.join(named)} take no name as the sender, so the text may not arrive "
    told += f"there from {sender}: leave them out with --allow-country, or try one of them first."
    return Finding(code="sender_replaced", level=Level.WARNING, message=told)
