"""Every cause why a campaign does not continue is explained, in each language."""

from dataclasses import replace

import pytest

from bulksms.ledger.records.totals import FrameGroup
from bulksms.pages.languages import language_of
from bulksms.pages.locales import LANGUAGES
from bulksms.results.api_words import api_sentences
from bulksms.results.campaign_report import Report, summarise
from bulksms.results.unfinished import refusals_of, stop_of, stop_words
from bulksms.sender import StopCause
from tests.builders import a_campaign, a_frame_record, totals_of

NO_ENDS = (StopCause.NONE, StopCause.INTERRUPTED, StopCause.SHARED)
ENDS = [cause for cause in StopCause if cause not in NO_ENDS]
NO_CREDIT = "The account has not enough credit: top it up, then resume."


def report_of(state: str, cause: str | None, reason: str | None = None) -> Report:
    record = a_campaign(state=state, cause=cause, reason=reason)
    return summarise(record, totals_of([a_frame_record()]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_cause_has_words_of_its_own(code: str) -> None:
    language = language_of(code)

    said = {stop_words("paused", cause.value, language) for cause in ENDS}

    assert len(said) == len(ENDS)
    assert stop_words("paused", None, language) not in said


@pytest.mark.parametrize("state", ["paused", "stopped", "interrupted", "running"])
def test_a_campaign_of_an_older_version_has_words_too(state: str) -> None:
    assert stop_words(state, None, language_of("fr"))
    assert stop_words("done", None, language_of("fr")) is None


def test_a_stop_that_someone_ordered_is_final() -> None:
    english = language_of("en")

    assert "for good" in (stop_words("stopped", "order", english) or "")
    assert "Continue it" in (stop_words("paused", "order", english) or "")


def test_a_known_answer_is_translated_and_another_reason_stays_as_details() -> None:
    record = a_campaign(state="stopped", cause="account", reason=NO_CREDIT)
    french = language_of("fr")

    translated = stop_of(record, report_of("stopped", "account", NO_CREDIT), french)
    other = stop_of(replace(record, reason="Pay me."), report_of("stopped", "account"), french)

    assert translated is not None
    assert other is not None
    assert (translated.details, other.answer, other.details) == (None, None, "Pay me.")
    assert "rechargez" in (translated.answer or "")


def test_no_french_answer_is_the_english_one() -> None:
    french = language_of("fr").catalogue

    assert [each for each in api_sentences() if french.gettext(each) == each] == []


def test_refusals_name_their_requests() -> None:
    group = FrameGroup(frames=3, contacts=1200, first_numbers=(2, 1005), code=1340, message="no")

    (refusal,) = refusals_of([group], language_of("en"))

    assert refusal.sentence == (
        "Requests 2, 1005, …: refused by Octopush, 1,200 people did not get the text."
    )
    assert refusal.cause == "Octopush refuses a word in the text: change it."
