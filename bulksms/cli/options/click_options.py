"""How an option gets its value: typed, from the environment, or from the settings file.

And what is the same for the arguments and the help of all commands.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from bulksms.errors import BulkSmsError, UsageError
from bulksms.nearest import nearest_hint

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

__all__ = [
    "MONEY",
    "GroupedCommand",
    "RepeatableText",
    "SettableOption",
    "campaign_argument",
    "complete_campaigns",
    "option",
    "refuse_unknown_names",
    "stack",
]

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

# One list of opt-outs must not put another one out of force, wherever they are given.
ADDED_UP = frozenset({"optouts"})
_GIVEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
_PREFIX = "BULKSMS_"
SETTINGS_WITHOUT_OPTION = frozenset(
    {
        "allow_readable_key_file",
        "allow_synced_folder",
        "api_key_file",
        "base_url",
        "ca_file",
        "ledger",
        "proxy",
        "retention",
        "trusted_url",
    }
)
VARIABLES_WITHOUT_OPTION = frozenset(
    f"{_PREFIX}{name.upper()}"
    for name in (*SETTINGS_WITHOUT_OPTION - {"trusted_url"}, "api_key", "api_login", "home")
)
_KINDS = {bool: "true or false", list: "a list", tuple: "a list", dict: "a table"}


class _Money(click.ParamType[Decimal]):
    """An amount in euros, written with a point or a comma."""

    name = "eur"

    def convert(
        self,
        value: object,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Decimal:
        """Read the amount exactly, never as a binary float."""
        try:
            amount = Decimal(str(value).replace(",", "."))
        except InvalidOperation:
            self.fail(f"{value!r} is not an amount of money.", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value!r} is not an amount of money.", param, ctx)
        return amount


MONEY = _Money()


class RepeatableText(click.ParamType[str]):
    """A text that may be repeated; in the environment, `;` separates the values."""

    name = "text"
    envvar_list_splitter = ";"


class SettableOption(click.Option):
    """An option that its environment variable and the settings file may set."""

    group = ""  # its title in help

    def consume_value(
        self, ctx: click.Context, opts: Mapping[str, Any]
    ) -> tuple[Any, ParameterSource]:
        """Look in the settings file under the name of the option."""
        value, source = super().consume_value(ctx, opts)
        if source is ParameterSource.DEFAULT:
            setting = ctx.lookup_default(self.setting)
            if setting is not None:
                value, source = setting, ParameterSource.DEFAULT_MAP
        if source is ParameterSource.DEFAULT_MAP:
            value = self._typed(value)
        if self.setting in ADDED_UP and source in _GIVEN:
            value = tuple(dict.fromkeys((*value, *self._below(ctx, source))))
        return value, source

    def _below(self, ctx: click.Context, source: ParameterSource) -> Iterator[object]:
        """Yield the values of the environment and the settings file that come after a source."""
        if source is ParameterSource.COMMANDLINE:
            yield from self.value_from_envvar(ctx) or ()
        setting = ctx.lookup_default(self.setting)
        if setting is not None:
            yield from cast(tuple[object, ...], self._typed(setting))

    @property
    def setting(self) -> str:
        """Its name in the settings file."""
        return str(self.envvar).removeprefix(_PREFIX).lower()

    def _typed(self, setting: object) -> object:
        """Turn a TOML value into the text a user would type; one value needs no brackets."""
        if self.is_flag and isinstance(setting, bool):
            return setting
        if not self.multiple and self.nargs == 1:
            return self._text(setting)
        values = setting if isinstance(setting, (list, tuple)) else (setting,)
        return tuple(map(self._text, values))

    def _text(self, value: object) -> str:
        if isinstance(value, (bool, list, tuple, dict)):
            wanted = "true or false" if self.is_flag else "a text, in quotes, or a number"
            raise UsageError(
                f"The settings file gives {self.setting!r} {_KINDS[type(value)]}: write {wanted}."
            )
        return value.isoformat() if isinstance(value, (date, time)) else str(value)


def option(*names: str, **details: Any) -> Decorator:  # noqa: ANN401  (click's own options)
    """Declare an option that the environment may set as `BULKSMS_<OPTION>`."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    envvar = _PREFIX + long.removeprefix("--").replace("-", "_").upper()
    return click.option(*names, cls=SettableOption, envvar=envvar, show_envvar=False, **details)


def stack(decorators: Iterable[Decorator], group: str = "") -> Decorator:
    """Combine decorators into one, in the order of the help; `group` is their title there."""

    def apply(command: Command) -> Command:
        before = len(getattr(command, "__click_params__", ()))
        for decorate in reversed(list(decorators)):
            command = decorate(command)
        for param in getattr(command, "__click_params__", ())[before:]:
            param.group = param.group or group
        return command

    return apply


def complete_campaigns(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem[str]]":
    """Name the campaigns whose names begin like this, the newest first."""
    del ctx, param
    from click.shell_completion import CompletionItem

    from bulksms.ledger.campaigns.campaign_names import read_campaign_names
    from bulksms.ledger.location import ledger_file
    from bulksms.settings import read_settings

    try:
        settings = read_settings(os.environ)
        names = read_campaign_names(ledger_file(settings.home, settings.ledger))
    except BulkSmsError:  # the command itself explains it
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def campaign_argument(*, required: bool) -> Decorator:
    """Declare the argument that names a campaign; shells complete it from the ledger."""
    return click.argument("campaign", required=required, shell_complete=complete_campaigns)


class GroupedCommand(click.Command):
    """A command whose help lists its options in titled groups, with examples below."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **details: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **details)
        self.examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the options of each group, then those without a group."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                groups.setdefault(getattr(param, "group", ""), []).append(record)
        rest = groups.pop("", [])
        for title, records in (*groups.items(), ("Other options", rest)):
            with formatter.section(title):
                formatter.write_dl(records)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the examples as a user would type them."""
        del ctx
        if self.examples:
            with formatter.section("Examples"):
                for example in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{example}\n")


def refuse_unknown_names(
    settings: Iterable[str],
    environ: Iterable[str],
    commands: Callable[[], Iterable[click.Command]],
) -> None:
    """Refuse names in the settings file and the environment that would have no effect.

    `commands` is called only when there is a name that could belong to an option.

    Raises:
        UsageError: no setting or option has this name.
    """
    names = set(settings) - SETTINGS_WITHOUT_OPTION
    variables = {name for name in environ if name.startswith(_PREFIX)} - VARIABLES_WITHOUT_OPTION
    if not names and not variables:
        return
    options = set[str]().union(*map(_setting_names, commands()))
    for name in sorted(names - options):
        hint = nearest_hint(name, options | SETTINGS_WITHOUT_OPTION)
        raise UsageError(
            f"The settings file has {name!r}, which is not a setting{hint}: "
            "correct its name or remove the line."
        )
    variables_of_options = VARIABLES_WITHOUT_OPTION.union(map(_variable, options))
    for name in sorted(variables - variables_of_options):
        hint = nearest_hint(name, variables_of_options)
        raise UsageError(
            f"The environment variable {name} is not a setting{hint}: correct its name or unset it."
        )


def _variable(setting: str) -> str:
    return _PREFIX + setting.upper()


def _setting_names(command: click.Command) -> Iterator[str]:
    """Name every setting of a command and of its subcommands."""
    yield from (param.setting for param in command.params if isinstance(param, SettableOption))
    if isinstance(command, click.Group):
        for subcommand in command.commands.values():
            yield from _setting_names(subcommand)
