"""Says what a check found, without options and without what to do, for pages and reports."""

from bulksms.pages.languages import Language
from bulksms.results.file_statements import file_statements
from bulksms.results.row_statements import row_statements
from bulksms.results.text_statements import text_statements

__all__ = ["finding_statement"]


def finding_statement(code: str, count: int, language: Language) -> str | None:
    """State a finding; None where only the sentence of the command line exists."""
    for statements in (file_statements, row_statements, text_statements):
        sentence = statements(count, language).get(code)
        if sentence is not None:
            return sentence % {"count": language.number(count)}
    return None
