"""Plans and reports as people read them."""

import sys
from decimal import Decimal
from typing import Any

import click

from bulksms.cli.plan_text import finding_lines, plan_lines, preview_lines
from bulksms.money import format_money
from bulksms.results import Report

__all__ = ["show_errors", "show_json", "show_plan", "show_report", "show_test"]

CENT = Decimal("0.01")
TROUBLED = ("accepted_short", "refused", "in_doubt", "intent", "dropped")  # not simply sent


def show_json(told: dict[str, Any]) -> None:
    """Print one JSON object, and nothing else, on stdout."""
    import orjson

    click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())


def show_plan(told: dict[str, Any], *, rehearsal: bool, err: bool = False) -> None:
    """Show what would be sent, what not and why; where it may be a log, nobody is named."""
    if err and not sys.stderr.isatty():
        columns = [column | {"samples": []} for column in told["columns"]]
        told = told | {"columns": columns, "preview": []}
    click.echo("\n".join(plan_lines(told, rehearsal=rehearsal)), err=err)


def show_errors(told: dict[str, Any]) -> None:
    """Show on stderr only what would stop the sending."""
    errors = [finding for finding in told["findings"] if finding["level"] == "error"]
    for line in finding_lines(errors):
        click.echo(line, err=True)


def show_test(preview: dict[str, Any], number: str) -> None:
    """Show on stderr whose text the operator is about to get."""
    lines = [f"TEST: only {number} gets this text, nobody else.", *preview_lines(preview)]
    click.echo("\n".join(lines), err=True)


def show_report(report: Report, *, quiet: bool = False) -> None:
    """Show what became of a campaign; quietly only what went wrong, on stderr."""
    troubled = any(report.frames[state] for state in TROUBLED)
    if quiet and report.state == "done" and not troubled:
        return
    lines = ["REHEARSAL: no real person was texted."] if report.rehearsal else []
    people = {name.replace("_", " "): count for name, count in report.contacts.items() if count}
    frames = {name.replace("_", " "): count for name, count in report.frames.items() if count}
    lines += [
        f"{report.campaign}: {report.state}" + (f", {report.reason}" if report.reason else ""),
        "  contacts: " + (_listed(people) or "none"),
        "  frames:   " + (_listed(frames) or "none"),
        f"  cost:     {format_money(report.total_cost)} EUR for {report.sms_needed} segments"
        + _against_plan(report),
    ]
    if report.residual_credit is not None:
        lines.append(f"  credit:   {format_money(report.residual_credit)} EUR left")
    lines += [f"  {step}" for step in report.next_steps]
    if report.resume_command:
        lines.append(f"Continue with: {report.resume_command}")
    click.echo("\n".join(lines), err=quiet)


def _against_plan(report: Report) -> str:
    """Compare what it cost with what was expected, where they differ by a cent or more."""
    planned = report.planned_cost
    if planned is None or abs(planned - report.total_cost) < CENT:
        return ""
    return f"; {format_money(planned.quantize(CENT))} EUR were planned"


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
