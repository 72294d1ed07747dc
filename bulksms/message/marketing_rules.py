"""What French law and the API require of a marketing text and its sender."""

from collections.abc import Iterable

import phonenumbers

from bulksms.contacts import FRANCE
from bulksms.finding import Finding, Level

__all__ = ["STOP_MENTIONS", "sender_findings", "stop_mention_missing"]

STOP_MENTIONS = ("STOP au 30101", "STOP au XXXXX")  # compared exactly, capitals included
# The operators' charter requires a letter and forbids generic words (octopush-api.md 7.3).
GENERIC_SENDERS = frozenset({"INFO", "INFOS", "ALERT", "ALERTS", "ALERTE", "ALERTES"})
MARKETING = "wholesale"  # the API's own word; `campaign.Purpose` imports this room


def stop_mention_missing(text: str, purpose: str, countries: Iterable[str]) -> Finding | None:
    """Report marketing to France without the mention that says how to opt out."""
    # The API refuses marketing to these countries without it, code 121 (octopush-api.md 7.1).
    french = FRANCE.intersection(countries)
    if purpose != MARKETING or not french or any(mention in text for mention in STOP_MENTIONS):
        return None
    return Finding(
        code="stop_mention_missing",
        level=Level.ERROR,
        message=f"Marketing to {', '.join(sorted(french))} must say how to opt out, and the API "
        f'refuses it otherwise (code 121): add the line "{STOP_MENTIONS[0]}" to the text, '
        "spelled exactly like this.",
    )


def sender_findings(
    sender: str | None, purpose: str, countries: Iterable[str]
) -> tuple[Finding, ...]:
    """Report a sender that networks forbid or replace; `None` is the account's own."""
    if sender is None:
        return ()
    reached = frozenset(countries)
    findings = (_french_sender(sender, purpose, reached), _american_sender(sender, reached))
    return tuple(finding for finding in findings if finding is not None)


def _french_sender(sender: str, purpose: str, countries: frozenset[str]) -> Finding | None:
    if purpose != MARKETING or not FRANCE & countries:
        return None
    if not any(character.isalpha() for character in sender):
        problem = f"The sender {sender} has no letter, and marketing to France needs one"
    elif sender.upper() in GENERIC_SENDERS:
        problem = f"The sender {sender} is a generic word, which marketing to France forbids"
    else:
        return None
    return Finding(
        code="sender_not_allowed",
        level=Level.ERROR,
        message=f"{problem}: use a name your customers recognise, with --sender.",
    )


def _american_sender(sender: str, countries: frozenset[str]) -> Finding | None:
    """One client reports that +1 takes no names (octopush-api.md 3.4): only a warning."""
    reached = sorted(countries.intersection(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[1]))
    if not reached or sender.isdigit():
        return None
    return Finding(
        code="sender_replaced",
        level=Level.WARNING,
        message=f"Numbers in {', '.join(reached)} do not accept a name as the sender, so texts "
        f"from {sender} may not arrive there: leave these countries out with --allow-country, "
        "or test one number first.",
    )
