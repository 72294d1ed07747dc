"""Keeps a terminal from writing `^C` into the bars when Ctrl-C is pressed."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

__all__ = ["hidden_control_echo", "show_control_echo"]


@contextmanager
def hidden_control_echo() -> Iterator[None]:
    """Switch the echo of control characters off while the context is open.

    Not on Windows, which echoes none, nor in the background, where the system would stop a
    program that changes the terminal.
    """
    before = _set_echo(on=False)
    try:
        yield
    finally:
        if before:
            _set_echo(on=True)


def show_control_echo() -> None:
    """Switch the echo on again where a program leaves at once."""
    _set_echo(on=True)


def _set_echo(*, on: bool) -> bool:
    """Switch the echo, and return whether it was the other way before."""
    with suppress(ImportError, OSError, ValueError):  # no terminal, or none of this kind
        import termios

        terminal = sys.stderr.fileno()
        if not os.isatty(terminal) or os.tcgetpgrp(terminal) != os.getpgrp():
            return False
        with suppress(termios.error):
            attributes = termios.tcgetattr(terminal)
            local_modes = attributes[3]
            if bool(local_modes & termios.ECHOCTL) is not on:
                attributes[3] = local_modes ^ termios.ECHOCTL
                termios.tcsetattr(terminal, termios.TCSANOW, attributes)
                return True
    return False
