"""Says errors as the page says them: in its language, without options, with what to do here.

An error that only the command line can cause has no words of the page: its own sentence is shown.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from bulksms.errors import BulkSmsError, ErrorValue
from bulksms.pages.languages import SOURCE_LANGUAGE, Language
from bulksms.web.words.list_errors import list_errors
from bulksms.web.words.sending_errors import sending_errors

__all__ = ["error_sentences", "error_words"]


def error_words(error: BulkSmsError, language: Language) -> str:
    """Describe an error: by its code, else with its own sentence, which is in English."""
    by_code = error_sentences(language.code).get(error.code or "")
    if by_code is not None:
        return by_code % {name: _shown(each, language) for name, each in error.values.items()}
    if language.code == SOURCE_LANGUAGE:
        return str(error)
    sentence = language.catalogue.gettext("This did not work. Details in English: %(details)s")
    return sentence % {"details": error}


@cache
def error_sentences(language: str) -> Mapping[str, str]:
    """Return the sentences of the page in a language, by the code of the error."""
    return {**list_errors(language), **sending_errors(language)}


def _shown(value: ErrorValue, language: Language) -> str:
    if isinstance(value, Decimal):
        return language.money(value)
    return language.number(value) if isinstance(value, int) else value
