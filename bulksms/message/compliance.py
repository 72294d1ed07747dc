"""What the law and the API demand of a text before it may go out.

It must not know contacts one by one, the clock or the network.
"""

from collections.abc import Iterable

from bulksms.contacts import FRANCE, Finding, Level

STOP_MENTIONS = ("STOP au 30101", "STOP au XXXXX")  # in this case, to the letter
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
