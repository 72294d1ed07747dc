"""`bulksms optout`: the numbers that are never texted, kept in the state folder."""

import os
from pathlib import Path
from typing import Any

import click

from bulksms.cli.click_options import option, stack

__all__ = ["command"]

_common = stack(
    [
        option("--region", default="FR", show_default=True, metavar="CC",
               help="Country of numbers written in national form."),
        option("--json", "as_json", is_flag=True, help="Answer with one JSON object."),
    ]
)  # fmt: skip


@click.group("optout")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Keep the numbers that are never texted."""
    # The settings file speaks of options, whichever command they belong to.
    ctx.default_map = dict.fromkeys(command.commands, ctx.default_map or {})


@command.command("add")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@_common
def add(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Never text these numbers."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.manage_opt_outs import add_numbers

    region, settings = _asked(given)
    new = add_numbers(numbers, region, settings, SystemClock().now())
    _tell(given, {"given": len(numbers), "new": new}, f"{new} of {len(numbers)} numbers are new.")


@command.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_common
def import_(files: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Never text the numbers of these spreadsheets."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.manage_opt_outs import import_files

    region, settings = _asked(given)
    done = import_files(files, region, settings, SystemClock().now())
    told = [
        {"path": path, "read": one.read, "new": one.new, "unreadable": one.unreadable}
        for path, one in zip(files, done, strict=True)
    ]
    lines = [
        f"{one['path']}: {one['read']} numbers read, {one['new']} new, "
        f"{one['unreadable']} cells unreadable"
        for one in told
    ]
    _tell(given, {"files": told}, *lines)


@command.command("replies")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@_common
def replies(files: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Never text whoever answered STOP, in these spreadsheets of replies."""
    from bulksms.clock import SystemClock
    from bulksms.use_cases.manage_opt_outs import import_replies

    region, settings = _asked(given)
    done = import_replies(files, region, settings, SystemClock().now())
    told = [
        {
            "path": path,
            "messages": found.messages,
            "stops": len(found.opt_outs),
            "new": new,
            "unreadable": found.opt_outs.unreadable,
            "look_at_rows": list(found.doubtful),
        }
        for path, (found, new) in zip(files, done, strict=True)
    ]
    lines = [_reply_line(one) for one in told]
    _tell(given, {"files": told}, *lines)


def _reply_line(told: dict[str, Any]) -> str:
    line = f"{told['path']}: {told['messages']} messages, {told['stops']} numbers said stop, "
    line += f"{told['new']} new"
    if told["unreadable"]:
        line += f", {told['unreadable']} stops without a number we can read"
    rows = told["look_at_rows"]
    if rows:
        line += f"; read these rows yourself, they mention stop: {', '.join(map(str, rows[:20]))}"
        line += " and more" if len(rows) > len(rows[:20]) else ""
    return line


@command.command("list")
@_common
def list_(**given: Any) -> None:  # noqa: ANN401
    """Show every number that is never texted."""
    from bulksms.use_cases.manage_opt_outs import stored_numbers

    numbers = stored_numbers(_asked(given)[1])
    _tell(given, {"count": len(numbers), "numbers": numbers}, *numbers)


@command.command("check")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@_common
def check(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Say of each number whether it is never texted."""
    from bulksms.use_cases.manage_opt_outs import check_numbers

    region, settings = _asked(given)
    found = check_numbers(numbers, region, settings)
    lines = [f"{number}: {'yes' if said_no else 'no'}" for number, said_no in found.items()]
    _tell(given, {"opted_out": found}, *lines)


@command.command("remove")
@click.argument("numbers", nargs=-1, required=True, metavar="NUMBER...")
@_common
def remove(numbers: tuple[str, ...], **given: Any) -> None:  # noqa: ANN401
    """Let these numbers be texted again."""
    from bulksms.use_cases.manage_opt_outs import remove_numbers

    region, settings = _asked(given)
    gone = remove_numbers(numbers, region, settings)
    told = f"{gone} of {len(numbers)} numbers were removed."
    _tell(given, {"given": len(numbers), "removed": gone}, told)


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@_common
def export(file: Path, **given: Any) -> None:  # noqa: ANN401
    """Write every number that is never texted into a CSV file."""
    from bulksms.use_cases.manage_opt_outs import export_numbers

    count = export_numbers(file, _asked(given)[1])
    _tell(given, {"path": str(file), "count": count}, f"{count} numbers written to {file}.")


def _asked(given: dict[str, Any]) -> tuple[str, Any]:
    """Give the region and the settings."""
    from bulksms.plan.make_request import parse_country
    from bulksms.settings import read_settings

    return parse_country(given["region"]), read_settings(os.environ)


def _tell(given: dict[str, Any], told: dict[str, Any], *lines: str) -> None:
    from bulksms.cli.rendering import show_json

    if given["as_json"]:
        show_json(told)
    elif lines:
        click.echo("\n".join(lines))
