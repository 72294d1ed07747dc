"""How the list of a draft is read: its sheet, titles, accents and separator, by their effect."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from phonenumbers import SUPPORTED_REGIONS
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from bulksms.pages.languages import Language
from bulksms.plan.options import ReadingOptions
from bulksms.web.drafts.draft_plan import Step
from bulksms.web.drafts.reading_choices import ReadingChoice, ReadingChoices, find_reading_choices
from bulksms.web.page import Problems, language_of_request, page_of, see
from bulksms.web.step_rail import counted

__all__ = ["delimiter_name", "encoding_name", "save_reading", "show_reading"]

NO_TITLES = "none"
ROW_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOption:
    """One of several ways to read the list: what it is called, and its effect."""

    value: str
    label: str
    effect: str
    chosen: bool
    possible: bool = True


async def show_reading(request: Request, problems: Problems | None = None) -> Response:
    """Show how the list is read and how it could be."""
    page, language = page_of(request), language_of_request(request)
    draft = page.draft(request)
    reading = draft.read().plan.reading
    state = f"reading {draft.state}"
    finding = page.plans.read(draft, state, find_reading_choices, draft.list_path, reading)
    choices = await page.finished(request, draft, Step.COLUMNS, finding)
    return await page.show(
        request,
        "how_to_read.html",
        Step.COLUMNS,
        draft=draft,
        problems=problems,
        reading=reading,
        choices=choices,
        sheets=list(_sheets(choices, reading, language)),
        encodings=list(_encodings(choices, reading, language)),
        delimiters=list(_delimiters(choices, reading, language)),
        titles=list(_titles(choices, reading, language)),
        other_row=_other_row(choices, reading),
        regions=_regions(language),
    )


async def save_reading(request: Request) -> Response:
    """Keep how the list is to be read, and show its columns."""
    draft, form = page_of(request).draft(request), await request.form()
    _ = language_of_request(request).catalogue.gettext
    row = str(form.get("other_row") or "").strip()
    if row and not (row.isascii() and row.isdigit() and int(row[:ROW_DIGITS]) > 0):
        return await show_reading(request, {"other_row": _("Give the number of the row.")})
    draft.save(_settings(form, row or str(form.get("titles") or "")))
    return see(f"/drafts/{draft.id}/columns")


def encoding_name(encoding: str, language: Language) -> str:
    """Name an encoding as people who do not know the word may recognise it."""
    _ = language.catalogue.gettext
    names = {
        "utf-8": "UTF-8",
        "utf-16": "UTF-16",
        "cp1252": _("Windows, Western Europe"),
        "cp1250": _("Windows, Central Europe"),
        "cp850": _("DOS, Western Europe"),
        "mac-roman": _("Mac, Western Europe"),
    }
    return names.get(encoding.lower(), encoding)


def delimiter_name(delimiter: str, language: Language) -> str:
    """Name what separates the columns."""
    _ = language.catalogue.gettext
    names = {";": _("Semicolon"), ",": _("Comma"), "\t": _("Tab"), "|": _("Vertical bar")}
    return names.get("\t" if delimiter == "tab" else delimiter, delimiter)


def _settings(form: FormData, titles: str) -> dict[str, object]:
    names = ("sheet", "encoding", "delimiter", "region")
    return {
        **{name: str(form.get(name) or "").strip() for name in names},
        "header_row": int(titles[:ROW_DIGITS]) if titles.isascii() and titles.isdigit() else None,
        "no_header": True if titles == NO_TITLES else None,
        "include_hidden": True if form.get("include_hidden") else None,
        "map": None,  # the columns may be others now
    }


def _options(
    choices: Iterable[ReadingChoice], labels: dict[str, str], current: str, language: Language
) -> Iterator[ReadingOption]:
    _ = language.catalogue.gettext
    for each in choices:
        effect = _("does not fit this file") if each.cells is None else ", ".join(each.cells)
        yield ReadingOption(
            value=each.value,
            label=labels.get(each.value, each.value),
            effect=effect,
            chosen=each.value == current,
            possible=each.cells is not None,
        )


def _sheets(
    choices: ReadingChoices, reading: ReadingOptions, language: Language
) -> Iterator[ReadingOption]:
    labels = {"": language.catalogue.gettext("All sheets with numbers")}
    for each in choices.sheets:
        labels.setdefault(each.value, f"{each.value} ({counted('row', each.count, language)})")
    yield from _options(choices.sheets, labels, reading.sheet or "", language)


def _encodings(
    choices: ReadingChoices, reading: ReadingOptions, language: Language
) -> Iterator[ReadingOption]:
    labels = {each.value: encoding_name(each.value, language) for each in choices.encodings}
    labels[""] = _as_found(encoding_name(choices.encoding or "?", language), language)
    options = _options(choices.encodings, labels, reading.encoding or "", language)
    yield from (each for each in options if each.chosen or each.value != choices.encoding)


def _delimiters(
    choices: ReadingChoices, reading: ReadingOptions, language: Language
) -> Iterator[ReadingOption]:
    _, n = language.catalogue.gettext, language.catalogue.ngettext
    labels = {}
    for each in choices.delimiters:
        columns = n("%(count)s column", "%(count)s columns", each.count) % {"count": each.count}
        name = delimiter_name(each.value, language) if each.value else _("As detected")
        labels[each.value] = f"{name} ({columns})"
    yield from _options(choices.delimiters, labels, reading.delimiter or "", language)


def _titles(
    choices: ReadingChoices, reading: ReadingOptions, language: Language
) -> Iterator[ReadingOption]:
    _ = language.catalogue.gettext
    row = _("Row %(row)s")
    labels = {each.value: row % {"row": each.value} for each in choices.titles} | {
        "": _("As detected")
    }
    current = NO_TITLES if reading.no_header else str(reading.header_row or "")
    yield from _options(choices.titles, labels, current, language)
    yield ReadingOption(
        value=NO_TITLES,
        label=_("My file has no row of titles"),
        effect=_("The columns are then called 1, 2, 3, and the first row is a person."),
        chosen=reading.no_header,
    )


def _other_row(choices: ReadingChoices, reading: ReadingOptions) -> str:
    """Return the chosen row of titles where it is not among those that are offered."""
    row = str(reading.header_row or "")
    return "" if row in {each.value for each in choices.titles} else row


def _as_found(what: str, language: Language) -> str:
    return language.catalogue.gettext("As detected: %(what)s") % {"what": what}


def _regions(language: Language) -> list[tuple[str, str]]:
    """List the countries by name, each after its code."""
    named = ((region, language.country(region)) for region in SUPPORTED_REGIONS)
    return sorted(named, key=lambda each: each[1].casefold())
