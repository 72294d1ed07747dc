"""`bulksms optout`: manages the numbers that are never texted."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bulksms.cli.options.click_options import option
from bulksms.cli.options.shared_options import number_options
from bulksms.cli.terminal.streams import echo, echo_json
from bulksms.count_words import count_of
from bulksms.errors import UsageError

if TYPE_CHECKING:
    from bulksms.settings import Settings

__all__ = ["command"]

_all = option("--all", is_flag=True, help="Decide for every STOP that is held.")
_chosen = click.argument("numbers", nargs=-1, metavar="[NUMBER...]")
HELD_REASONS = {
    "never_texted": "is in none of your campaigns",
    "many_at_once": "came with many others within an hour",
}


@click.group("optout")
def command() -> None:
    """Manage the numbers that are never texted."""


@command.command("add")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@number_options
def add(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Never text these numbers."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.opt_outs.manage_opt_outs import add_numbers

    region, settings = _region_and_settings(given)
    new = add_numbers(numbers, region, settings, SystemClock().now())
    figures = {"given": len(numbers), "new": new}
    _answer(given, figures, f"Given: {len(numbers):,}, new: {new:,}.")


@command.command("import")
@click.argument("files", nargs=-1, type=click.Path(), required=True, metavar="FILE...")
@number_options
def import_(files: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Never text the numbers in these spreadsheets."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.opt_outs.manage_opt_outs import import_files

    region, settings = _region_and_settings(given)
    imported = import_files(files, region, settings, SystemClock().now())
    figures = [
        {"path": path, "read": each.read, "new": each.new, "unreadable": each.unreadable}
        for path, each in zip(files, imported, strict=True)
    ]
    lines = [
        f"{path}: {count_of(each.read, 'number')} read, {each.new:,} new, "
        f"{count_of(each.unreadable, 'unreadable cell')}"
        for path, each in zip(files, imported, strict=True)
    ]
    _answer(given, {"files": figures}, *lines)


@command.command("replies")
@click.argument("files", nargs=-1, type=click.Path(), required=True, metavar="FILE...")
@number_options
def replies(files: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Never text the people who answered STOP, in spreadsheets of replies."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.opt_outs.manage_opt_outs import import_replies

    region, settings = _region_and_settings(given)
    imported = import_replies(files, region, settings, SystemClock().now())
    figures = [
        {
            "path": path,
            "messages": reply_file.messages,
            "stops": len(reply_file.opt_outs),
            "new": new,
            "unreadable": reply_file.opt_outs.unreadable,
            "look_at_rows": list(reply_file.doubtful),
        }
        for path, (reply_file, new) in zip(files, imported, strict=True)
    ]
    _answer(given, {"files": figures}, *map(_replies_line, figures))


def _replies_line(figures: dict[str, Any]) -> str:
    line = f"{figures['path']}: {count_of(figures['messages'], 'message')}, "
    line += f"{count_of(figures['stops'], 'number')} said stop, {figures['new']:,} new"
    if figures["unreadable"]:
        line += f", {figures['unreadable']:,} stops without a readable number"
    rows = figures["look_at_rows"]
    if rows:
        line += f"; these rows mention stop, read them yourself: {', '.join(map(str, rows[:20]))}"
        line += " and more" if len(rows) > len(rows[:20]) else ""
    return line


@command.command("list")
@number_options
def list_(**given: Any) -> None:  # noqa: ANN401
    """Show every number that is never texted."""
    from bulksms.use_cases.opt_outs.manage_opt_outs import count_hashed, stored_numbers

    _, settings = _region_and_settings(given)
    numbers, hashed = stored_numbers(settings), count_hashed(settings)
    _answer(given, {"count": len(numbers), "numbers": numbers, "by_hash": hashed}, *numbers)
    if hashed and not given["json"]:
        echo(f"{hashed:,} more are known only by a keyed hash (erased or restored).", err=True)


@command.command("check")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@number_options
def check(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Show for each number whether it is never texted."""
    from bulksms.use_cases.opt_outs.manage_opt_outs import check_numbers

    region, settings = _region_and_settings(given)
    opted_out = check_numbers(numbers, region, settings)
    lines = [f"{number}: {'yes' if is_out else 'no'}" for number, is_out in opted_out.items()]
    _answer(given, {"opted_out": opted_out}, *lines)


@command.command("remove")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@number_options
def remove(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Allow these numbers to be texted again."""
    from bulksms.use_cases.opt_outs.manage_opt_outs import remove_numbers

    region, settings = _region_and_settings(given)
    removed = remove_numbers(numbers, region, settings)
    figures = {"given": len(numbers), "removed": removed}
    _answer(given, figures, f"Given: {len(numbers):,}, removed: {removed:,}.")


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@number_options
def export(file: Path, **given: Any) -> None:  # noqa: ANN401
    """Write every number that is never texted to a file."""
    from bulksms.use_cases.opt_outs.manage_opt_outs import export_numbers
    from bulksms.use_cases.prepare.output_paths import refuse_overwrites

    _, settings = _region_and_settings(given)
    refuse_overwrites({"optout export": file}, (), settings)
    count = export_numbers(file, settings)
    figures = {"path": str(file), "count": count}
    _answer(given, figures, f"{count_of(count, 'number')} written to {file}.")


@command.command("held")
@number_options
def held(**given: Any) -> None:  # noqa: ANN401
    """Show STOPs that wait for a decision; they are obeyed meanwhile."""
    from bulksms.use_cases.receipts.reported_stops import held_stops

    _, settings = _region_and_settings(given)
    stops = held_stops(settings)
    figures = [
        {"number": f"+{each.phone_number}", "at": each.at.isoformat(), "reason": each.reason.value}
        for each in stops
    ]
    lines = [
        f"+{each.phone_number}  {each.at:%Y-%m-%d %H:%M} UTC  {HELD_REASONS[each.reason.value]}"
        for each in stops
    ]
    _answer(given, {"count": len(stops), "held": figures}, *(lines or ["No STOP is held."]))
    if stops and not given["json"]:
        echo(
            "No one listed here is texted until you decide: `bulksms optout take NUMBER` keeps an "
            "opt-out, `bulksms optout drop NUMBER` removes a forged one; --all for all.",
            err=True,
        )


@command.command("take")
@_chosen
@_all
@number_options
def take(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Keep the opt-outs of STOPs that were held."""
    from bulksms.os_user import acting_user
    from bulksms.use_cases.receipts.reported_stops import take_held

    region, settings = _region_and_settings(given)
    count = take_held(_choice(numbers, given), region, acting_user(os.environ), settings)
    _answer(given, {"taken": count}, f"STOPs taken: {count:,}. These numbers stay opted out.")


@command.command("drop")
@_chosen
@_all
@number_options
def drop(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Remove the opt-outs of held STOPs that are forged."""
    from bulksms.use_cases.receipts.reported_stops import drop_held

    region, settings = _region_and_settings(given)
    count = drop_held(_choice(numbers, given), region, settings)
    _answer(
        given, {"dropped": count}, f"STOPs dropped: {count:,}. These numbers may be texted again."
    )


def _choice(numbers: tuple[str, ...], given: dict[str, Any]) -> tuple[str, ...] | None:
    """Return the numbers that are named; an empty tuple means all.

    Raises:
        UsageError: neither numbers nor --all, or both.
    """
    if bool(numbers) == given["all"]:
        raise UsageError("Give the numbers of held STOPs, or --all.")
    return numbers or None


def _region_and_settings(given: dict[str, Any]) -> "tuple[str, Settings]":
    from bulksms.plan.make_request import parse_country
    from bulksms.settings import read_settings

    return parse_country(given["region"]), read_settings(os.environ)


def _answer(given: dict[str, Any], figures: dict[str, Any], *lines: str) -> None:
    if given["json"]:
        echo_json(figures)
    elif lines:
        echo("\n".join(lines))
