"""The options of `run` that change a rule of the campaign file for one run."""

from collections.abc import Callable
from datetime import timedelta

import click

from bulksms.campaign_file import parse_duration, parse_percentage
from bulksms.cli.options.click_options import option, stack

__all__ = ["DURATION", "rules"]


class _Parsed(click.ParamType):  # type: ignore[type-arg]
    """A value that a parser of the campaign file reads."""

    def __init__(self, name: str, parse: Callable[[str], timedelta | float]) -> None:
        self.name, self._parse = name, parse

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        """Read the text as the campaign file does."""
        try:
            return self._parse(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"{value!r} is not valid: {error}.", param, ctx)


def _percentage(text: str) -> float:
    """Read a percentage; like that of `--max-rejected` it needs no sign here."""
    return parse_percentage(text if "%" in text else f"{text}%")


DURATION = _Parsed("duration", parse_duration)
PERCENTAGE = _Parsed("percentage", _percentage)

rules = stack(
    [
        option("--only-new/--no-only-new", default=False,
               help="Leave out everyone whom this campaign has ever reached."),
        option("--min-rows", type=click.IntRange(min=0), metavar="N",
               help="Stop if the list has fewer rows."),
        option("--max-rows", type=click.IntRange(min=0), metavar="N",
               help="Stop if the list has more rows."),
        option("--max-change", type=PERCENTAGE, metavar="50%",
               help="Stop if the number of rows differs more from the last run."),
        option("--max-age", type=DURATION, metavar="26h",
               help="Stop if the newest list is older."),
        option("--start-within", type=DURATION, metavar="2h",
               help="Stop if the first text cannot be sent this soon, for example at night."),
    ],
    group="Rules of unattended runs",
)  # fmt: skip
