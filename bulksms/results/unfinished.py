"""Explains why a campaign does not continue, and what Octopush refused."""

from collections.abc import Iterable
from dataclasses import dataclass

from bulksms.ledger import CampaignRecord, FrameGroup
from bulksms.pages.languages import Language
from bulksms.results.api_words import api_words, refusal_words
from bulksms.results.campaign_report import Report
from bulksms.results.stop_words import stop_words

__all__ = ["Refusal", "Stop", "refusals_of", "stop_of"]


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
        requests: their numbers, in words.
        details: what Octopush itself says, in its own words, where there is nothing better.
    """

    requests: str
    people: int
    sentence: str
    details: str | None = None


def stop_of(record: CampaignRecord, report: Report, language: Language) -> Stop | None:
    """Explain why a campaign does not continue; None while it is sent and when it is done."""
    sentence = stop_words(report.state, report.cause, language)
    if sentence is None:
        return None
    answer = None if record.reason is None else api_words(record.reason, language)
    details = None if answer is not None else record.reason
    return Stop(sentence=sentence, answer=answer, details=details)


def refusals_of(groups: Iterable[FrameGroup], language: Language) -> tuple[Refusal, ...]:
    """Explain why requests were refused, each reason once."""
    return tuple(_refusal(group, language) for group in groups)


def _refusal(group: FrameGroup, language: Language) -> Refusal:
    sentence, details = refusal_words(group.code, group.message, language)
    n = language.catalogue.ngettext
    named = n("Request %(numbers)s", "Requests %(numbers)s", group.frames)
    more = ", …" if group.frames > len(group.first_numbers) else ""
    numbers = ", ".join(map(language.number, group.first_numbers)) + more
    return Refusal(
        requests=named % {"numbers": numbers},
        people=group.contacts,
        sentence=sentence,
        details=details,
    )
