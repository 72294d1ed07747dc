"""A plan as people see it: the values that the command line and a page show.

JSON is made from it as the last step, by `as_json`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path

from bulksms.campaign import Parameters, Purpose, SmsType
from bulksms.contacts import ColumnMapping
from bulksms.finding import Finding, Level
from bulksms.loader import Sheet
from bulksms.message import Estimate, MessageStats
from bulksms.plan.plan import Plan
from bulksms.plan.previews import Preview

__all__ = [
    "ColumnView",
    "DeliveryView",
    "FileView",
    "MappingView",
    "Mode",
    "PlanView",
    "TextView",
    "samples_of",
    "view_plan",
]

SAMPLES = 3  # values shown of each column


class Mode(StrEnum):
    """Whether phones really ring: a simulation and a rehearsal text no one."""

    REAL = "real"
    REHEARSAL = "rehearsal"
    SIMULATION = "simulation"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """How the texts would be sent.

    Attributes:
        sender: `None` for the account's own.
        send_at: `None` for now.
        planned_at: when the plan was made.
    """

    mode: Mode
    sender: str | None
    purpose: Purpose
    type: SmsType
    send_at: datetime | None
    planned_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """A file, or a sheet of it, and how it was read."""

    path: str
    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    rows: int
    hidden_rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingView:
    """The headers of the number, best first, and the header of each field."""

    phone_number: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnView:
    """A column of a file, what it is used for, and its first values."""

    file: int
    header: str
    use: str | None
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextView:
    """One of several texts in the API's form; `value` is None for the text of all others."""

    value: str | None
    text: str
    contacts: int
    segments: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """The figures and texts of a plan, for people.

    Attributes:
        counts: `rows`, which is the sum of `sendable`, `rejected`, `duplicates`, `opted_out`.
        repaired: numbers that were corrected, such as a lost leading zero.
        reasons: how many rows were rejected for each reason, the most frequent first.
        frames: the size of every frame.
        stats: what the texts are billed for; `None` without a text.
        segments_by_api: the segments after the API's own replacements, if it may make any.
        estimate: the expected cost; `None` without a text or without contacts.
    """

    delivery: DeliveryView
    files: tuple[FileView, ...]
    mapping: MappingView
    ignored_columns: tuple[str, ...]
    columns: tuple[ColumnView, ...]
    counts: Mapping[str, int]
    repaired: int
    reasons: Mapping[str, int]
    frames: tuple[int, ...]
    stats: MessageStats | None = None
    segments_by_api: int | None = None
    estimate: Estimate | None = None
    texts: tuple[TextView, ...] = ()
    previews: tuple[Preview, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    @property
    def sendable(self) -> int:
        """How many people would be texted."""
        return self.counts["sendable"]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop the sending."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    def without_personal_data(self) -> "PlanView":
        """Leave out cells and finished texts, for a place that may be a log."""
        columns = tuple(replace(column, samples=()) for column in self.columns)
        return replace(self, columns=columns, previews=())


def view_plan(plan: Plan, also: tuple[Finding, ...] = ()) -> PlanView:
    """Take from a plan what people see; the findings of `also` follow its own."""
    columns_by_field = _columns_by_field(plan)
    choosing_column = _choosing_column(plan)
    stats, parameters = plan.stats, plan.shared_parameters
    by_api = stats.segments_by_api if stats and parameters.auto_optimize_text else None
    return PlanView(
        delivery=_delivery(plan, parameters),
        files=tuple(_file(sheet) for sheet, _ in plan.sheets),
        mapping=_mapping(plan, columns_by_field),
        ignored_columns=_ignored_columns(plan),
        columns=tuple(
            column
            for number, (sheet, mapping) in enumerate(plan.sheets)
            for column in _columns(number, sheet, _uses(mapping, choosing_column))
        ),
        counts=plan.counts,
        repaired=plan.screened.repaired,
        reasons=plan.reasons,
        frames=plan.frames,
        stats=stats,
        segments_by_api=by_api,
        estimate=plan.price,
        texts=tuple(
            TextView(
                value=variant.value,
                text=variant.parameters.text,
                contacts=variant.contacts,
                segments=variant.segments,
            )
            for variant in plan.variants
        ),
        previews=plan.previews,
        findings=(*plan.findings, *also),
    )


def _delivery(plan: Plan, parameters: Parameters) -> DeliveryView:
    mode = Mode.REHEARSAL if plan.request.rules.rehearsal else Mode.REAL
    return DeliveryView(
        mode=Mode.SIMULATION if parameters.simulation_mode else mode,
        sender=parameters.sender,
        purpose=parameters.purpose,
        type=parameters.type,
        send_at=parameters.send_at,
        planned_at=plan.request.compliance.now,
    )


def _file(sheet: Sheet) -> FileView:
    source = sheet.source
    return FileView(
        path=source.path if source.path == "-" else str(Path(source.path)),
        format=source.format,
        encoding=source.encoding,
        delimiter=source.delimiter,
        sheet=source.sheet,
        rows=len(sheet.rows),
        hidden_rows=sheet.hidden_rows,
    )


def _columns_by_field(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Join the columns that each field carries in the several texts."""
    joined: dict[str, tuple[str, ...]] = {}
    for variant in plan.variants:
        for name, columns in variant.columns_by_field.items():
            joined[name] = tuple(dict.fromkeys((*joined.get(name, ()), *columns)))
    return joined


def _choosing_column(plan: Plan) -> str | None:
    """Find the column that chooses among several texts and appears in none."""
    by_column = plan.request.text_options.texts_by_column
    if by_column is None:
        return None
    used = {name for names in _columns_by_field(plan).values() for name in names}
    return None if by_column.column in used else by_column.column


def _mapping(plan: Plan, columns_by_field: Mapping[str, tuple[str, ...]]) -> MappingView:
    """Return the headers of the number and of every field."""
    phones: list[str] = []
    fields: dict[str, str] = {}
    for sheet, mapping in plan.sheets:
        phones += [sheet.header[at] for at in mapping.phone_numbers]
        fields |= {name: sheet.header[at] for name, at in mapping.fields.items()}
        positions = mapping.fields | mapping.extras
        full_name = mapping.full_name or 0  # holds both names where they have no own columns
        for name, columns in columns_by_field.items():
            headers = (sheet.header[positions.get(column, full_name)] for column in columns)
            fields[name] = " + ".join(dict.fromkeys(headers))
    return MappingView(phone_number=tuple(dict.fromkeys(phones)), fields=fields)


def _ignored_columns(plan: Plan) -> tuple[str, ...]:
    ignored = (
        header
        for sheet, mapping in plan.sheets
        for at, header in enumerate(sheet.header)
        if at not in _uses(mapping, None)
    )
    return tuple(dict.fromkeys(ignored))


def _uses(mapping: ColumnMapping, choosing_column: str | None) -> dict[int, str]:
    """Describe what each used column is for; a field's own name wins over its use in the text."""
    uses = {at: f"{{{name}}}" for name, at in mapping.extras.items()}
    uses |= dict.fromkeys(mapping.consent, "consent")
    uses |= dict.fromkeys(mapping.do_not_contact, "do not contact")
    uses |= {mapping.country: "country"} if mapping.country is not None else {}
    uses |= {mapping.dial_code: "dial code"} if mapping.dial_code is not None else {}
    uses |= {mapping.area_code: "area code"} if mapping.area_code is not None else {}
    uses |= {mapping.full_name: "full name"} if mapping.full_name is not None else {}
    uses |= dict.fromkeys(mapping.labels.values(), "kind of number")
    uses |= {at: name for name, at in mapping.fields.items()}
    uses |= dict.fromkeys(mapping.phone_numbers, "phone_number")
    if choosing_column in mapping.extras:
        uses[mapping.extras[choosing_column]] = "chooses the text"
    return uses


def _columns(file: int, sheet: Sheet, uses: Mapping[int, str]) -> Iterator[ColumnView]:
    """Yield every column once."""
    for at, header in enumerate(sheet.header):
        samples = samples_of(sheet, at)
        yield ColumnView(file=file, header=header, use=uses.get(at), samples=samples)


def samples_of(sheet: Sheet, at: int) -> tuple[str, ...]:
    """Read the first values of a column that are not empty."""
    cells = (cell.as_py() for block in sheet.rows.blocks([at]) for cell in block.column(at))
    return tuple(islice(filter(None, cells), SAMPLES))
