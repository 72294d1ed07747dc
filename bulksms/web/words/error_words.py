"""Says errors as the page says them: in its language, without options, with what to do here.

An error that only the command line can cause has no words of the page. In other languages the
page then says of what kind it is, and shows the program's own sentence as details.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache

from bulksms.errors import (
    ApiError,
    BulkSmsError,
    EmptySheet,
    ErrorValue,
    LedgerBusy,
    LedgerError,
    LedgerRolledBack,
    LoadError,
    MappingError,
    NoSuchSheet,
    RuleError,
    SettingsError,
    TemplateError,
    UndecodableText,
    UnknownFormat,
    UsageError,
)
from bulksms.pages.languages import SOURCE_LANGUAGE, Language, language_of
from bulksms.web.words.list_errors import list_errors
from bulksms.web.words.sending_errors import sending_errors

__all__ = ["error_sentences", "error_words"]


def error_words(error: BulkSmsError, language: Language) -> str:
    """Describe an error: by its code, else by its kind with its own sentence as details."""
    by_code = error_sentences(language.code).get(error.code or "")
    if by_code is not None:
        return by_code % {name: _shown(each, language) for name, each in error.values.items()}
    general = None if language.code == SOURCE_LANGUAGE else _general(type(error), language)
    if general is None:
        return str(error)
    sentence = language.catalogue.gettext("%(sentence)s Details in English: %(details)s")
    return sentence % {"sentence": general, "details": error}


@cache
def error_sentences(language: str) -> Mapping[str, str]:
    """Return the sentences of the page in a language, by the code of the error."""
    return {**list_errors(language), **sending_errors(language)}


def _shown(value: ErrorValue, language: Language) -> str:
    if isinstance(value, Decimal):
        return language.money(value)
    return language.number(value) if isinstance(value, int) else value


def _general(kind: type[BulkSmsError], language: Language) -> str | None:
    """Describe what kind of error it is and what to do; None where only its own sentence helps."""
    sentences = _kinds(language.code)
    return next((sentences[each] for each in kind.__mro__ if each in sentences), None)


@cache
def _kinds(code: str) -> Mapping[type, str]:
    _ = language_of(code).catalogue.gettext
    return {
        UnknownFormat: _("This file is not a spreadsheet: save the list as Excel or CSV."),
        UndecodableText: _(
            "The letters or the columns of this file cannot be made out: save the list as Excel "
            "or as CSV in UTF-8."
        ),
        EmptySheet: _("The list has no rows under its titles."),
        NoSuchSheet: _("The file has no sheet of that name."),
        LoadError: _(
            "The file cannot be read: open it in your spreadsheet program, save it again, then "
            "choose it here."
        ),
        MappingError: _("No column was recognised as the number: choose it."),
        TemplateError: _(
            "The text cannot be used as it is: it names a column that the list does not have, a "
            "brace is missing, or it is too long."
        ),
        RuleError: _("A rule stops this, and nothing was sent."),
        UsageError: _("A setting of this campaign cannot be used: change it."),
        SettingsError: _("The account or a setting of this computer cannot be used."),
        ApiError: _("Octopush refused it or cannot be reached. Nothing was sent."),
        LedgerBusy: _("This campaign is being used elsewhere: wait a moment, then try again."),
        LedgerRolledBack: _(
            "The record of what was sent is older than it should be, as after a backup was "
            "restored. Nothing is sent until someone who knows bulksms has looked at it."
        ),
        LedgerError: _(
            "The record of what was sent cannot be used, so nothing is sent. Close other "
            "programs that use it, or free some space, then try again."
        ),
    }
