"""Runs the installed program and its sandbox as a user would: other processes, real files."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-m", "bulksms"]
TEXT = "Bonjour {first_name}, -20% a {Ville}. STOP au 30101"


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.out)
        return report


@dataclass(frozen=True)
class Desk:
    """One user's machine: a folder, a state folder, and credentials for the sandbox."""

    folder: Path
    url: str = "http://127.0.0.1:9/v1/public"
    key: str | None = "test-desk"
    program: tuple[str, ...] = tuple(PROGRAM)
    ca_file: Path | None = None

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def environment(self) -> dict[str, str]:
        kept = {
            k: v
            for k, v in os.environ.items()
            if not k.startswith(("BULKSMS", "OCTOPUSH", "PYTHONUN"))
        }
        variables = kept | {
            "BULKSMS_HOME": str(self.home),
            "BULKSMS_BASE_URL": self.url,
            "PYTHONIOENCODING": "utf-8",
            # A keyring of the machine may hold real credentials.
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        if self.ca_file is not None:
            variables["BULKSMS_CA_FILE"] = str(self.ca_file)
        if self.key is None:
            return variables
        return variables | {"BULKSMS_API_LOGIN": "desk@example.com", "BULKSMS_API_KEY": self.key}

    def start(self, *args: str | Path) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self.program, *map(str, args)],
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, *args: str | Path) -> Outcome:
        process = self.start(*args)
        out, err = process.communicate(timeout=120)
        return Outcome(process.returncode, out, err)

    def send(self, file: Path, *args: str) -> Outcome:
        return self.run("send", file, "--text", TEXT, "--sender", "DESK", "--yes", *args)


@contextmanager
def sandbox(folder: Path, *args: str) -> Iterator[tuple[str, Path]]:
    """Start `bulksms sandbox` and give its address and the log of what it accepted.

    A second one for the same folder has the same address: to the ledger it is the same account.
    """
    log, address = folder / "accepted.jsonl", folder / "sandbox-address"
    port = address.read_text(encoding="utf-8") if address.exists() else "0"
    process = subprocess.Popen(
        [*PROGRAM, "sandbox", "--port", port, "--log", str(log), *args],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    try:
        url = process.stdout.readline().strip()
        address.write_text(url.split(":")[2].split("/")[0], encoding="utf-8")
        yield url, log
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def accepted(log: Path) -> list[dict[str, Any]]:
    if not log.exists():
        return []
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    return [json.loads(line) for line in lines if line.endswith("\n")]


def numbers(log: Path) -> list[str]:
    return [person for frame in accepted(log) for person in frame["recipients"]]


def await_frames(log: Path, count: int) -> None:
    """Wait until the sandbox has taken so many frames."""
    deadline = time.monotonic() + 60
    while len(accepted(log)) < count:
        assert time.monotonic() < deadline, f"{len(accepted(log))} of {count} frames came"
        time.sleep(0.02)


def everybody(rows: int) -> list[str]:
    """Return the numbers of an export, as the API is to get them."""
    return [f"+336399{80000 + person}" for person in range(rows)]


def table(path: Path) -> list[dict[str, str]]:
    """Read a CSV file that the program wrote; it must start with a BOM.

    It has the separator of the list it came from.
    """
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = ";" if ";" in file.readline() else ","
        file.seek(0)
        return list(csv.DictReader(file, delimiter=delimiter))


def export(path: Path, rows: int) -> Path:
    """Write a CRM export of that many people; every field is a function of the number."""
    lines = [
        "Record ID;Prénom;Nom;Téléphone portable;Ville",
        *(f"{who};P{who:04};N{who:04};{number(who)};V{who:04}" for who in range(rows)),
    ]
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")
    return path


def number(person: int) -> str:
    """Return a number from the range kept for fiction in France (06 39 98 00 00 and up)."""
    assert person < 10_000
    return f"06 39 98 {person // 100:02} {person % 100:02}"
