"""The colours of lines on the terminal, by the level of a finding or the state of a campaign."""

import re
from collections.abc import Iterable, Mapping

from bulksms.cli.terminal.streams import echo

__all__ = ["echo_lines"]

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
