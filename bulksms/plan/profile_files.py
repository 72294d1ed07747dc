"""Column mappings as files: read before a plan is made, and saved from one."""

import tomllib
from pathlib import Path

import tomli_w

from bulksms.contacts import Profile, parse_profile, profile_of
from bulksms.errors import InputError
from bulksms.loader.display_locale import locale_of_region
from bulksms.output.whole_file import whole_file
from bulksms.plan.make_plan import Plan, PlanRequest
from bulksms.text_files import read_text_file

__all__ = ["read_profile", "write_profile"]

COMMENT = "# The columns of a list, saved by bulksms; edit as needed.\n"


def read_profile(path: Path) -> Profile:
    """Read a saved mapping.

    Raises:
        InputError: the file cannot be read, or is not a saved mapping.
    """
    text = read_text_file(path, "The profile")
    try:
        return parse_profile(tomllib.loads(text), str(path))
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"The profile {path} is not valid TOML ({error}): correct it.") from None


def write_profile(path: Path, plan: Plan) -> None:
    """Save the columns that were found, and how to read the files.

    Raises:
        InputError: the sheets have different columns, or the file cannot be written.
    """
    profile = profile_of(plan.sheets, _reading(plan.request), str(path))
    with whole_file(path, encoding="utf-8") as draft:
        draft.write(COMMENT + tomli_w.dumps(profile.as_table()))


def _reading(request: PlanRequest) -> dict[str, str | int]:
    """Return the reading options that were chosen; what was detected is detected again."""
    reading = request.reading
    usual_locale = locale_of_region(request.rules.region)
    options = {
        "region": request.rules.region,
        "sheet": reading.sheet,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "no_header": reading.no_header,
        "header_row": reading.header_row,
        "include_hidden": reading.include_hidden,
        "locale": None if reading.locale == usual_locale else reading.locale,
    }
    return {name: value for name, value in options.items() if value}
