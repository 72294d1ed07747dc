"""`bulksms purge`: deletes the personal data of old campaigns."""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.click_options import option
from bulksms.cli.options.shared_options import json_option
from bulksms.cli.terminal.streams import echo, echo_json, require_yes
from bulksms.count_words import count_of
from bulksms.errors import UsageError

if TYPE_CHECKING:
    from bulksms.age import Age
    from bulksms.settings import Settings
    from bulksms.use_cases.personal_data.purge_campaigns import OldCampaign, PurgeResult

__all__ = ["command"]


@click.command("purge")
@option("--older-than", metavar="AGE",
        help="Age such as 180d, 26w, 18m or 3y; default the setting retention.")  # fmt: skip
@option("--yes", is_flag=True, help="Purge without asking.")
@json_option
def command(**given: Any) -> None:  # noqa: ANN401
    """Delete the personal data of finished campaigns over an age; counts and costs stay."""
    from bulksms.clock import SystemClock
    from bulksms.settings import read_settings
    from bulksms.use_cases.personal_data.purge_campaigns import list_old_campaigns, purge_campaigns

    settings, clock = read_settings(os.environ), SystemClock()
    age = _age(given["older_than"], settings)
    old = list_old_campaigns(age, settings, clock.now())
    due = [each for each in old if not each.kept_for]
    if due and not given["yes"]:
        echo("\n".join(_listed(due)), err=True)
        question = (
            f"Delete the personal data of {count_of(len(due), 'campaign')}? It cannot be undone."
        )
        require_yes(question, "Nothing was deleted.")
    result = purge_campaigns(age, settings, clock)
    if given["json"]:
        echo_json(_as_json(result))
    else:
        echo("\n".join(_lines(result, age)))


def _age(typed: str | None, settings: "Settings") -> "Age":
    from bulksms.age import Age

    age = Age.parse(typed) if typed else settings.retention
    if age is None:
        raise UsageError(
            'Give an age, as in --older-than 180d, or write retention = "180d" in settings.toml.'
        )
    return age


def _listed(campaigns: "Sequence[OldCampaign]") -> Iterator[str]:
    for old in campaigns:
        kept = f"; {old.kept_for}" if old.kept_for else ""
        contacts = count_of(old.contacts, "contact")
        yield f"  {old.name}: {contacts}, last used {old.last_used:%Y-%m-%d}{kept}"


def _lines(result: "PurgeResult", age: "Age") -> Iterator[str]:
    count = len(result.purged)
    yield (
        f"Purged {count_of(count, 'campaign')} older than {age}: their numbers are now "
        "keyed hashes, and their texts and source rows are deleted."
        if count
        else f"No finished campaign is older than {age}."
    )
    yield from _listed(result.purged)
    if result.receipts:
        yield f"Deleted {result.receipts:,} delivery receipts of texts that are in no campaign."
    if result.kept:
        yield "Not purged:"
        yield from _listed(result.kept)
    if result.deleted:
        yield "Deleted:"
        yield from (f"  {path}" for path in result.deleted)
    if result.elsewhere:
        yield "Your own files of these campaigns; delete them if you no longer need them:"
        yield from (f"  {path}" for path in result.elsewhere)


def _as_json(result: "PurgeResult") -> dict[str, Any]:
    return {
        "purged": [_campaign(old) for old in result.purged],
        "kept": [_campaign(old) | {"reason": old.kept_for} for old in result.kept],
        "deleted": list(map(str, result.deleted)),
        "elsewhere": list(map(str, result.elsewhere)),
        "receipts": result.receipts,
    }


def _campaign(old: "OldCampaign") -> dict[str, Any]:
    return {
        "campaign": old.name,
        "contacts": old.contacts,
        "last_used": old.last_used.isoformat(),
    }
