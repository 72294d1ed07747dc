"""A plan as one screen of lines: the list, the people, the text, the price, the findings.

No line is wider than `WIDTH` unless a word is.
"""

import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from bulksms.cli.terminal.streams import clean, echo, echo_lines
from bulksms.count_words import count_of
from bulksms.finding import Finding
from bulksms.message import Encoding, Estimate, MessageStats
from bulksms.money import round_to_cents, show_money
from bulksms.plan.delivery_text import describe_delivery
from bulksms.plan.previews import Preview
from bulksms.plan.view import ColumnView, FileView, PlanView

__all__ = ["WIDTH", "plan_lines", "show_errors", "show_plan", "show_test"]

WIDTH = 80
SAMPLE_LIMIT = 24  # characters of a sample value
COLUMNS_SHOWN = 12
REASONS_SHOWN = 8
CHARACTERS_SHOWN = 6
COUNTRIES_SHOWN = 4
ALPHABETS = {Encoding.GSM7: "GSM-7", Encoding.UCS2: "UCS-2"}


def show_plan(view: PlanView, *, err: bool = False) -> None:
    """Show a plan; without personal data where stderr may be a log."""
    if err and not sys.stderr.isatty():
        view = view.without_personal_data()
    echo_lines(plan_lines(view), err=err)


def show_errors(view: PlanView) -> None:
    """Show on stderr only what would stop the sending."""
    echo_lines(finding_lines(view.errors), err=True)


def show_test(preview: Preview, number: str) -> None:
    """Show on stderr the text that the operator is about to get."""
    lines = [f"TEST: only {number} gets this text.", *preview_lines(preview)]
    echo("\n".join(lines), err=True)


def plan_lines(view: PlanView) -> Iterator[str]:
    """Lay out a plan for people."""
    yield from _wrapped(describe_delivery(view.delivery))
    yield from _files(view)
    yield ""
    yield from _people(view)
    if view.stats is not None:
        texts = list(_texts(view))
        yield from ("", *texts) if texts else ()
        yield ""
        yield from _price(view, view.stats)
    if view.findings:
        yield ""
    yield from finding_lines(view.findings)


def finding_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield each finding with its level."""
    for finding in findings:
        yield from _wrapped(f"{finding.level.value}: {clean(finding.message)}", indent="  ")


def _files(view: PlanView) -> Iterator[str]:
    shown: list[list[tuple[str, str | None]]] = []
    for number, file in enumerate(view.files):
        details = [file.format, file.encoding, file.sheet and f"sheet {file.sheet}"]
        if file.delimiter:
            details.append(f"separator {file.delimiter!r}")
        hidden = (
            f", {count_of(file.hidden_rows, 'hidden row')} left out" if file.hidden_rows else ""
        )
        description = ", ".join(detail for detail in details if detail)
        line = f"{file.path} ({description}): {count_of(file.rows, 'row')}{hidden}"
        yield from _wrapped(clean(line))
        columns = [column for column in view.columns if column.file == number]
        uses = [(column.header, column.use) for column in columns]
        if uses in shown:
            same = clean(_file_label(view.files[shown.index(uses)]))
            yield from _wrapped(f"  the same columns as {same}")
        else:
            yield from _columns(columns)
        shown.append(uses)


def _file_label(file: FileView) -> str:
    return f"{file.path}, sheet {file.sheet}" if file.sheet else file.path


def _columns(columns: Sequence[ColumnView]) -> Iterator[str]:
    """Show every column once; of very many, those not used only by their names."""
    all_fit = len(columns) <= COLUMNS_SHOWN
    for column in columns:
        if all_fit or column.use:
            yield _column(column)
    names = [_header(column) for column in columns if not column.use]
    if names and not all_fit:
        yield from _wrapped(f"  not used: {', '.join(names)}", indent="    ")


def _column(column: ColumnView) -> str:
    """Show a header, what it is used for, and its first values, on one line."""
    short = (textwrap.shorten(value, SAMPLE_LIMIT, placeholder="…") for value in column.samples)
    samples = ", ".join(map(clean, short))
    line = f"  {_header(column)}: {column.use or 'not used'}" + (f" ({samples})" if samples else "")
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _header(column: ColumnView) -> str:
    return clean(column.header) or "(no header)"


def _people(view: PlanView) -> Iterator[str]:
    counts = view.counts
    yield (
        f"{count_of(counts['rows'], 'row')} = {counts['sendable']:,} to send"
        f" + {counts['rejected']:,} rejected + {count_of(counts['duplicates'], 'duplicate')}"
        f" + {counts['opted_out']:,} opted out"
    )
    reasons = list(view.reasons.items())
    for reason, count in reasons[:REASONS_SHOWN]:
        yield f"{count:>8,} {reason.replace('_', ' ')}"
    others = sum(count for _, count in reasons[REASONS_SHOWN:])
    if others:
        yield f"{others:>8,} for other reasons"
    if view.repaired:
        yield f"  Numbers repaired: {view.repaired:,}"
    if view.frames:
        largest = count_of(max(view.frames), "contact")
        yield f"  Sent in {count_of(len(view.frames), 'frame')} of up to {largest}"


def _texts(view: PlanView) -> Iterator[str]:
    if len(view.texts) > 1:
        for text in view.texts:
            value = "all others" if text.value is None else text.value
            people = count_of(text.contacts, "person", "people")
            yield f"Text for {clean(value)}: {people}, {count_of(text.segments, 'segment')}"
    for preview in view.previews:
        yield from preview_lines(preview)


def preview_lines(preview: Preview) -> Iterator[str]:
    """Show one finished text between lines of its own."""
    requests = ", ".join(preview.requests)
    if preview.text is None:
        row = "" if preview.row is None else f"row {preview.row}: "
        yield from _wrapped(f"No text for {requests}: {row}{clean(preview.sentence or '')}")
        return
    alphabet = ALPHABETS[Encoding(str(preview.encoding))]
    facts = [
        alphabet,
        count_of(preview.units or 0, "unit"),
        count_of(preview.segments or 0, "segment"),
    ]
    facts += [f"{show_money(preview.cost)} EUR"] if preview.cost is not None else []
    yield f"Row {preview.row}, {preview.phone_number} ({requests}): {', '.join(facts)}"
    for line in clean(preview.text).split("\n"):
        yield from _wrapped(f"  | {line}", indent="  | ")


def _price(view: PlanView, stats: MessageStats) -> Iterator[str]:
    shares = ", ".join(
        f"{rows:,} need {count_of(count, 'segment')}"
        for count, rows in stats.rows_by_segments.items()
    )
    alphabet, total = ALPHABETS[stats.encoding], count_of(stats.segments_total, "segment")
    yield from _wrapped(f"{alphabet}, {total} in all: {shares}")
    if view.estimate:
        amount = f"{show_money(view.estimate.amount)} {view.estimate.currency}"
        yield f"  about {amount}{_countries(view.estimate)}"
        yield from _wrapped(f"  Price: {clean(view.estimate.source)}.", indent="    ")
    yield from _replacements(view, stats)


def _countries(estimate: Estimate) -> str:
    if len(estimate.by_country) == 1:
        return ""
    costs = list(estimate.cents_by_country.items())
    named = [f"{code} {cost:,}" for code, cost in costs[:COUNTRIES_SHOWN]]
    return f" ({', '.join(named)}{', …' if len(costs) > len(named) else ''})"


def _replacements(view: PlanView, stats: MessageStats) -> Iterator[str]:
    """Show what --plain would replace, and what the provider may replace itself."""
    characters = stats.non_gsm_characters
    if stats.segments_plain < stats.segments_total:
        pairs = [(each.character, each.plain) for each in characters if each.plain is not None]
        yield from _replaced("--plain would write", pairs, stats.segments_plain, view, stats)
    if view.segments_by_api is not None:
        pairs = [(each.character, each.api) for each in characters if each.api is not None]
        who = "Octopush may replace by itself"
        yield from _replaced(who, pairs, view.segments_by_api, view, stats)


def _replaced(
    who: str, pairs: Sequence[tuple[str, str]], segments: int, view: PlanView, stats: MessageStats
) -> Iterator[str]:
    if not pairs:
        return
    shown = "  ".join(f"{clean(old)}→{new}" for old, new in pairs[:CHARACTERS_SHOWN])
    more = " …" if len(pairs) > CHARACTERS_SHOWN else ""
    cost = ""
    if view.estimate:
        share = Decimal(segments) / stats.segments_total
        cost = f", about {round_to_cents(view.estimate.amount * share):,} EUR"
    yield from _wrapped(
        f"  {who} {shown}{more}: {count_of(segments, 'segment')} in all{cost}", indent="    "
    )


def _wrapped(line: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        line,
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    ) or [line]
