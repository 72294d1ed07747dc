"""Makes the generated parts of docs/reference and the manual page (`make docs`)."""

import importlib
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from bulksms.campaign_file.read_campaign_file import setting_types
from bulksms.campaign_file.setting_values import kind_of
from bulksms.cli import COMMANDS
from bulksms.cli.exit_codes import MEANINGS
from tools.man_page import MAN_PAGE, man_page

__all__ = ["PAGES", "generate"]

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
OWN_PAGE = "sandbox"  # its options are described in docs/reference/sandbox.md


def exit_code_table() -> str:
    """Make the table of exit codes."""
    rows = [f"| {code.value} | {meaning} | {todo} |" for code, (meaning, todo) in MEANINGS.items()]
    return "\n".join(["| code | meaning | what to do |", "|---|---|---|", *rows])


def option_tables() -> str:
    """Make a table for each group of options, and one for options of single commands."""
    groups: dict[str, dict[str, str]] = {}
    single: list[str] = []
    everywhere, sending = _names(_command("check")), _names(_command("send"))
    for name in COMMANDS:
        if name == OWN_PAGE:
            continue
        for path, option in _options(name, _command(name)):
            group = getattr(option, "group", "")
            if not group and name not in ("check", "send"):
                single.append(_row(option, prefix=f"{path} "))
                continue
            command = "send" if option.name in sending else path
            only_there = "" if option.name in everywhere else f"*{command}:* "
            row = _row(option, meaning_prefix=only_there)
            groups.setdefault(group or "Other options", {}).setdefault(str(option.name), row)
    last = groups.pop("Other options")
    tables = [_table(title, rows.values()) for title, rows in groups.items()]
    tables.append(_table("Other options", last.values()))
    tables.append(_table("Options of single commands", dict.fromkeys(single)))
    return "\n\n".join(tables)


def _table(title: str, rows: Iterable[str]) -> str:
    listed = "\n".join(rows)
    return f"## {title}\n\n| option | meaning |\n|---|---|\n{listed}"


def _command(name: str) -> click.Command:
    command: click.Command = importlib.import_module(f"bulksms.cli.{name}").command
    return command


def _names(command: click.Command) -> set[str]:
    return {str(param.name) for param in command.params}


def _options(path: str, command: click.Command) -> Iterator[tuple[str, click.Option]]:
    """Yield every option of a command and its subcommands, with the words before it."""
    for param in command.params:
        if isinstance(param, click.Option) and not param.hidden:
            yield path, param
    if isinstance(command, click.Group):
        for name, subcommand in command.commands.items():
            yield from _options(f"{path} {name}", subcommand)


def _row(option: click.Option, prefix: str = "", meaning_prefix: str = "") -> str:
    long = [name for name in option.opts if name.startswith("--")]
    value = "" if option.is_flag else f" {_value(option)}"
    names = ", ".join(f"`{prefix}{name}{value}`" for name in (*long, *option.secondary_opts))
    default = "" if option.is_flag or not option.show_default else f"; default `{option.default}`"
    meaning = f"{meaning_prefix}{option.help or ''}".rstrip(".").replace("|", "\\|")
    return f"| {names} | {meaning}{default} |"


def _value(option: click.Option) -> str:
    kind = option.type
    text = "|".join(kind.choices) if isinstance(kind, click.Choice) else option.metavar
    return (text or kind.name.upper()).replace("|", "\\|")


def setting_table() -> str:
    """Make the table of the settings of a campaign file that are options of `send`."""
    types = setting_types()
    rows = [
        f"| `{option.name}` | {kind_of(types[str(option.name)])} | {_meaning(option)} |"
        for _, option in _options("send", _command("send"))
        if option.name in types
    ]
    return "\n".join(["| setting | value | meaning |", "|---|---|---|", *rows])


def _meaning(option: click.Option) -> str:
    """Take the help of an option, with other options under their names in the file."""
    default = _default(option)
    shown = f"; default `{default}`" if default else ""
    help_text = re.sub(r"--(?!no-)([a-z][a-z-]+)", _setting_name, option.help or "")
    # In a file, - is the name of a file.
    help_text = help_text.rstrip(".").removesuffix("; - is standard input")
    return help_text.replace("|", "\\|") + shown


def _setting_name(match: re.Match[str]) -> str:
    return f"`{match[1].replace('-', '_')}`"


def _default(option: click.Option) -> str:
    if option.is_flag:
        return "true" if option.default is True else ""
    return str(option.default) if option.show_default else ""


PAGES = {
    "options.md": option_tables,
    "exit-codes.md": exit_code_table,
    "campaign-file.md": setting_table,
}


def generate(name: str) -> str:
    """Return a page with its generated part made again."""
    page = (REFERENCE / name).read_text(encoding="utf-8")
    begin, end = "<!-- generated by `make docs` -->\n", "<!-- end of generated part -->"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    replaced, count = pattern.subn(lambda _: f"{begin}{PAGES[name]()}\n{end}", page)
    if count != 1:
        sys.exit(f"{name} has no generated part.")
    return replaced


def main() -> None:
    """Write every page, and the manual page."""
    MAN_PAGE.write_text(man_page(), encoding="utf-8")
    for name in PAGES:
        (REFERENCE / name).write_text(generate(name), encoding="utf-8")


if __name__ == "__main__":
    main()
