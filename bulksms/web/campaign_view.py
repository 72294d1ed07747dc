"""A campaign as its page shows it: shares, chart, rail and times in the language of the reader."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from pathlib import PureWindowsPath

from bulksms.pages.labels import labels_of
from bulksms.pages.languages import Language
from bulksms.results.deliveries import DeliveryGroup
from bulksms.results.posting_rate import PostingRate
from bulksms.use_cases.reporting.campaign_progress import CampaignProgress
from bulksms.web.drafts.draft_plan import Step
from bulksms.web.step_rail import counted

__all__ = [
    "ReceiptShare",
    "Share",
    "delivery_shares",
    "rail_facts",
    "row_shares",
    "shares_of",
    "time_left_of",
    "time_of",
]

STEP = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Share:
    """The people of one class: `fill` and `key` are its colour in the style sheet."""

    name: str
    title: str
    rows: int
    fill: str
    key: str


def shares_of(progress: CampaignProgress, language: Language) -> tuple[Share, ...]:
    """Divide the people who were to get the text by what became of them, in the bar's order."""
    _, people = language.catalogue.gettext, progress.people
    sent = people["sent"] + people.get("simulated", 0)
    goes_on = progress.is_running or progress.can_continue
    waiting = _("Waiting") if goes_on else _("Not sent")
    shares = (
        Share("sent", _("Accepted by Octopush"), sent, "f-ok", "k-ok"),
        Share("in_doubt", _("In doubt"), people["in_doubt"], "hatch", "k-warn"),
        Share("in_flight", _("Being sent"), people["in_flight"], "f-idle", "k-idle"),
        Share("failed", _("Refused"), people["failed"], "f-bad", "k-bad"),
        Share("not_attempted", waiting, people["not_attempted"], "f-line", "k-line"),
    )
    return tuple(share for share in shares if progress.is_running or share.name != "in_flight")


def row_shares(progress: CampaignProgress, language: Language) -> tuple[Share, ...]:
    """Divide all rows of the list by what became of them, in the bar's order."""
    _, people = language.catalogue.gettext, progress.people
    refused = _("Duplicates and people who refused")
    left_out = (
        Share("suppressed", refused, people["suppressed"], "f-line", "k-line"),
        Share("rejected", _("Left out"), people["rejected"], "f-line", "k-line"),
    )
    return tuple(share for share in (*shares_of(progress, language), *left_out) if share.rows)


@dataclass(frozen=True, slots=True)
class ReceiptShare:
    """The texts of one group of receipts, and what to do about them."""

    share: Share
    advice: str


def delivery_shares(progress: CampaignProgress, language: Language) -> tuple[ReceiptShare, ...]:
    """Divide the accepted texts by what became of them; none before the first receipt."""
    if progress.deliveries is None or progress.deliveries.received_at is None:
        return ()
    _, titles = language.catalogue.gettext, labels_of(language.code).deliveries
    rows = (
        (DeliveryGroup.DELIVERED, "f-ok", "k-ok", _("The text is on the phone.")),
        (
            DeliveryGroup.NOT_DELIVERED,
            "f-bad",
            "k-bad",
            _("The number is wrong, or the phone was off for too long."),
        ),
        (DeliveryGroup.UNKNOWN, "hatch", "k-warn", _("Perhaps received. Leave it as it is.")),
        (DeliveryGroup.WAITING, "f-idle", "k-idle", _("Come back later: it can take three days.")),
        (
            DeliveryGroup.NO_RECEIPT,
            "f-line",
            "k-line",
            _("Perhaps received, perhaps charged. Leave it as it is."),
        ),
    )
    shares = (
        ReceiptShare(
            Share(group.value, titles[group.value], progress.deliveries.groups[group.value], *look),
            advice,
        )
        for group, *look, advice in rows
    )
    return tuple(each for each in shares if each.share.rows)


def rail_facts(progress: CampaignProgress, language: Language) -> Mapping[Step, tuple[str, ...]]:
    """Describe what each step decided, from what the ledger keeps of the campaign."""
    counts, estimate = progress.record.counts, progress.estimate
    files = [PureWindowsPath(file).name for file in progress.report.files]
    facts = {
        Step.LIST: (*files[:1], counted("row", counts["rows"], language)),
        Step.PEOPLE: (counted("person", counts["sendable"], language),),
        Step.TEXT: () if estimate is None else (language.money(estimate),),
        Step.DELIVERY: tuple(_delivery_facts(progress, language)),
        Step.CHECK: (time_of(progress.record.created_at, progress, language),),
        Step.PROGRESS: tuple(_progress_facts(progress, language)),
    }
    return {step: each for step, each in facts.items() if each}


def time_left_of(rate: PostingRate | None) -> timedelta | None:
    """Round the time left up to what can be said of it: to 5 seconds."""
    if rate is None:
        return None
    return max(1, ceil(rate.time_left / STEP)) * STEP


def time_of(moment: datetime, progress: CampaignProgress, language: Language) -> str:
    """Write a day and a time of the campaign's zone: `30 Nov 2026, 10:00`."""
    return language.clock(moment, progress.zone, "d MMM y, HH:mm")


def _progress_facts(progress: CampaignProgress, language: Language) -> Iterator[str]:
    n, frames = language.catalogue.ngettext, progress.report.frames
    count = sum(frames.values())
    sentence = n("%(count)s request", "%(count)s requests", count)
    yield sentence % {"count": language.number(count)}
    if doubts := frames["in_doubt"]:
        sentence = n("%(count)s in doubt", "%(count)s in doubt", doubts)
        yield sentence % {"count": language.number(doubts)}


def _delivery_facts(progress: CampaignProgress, language: Language) -> Iterator[str]:
    report = progress.report
    if report.send_at:
        yield time_of(datetime.fromisoformat(report.send_at), progress, language)
    if report.sender:
        yield report.sender
