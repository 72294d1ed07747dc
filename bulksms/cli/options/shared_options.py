"""The options that several commands share; each may come from `BULKSMS_<OPTION>` too."""

import locale
from pathlib import Path

import click

from bulksms.cli.options.click_options import MONEY, RepeatableText, option, stack
from bulksms.pages.locales import LANGUAGES

__all__ = [
    "FILE_PATH",
    "display",
    "history",
    "hours",
    "json_option",
    "notifications",
    "number_options",
    "order_options",
    "output_delimiter",
    "planning",
    "posting",
    "region",
    "results",
    "sending",
]

FILE_PATH = click.Path(path_type=Path, dir_okay=False)  # of a file that is written
INPUT_PATH = click.Path(path_type=Path)  # a folder is refused as any file that cannot be read

json_option = option("--json", is_flag=True, help="Answer with one JSON object.")
quiet = option("--quiet", is_flag=True, help="Show only what went wrong.")
region = option(
    "--region", default="FR", show_default=True, metavar="CC",
    help="Country of numbers written in national form.",
)  # fmt: skip
# of commands about single numbers
number_options = stack([region, json_option])


def _system_language() -> str:
    """Choose the language of the report by the system's own."""
    name = (locale.getlocale()[0] or "").lower()  # `fr_FR`, on Windows `French_France`
    return "fr" if name.startswith("fr") else "en"


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
               help="Column of phone_number (repeat for several, best first), first_name, "
                    "last_name, param1 to param5, consent_date."),
        option("--map-file", type=INPUT_PATH, metavar="FILE", is_eager=True,
               callback=_apply_profile,
               help="Take columns and reading options from a saved profile."),
        option("--save-map", type=FILE_PATH, help="Save columns and reading options as a profile."),
        region,
        option("--sheet", metavar="NAME", help="Sheet of a workbook; default: all with a number "
               "column."),
        option("--encoding", metavar="NAME", help="Encoding of a text file, such as cp1252."),
        option("--delimiter", metavar="CHARACTER", help="Separator of a text file, such as ;."),
        option("--no-header", is_flag=True, help="Treat the first row as a contact."),
        option("--header-row", type=click.IntRange(min=1), metavar="N",
               help="Number of the row with the headers; default: the first that looks like one."),
        option("--include-hidden", is_flag=True, help="Include hidden rows, columns and sheets."),
        option("--locale", metavar="LANGUAGE-CC",
               help="How dates and numbers of workbooks are shown when the file does not say; "
                    "default: the language of --region."),
        option("--corrections", type=INPUT_PATH, metavar="FILE",
               help="Read these cells in place of those in the list, as the page corrected them."),
    ],
    group="Reading the list",
)  # fmt: skip

screening = stack(
    [
        option("--accept", multiple=True, type=RepeatableText(), metavar="CODE",
               help="Treat the finding with this code as a warning; repeatable."),
        option("--allow-landlines", is_flag=True, help="Text landlines too."),
        option("--allow-country", multiple=True, type=RepeatableText(), metavar="CC",
               help="Text only numbers of this country; repeatable."),
        option("--max-rejected", type=click.FloatRange(0, 100), default=20.0, show_default=True,
               metavar="PERCENT", help="Stop if more than this percentage of rows is rejected; in "
               "lists under 20 rows, only 0 stops."),
        option("--max-foreign", type=click.IntRange(min=0), metavar="N",
               help="Stop if more contacts than this are outside the country of --region."),
        option("--duplicates", type=click.Choice(["first", "last", "most_complete", "refuse"]),
               default="first", show_default=True, help="Row to text when a number is repeated."),
        option("--long-values", type=click.Choice(["reject", "cut", "stop"]), default="reject",
               show_default=True, help="What to do with values over 50 characters."),
        option("--consent-max-age", metavar="AGE",
               help="Leave out people whose consent is older, such as 3y; a column must say it."),
        option("--optouts", multiple=True, type=click.Path(), metavar="FILE",
               help="Leave out the numbers in this file; repeatable."),
        option("--guest-list", multiple=True, type=click.Path(), metavar="FILE",
               help="Stop unless every number is in this file; repeatable."),
    ],
    group="Choosing who is texted",
)  # fmt: skip

message = stack(
    [
        option("--text", metavar="TEXT",
               help="The message; {first_name}, {param1} or {any column header} is filled in."),
        option("--text-file", type=INPUT_PATH, metavar="FILE",
               help="Read the message from a file; - is standard input."),
        option("--text-by", metavar="HEADER", help="Column that chooses among several texts; "
               "country is that of the number."),
        option("--text-for", multiple=True, type=RepeatableText(), metavar="VALUE=TEXT",
               help="Text where the column has this value, or VALUE=@FILE; repeatable. "
               "All others get --text."),
        option("--empty", type=click.Choice(["allow", "drop", "stop"]), default="allow",
               show_default=True,
               help="What to do when a placeholder is empty and has no fallback."),
        option("--plain", is_flag=True,
               help="Replace characters outside GSM-7 where possible; Octopush replaces none."),
        option("--preview", multiple=True, type=RepeatableText(),
               metavar="first|longest|costliest|random|row:N|NUMBER",
               help="Show the text of this row; repeatable."),
    ],
    group="Writing the message",
)  # fmt: skip

parameters = stack(
    [
        option("--sender", metavar="NAME", help="Sender shown on the phone: 3 to 11 letters or "
               "digits."),
        option("--purpose", type=click.Choice(["alert", "wholesale"]), default="wholesale",
               show_default=True, help="wholesale is marketing."),
        option("--type", type=click.Choice(["sms_premium", "sms_low_cost"]),
               default="sms_premium", show_default=True, help="Route of the messages."),
        option("--send-at", metavar="TIME", help="When to send, such as '2026-11-30 10:00', "
               "'30/11/2026 10:00' or 'tomorrow 10:00'."),
        option("--zone", metavar="ZONE", help="Time zone of --send-at; by default that of the "
               "region, where it has one."),
        option("--list-name", metavar="NAME", help="Store the contacts at Octopush under this "
               "name."),
        option("--with-replies", is_flag=True, help="Allow replies; costs extra."),
        option("--recipient-tracking", is_flag=True, help="Ask for recipient tracking."),
        option("--auto-optimize-text/--no-auto-optimize-text", default=True, show_default=True,
               help="Let Octopush replace characters that cost extra."),
        option("--auto-delete-optout-contacts/--no-auto-delete-optout-contacts", default=True,
               show_default=True, help="Let Octopush leave out its own opt-outs."),
        option("--simulate", is_flag=True, help="Have the API check everything and send nothing."),
        option("--frame-size", type=click.IntRange(200, 500), default=400, show_default=True,
               metavar="N", help="Contacts per request."),
        option("--tariff", type=INPUT_PATH, metavar="FILE",
               help="Your own prices by country, in TOML."),
    ],
    group="What Octopush is asked",
)  # fmt: skip

outputs = stack(
    [
        option("--rejects-out", type=FILE_PATH, help="Write the rows left out."),
        option("--contacts-out", type=FILE_PATH, help="Write the contacts that would be sent."),
    ],
    group="Files written",
)

hours = stack(
    [
        option("--hours", default="08:00-20:00", show_default=True, metavar="FROM-TO",
               help="Local hours in which marketing may be sent, or off."),
        option("--sundays", is_flag=True, help="Allow marketing on Sundays."),
        option("--holidays", is_flag=True, help="Allow marketing on public holidays."),
    ],
    group="Hours of marketing",
)  # fmt: skip

retry_refused = option(
    "--retry-refused", is_flag=True,
    help="Send once more to the people whom Octopush refused, after you corrected the cause.",
)  # fmt: skip

history = stack(
    [
        option("--campaign", metavar="NAME", help="Name of the campaign; default: file and "
               "content."),
        option("--again", is_flag=True, help="Allow sending the same text again."),
        retry_refused,
        option("--after-stop", is_flag=True,
               help="Allow the same content after `stop`, for the people it did not reach."),
        option("--not-again-within", metavar="7d|30d|ever",
               help="How long the same text keeps people out; default: 7d."),
        option("--not-within", metavar="7d",
               help="Leave out people who got any marketing text within this period."),
        option("--include-dead-numbers", is_flag=True,
               help="Also text numbers at which the last three campaigns failed."),
        option("--forget-optouts", is_flag=True,
               help="Do not remember the numbers of --optouts for later campaigns."),
    ],
    group="Campaign",
)  # fmt: skip

output_delimiter = stack(
    [
        option("--output-delimiter", metavar=",|;|tab",
               help="Separator of CSV files; default: that of the first file read."),
    ],
    group="Files written",
)  # fmt: skip

planning = stack([reading, screening, message, parameters, hours, outputs])

results = stack(
    [
        option("--results", type=FILE_PATH, help="Write the results per frame."),
        option("--contact-results", type=FILE_PATH, help="Write the results per contact."),
        option("--report", "--html", type=FILE_PATH, metavar="FILE.html",
               help="Write the report as a page to print or to pass on; it names no one."),
        option("--report-language", type=click.Choice(LANGUAGES), default=_system_language,
               help="Language of the page; default: that of the system."),
        option("--report-people", is_flag=True,
               help="Also list the people whose text failed or is in doubt, with their numbers."),
    ],
    group="Files written",
)  # fmt: skip

posting = stack(
    [
        results,
        option("--concurrency", type=click.IntRange(1, 64), default=1, show_default=True,
               metavar="N", help="Requests in flight at the same time."),
        option("--rate", type=click.FloatRange(min=0, min_open=True), metavar="N",
               help="Requests per minute at most."),
        option("--max-cost", type=MONEY, metavar="EUR", help="Stop before this is exceeded."),
        option("--max-undelivered", type=click.FloatRange(0, 100), metavar="PERCENT",
               help="Pause if more of the texts with a final receipt did not arrive; 30 if not "
                    "given, 100 never pauses."),
        option("--seeds", "--seed", multiple=True, type=RepeatableText(), metavar="NUMBER",
               help="Number of a colleague, who gets the first and the last request's text too; "
                    "repeatable."),
        option("--isolate-refused", is_flag=True,
               help="If one contact makes a frame fail, find it and send the rest."),
        option("--expires-hours", type=click.FloatRange(min=0, min_open=True), default=12.0,
               show_default=True, metavar="N",
               help="Hours after the start at which unsent frames expire."),
        option("--wait", is_flag=True, help="Wait until marketing is allowed instead of pausing."),
        option("--enqueue", is_flag=True,
               help="Let the workers of a shared ledger post it, and return at once."),
    ],
    group="Posting",
)  # fmt: skip

# of commands that plan, ask earlier campaigns, and post
sending = stack([planning, history, posting])

notifications = stack(
    [
        option("--on-end", metavar="COMMAND", help="Run a command at the end, with the JSON of "
               "the run on its standard input."),
        option("--ping-url", metavar="URL", help="Call this address at the start (/start) and at "
               "the end (/EXIT CODE), with counts only."),
        option("--metrics-file", type=FILE_PATH, help="Write figures of the run in the Prometheus "
               "text format."),
        option("--log-file", type=FILE_PATH, help="Add a line for every event."),
    ],
    group="Notifications",
)  # fmt: skip

display = stack(
    [
        json_option,
        quiet,
        option("--no-progress", is_flag=True, help="Draw no progress bars."),
    ],
    group="Display",
)

# of `pause` and `stop`
order_options = stack(
    [
        option("--timeout", type=click.FloatRange(min=0), default=200.0, show_default=True,
               metavar="SECONDS", help="How long to wait for the frames in flight."),
        json_option,
        quiet,
    ]
)  # fmt: skip
