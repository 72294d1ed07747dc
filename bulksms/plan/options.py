"""The options of a plan as people write them; `make_request` checks them.

The command line, a page and a campaign file fill the same dataclasses: each field is called
like its option, with underscores.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

__all__ = [
    "HoursOptions",
    "MessageOptions",
    "OutputOptions",
    "PlanOptions",
    "ReadingOptions",
    "ScreeningOptions",
    "text_files",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How the files are read and which columns are used."""

    map: tuple[str, ...] = ()
    map_file: Path | None = None
    region: str = "FR"
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    no_header: bool = False
    header_row: int | None = None
    include_hidden: bool = False
    locale: str | None = None
    corrections: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningOptions:
    """Which rows are texted; `max_rejected` is a percentage."""

    accept: tuple[str, ...] = ()
    allow_landlines: bool = False
    allow_country: tuple[str, ...] = ()
    max_rejected: float = 20.0
    max_foreign: int | None = None
    duplicates: str = "first"
    long_values: str = "reject"
    consent_max_age: str | None = None
    optouts: tuple[str, ...] = ()
    guest_list: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageOptions:
    """The text, and the parameters of the API under their own names."""

    text: str | None = None
    text_file: Path | None = None
    text_by: str | None = None
    text_for: tuple[str, ...] = ()
    empty: str = "allow"
    plain: bool = False
    preview: tuple[str, ...] = ()
    sender: str | None = None
    purpose: str = "wholesale"
    type: str = "sms_premium"
    send_at: str | None = None
    zone: str | None = None
    list_name: str | None = None
    with_replies: bool = False
    recipient_tracking: bool = False
    auto_optimize_text: bool = True
    auto_delete_optout_contacts: bool = True
    simulate: bool = False
    frame_size: int = 400
    tariff: Path | None = None

    @property
    def has_text(self) -> bool:
        """Whether any option gives a message."""
        return any(given is not None for given in (self.text, self.text_file, self.text_by))


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursOptions:
    """The hours in which marketing may reach people, by their own clock."""

    hours: str = "08:00-20:00"
    sundays: bool = False
    holidays: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    """The files that are written of a plan."""

    rejects_out: Path | None = None
    contacts_out: Path | None = None
    save_map: Path | None = None
    output_delimiter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """All that a plan is made from besides its files."""

    reading: ReadingOptions = field(default_factory=ReadingOptions)
    screening: ScreeningOptions = field(default_factory=ScreeningOptions)
    message: MessageOptions = field(default_factory=MessageOptions)
    hours: HoursOptions = field(default_factory=HoursOptions)


def text_files(text_for: Iterable[str]) -> Iterator[str]:
    """Yield the files that `--text-for VALUE=@FILE` names."""
    for pair in text_for:
        text = pair.partition("=")[2]
        if text.startswith("@"):
            yield text.removeprefix("@")
