"""Plans and reports as people read them."""

import textwrap
from typing import Any

import click

from bulksms.results import Report, as_money

__all__ = ["show_json", "show_plan", "show_report"]

SAMPLE_LIMIT = 24  # characters of a sample value


def show_json(told: dict[str, Any]) -> None:
    """Print one JSON object, and nothing else, on stdout."""
    import orjson

    click.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())


def show_plan(told: dict[str, Any], *, rehearsal: bool, err: bool = False) -> None:
    """Show what would be sent, what not and why."""
    lines = ["REHEARSAL: nobody real is texted."] if rehearsal else []
    lines += [_file(file) for file in told["files"]]
    lines += [_column(column) for column in told["columns"]]
    lines += ["", *_rows(told), *_message(told)]
    lines += [f"{finding['level']}: {finding['message']}" for finding in told["findings"]]
    click.echo("\n".join(lines), err=err)


def _file(file: dict[str, Any]) -> str:
    details = [file["format"], file["encoding"], file["sheet"] and f"sheet {file['sheet']}"]
    if file["delimiter"]:
        details.append(f"separator {file['delimiter']!r}")
    hidden = f", {file['hidden_rows']} hidden rows left out" if file["hidden_rows"] else ""
    told = ", ".join(detail for detail in details if detail)
    return f"{file['path']} ({told}): {file['rows']} rows{hidden}"


def _column(column: dict[str, Any]) -> str:
    """Show a header, what it is used for, and what is in it."""
    short = (textwrap.shorten(value, SAMPLE_LIMIT, placeholder="…") for value in column["samples"])
    samples = ", ".join(short)
    header = column["header"] or "(no header)"
    return f"  {header}: {column['use'] or 'not used'}" + (f" ({samples})" if samples else "")


def _rows(told: dict[str, Any]) -> list[str]:
    lines = [
        f"{told['rows']} rows = {told['sendable']} to send + {told['rejected']} rejected"
        f" + {told['duplicates']} duplicates + {told['opted_out']} opted out"
        + (f"; {told['repaired']} numbers repaired" if told["repaired"] else "")
    ]
    lines += [f"  {count} {reason.replace('_', ' ')}" for reason, count in told["reasons"].items()]
    if told["frames"]:
        frames = "1 frame" if len(told["frames"]) == 1 else f"{len(told['frames'])} frames"
        lines.append(f"{frames} of up to {max(told['frames'])} contacts")
    return lines


def _message(told: dict[str, Any]) -> list[str]:
    message, price = told["message"], told["estimate"]
    if message is None:
        return []
    alphabet = {"gsm7": "GSM-7", "ucs2": "UCS-2"}[message["encoding"]]
    total, most = message["segments_total"], message["segments_max"]
    longest = f"at most {most} a person (row {message['longest_row']})"
    lines = [f"{alphabet}, {total} segments in all, {longest}"]
    if message["characters_outside_gsm7"]:
        dear = ", ".join(
            f"{character!r} in {rows} rows"
            for character, rows in message["characters_outside_gsm7"].items()
        )
        lines.append(f"  dearer because of {dear}")
    if price:
        lines.append(f"about {price['amount']} {price['currency']}")
    return lines


def show_report(report: Report, *, quiet: bool = False) -> None:
    """Show what became of a campaign."""
    if quiet:
        return
    lines = ["REHEARSAL: nobody real was texted."] if report.rehearsal else []
    people = {name.replace("_", " "): count for name, count in report.contacts.items() if count}
    frames = {name.replace("_", " "): count for name, count in report.frames.items() if count}
    lines += [
        f"{report.campaign}: {report.state}" + (f", {report.reason}" if report.reason else ""),
        "  contacts: " + (_listed(people) or "none"),
        "  frames:   " + (_listed(frames) or "none"),
        f"  cost:     {as_money(report.total_cost)} EUR for {report.sms_needed} segments",
    ]
    if report.residual_credit is not None:
        lines.append(f"  credit:   {as_money(report.residual_credit)} EUR left")
    if report.resume_command:
        lines.append(f"Go on with: {report.resume_command}")
    click.echo("\n".join(lines))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
