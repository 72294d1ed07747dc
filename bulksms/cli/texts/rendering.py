"""Shows reports to people."""

from decimal import Decimal

from bulksms.cli.terminal.streams import echo_lines
from bulksms.count_words import count_of
from bulksms.money import round_to_cents
from bulksms.results import Report

__all__ = ["show_report"]

CENT = Decimal("0.01")
MODES = {
    "simulation": "SIMULATION: no one was texted.",
    "rehearsal": "REHEARSAL: no real person was texted.",
}
TROUBLED = ("accepted_short", "refused", "in_doubt", "intent", "dropped")  # not simply sent


def show_report(report: Report, *, quiet: bool = False) -> None:
    """Show how a campaign ended; with `--quiet` only failures, on stderr."""
    troubled = any(report.frames[state] for state in TROUBLED)
    if quiet and report.state == "done" and not troubled:
        return
    lines = [MODES[report.mode]] if report.mode in MODES else []
    if report.nothing_new:
        lines.append(
            "Nothing new: no one was left to text, so nothing was sent. "
            "`check` says why; `send --again` allows the same text once more."
        )
    people = {name.replace("_", " "): count for name, count in report.contacts.items() if count}
    frames = {name.replace("_", " "): count for name, count in report.frames.items() if count}
    lines += [
        f"{report.campaign}: {report.state}" + _reason(report),
        "  contacts: " + (_listed(people) or "none"),
        "  frames:   " + (_listed(frames) or "none"),
        f"  message:  {_delivery(report)}",
        f"  cost:     {_cost(report)} for {count_of(report.sms_needed, 'segment')}"
        + _against_plan(report),
    ]
    if report.residual_credit is not None:
        lines.append(f"  credit:   {round_to_cents(report.residual_credit):,} EUR left")
    if report.seeds:
        lines.append(f"  seeds:    {_listed(dict(report.seeds))}, not counted above")
    if report.deliveries:
        groups = {name.replace("_", " "): count for name, count in report.deliveries.items()}
        shown = {name: count for name, count in groups.items() if count}
        lines.append(f"  receipts: {_listed(shown)}")
    lines += [f"  {step}" for step in report.next_steps]
    if report.resume_command:
        lines.append(f"Continue with: {report.resume_command}")
    echo_lines(lines, err=quiet)


def _reason(report: Report) -> str:
    """Return why the run ended this way, unless the next steps say it."""
    reason = report.reason
    return "" if reason is None or reason in report.next_steps else f". {reason}"


def _cost(report: Report) -> str:
    amount = f"{round_to_cents(report.total_cost):,} EUR"
    if report.unpriced:
        frames = count_of(report.unpriced, "frame")
        reported = f"{amount} and " if report.total_cost else ""
        return f"{reported}what Octopush did not report for {frames},"
    return f"it would cost {amount}" if report.mode == "simulation" else amount


def _delivery(report: Report) -> str:
    """Describe what was sent: the purpose, the sender, the route and the times."""
    purpose = "alert" if report.purpose == "alert" else "marketing"
    parts = [f"{purpose} from {report.sender}" if report.sender else purpose]
    if report.type:
        parts.append("low cost route" if report.type == "sms_low_cost" else "premium route")
    if report.send_at:
        parts.append(f"scheduled for {report.send_at}")
    if report.started_at:
        parts.append(f"posted {report.started_at:%Y-%m-%d %H:%M} UTC")
    return ", ".join(parts)


def _against_plan(report: Report) -> str:
    """Compare what it cost with what was expected, where they differ by a cent or more."""
    planned = report.planned_cost
    if planned is None or abs(planned - report.total_cost) < CENT:
        return ""
    return f"; {round_to_cents(planned):,} EUR were planned"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {name}" for name, count in counts.items())
