"""Every exception of the program.

Bad *rows* are values (with a `Reason`); exceptions are for the run.
Each carries one sentence for people: what is wrong, where, and what to do.

    BulkSmsError
    ├── UsageError           an option or the settings file has an invalid value
    ├── SettingsError        credentials, key file or address cannot be used
    ├── InputError           the input or a rule stops the run before anything is posted
    │   ├── LoadError            the file cannot be used
    │   │   ├── UnknownFormat        not a supported spreadsheet format
    │   │   ├── UndecodableText      no encoding, separator or quoting fits it
    │   │   ├── EmptySheet           no rows below the header
    │   │   └── NoSuchSheet          the workbook has no such sheet
    │   ├── MappingError         no number column, or two that could be it
    │   │   └── ProfileError         the columns a saved profile names are not in the file
    │   ├── TemplateError        a placeholder without a column, or a text that cannot be sent
    │   └── RuleError            a threshold, a limit or a compliance rule stops the run
    │       └── ListStillWritten     an opt-out list of a watched folder is still being written
    ├── LedgerError          the record of what was sent cannot be read or written
    │   ├── LedgerBusy           another process is sending this campaign
    │   │   └── CampaignTakenOver    another process continues this campaign
    │   ├── LedgerRolledBack     a witness lists posts that are missing from the ledger
    │   ├── CampaignNotFound     no campaign of that name
    │   ├── FrameNotFound        no frame of that number
    │   └── SourceChanged        the same campaign name with other content
    ├── ApiError             the account or the API stops the run
    ├── OutputError          an output that was asked for cannot be written
    └── MissingExtra         an optional library is needed and not installed
"""

from decimal import Decimal

ErrorValue = str | int | Decimal


class BulkSmsError(Exception):
    """An error that a user can cause or act on; its text is the sentence they read.

    Attributes:
        code: names what is wrong, so that the page can say it in its own words and language
            (`web/words/error_words.py`); None where only the command line can cause it.
        values: what those words are about, by name.
    """

    def __init__(self, message: str = "", *, code: str | None = None, **values: ErrorValue) -> None:
        super().__init__(message)
        self.code, self.values = code, values


class UsageError(BulkSmsError):
    """An option or the settings file has an invalid value."""


class SettingsError(BulkSmsError):
    """Credentials, key file or address cannot be used."""


class InputError(BulkSmsError):
    """The input or a rule stops the run before anything is posted."""


class LoadError(InputError):
    """The file cannot be used."""


class UnknownFormat(LoadError):
    """The file has no supported spreadsheet format."""


class UndecodableText(LoadError):
    """No encoding, separator or quoting fits the file."""


class EmptySheet(LoadError):
    """There are no rows below the header."""


class NoSuchSheet(LoadError):
    """The workbook has no such sheet."""


class MappingError(InputError):
    """No column holds the number, or two could be it."""


class ProfileError(MappingError):
    """The columns that a saved profile names are not in the file."""


class TemplateError(InputError):
    """A placeholder has no column, or the text cannot be sent."""


class RuleError(InputError):
    """A threshold, a limit or a compliance rule stops the run."""


class ListStillWritten(RuleError):
    """Another program is still writing a list that the run needs."""


class LedgerError(BulkSmsError):
    """The record of what was sent cannot be read or written."""


class LedgerBusy(LedgerError):
    """Another process is sending this campaign."""


class CampaignTakenOver(LedgerBusy):
    """Another process continues this campaign; the answer that showed it is recorded."""


class LedgerRolledBack(LedgerError):
    """The ledger and its witnesses disagree: it was restored, copied or edited."""


class CampaignNotFound(LedgerError):
    """There is no campaign of that name."""


class FrameNotFound(LedgerError):
    """The campaign has no frame of that number."""


class SourceChanged(LedgerError):
    """The same campaign name came with other content."""


class ApiError(BulkSmsError):
    """The account or the API stops the run."""


class OutputError(BulkSmsError):
    """An output that was asked for cannot be written, though the work is done."""


class MissingExtra(BulkSmsError):
    """An optional library is needed and not installed."""
