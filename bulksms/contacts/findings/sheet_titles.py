"""Reports which sheets of a workbook are texted, and asks about those named like a stop list."""

from collections.abc import Iterator, Sequence

from bulksms.contacts.columns.consent_headers import expression, matches, says_no
from bulksms.contacts.columns.headers import words
from bulksms.contacts.rows.row_table import MappedSheet
from bulksms.count_words import count_of
from bulksms.finding import Finding, Level

__all__ = ["is_named_like_stop_list", "sheet_findings"]


def is_named_like_stop_list(title: str) -> bool:
    """Return whether a title says that these people are not to be texted."""
    said = expression("titles", "other_things").sub(" ", " ".join(words(title)))
    return (
        matches("titles", "holding", said.replace(" ", ""))
        or matches("titles", "words", said)
        or says_no(said)
    )


def sheet_findings(mapped_sheets: Sequence[MappedSheet]) -> Iterator[Finding]:
    """Ask about sheets named like a stop list, and say when a file gives several sheets."""
    files: dict[str, list[str]] = {}
    for sheet, _ in mapped_sheets:
        title = sheet.source.sheet
        if title is None:
            continue
        files.setdefault(sheet.source.shown, []).append(title)
        if is_named_like_stop_list(title):
            message = (
                f'Sheet "{title}" of {sheet.source.shown} is named like a list of people who must'
                f" not be texted, and its {count_of(len(sheet.rows), 'row is', 'rows are')} read as"
                " contacts: choose the sheet of the contacts with --sheet."
            )
            yield Finding(
                code="stop_sheet",
                message=message,
                level=Level.ERROR,
                count=len(sheet.rows),
                ask=True,
            )
    for path, titles in files.items():
        if len(titles) > 1:
            listed = ", ".join(f'"{title}"' for title in titles)
            message = (
                f"{len(titles):,} sheets of {path} are read: {listed}; --sheet reads only one."
            )
            yield Finding(
                code="several_sheets", message=message, level=Level.WARNING, count=len(titles)
            )
