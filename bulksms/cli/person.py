"""`bulksms person`: shows or erases what is held on one phone number."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.click_options import option
from bulksms.cli.options.shared_options import number_options
from bulksms.cli.terminal.streams import echo, echo_json, require_yes
from bulksms.count_words import count_of
from bulksms.pages.locales import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bulksms.use_cases.personal_data.erase_person import ErasureResult

__all__ = ["command"]

LISTED = 20  # files named in the answer for people; the JSON has all


@click.group("person")
def command() -> None:
    """Show or erase what is held on one phone number."""


@command.command("show")
@click.argument("number")
@option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True,
        help="Language of the answer.")  # fmt: skip
@option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
        help="Write the answer to a file, as JSON if it ends in .json.")  # fmt: skip
@number_options
def show(number: str, **given: Any) -> None:  # noqa: ANN401
    """Write the answer to an access request: everything held on NUMBER."""
    from bulksms.clock import SystemClock
    from bulksms.plan.make_request import parse_country
    from bulksms.results.person_report import person_as_json, person_as_text, write_person
    from bulksms.settings import read_settings
    from bulksms.use_cases.personal_data.show_person import show_person
    from bulksms.use_cases.prepare.output_paths import refuse_overwrites

    settings, out = read_settings(os.environ), given["out"]
    refuse_overwrites({"--out": out}, (), settings)
    region = parse_country(given["region"])
    record = show_person(number, region, settings, SystemClock().now())
    if out is not None:
        write_person(out, record, given["language"])
    if given["json"]:
        echo_json(person_as_json(record))
    elif out is None:
        echo(person_as_text(record, given["language"]).rstrip("\n"))
    else:
        campaigns = count_of(len(record.campaigns), "campaign has", "campaigns have")
        echo(f"Written to {out}: {campaigns} this number.")


@command.command("erase")
@click.argument("number")
@option("--yes", is_flag=True, help="Erase without asking.")
@number_options
def erase(number: str, **given: Any) -> None:  # noqa: ANN401
    """Erase NUMBER and all its data; it is never texted again."""
    from bulksms.clock import SystemClock
    from bulksms.plan.make_request import parse_country
    from bulksms.settings import read_settings
    from bulksms.use_cases.personal_data.erase_person import erase_person
    from bulksms.use_cases.personal_data.show_person import read_number

    region = parse_country(given["region"])
    read_number(number, region)
    if not given["yes"]:
        require_yes(
            "Erasing cannot be undone. Erase everything on this number?", "Nothing was erased."
        )
    result = erase_person(number, region, read_settings(os.environ), SystemClock())
    if given["json"]:
        echo_json(_as_json(result))
    else:
        echo("\n".join(_lines(result)))


def _as_json(result: "ErasureResult") -> dict[str, Any]:
    return {
        "number": result.number,
        "campaigns": list(result.campaigns),
        "deleted": list(map(str, result.deleted)),
        "elsewhere": list(map(str, result.elsewhere)),
        "unread": list(map(str, result.unread)),
        "remaining": list(map(str, result.remaining)),
    }


def _lines(result: "ErasureResult") -> "Iterator[str]":
    count = len(result.campaigns)
    yield f"{result.number} is erased from {count_of(count, 'campaign')} and is never texted again."
    yield (
        "A keyed hash is kept for that; `bulksms optout remove NUMBER` forgets the opt-out if the "
        "person asks for texts again."
    )
    yield from _listed("Deleted; `bulksms report` writes results again:", result.deleted)
    yield from _listed("Your own files still hold the number; clean them:", result.elsewhere)
    yield from _listed("Not found or not searched; check these yourself:", result.unread)
    yield from _listed("Still in files of bulksms, as in a campaign's name:", result.remaining)
    yield (
        "Not reached: backups, files written with --rejects-out or --contacts-out, and what "
        "Octopush keeps: delete the contact there too."
    )


def _listed(title: str, files: tuple[Path, ...]) -> "Iterator[str]":
    if files:
        yield title
        yield from (f"  {file}" for file in files[:LISTED])
    if len(files) > LISTED:
        yield f"  and {len(files) - LISTED:,} more"
