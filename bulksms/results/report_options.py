"""How the report page is made."""

from dataclasses import dataclass

from bulksms.errors import UsageError
from bulksms.pages.locales import LANGUAGES

__all__ = ["ReportOptions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """The language of the page, and whether it names the people who need attention."""

    language: str = "en"
    with_people: bool = False

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise UsageError(
                f"The report has no language {self.language!r}: choose {' or '.join(LANGUAGES)}."
            )
