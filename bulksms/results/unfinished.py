"""Explains why a campaign does not continue, and what Octopush refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from bulksms.ledger import CampaignRecord, FrameGroup
from bulksms.pages.languages import Language, language_of
from bulksms.results.api_words import api_words, refusal_words
from bulksms.results.campaign_report import RUNNING, Report
from bulksms.sender import StopCause

__all__ = ["Refusal", "Stop", "group_words", "refusals_of", "stop_of", "stop_words"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Why a campaign is not being sent.

    Attributes:
        answer: what Octopush answered; None where it did not lead to the end, or is in `details`.
        details: the program's own sentence, in English; None where nothing is added by it.
    """

    sentence: str
    answer: str | None = None
    details: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Requests that Octopush refused for one reason.

    Attributes:
        sentence: names them, and counts their people.
        details: what Octopush itself says, in its own words, where there is nothing better.
    """

    sentence: str
    cause: str
    details: str | None = None


def stop_of(record: CampaignRecord, report: Report, language: Language) -> Stop | None:
    """Explain why a campaign does not continue; None while it is sent and when it is done."""
    sentence = stop_words(report.state, report.cause, language)
    if sentence is None:
        return None
    answer = None if record.reason is None else api_words(record.reason, language)
    details = None if answer is not None else record.reason
    return Stop(sentence=sentence, answer=answer, details=details)


def stop_words(state: str, cause: str | None, language: Language) -> str | None:
    """Explain why a campaign does not continue; None where it runs or is done.

    `state` and `cause` are those of the report; a campaign of an older version has no cause.
    """
    sentences = _sentences(language.code)
    if state == "done":
        return None
    key = cause if state in ("paused", "stopped") and cause in sentences else ""
    if state == "stopped" and cause == StopCause.ORDER:
        key = "final"
    return sentences[key or state]


def refusals_of(groups: Iterable[FrameGroup], language: Language) -> tuple[Refusal, ...]:
    """Explain why requests were refused, each reason once."""
    return tuple(_refusal(group, language) for group in groups)


def _refusal(group: FrameGroup, language: Language) -> Refusal:
    cause, details = refusal_words(group.code, group.message, language)
    sentence = language.catalogue.ngettext(
        "%(frames)s: refused by Octopush, %(count)s person did not get the text.",
        "%(frames)s: refused by Octopush, %(count)s people did not get the text.",
        group.contacts,
    )
    return Refusal(sentence=sentence % group_words(group, language), cause=cause, details=details)


def group_words(group: FrameGroup, language: Language) -> dict[str, str]:
    """Name some frames (`frames`), and give the number of their people (`count`)."""
    numbers = ", ".join(map(str, group.first_numbers))
    more = ", …" if group.frames > len(group.first_numbers) else ""
    named = language.catalogue.ngettext("Request %(numbers)s", "Requests %(numbers)s", group.frames)
    return {"frames": named % {"numbers": numbers + more}, "count": language.number(group.contacts)}


@cache
def _sentences(code: str) -> Mapping[str, str]:
    _ = language_of(code).catalogue.gettext
    return {
        RUNNING: _("It is being sent at this moment."),
        "paused": _("The sending is paused. When you continue it, no one gets the text twice."),
        "stopped": _("The sending was stopped. When you continue it, no one gets the text twice."),
        "interrupted": _(
            "The sending was interrupted, as when the computer is switched off. Nothing is lost: "
            "it continues where it was, and no one gets the text twice."
        ),
        "final": _(
            "The sending was stopped for good, and the people who are left get no text. To reach "
            "them after all, choose the list again: no one gets the text twice."
        ),
        StopCause.ORDER.value: _(
            "Someone paused the sending. Continue it when you like: no one gets the text twice."
        ),
        StopCause.HOURS.value: _(
            "The sending is paused because of the hour: marketing must not disturb people. "
            "Continue it when the permitted hours begin."
        ),
        StopCause.ACCOUNT.value: _(
            "Octopush does not take the texts at the moment, because of the account or of the "
            "connection. Continue when that is settled."
        ),
        StopCause.DOUBT.value: _(
            "The answers of Octopush are not certain any more, so nothing else was sent. Look at "
            "Octopush, decide about each request in doubt, then continue."
        ),
        StopCause.COST.value: _(
            "The texts cost more than was planned or allowed, so nothing else was sent. Check the "
            "text and the price. If they are right, continue."
        ),
        StopCause.SHORT.value: _(
            "Octopush accepted only a part of the people of a request, so nothing else was sent. "
            "Ask Octopush for the reason. When you continue, the rest is sent anyway."
        ),
        StopCause.CAMPAIGN.value: _(
            "Octopush refuses this campaign, and would refuse the rest of it too. Correct the "
            "cause, then choose the list again: people who have the text are left out."
        ),
        StopCause.EXPIRED.value: _(
            "It became too late for this text, so the rest was not sent. Choose the list again, "
            "with another time: only people without the text are left in it."
        ),
        StopCause.LATE.value: _(
            "The hours in which this text may be sent come too late for it. Choose the list again, "
            "with another time: only people without the text are left in it."
        ),
        StopCause.CLOCK.value: _(
            "The clock of this computer is wrong, so nothing else was sent. Set it, then continue."
        ),
        StopCause.LEDGER.value: _(
            "The record of what was sent could not be used any more, so nothing else was sent. "
            "Close other programs that use it, or free some space, then continue."
        ),
        StopCause.UNDELIVERED.value: _(
            "Many texts did not reach their phones, so the sending was paused. Find out why before "
            "you continue: is the list old, is the sender right?"
        ),
        StopCause.RESEND.value: _(
            "A request in doubt waits to be sent once more. Continue to send it."
        ),
    }
