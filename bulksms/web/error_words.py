"""Says errors in the languages of the page.

An error carries an English sentence with the details. In other languages the page says what kind
of error it is and what to do, and shows that sentence as the details.
"""

from collections.abc import Mapping
from functools import cache

from bulksms.errors import (
    ApiError,
    BulkSmsError,
    EmptySheet,
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

__all__ = ["error_words", "general_words"]


def error_words(kind: type[BulkSmsError], message: str, language: Language) -> str:
    """Say an error: its own sentence, after a general one where the page is in another language."""
    general = None if language.code == SOURCE_LANGUAGE else general_words(kind, language)
    if general is None:
        return message
    sentence = language.catalogue.gettext("%(sentence)s Details in English: %(details)s")
    return sentence % {"sentence": general, "details": message}


def general_words(kind: type[BulkSmsError], language: Language) -> str | None:
    """Say what kind of error it is and what to do; None where only its own sentence helps."""
    sentences = _sentences(language.code)
    return next((sentences[each] for each in kind.__mro__ if each in sentences), None)


@cache
def _sentences(code: str) -> Mapping[type, str]:
    _ = language_of(code).catalogue.gettext
    return {
        UnknownFormat: _("This file is no spreadsheet: save the list as Excel or CSV."),
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
            "restored. Nothing is sent until somebody who knows bulksms has looked at it."
        ),
        LedgerError: _(
            "The record of what was sent cannot be used, so nothing is sent. Close other "
            "programs that use it, or free some space, then try again."
        ),
    }
