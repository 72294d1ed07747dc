"""The answers of Octopush, in the language of the reader."""

from collections.abc import Iterator
from functools import cache

from bulksms.octopush import all_codes, look_up
from bulksms.octopush.answers import SETUP_STATUSES, TOO_LARGE
from bulksms.octopush.client import NO_ANSWER, NOT_REACHED, PROXY_NOT_REACHED
from bulksms.pages.languages import SOURCE_LANGUAGE, Language

__all__ = ["api_sentences", "api_words", "refusal_words"]


def api_words(sentence: str, language: Language) -> str | None:
    """Translate a sentence about an answer of Octopush; None if it is not one of them."""
    return language.catalogue.gettext(sentence) if sentence in api_sentences() else None


def refusal_words(code: int | None, message: str, language: Language) -> tuple[str, str | None]:
    """Explain why Octopush refused: a sentence, and what is left of it in English.

    An answer without a code that is known has only the words of Octopush itself.
    """
    meaning = None if code is None else api_words(look_up(code).meaning, language)
    if meaning is not None:
        return meaning, None
    if language.code == SOURCE_LANGUAGE:
        return message, None
    _ = language.catalogue.gettext
    return _("Octopush gave this reason:"), message


@cache
def api_sentences() -> frozenset[str]:
    """Return the sentences of the program about answers of Octopush that hold no value."""
    return frozenset(_sentences())


def _sentences() -> Iterator[str]:
    yield from (code.meaning for code in all_codes())
    yield from SETUP_STATUSES.values()
    yield from NOT_REACHED.values()
    yield from (NO_ANSWER, PROXY_NOT_REACHED, TOO_LARGE)
