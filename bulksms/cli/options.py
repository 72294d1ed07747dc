"""The options that several commands share, each also read from `BULKSMS_<OPTION>`."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from bulksms.errors import UsageError
from bulksms.settings import home_folder, read_settings_file

__all__ = [
    "MONEY",
    "defaults",
    "hours",
    "option",
    "planning",
    "posting",
    "results",
    "stack",
    "talking",
]

Command = Callable[..., Any]
Decorator = Callable[[Command], Command]

_PREFIX = "BULKSMS_"
_FILE = click.Path(path_type=Path, dir_okay=False)
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
    """A text that may be given many times; in the environment, `;` stands between them."""

    name = "text"
    envvar_list_splitter = ";"


class _Option(click.Option):
    """An option that the settings file may set under the name people know it by."""

    def consume_value(
        self, ctx: click.Context, opts: Mapping[str, Any]
    ) -> tuple[Any, ParameterSource]:
        """Look where click does not: it knows only the name that the program gives the value."""
        value, source = super().consume_value(ctx, opts)
        if source is ParameterSource.DEFAULT:
            told = ctx.lookup_default(self.setting)
            value, source = (value, source) if told is None else (told, ParameterSource.DEFAULT_MAP)
        if source is ParameterSource.DEFAULT_MAP:
            value = self._typed(value)
        return value, source

    @property
    def setting(self) -> str:
        """The name it has in the settings file."""
        return str(self.envvar).removeprefix(_PREFIX).lower()

    def _typed(self, told: object) -> object:
        """Turn what TOML has read into what would have been typed; one value needs no brackets."""
        if self.is_flag and isinstance(told, bool):
            return told
        if not self.multiple and self.nargs == 1:
            return self._text(told)
        return tuple(map(self._text, told if isinstance(told, (list, tuple)) else (told,)))

    def _text(self, told: object) -> str:
        if isinstance(told, (bool, list, tuple, dict)):
            wanted = "true or false" if self.is_flag else "a text, in quotes, or a number"
            raise UsageError(
                f"The settings file gives {self.setting!r} {_KINDS[type(told)]}: write {wanted}."
            )
        return told.isoformat() if isinstance(told, (date, time)) else str(told)


def option(*names: str, **details: Any) -> Decorator:  # noqa: ANN401  (click's own options)
    """Declare an option that the environment may set as `BULKSMS_<OPTION>`."""
    long = next(name for name in names if name.startswith("--")).split("/")[0]
    envvar = _PREFIX + long.removeprefix("--").replace("-", "_").upper()
    return click.option(*names, cls=_Option, envvar=envvar, show_envvar=False, **details)


def stack(decorators: Iterable[Decorator]) -> Decorator:
    """Make one decorator of many, the first one shown first."""

    def apply(command: Command) -> Command:
        for decorate in reversed(list(decorators)):
            command = decorate(command)
        return command

    return apply


def defaults(environ: Mapping[str, str], commands: Iterable[str]) -> dict[str, Any]:
    """Let the settings file speak for options that neither line nor environment gives."""
    return dict.fromkeys(commands, read_settings_file(home_folder(environ)))


def _apply_profile(ctx: click.Context, param: click.Parameter, path: Path | None) -> Path | None:
    """Make the reading options of a profile the defaults of the command."""
    del param
    if path is not None:
        from bulksms.plan.profile_files import read_profile

        ctx.default_map = {**(ctx.default_map or {}), **read_profile(path).reading}
    return path


reading = stack(
    [
        option("--map", multiple=True, type=RepeatableText(), metavar="FIELD=HEADER",
               help="Which column is phone_number (may be repeated, best first), first_name, "
                    "last_name, param1…param5."),
        option("--map-file", type=_FILE, is_eager=True, callback=_apply_profile,
               help="Take columns and reading options from a saved profile."),
        option("--save-map", type=_FILE, help="Save columns and reading options as a profile."),
        option("--region", default="FR", show_default=True, metavar="CC",
               help="Country of numbers written in national form."),
        option("--sheet", help="The sheet of a workbook."),
        option("--encoding", help="How the text is encoded, like cp1252."),
        option("--delimiter", help="What stands between the cells, like ;"),
        option("--no-header", is_flag=True, help="The first row is a contact."),
        option("--include-hidden", is_flag=True, help="Take what is hidden too."),
        option("--accept", multiple=True, type=RepeatableText(), metavar="CODE",
               help="What an error of this code says is right; may be repeated."),
        option("--allow-landlines", is_flag=True, help="Text landlines too."),
        option("--allow-country", multiple=True, type=RepeatableText(), metavar="CC",
               help="Text only this country; may be repeated."),
        option("--max-rejected", type=click.FloatRange(0, 100), default=20.0, show_default=True,
               metavar="PERCENT", help="Stop when more of the rows are rejected."),
        option("--max-foreign", type=click.IntRange(min=0), metavar="N",
               help="Stop when more contacts are outside the country of --region."),
        option("--duplicates", type=click.Choice(["first", "last", "most_complete", "refuse"]),
               default="first", show_default=True, help="Which row of a number is texted."),
        option("--long-values", type=click.Choice(["reject", "cut", "stop"]), default="reject",
               show_default=True, help="What becomes of values over 50 characters."),
        option("--optouts", multiple=True, type=click.Path(), metavar="FILE",
               help="Numbers that are never texted; may be repeated."),
        option("--guest-list", multiple=True, type=click.Path(), metavar="FILE",
               help="A trial: stop unless every number is in this file."),
    ]
)  # fmt: skip

writing = stack(
    [
        option("--text", help="The message; {first_name}, {param1} or any {column header}."),
        option("--text-file", type=_FILE, help="The message, from a file; - is standard input."),
        option("--text-by", metavar="HEADER", help="The column that chooses among several texts, "
               "or country: that of the number."),
        option("--text-for", multiple=True, type=RepeatableText(),
               metavar="VALUE=TEXT",
               help="The text where the column has this value, or VALUE=@FILE; may be repeated. "
               "--text is for all others."),
        option("--empty", type=click.Choice(["allow", "drop", "stop"]), default="allow",
               show_default=True, help="An empty cell without a fallback: send, drop row, stop."),
        option("--plain", is_flag=True,
               help="Write in the SMS alphabet what can be; the provider replaces nothing."),
        option("--preview", multiple=True, type=RepeatableText(),
               metavar="first|longest|dearest|random|NUMBER",
               help="Show what this row will read; may be repeated."),
        option("--sender", help="Who it is from: 3 to 11 letters or digits."),
        option("--purpose", type=click.Choice(["alert", "wholesale"]), default="wholesale",
               show_default=True, help="wholesale is marketing."),
        option("--type", type=click.Choice(["sms_premium", "sms_low_cost"]),
               default="sms_premium", show_default=True, help="The route."),
        option("--send-at", metavar="ISO8601", help="When, with an offset from UTC."),
        option("--list-name", help="Keep the contacts at the provider under this name."),
        option("--with-replies", is_flag=True, help="People can answer."),
        option("--recipient-tracking", is_flag=True, help="Ask for recipient tracking."),
        option("--auto-optimize-text/--no-auto-optimize-text", default=True, show_default=True,
               help="Let the provider replace dear characters."),
        option("--auto-delete-optout-contacts/--no-auto-delete-optout-contacts", default=True,
               show_default=True, help="Let the provider leave out its own opt-outs."),
        option("--simulate", is_flag=True, help="Ask the API to check only and send nothing."),
        option("--frame-size", type=click.IntRange(200, 500), default=400, show_default=True,
               metavar="N", help="Contacts a frame, 200 to 500."),
        option("--tariff", type=_FILE, help="Your own prices by country, TOML."),
        option("--rejects-out", type=_FILE, help="Write the rows left out."),
        option("--contacts-out", type=_FILE, help="Write the contacts that would be sent."),
    ]
)  # fmt: skip

hours = stack(
    [
        option("--hours", default="08:00-20:00", show_default=True, metavar="FROM-TO",
               help="When marketing may reach people, by their own clock; or off."),
        option("--sundays", is_flag=True, help="Marketing on Sundays too."),
        option("--holidays", is_flag=True, help="Marketing on public holidays too."),
    ]
)  # fmt: skip

planning = stack([reading, writing, hours])

results = stack(
    [
        option("--results", type=_FILE, help="Results per frame, CSV."),
        option("--contact-results", type=_FILE, help="Results per contact, CSV or XLSX."),
    ]
)

posting = stack(
    [
        results,
        option("--concurrency", type=click.IntRange(1, 64), default=1, show_default=True,
               metavar="N", help="Frames in flight."),
        option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="N",
               help="Frames per minute at the most."),
        option("--max-cost", type=MONEY, metavar="EUR", help="Stop before it costs more."),
        option("--isolate-refused", is_flag=True,
               help="Halve a frame refused for a contact until it is found; send the rest."),
        option("--expires-hours", type=click.FloatRange(min=0, min_open=True), default=12.0,
               show_default=True, metavar="N", help="Send nothing later than that by itself."),
        option("--wait", is_flag=True, help="Wait for the hours in which marketing may go."),
    ]
)  # fmt: skip

talking = stack(
    [
        option("--json", "as_json", is_flag=True, help="Answer with one JSON object."),
        option("--quiet", is_flag=True, help="Say only what went wrong."),
        option("--no-progress", is_flag=True, help="Draw no progress bars."),
    ]
)
