"""`bulksms audit`: shows who did what and when."""

import os
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.shared_options import json_option
from bulksms.cli.terminal.streams import echo, echo_json
from bulksms.count_words import count_of
from bulksms.money import format_money

if TYPE_CHECKING:
    from bulksms.ledger import AuditEntry

__all__ = ["command"]

PLURALS = ("campaigns", "contacts", "duplicates", "frames", "numbers", "rows")
SHOWN_OF_DIGEST = 12


@click.command("audit")
@click.argument("campaign", required=False)
@json_option
def command(campaign: str | None, **given: Any) -> None:  # noqa: ANN401
    """Show who began, approved, ran, settled, changed and erased what, and when."""
    from bulksms.settings import read_settings
    from bulksms.use_cases.upkeep.read_audit import read_audit

    entries = read_audit(campaign, read_settings(os.environ))
    if given["json"]:
        echo_json({"entries": [_as_json(entry) for entry in entries]})
    elif entries:
        echo("\n".join(map(_line, entries)))
    else:
        echo("Nothing has been done yet.")


def _line(entry: "AuditEntry") -> str:
    action = entry.action.replace("_", " ")
    parts = [f"{entry.at:%Y-%m-%d %H:%M:%S}Z", entry.person or "?", action]
    parts += [entry.campaign] if entry.campaign else []
    named = ((name.replace("_", " "), count) for name, count in entry.counts.items())
    counts = ", ".join(
        count_of(count, name.removesuffix("s") if name in PLURALS else name, name)
        for name, count in named
    )
    parts += [f"({counts})"] if counts else []
    parts += [f"{format_money(entry.cost)} EUR"] if entry.cost is not None else []
    parts += [f"[{entry.digest[:SHOWN_OF_DIGEST]}]"] if entry.digest else []
    return "  ".join(parts)


def _as_json(entry: "AuditEntry") -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "person": entry.person or None,
        "action": entry.action.value,
        "campaign": entry.campaign,
        "digest": entry.digest,
        "counts": dict(entry.counts),
        "cost": None if entry.cost is None else format_money(entry.cost),
    }
