"""Waits for lists that another program may still write: that end inside a line, or just went."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bulksms.errors import ListStillWritten
from bulksms.use_cases.context import RunContext

__all__ = ["await_settled"]

SETTLE = timedelta(seconds=5)  # a program that writes a list seldom pauses for longer
RETURN = timedelta(seconds=30)  # in which a list that was deleted is written again
LOOK = 0.5  # seconds
TAIL = 4  # bytes, in which a line break of any encoding is
PACKED = (b"PK", b"\xd0\xcf", b"\x1f\x8b")  # workbooks and archives, whose end is checked anyway


def await_settled(files: Iterable[Path | str], context: RunContext) -> None:
    """Wait until no list that is empty or ends in the middle of a line was written to recently.

    The last number of such a list may be cut, and belong to someone else; one of opt-outs may
    lack people. A list that is missing is waited for while its folder changed recently: it may
    be replaced. Addresses are no files, and are not looked at.

    Raises:
        ListStillWritten: a list changed meanwhile, or the run was stopped before it came back.
    """
    for path in map(Path, files):
        try:
            _await_return(path, context)
            changed = _ends_open(path) and _changes(path, context)
        except OSError:
            continue  # the reader of the list says what is wrong
        if changed:
            raise ListStillWritten(
                f"{path} is still being written: run when it is complete; `bulksms watch` waits "
                "for lists until they are. Nothing was sent."
            )


def _await_return(path: Path, context: RunContext) -> None:
    """Wait until a list that is missing is there again, or its folder is long unchanged."""
    if str(path) == "-" or path.exists():  # standard input is no file
        return
    age = context.clock.now() - datetime.fromtimestamp(path.parent.stat().st_mtime, UTC)
    if not timedelta() <= age < RETURN:
        return
    left = (RETURN - age).total_seconds()
    context.observer.note(
        f"{path} is missing. It may just be replaced: it is waited for, up to {left:.0f} seconds."
    )
    end = context.clock.monotonic() + left
    while context.clock.monotonic() < end and not path.exists():
        if context.clock.wait(LOOK, context.stop):
            raise ListStillWritten(
                f"{path} is missing and may just be replaced: run when it is there. Nothing was "
                "sent."
            )


def _changes(path: Path, context: RunContext) -> bool:
    """Wait until a recently written file is old enough; return whether it changed."""
    before = path.stat()
    age = context.clock.now() - datetime.fromtimestamp(before.st_mtime, UTC)
    if not timedelta() <= age < SETTLE:
        return False
    context.clock.wait((SETTLE - age).total_seconds(), context.stop)
    after = path.stat()
    return (after.st_size, after.st_mtime_ns) != (before.st_size, before.st_mtime_ns)


def _ends_open(path: Path) -> bool:
    """Whether a file is empty, or a text without a line break at its end."""
    with path.open("rb") as file:
        if file.read(2).startswith(PACKED):
            return False
        file.seek(max(path.stat().st_size - TAIL, 0))
        tail = file.read()
    return b"\n" not in tail and b"\r" not in tail
