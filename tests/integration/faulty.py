"""Sends one small campaign again and again, each time with another fault, and tells what came.

A program, not a test: a fault such as a full disk is for a process that no one needs after it.
Every case is one child; what it posted comes through a pipe, and its parent continues with what
is left when the fault is over. Usage: faulty.py FOLDER FAULT VALUE...
"""

import ctypes
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from bulksms.clock import SystemClock
from bulksms.errors import LedgerError
from bulksms.ledger import open_ledger
from bulksms.octopush.outcomes import Accepted, Outcome
from bulksms.sender import Pacing
from bulksms.sender.send_frames import send_frames
from tests.unit.ledger.samples import make

FRAMES = 12
NOBODY = 65534
Fault = Callable[[Path, str], None]


class Posts:
    """Takes every frame, and first looks whether all three know of it."""

    def __init__(self, home: Path, out: int) -> None:
        self.home, self.out = home, out

    def post(self, body: bytes) -> Outcome:
        number = json.loads(body)["frame"]
        key = f'"spring"\t{number}\t'.encode()
        files = [
            self.home / "ledger.sqlite3.intents",
            *self.home.with_name("home-witness").glob("*"),
        ]
        recorded = [key in file.read_bytes() for file in files if file.suffix == ".intents"]
        assert recorded == [True, True], "posted before the witnesses knew"
        os.write(self.out, f"{number}\n".encode())
        return Accepted(ticket="t" * 190, number_of_contacts=2, total_cost=Decimal("0.1"))

    def server_time(self) -> datetime | None:
        """Do nothing."""
        return None

    def close(self) -> None:
        """Nothing is open."""


def send(home: Path, out: int) -> None:
    with open_ledger(home) as ledger, ledger.locks.campaign("spring"):
        ledger.reconciler.verify()
        campaign = ledger.campaigns.get("spring")
        send_frames(ledger, lambda: Posts(home, out), campaign, Pacing(), SystemClock())


def in_a_child(act: Callable[[int], None]) -> tuple[list[int], str]:
    """Do something in a child; give the frames it posted and how it ended."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            act(write)
            ending = "done"
        except LedgerError as error:
            ending = f"LedgerError {error}"
        except BaseException as error:  # noqa: BLE001 - reported to the test
            ending = f"{type(error).__name__} {error}"
        os.write(write, ending.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as pipe:
        lines = pipe.read().split("\n")
    os.waitpid(child, 0)
    return [int(line) for line in lines[:-1]], lines[-1]


def full(home: Path, size: str) -> None:
    """Let no file grow past a size, as on a disk that is full; `+4096`: past the ledger's own."""
    if size.startswith(("+", "-")):
        size = str((home / "ledger.sqlite3").stat().st_size + int(size))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), int(size)))


def fsync(_home: Path, number: str) -> None:
    """Let one fsync fail; the shim is loaded before Python."""
    ctypes.CDLL(None).arm(int(number))


def readonly(home: Path, names: str) -> None:
    """Take the right to write from a folder or files, and be no one who could ignore that."""
    outside = home.with_name("home-witness")
    for path in (home, *home.rglob("*"), outside, *outside.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    for path in [home] if names == "folder" else list(home.parent.rglob(names)):
        path.chmod(0o500 if path.is_dir() else 0o400)
    os.setuid(NOBODY)


def faulty(fault: Fault, home: Path, value: str, out: int) -> None:
    fault(home, value)
    send(home, out)


def main(folder: Path, fault: Fault, values: list[str]) -> None:
    """Try every value, each in the same place with the same campaign."""
    home, spare = folder / "home", folder / "spare"
    with open_ledger(home) as ledger:
        make(ledger, frames=FRAMES)
        ledger.reconciler.verify()
    for name in ("home", "home-witness"):
        shutil.copytree(folder / name, spare / name)
    for value in values:
        for name in ("home", "home-witness"):
            shutil.rmtree(folder / name)
            shutil.copytree(spare / name, folder / name)
        posts, end = in_a_child(partial(faulty, fault, home, value))
        if fault is readonly:
            tell({"value": value, "posts": posts, "end": end})
            continue
        again, then = in_a_child(partial(send, home))
        case: dict[str, Any] = {"value": value, "posts": posts, "end": end, "again": again}
        with open_ledger(home) as ledger:
            frames = list(ledger.frame_queries.each(ledger.campaigns.get("spring").id))
        tell(case | {"then": then, "states": [frame.state for frame in frames]})


def tell(case: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(case) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), globals()[sys.argv[2]], sys.argv[3:])
