"""A plan as one screen of lines: the list, the people, the text, the price, what to know.

It must not know how lines are printed. No line is wider than `WIDTH` unless a word is.
"""

import textwrap
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

__all__ = ["WIDTH", "finding_lines", "plan_lines", "preview_lines"]

WIDTH = 80
SAMPLE_LIMIT = 24  # characters of a sample value
COLUMNS_SHOWN = 12
REASONS_SHOWN = 8
CHARACTERS_SHOWN = 6
ALPHABETS = {"gsm7": "GSM-7", "ucs2": "UCS-2"}


def plan_lines(told: dict[str, Any], *, rehearsal: bool) -> Iterator[str]:
    """Lay out the JSON of `check` for people."""
    if rehearsal:
        yield "REHEARSAL: nobody real is texted."
    yield from _list(told)
    yield ""
    yield from _people(told)
    if told["message"] is not None:
        texts = list(_texts(told))
        yield from ("", *texts) if texts else ()
        yield ""
        yield from _price(told)
    if told["findings"]:
        yield ""
    yield from finding_lines(told["findings"])


def finding_lines(findings: list[dict[str, Any]]) -> Iterator[str]:
    """Tell what people must know, each with how much it matters."""
    for finding in findings:
        yield from _wrapped(f"{finding['level']}: {finding['message']}", indent="  ")


def _list(told: dict[str, Any]) -> Iterator[str]:
    shown: list[list[tuple[str, str | None]]] = []
    for number, file in enumerate(told["files"]):
        details = [file["format"], file["encoding"], file["sheet"] and f"sheet {file['sheet']}"]
        if file["delimiter"]:
            details.append(f"separator {file['delimiter']!r}")
        hidden = f", {file['hidden_rows']} hidden rows left out" if file["hidden_rows"] else ""
        known = ", ".join(detail for detail in details if detail)
        yield from _wrapped(f"{file['path']} ({known}): {file['rows']} rows{hidden}")
        columns = [column for column in told["columns"] if column["file"] == number]
        alike = [(column["header"], column["use"]) for column in columns]
        if alike in shown:
            yield from _wrapped(
                f"  the same columns as {_named(told['files'][shown.index(alike)])}"
            )
        else:
            yield from _columns(columns)
        shown.append(alike)


def _named(file: dict[str, Any]) -> str:
    return f"{file['path']}, sheet {file['sheet']}" if file["sheet"] else str(file["path"])


def _columns(columns: list[dict[str, Any]]) -> Iterator[str]:
    """Show every column once; of very many, those not used only by their names."""
    full = len(columns) <= COLUMNS_SHOWN
    for column in columns:
        if full or column["use"]:
            yield _column(column)
    names = [_visible(column["header"]) or "(no header)" for column in columns if not column["use"]]
    if names and not full:
        yield from _wrapped(f"  not used: {', '.join(names)}", indent="    ")


def _column(column: dict[str, Any]) -> str:
    """Show a header, what it is used for, and what is in it, as far as the line goes."""
    short = (textwrap.shorten(value, SAMPLE_LIMIT, placeholder="…") for value in column["samples"])
    samples = ", ".join(map(_visible, short))
    header = _visible(column["header"]) or "(no header)"
    line = f"  {header}: {column['use'] or 'not used'}" + (f" ({samples})" if samples else "")
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _people(told: dict[str, Any]) -> Iterator[str]:
    rows = "1 row" if told["rows"] == 1 else f"{told['rows']} rows"
    doubles = "1 duplicate" if told["duplicates"] == 1 else f"{told['duplicates']} duplicates"
    yield (
        f"{rows} = {told['sendable']} to send + {told['rejected']} rejected"
        f" + {doubles} + {told['opted_out']} opted out"
    )
    reasons = list(told["reasons"].items())
    for reason, count in reasons[:REASONS_SHOWN]:
        yield f"{count:>8} {reason.replace('_', ' ')}"
    rest = sum(count for _, count in reasons[REASONS_SHOWN:])
    if rest:
        yield f"{rest:>8} for other reasons"
    if told["repaired"]:
        yield f"  Numbers repaired: {told['repaired']}"
    if told["frames"]:
        frames = "1 frame" if len(told["frames"]) == 1 else f"{len(told['frames'])} frames"
        yield f"  Sent in {frames} of up to {max(told['frames'])} contacts"


def _texts(told: dict[str, Any]) -> Iterator[str]:
    if len(told["texts"]) > 1:
        for one in told["texts"]:
            value = "all others" if one["value"] is None else one["value"]
            people = "1 person" if one["contacts"] == 1 else f"{one['contacts']} people"
            yield f"Text for {value}: {people}, {_segments(one['segments'])}"
    for one in told["preview"]:
        yield from preview_lines(one)


def preview_lines(one: dict[str, Any]) -> Iterator[str]:
    """Show one text between lines of its own, as its reader sees it."""
    asked = ", ".join(one["asked"])
    if one["text"] is None:
        row = "" if one["row"] is None else f"row {one['row']}: "
        yield from _wrapped(f"No text for {asked}: {row}{one['sentence']}")
        return
    facts = [ALPHABETS[one["encoding"]], f"{one['units']} units", _segments(one["segments"])]
    facts += [f"{one['cost']} EUR"] if one["cost"] else []
    yield f"Row {one['row']}, {one['phone_number']} ({asked}): {', '.join(facts)}"
    for line in _visible(one["text"]).split("\n"):
        yield from _wrapped(f"  | {line}", indent="  | ")


def _price(told: dict[str, Any]) -> Iterator[str]:
    message, segments, price = told["message"], told["segments"], told["estimate"]
    shares = ", ".join(
        f"{rows} need {_segments(int(needed))}"
        for needed, rows in segments["rows_by_segments"].items()
    )
    alphabet = ALPHABETS[message["encoding"]]
    yield from _wrapped(f"{alphabet}, {_segments(message['segments_total'])} in all: {shares}")
    if price:
        yield f"  about {price['amount']} {price['currency']}" + _countries(price["by_country"])
    yield from _instead(told)


def _countries(by_country: dict[str, str]) -> str:
    if len(by_country) < 2:  # noqa: PLR2004 - one country is the whole price
        return ""
    named = [f"{code} {Decimal(amount):.2f}" for code, amount in list(by_country.items())[:4]]
    return f" ({', '.join(named)}{', …' if len(by_country) > len(named) else ''})"


def _instead(told: dict[str, Any]) -> Iterator[str]:
    """Say what --plain would write, and what the provider may write without being asked."""
    segments, price = told["segments"], told["estimate"]
    now, plain = told["message"]["segments_total"], segments["total_plain"]
    for name, who, total in (
        # An offer that saves nothing is none; what the provider does is told in any case.
        ("plain", "--plain would write", plain if plain is not None and plain < now else None),
        ("api", "Octopush may write by itself", segments["total_by_api_table"]),
    ):
        known = [one for one in segments["characters"] if one[name] is not None]
        if known and total is not None:
            pairs = [f"{_visible(one['character'])}→{one[name]}" for one in known]
            more = " …" if len(pairs) > CHARACTERS_SHOWN else ""
            words = f"{who} {'  '.join(pairs[:CHARACTERS_SHOWN])}{more}: {_segments(total)} in all"
            share = Decimal(total) / now
            cost = f", about {Decimal(price['amount']) * share:.2f} EUR" if price else ""
            yield from _wrapped(f"  {words}{cost}", indent="    ")


def _segments(count: int) -> str:
    return "1 segment" if count == 1 else f"{count} segments"


def _visible(text: str) -> str:
    """Show what would command a terminal, or have no width, as a sign."""
    return "".join(
        letter if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cf"} else "�"
        for letter in text
    )


def _wrapped(line: str, indent: str = "  ") -> list[str]:
    return textwrap.wrap(
        line,
        WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    ) or [line]
