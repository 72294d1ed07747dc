"""Writes to the terminal: cleaned text, any encoding, and no failure when a reader has gone."""

import io
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TextIO

import click

from bulksms.errors import InputError, OutputError, UsageError

__all__ = [
    "LostAnswer",
    "clean",
    "confirm",
    "discard_closed_streams",
    "echo",
    "echo_json",
    "echo_lines",
    "ignore_closed_terminal",
    "lost_answer",
    "prepare_streams",
    "prompt",
]

# Controls, formats (which hide or reverse text), lone surrogates, line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
# The colours of lines, by the level of a finding, the mode or the state of a campaign.
_COLOURS: Mapping[str, str] = {
    "error:": "red",
    "warning:": "yellow",
    "REAL:": "red",
    "REAL,": "red",
    "REHEARSAL:": "cyan",
    "REHEARSAL,": "cyan",
    "SIMULATION:": "cyan",
    "SIMULATION,": "cyan",
    "done": "green",
    "running": "cyan",
    "paused": "yellow",
    "interrupted": "yellow",
    "stopped": "red",
}
_STATE = re.compile(r"\S.*?: (done|running|paused|interrupted|stopped)(?:,|$)")
_STREAMS = (("stdin", "r"), ("stdout", "w"), ("stderr", "w"))


def prepare_streams() -> None:
    """Open the standard streams that are closed, and accept characters that one cannot encode.

    A file opened on a free descriptor below 3 would receive what child processes print.
    """
    for descriptor, (name, mode) in enumerate(_STREAMS):
        try:
            os.fstat(descriptor)
        except OSError:
            _open_null(descriptor)
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def clean(text: str) -> str:
    """Replace each character that could command a terminal or hide text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(character) in _UNSAFE_CATEGORIES and character not in "\n\t"
        else character
        for character in text
    )


def echo(text: str, *, err: bool = False, **style: Any) -> None:  # noqa: ANN401  (click's styles)
    """Print text, cleaned and then styled; on stderr a failure is ignored.

    Raises:
        LostAnswer: stdout cannot be written, although its reader is there.
    """
    shown = click.style(clean(text), **style) if style else clean(text)
    if err:
        with ignore_closed_terminal():
            click.echo(shown, file=sys.stderr, color=_may_colour())
        return
    try:
        # click would choose another stream where this one is in ASCII
        click.echo(shown, file=sys.stdout, color=_may_colour())
    except BrokenPipeError:
        _redirect_to_null(sys.stdout)
    except OSError as error:
        raise lost_answer(error) from None


def echo_lines(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines, each paragraph in the colour of its first word or of the state it names.

    A line that is indented belongs to the paragraph above it.
    """
    colour = None
    for line in lines:
        if not line.startswith(" "):
            colour = _colour_of(line)
        echo(line, err=err, **({} if colour is None else {"fg": colour}))


def _colour_of(line: str) -> str | None:
    """Return the colour of a finding, a mode, or of `NAME: STATE`."""
    state = _STATE.match(line)
    return _COLOURS.get(line.partition(" ")[0] if state is None else state[1])


class LostAnswer(OutputError):
    """The answer cannot be written to stdout, where an error in JSON would be lost too."""


def lost_answer(error: OSError) -> LostAnswer:
    """Describe why stdout cannot be written, and write nothing more to it."""
    _redirect_to_null(sys.stdout)
    return LostAnswer(f"The answer could not be written to standard output ({error.strerror}).")


def _may_colour() -> bool | None:
    """Return that there is no colour, or that it depends on the terminal (no-color.org)."""
    is_refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return False if is_refused else None


def echo_json(value: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout, in ASCII where the stream is not UTF-8."""
    echo(_UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", _json_text(value)))


def confirm(question: str) -> bool:
    """Ask a yes-or-no question on stderr; Enter alone is no."""
    return click.confirm(clean(question), err=True)


def require_yes(question: str, untouched: str) -> None:
    """Continue only after a yes; `untouched` is the message after a no.

    Raises:
        UsageError: there is no terminal to ask on.
        InputError: the answer is no.
    """
    if not sys.stdin.isatty():
        raise UsageError("There is no terminal to ask on: add --yes to skip the question.")
    if not confirm(question):
        raise InputError(f"Cancelled. {untouched}")


def prompt(question: str) -> str:
    """Ask for a line of text on stderr; Enter alone gives the empty text."""
    answer: str = click.prompt(clean(question), default="", show_default=False, err=True)
    return answer


def prompt_hidden(question: str) -> str:
    """Ask for a secret on stderr, without showing what is typed."""
    answer: str = click.prompt(
        clean(question), default="", show_default=False, hide_input=True, err=True
    )
    return answer


def ignore_closed_terminal() -> suppress:
    """Ignore errors of a closed terminal; sending continues."""
    return suppress(OSError, ValueError)


def discard_closed_streams() -> None:
    """Drop output that cannot be written: Python would end with 120 instead of our exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            _redirect_to_null(stream)


def _json_text(value: Mapping[str, Any]) -> str:
    import orjson

    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    if encoding == "utf8":
        with suppress(TypeError):  # a lone surrogate, of a file name that is not text
            return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    return json.dumps(value, indent=2)


def _open_null(descriptor: int) -> None:
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != descriptor:
        os.dup2(opened, descriptor)
        os.close(opened)


def _redirect_to_null(stream: TextIO) -> None:
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
