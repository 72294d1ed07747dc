"""The outcome of each row of a list, in the language of the reader."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from bulksms.octopush.delivery_states import all_statuses
from bulksms.pages.languages import SOURCE_LANGUAGE, Language, language_of
from bulksms.results.api_words import api_words
from bulksms.results.deliveries import NO_RECEIPT, WAITING
from bulksms.results.left_out_reasons import left_out_headings

if TYPE_CHECKING:
    import pandas as pd

    from bulksms.results.contact_outcomes import ContactOutcomes

__all__ = ["DELIVERY", "delivery_sentences", "translate_rows"]

DELIVERY = "delivery"  # the context of these sentences in the catalogues


def translate_rows(outcomes: "ContactOutcomes", language: Language) -> "ContactOutcomes":
    """Translate reasons and deliveries in another language; one without words there stays as it is.

    Of a row left out the reason is the heading of its code, without the cell that it is about.
    """
    from bulksms.results.contact_outcomes import ContactOutcomes

    if language.code == SOURCE_LANGUAGE:
        return outcomes
    rows = outcomes.rows
    headings = rows["code"].map(left_out_headings(language.code))
    reason = headings.where(
        (rows["reason"] != "") & headings.notna(), _said(rows["reason"], language)
    )
    changed = {"reason": reason.astype("str")}
    if "delivery" in rows:
        changed["delivery"] = _said(rows["delivery"], language)
    return ContactOutcomes(header=outcomes.header, rows=rows.assign(**changed))


def delivery_sentences() -> Iterator[str]:
    """Yield the sentences about deliveries that are put together, and those that are whole."""
    for status in all_statuses():
        yield from (status.happened, status.charged, status.advice)
    yield from (WAITING, NO_RECEIPT)


def _said(sentences: "pd.Series[str]", language: Language) -> "pd.Series[str]":
    deliveries = _deliveries(language.code)
    words = {
        sentence: deliveries.get(sentence) or api_words(sentence, language) or sentence
        for sentence in sentences.unique()
    }
    return sentences.map(words).astype("str")


@cache
def _deliveries(code: str) -> Mapping[str, str]:
    def said(sentence: str) -> str:
        return language_of(code).pgettext(DELIVERY, sentence)

    whole = {sentence: said(sentence) for sentence in (WAITING, NO_RECEIPT)}
    return whole | {
        status.sentence: f"{said(status.happened)}. {said(status.charged)} {said(status.advice)}"
        for status in all_statuses()
    }
