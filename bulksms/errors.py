"""Every exception of the program.

Bad *rows* are values (`Rejection`); exceptions are for the run.
Each carries one sentence for people: what is wrong, where, and what to do.

    BulkSmsError
    ├── UsageError           an option's value, or the settings file, cannot be meant
    ├── SettingsError        credentials, key file or address cannot be used
    ├── InputError           the input or a rule stops the run before anything is posted
    │   ├── LoadError            the file cannot be used
    │   │   ├── UnknownFormat        not a spreadsheet we read
    │   │   ├── UndecodableText      no encoding, separator or quoting makes sense of it
    │   │   ├── EmptySheet           no rows below the header
    │   │   └── NoSuchSheet          the workbook has no such sheet
    │   ├── MappingError         no number column, or two that could be it
    │   │   └── ProfileError         the columns a saved profile names are not in the file
    │   ├── TemplateError        a placeholder with no column, a text that cannot be sent
    │   └── RuleError            a threshold, a limit or a compliance rule says no
    ├── LedgerError          what has happened cannot be read or written
    │   ├── LedgerBusy           another process is sending this campaign
    │   ├── LedgerRolledBack     a witness knows of posts that the ledger does not
    │   ├── CampaignNotFound     no campaign of that name
    │   └── SourceChanged        the same campaign name with other content
    ├── ApiError             the account or the API stops the run
    └── MissingExtra         an optional library is needed and not installed
"""


class BulkSmsError(Exception):
    """Whatever a user can cause or must hear of; its text is the sentence they read."""


class UsageError(BulkSmsError):
    """An option's value, or the settings file, cannot be meant."""


class SettingsError(BulkSmsError):
    """Credentials, key file or address cannot be used."""


class InputError(BulkSmsError):
    """The input or a rule stops the run before anything is posted."""


class LoadError(InputError):
    """The file cannot be used."""


class UnknownFormat(LoadError):
    """The file is not a spreadsheet we read."""


class UndecodableText(LoadError):
    """No encoding, separator or quoting makes sense of the file."""


class EmptySheet(LoadError):
    """There are no rows below the header."""


class NoSuchSheet(LoadError):
    """The workbook has no such sheet."""


class MappingError(InputError):
    """No column holds the number, or two could."""


class ProfileError(MappingError):
    """The columns that a saved profile names are not in the file."""


class TemplateError(InputError):
    """A placeholder has no column, or the text cannot be sent."""


class RuleError(InputError):
    """A threshold, a limit or a compliance rule says no."""


class LedgerError(BulkSmsError):
    """What has happened cannot be read or written."""


class LedgerBusy(LedgerError):
    """Another process is sending this campaign."""


class LedgerRolledBack(LedgerError):
    """The ledger and its witnesses tell different stories: it was restored, copied or edited."""


class CampaignNotFound(LedgerError):
    """There is no campaign of that name."""


class SourceChanged(LedgerError):
    """The same campaign name came with other content."""


class ApiError(BulkSmsError):
    """The account or the API stops the run."""


class MissingExtra(BulkSmsError):
    """An optional library is needed and not installed."""
