"""Leaves out the people a text went to before."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from bulksms.ledger import CampaignRecord, Ledger
from bulksms.plan.make_plan import Plan
from bulksms.use_cases.identity import text_digest_of, variants_with_same_text

if TYPE_CHECKING:
    from bulksms.columnar.arrays import PhoneNumbers

__all__ = ["ever_texted", "numbers_texted", "screen_history"]

# How long a number is kept from getting the same text again (reliability.md 2.10).
SAME_TEXT_WINDOW = timedelta(days=7)


def screen_history(
    ledger: Ledger, plan: Plan, digest: str, *, rehearsal: bool, now: datetime
) -> Plan:
    """Leave out everyone who got this text within the window, or may still get it.

    When newcomers are added to a campaign, the people it reached stay out for ever.
    """
    texted = numbers_texted(ledger, plan, rehearsal=rehearsal, now=now)
    same = ledger.campaigns.with_content(digest, rehearsal=rehearsal)
    if same is not None:
        texted = np.concatenate([texted, ever_texted(ledger, same)])
    return plan.without(texted)


def numbers_texted(ledger: Ledger, plan: Plan, *, rehearsal: bool, now: datetime) -> "PhoneNumbers":
    """Collect who got these texts together, or the text meant for them in another campaign.

    Another of the texts of such a campaign counts as well: it said the same.
    """
    since = now - SAME_TEXT_WINDOW
    together = text_digest_of(plan.variants)
    texted = [ledger.history.numbers_texted(together, rehearsal=rehearsal, since=since)]
    for record in ledger.campaigns.all():
        variants = variants_with_same_text(plan, record)
        if variants and record.text_digest != together:
            others = ledger.history.numbers_texted(
                record.text_digest, rehearsal=rehearsal, since=since
            )
            texted += [
                np.intersect1d(others, variant.contacts["phone_number"]) for variant in variants
            ]
    return np.concatenate(texted)


def ever_texted(ledger: Ledger, record: CampaignRecord) -> "PhoneNumbers":
    """Collect everyone who ever got the text of a campaign, or may still get it."""
    since = datetime.min.replace(tzinfo=UTC)
    return ledger.history.numbers_texted(
        record.text_digest, rehearsal=record.rehearsal, since=since
    )
