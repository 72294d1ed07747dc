"""From files to a plan: load, map, screen, fit the message, and say what would be sent.

Opens no connection. Everything is known before the first frame is posted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bulksms.campaign import Parameters
from bulksms.chunker import SIZE_DEFAULT, frame_sizes
from bulksms.contacts import (
    ColumnMapping,
    Finding,
    Level,
    OptOutList,
    ScreeningRules,
    map_columns,
    screen,
)
from bulksms.errors import MappingError
from bulksms.loader import ReadOptions, Sheet, open_sheets
from bulksms.message import (
    Estimate,
    MessageStats,
    Template,
    estimate,
    fit,
    stop_mention_missing,
)
from bulksms.results import as_money
from bulksms.use_cases.opting_out import gather_opt_outs

if TYPE_CHECKING:
    from bulksms.ledger.statements import Numbers

__all__ = ["Plan", "PlanRequest", "make_plan"]

_APART = ("duplicate", "opted_out")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What the user asks for: the files, how to read them, the rules and the message."""

    files: tuple[str, ...]
    reading: ReadOptions = field(default_factory=ReadOptions)
    chosen: Mapping[str, str] = field(default_factory=dict)
    rules: ScreeningRules = field(default_factory=ScreeningRules)
    optouts: tuple[str, ...] = ()
    stored_optouts: OptOutList = field(default_factory=OptOutList)
    parameters: Parameters | None = None
    frame_size: int = SIZE_DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be sent, what not and why; `parameters.text` is the text as the API gets it."""

    request: PlanRequest
    sheets: tuple[tuple[Sheet, ColumnMapping], ...]
    contacts: pd.DataFrame
    rejections: pd.DataFrame
    repaired: int
    findings: tuple[Finding, ...]
    parameters: Parameters | None
    stats: MessageStats | None
    price: Estimate | None
    carried: Mapping[str, str] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How the rows divide: `rows` is the sum of the other four, always."""
        codes = self.rejections["reason"]
        duplicates = int((codes == "duplicate").sum())
        opted_out = int((codes == "opted_out").sum())
        counts = {
            "rows": sum(len(sheet.rows) for sheet, _ in self.sheets),
            "sendable": len(self.contacts),
            "rejected": len(codes) - duplicates - opted_out,
            "duplicates": duplicates,
            "opted_out": opted_out,
        }
        assert counts["rows"] == sum(counts.values()) - counts["rows"]
        return counts

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, the most frequent first."""
        codes = self.rejections["reason"]
        told = codes[~codes.isin(_APART)].value_counts()
        return {str(code): int(count) for code, count in told.items()}

    @property
    def frames(self) -> tuple[int, ...]:
        """The size of every frame."""
        return frame_sizes(len(self.contacts), self.request.frame_size)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stops the sending."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    def without(self, numbers: "Numbers") -> "Plan":
        """Leave out the contacts whose number (as E.164 digits) got this text before."""
        digits = self.contacts["phone_number"].str.slice(1).astype("int64")
        before = digits.isin(numbers)
        gone = self.contacts[before]
        told = pd.DataFrame(
            {
                "source": gone["source"],
                "row": gone["row"],
                "reason": "sent_before",
                "column": gone["source_column"],
                "cell": gone["phone_number"],
                "sentence": "This number got the same text before.",
            }
        )
        return replace(
            self,
            contacts=self.contacts[~before].reset_index(drop=True),
            rejections=pd.concat([self.rejections, told], ignore_index=True),
        )

    def as_json(self) -> dict[str, Any]:
        """Give the JSON object that `cli.md` promises for `check`."""
        mapping, ignored = _tell_mapping(self.sheets, self.carried)
        return {
            "files": [_tell_file(sheet) for sheet, _ in self.sheets],
            "mapping": mapping,
            "ignored_columns": ignored,
            **self.counts,
            "repaired": self.repaired,
            "reasons": self.reasons,
            "frames": list(self.frames),
            "message": _tell_message(self.stats),
            "estimate": _tell_price(self.price),
            "findings": [
                {
                    "code": finding.code,
                    "level": finding.level.value,
                    "message": finding.message,
                    "count": finding.count,
                }
                for finding in self.findings
            ],
        }


def make_plan(request: PlanRequest) -> Plan:
    """Load, map, screen and fit.

    Raises:
        InputError: a file, its columns or the text cannot be used.
    """
    template = Template.parse(request.parameters.text) if request.parameters else None
    sheets = _load(request, template)
    region = request.rules.region
    optouts, lost = gather_opt_outs(request.optouts, region, request.stored_optouts)
    screened = screen(sheets, request.rules, optouts)
    plan = Plan(
        request=request,
        sheets=tuple(sheets),
        contacts=screened.contacts,
        rejections=screened.rejections,
        repaired=screened.repaired,
        findings=(*_notes(sheets), *lost, *screened.findings),
        parameters=None,
        stats=None,
        price=None,
    )
    return _with_message(plan, template) if template else plan


def _load(request: PlanRequest, template: Template | None) -> list[tuple[Sheet, ColumnMapping]]:
    """Open every sheet that has a number column; one that has none is only an error alone."""
    opened = [sheet for path in request.files for sheet in open_sheets(path, request.reading)]
    extras = template.placeholders if template else ()
    mapped: list[tuple[Sheet, ColumnMapping]] = []
    refused: list[MappingError] = []
    for sheet in opened:
        try:
            mapped.append((sheet, map_columns(sheet, request.chosen, extras)))
        except MappingError as error:
            if sheet.source.sheet is None:
                raise
            refused.append(error)
    if not mapped:
        raise refused[0]
    return mapped


def _notes(sheets: list[tuple[Sheet, ColumnMapping]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(code=note.code, level=Level.NOTE, message=note.message, count=note.count)
        for sheet, _ in sheets
        for note in sheet.notes
    )


def _with_message(plan: Plan, template: Template) -> Plan:
    """Fit the text to the contacts, and price it."""
    asked = plan.request.parameters
    assert asked is not None
    fitted = fit(plan.contacts, template)
    missing = stop_mention_missing(fitted.text, asked.purpose, fitted.contacts["country"])
    return replace(
        plan,
        contacts=fitted.contacts,
        rejections=pd.concat([plan.rejections, fitted.rejections], ignore_index=True),
        findings=(*plan.findings, *fitted.findings, *((missing,) if missing else ())),
        parameters=replace(asked, text=fitted.text),
        stats=fitted.stats,
        price=estimate(fitted.stats.segments_total, asked.type) if fitted.stats else None,
        carried=fitted.carried,
    )


def _tell_file(sheet: Sheet) -> dict[str, Any]:
    source = sheet.source
    return {
        "path": source.path if source.path == "-" else str(Path(source.path)),
        "format": source.format,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "sheet": source.sheet,
        "rows": len(sheet.rows),
        "hidden_rows": sheet.hidden_rows,
    }


def _tell_mapping(
    sheets: tuple[tuple[Sheet, ColumnMapping], ...], carried: Mapping[str, str]
) -> tuple[dict[str, Any], list[str]]:
    """Name the header of every field, and the headers nothing uses.

    `carried` says which column of the text travels in which param.
    """
    phones: list[str] = []
    fields: dict[str, str] = {}
    ignored: list[str] = []
    for sheet, mapping in sheets:
        phones += [sheet.header[at] for at in mapping.phone_numbers]
        places = mapping.fields | mapping.extras
        fields |= {name: sheet.header[at] for name, at in mapping.fields.items()}
        fields |= {param: sheet.header[places[name]] for param, name in carried.items()}
        used = {*mapping.phone_numbers, *mapping.fields.values(), *mapping.extras.values()}
        used |= {at for at in (mapping.country, mapping.full_name) if at is not None}
        used |= {*mapping.do_not_contact, *mapping.consent}
        ignored += [name for at, name in enumerate(sheet.header) if at not in used]
    return {"phone_number": list(dict.fromkeys(phones)), **fields}, list(dict.fromkeys(ignored))


def _tell_message(stats: MessageStats | None) -> dict[str, Any] | None:
    if stats is None:
        return None
    return {
        "encoding": str(stats.encoding),
        "segments_total": stats.segments_total,
        "segments_max": stats.segments_max,
        "longest_row": stats.longest_row,
        "characters_outside_gsm7": dict(stats.characters_outside_gsm7),
    }


def _tell_price(price: Estimate | None) -> dict[str, str] | None:
    if price is None:
        return None
    return {"amount": as_money(price.amount), "currency": price.currency}
