"""From files to a plan: load, map, screen, fit the message, and say what would be sent.

Opens no connection. Everything is known before the first frame is posted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bulksms.campaign import Frame, Parameters
from bulksms.chunker import SIZE_DEFAULT, chunk, frame_sizes
from bulksms.contacts import (
    ColumnMapping,
    Finding,
    Level,
    OptOutList,
    Profile,
    Reason,
    Screened,
    ScreeningRules,
    check_profile,
    map_columns,
    screen,
)
from bulksms.contacts.opt_outs import as_digits
from bulksms.errors import MappingError, ProfileError
from bulksms.loader import ReadOptions, Sheet, open_sheets
from bulksms.message import (
    Estimate,
    MessageStats,
    Tariff,
    advise,
    estimate,
    measure,
    price_findings,
    shipped_tariff,
)
from bulksms.use_cases.compliance import Compliance, review
from bulksms.use_cases.composing import Composed, Part, Writing, compose, words_of
from bulksms.use_cases.opting_out import gather_guests, gather_opt_outs
from bulksms.use_cases.previewing import ALWAYS, Preview, previews

if TYPE_CHECKING:
    from bulksms.ledger.statements import Numbers

__all__ = ["Plan", "PlanRequest", "make_plan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """What the user asks for: the files, how to read them, the rules and the message.

    `chosen` is all that is said of columns; `profile` is where it was saved, to be checked.
    """

    files: tuple[str, ...]
    reading: ReadOptions = field(default_factory=ReadOptions)
    accepted: frozenset[str] = frozenset()
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    profile: Profile | None = None
    rules: ScreeningRules = field(default_factory=ScreeningRules)
    optouts: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    stored_optouts: OptOutList = field(default_factory=OptOutList)
    parameters: Parameters | None = None
    writing: Writing = field(default_factory=Writing)
    previews: tuple[str, ...] = ()
    frame_size: int = SIZE_DEFAULT
    compliance: Compliance = field(default_factory=Compliance)
    tariff: Tariff = field(default_factory=shipped_tariff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be sent, what not and why.

    Attributes:
        contacts: part after part, and in each in the order of the file.
        parts: each text with the contacts it goes to; none without a text.
        segments: how many each contact needs at the most, under the index of `contacts`.
    """

    request: PlanRequest
    sheets: tuple[tuple[Sheet, ColumnMapping], ...]
    screened: Screened
    contacts: pd.DataFrame
    rejections: pd.DataFrame
    parts: tuple[Part, ...] = ()
    stats: MessageStats | None = None
    price: Estimate | None = None
    segments: "pd.Series[int] | None" = None
    notes: tuple[Finding, ...] = ()
    about_text: tuple[Finding, ...] = ()
    previews: tuple[Preview, ...] = ()

    @property
    def parameters(self) -> Parameters | None:
        """The parameters that all parts share; the text is that of the first."""
        return self.parts[0].parameters if self.parts else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What people must know: of the files, of the rows and of the text."""
        found = (*self.notes, *self.screened.findings, *self.about_text)
        return tuple(_answered(finding, self.request.accepted) for finding in found)

    @property
    def counts(self) -> dict[str, int]:
        """How the rows divide: `rows` is the sum of the other four, always."""
        judged = self._judged
        counts = {
            "rows": sum(len(sheet.rows) for sheet, _ in self.sheets),
            "sendable": judged.sendable,
            "rejected": judged.rejected,
            "duplicates": judged.duplicates,
            "opted_out": judged.opted_out,
        }
        assert counts["rows"] == sum(counts.values()) - counts["rows"]
        return counts

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were rejected for each reason, the most frequent first."""
        return self._judged.reasons

    @property
    def _judged(self) -> Screened:
        """The screening's answer, with what became of the rows when the text was fitted."""
        return replace(self.screened, contacts=self.contacts, rejections=self.rejections)

    @property
    def frames(self) -> tuple[int, ...]:
        """The size of every frame, in the order of `contacts`."""
        groups = [part.contacts for part in self.parts] or [self.contacts]
        size = self.request.frame_size
        return tuple(people for group in groups for people in frame_sizes(len(group), size))

    def cut(self) -> Iterator[tuple[Parameters, Frame]]:
        """Cut each part into frames of its own, numbered through."""
        number = count(1)
        for part in self.parts:
            for frame in chunk(part.contacts, self.request.frame_size):
                yield part.parameters, replace(frame, number=next(number))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stops the sending."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    def without(self, numbers: "Numbers") -> "Plan":
        """Leave out whose number (as E.164 digits) got this text before, and count anew."""
        before = self.screened.contacts
        gone = before[np.isin(as_digits(before["phone_number"]), numbers)]
        told = gone[["source", "row"]].assign(
            reason=Reason.SENT_BEFORE.value,
            column=gone["source_column"],
            cell=gone["phone_number"],
            sentence="This number got the same text before.",
        )
        screened = replace(
            self.screened,
            contacts=before.drop(gone.index).reset_index(drop=True),
            rejections=pd.concat([self.screened.rejections, told], ignore_index=True),
        )
        return _fitted(replace(_unfitted(self.request, self.sheets, screened), notes=self.notes))


def make_plan(request: PlanRequest) -> Plan:
    """Load, map, screen and fit.

    Raises:
        InputError: a file, its columns or the text cannot be used.
    """
    words = words_of(request.parameters, request.writing) if request.parameters else ()
    sheets, skipped = _load(request, words)
    region = request.rules.region
    optouts, lost = gather_opt_outs(request.optouts, region, request.stored_optouts)
    rules = replace(request.rules, guests=gather_guests(request.guests, region))
    screened = screen(sheets, rules, optouts)
    plan = _unfitted(request, tuple(sheets), screened)
    return _fitted(replace(plan, notes=(*_notes(sheets), *skipped, *lost)))


def _unfitted(
    request: PlanRequest, sheets: tuple[tuple[Sheet, ColumnMapping], ...], screened: Screened
) -> Plan:
    """Plan without a message: whoever passed the screening."""
    return Plan(
        request=request,
        sheets=sheets,
        screened=screened,
        contacts=screened.contacts,
        rejections=screened.rejections,
    )


def _load(
    request: PlanRequest, words: tuple[str, ...]
) -> tuple[list[tuple[Sheet, ColumnMapping]], list[Finding]]:
    """Open every sheet that has a number column; one that has none is only an error alone."""
    opened = [sheet for path in request.files for sheet in open_sheets(path, request.reading)]
    mapped: list[tuple[Sheet, ColumnMapping]] = []
    refused: list[MappingError] = []
    changed: list[Finding] = []
    for sheet in opened:
        try:
            if request.profile:
                changed += check_profile(request.profile, sheet)
            mapped.append((sheet, map_columns(sheet, request.chosen, words)))
        except MappingError as error:
            if sheet.source.sheet is None or isinstance(error, ProfileError):
                raise
            refused.append(error)
    if not mapped:
        raise refused[0]
    told = [f"A sheet is left out. {error}" for error in refused]
    left_out = [
        Finding(code="sheet_left_out", level=Level.WARNING, message=sentence) for sentence in told
    ]
    return mapped, changed + left_out


def _answered(finding: Finding, accepted: frozenset[str]) -> Finding:
    """Make a warning of an error that people accept; else say how they can."""
    if not finding.ask or finding.level is not Level.ERROR:
        return finding
    if finding.code in accepted:
        return replace(finding, level=Level.WARNING)
    told = finding.message.rstrip(".?")
    told = f"{told}; if this is right, add --accept {finding.code}."
    return replace(finding, message=told)


def _notes(sheets: list[tuple[Sheet, ColumnMapping]]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            code=note.code,
            level=note.level,
            message=note.message,
            count=note.count,
            ask=note.level is Level.ERROR,
        )
        for sheet, _ in sheets
        for note in sheet.notes
    )


def _fitted(plan: Plan) -> Plan:
    """Fit the text to the contacts, and price it; a plan without a text stays as it is."""
    request = plan.request
    asked = request.parameters
    if asked is None:
        return plan
    composed = compose(asked, request.writing, plan.contacts)
    stats = measure(composed.contacts["row"], composed.texts, composed.counted)
    advice = advise(stats, auto_optimize=asked.auto_optimize_text) if stats else ()
    broken = review(composed.parts, composed.contacts, request.compliance)
    price, dear = _priced(request, asked, composed)
    wishes = (*ALWAYS, *request.previews)
    return replace(
        plan,
        contacts=composed.contacts,
        rejections=pd.concat([plan.rejections, composed.rejections], ignore_index=True),
        about_text=(*composed.findings, *advice, *broken, *dear),
        parts=composed.parts,
        stats=stats,
        segments=composed.counted["segments"],
        price=price,
        previews=previews(wishes, composed, plan.screened, price, request.rules.region),
    )


def _priced(
    request: PlanRequest, asked: Parameters, composed: Composed
) -> tuple[Estimate | None, tuple[Finding, ...]]:
    """Price what was composed; nobody left costs nothing worth telling."""
    if composed.contacts.empty:
        return None, ()
    countries = composed.contacts["country"]
    price = estimate(
        composed.counted["segments"],
        countries,
        asked.type,
        request.tariff,
        with_replies=asked.with_replies,
    )
    return price, price_findings(price, countries)
