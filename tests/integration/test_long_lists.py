"""A long list needs hardly more memory than a short one, from the file to the frozen frames."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bulksms.sandbox import Sandbox, SandboxOptions

resource = pytest.importorskip("resource")

SHORT, LONG = 200_000, 500_000
BYTES_PER_CONTACT = 200  # what more contacts may need at the most; whole tables take 400
NO_CREDIT = 104  # how the sandbox answers the first request, so that no one is "texted"
MESSAGE = (
    *("--text", "Bonjour {first_name} {last_name}, soldes à {Ville}. STOP au 30101"),
    *("--sender", "SHOP"),
)
NAMES = ("Zoé", "Inès", "Jean", "Paul", "Chloé")
MOST_MEMORY, MOST_SECONDS = 350_000_000, 15.0  # bytes, and of the processor
_RUN = """
import atexit, pathlib, re, resource, sys
def used():
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak, status = used.ru_maxrss, pathlib.Path("/proc/self/status")
    if status.exists():  # Linux counts in ru_maxrss what the parent had when it forked
        peak = re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]
    print("used", used.ru_utime + used.ru_stime, peak, file=sys.stderr)
atexit.register(used)
from bulksms.cli import main
sys.exit(main())
"""


def a_list(path: Path, rows: int) -> Path:
    """Write numbers that are only computed with: they may well be someone's."""
    lines = (
        f"06{row + 10_000_000},{NAMES[row % 5]},Martin {row % 97},Ville {row % 89}\n"
        for row in range(rows)
    )
    with path.open("w", encoding="utf-8") as file:
        file.write("Mobile,Prénom,Nom,Ville\n")
        file.writelines(lines)
    return path


def run(home: Path, base_url: str, *arguments: str) -> tuple[str, float, int]:
    """Return what a command says to people, the seconds and the most bytes of memory it used."""
    environment = {
        "BULKSMS_HOME": str(home),
        "BULKSMS_BASE_URL": base_url,
        "BULKSMS_API_LOGIN": "me@example.com",
        "BULKSMS_API_KEY": "test-key",
    }
    ended = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments, "--no-progress"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    answer, _, used = ended.stderr.rpartition("used ")
    seconds, peak = used.split()
    unit = 1 if sys.platform == "darwin" else 1024
    return ended.stdout + answer, float(seconds), int(peak) * unit


def peak_of(folder: Path, rows: int, base_url: str) -> int:
    """Return the most memory that `send` used until its first request was refused, in bytes."""
    path = a_list(folder / f"list-{rows}.csv", rows)
    home = folder / f"of-{rows}"
    answer, _, peak = run(home, base_url, "send", str(path), *MESSAGE, "--yes", "--quiet")
    assert f"{rows:,} not attempted" in answer, answer
    return peak


@pytest.mark.slow
def test_300_000_contacts_more_need_little_more_memory(tmp_path: Path) -> None:
    with Sandbox(SandboxOptions(refuse=NO_CREDIT)) as sandbox:
        short, long = (peak_of(tmp_path, rows, sandbox.base_url) for rows in (SHORT, LONG))

    assert long - short < BYTES_PER_CONTACT * (LONG - SHORT)


def test_100_000_rows_are_checked_in_the_time_and_memory_that_are_stated(tmp_path: Path) -> None:
    """They are stated in docs/explanation/long-lists.md."""
    path = a_list(tmp_path / "list.csv", 100_000)
    with path.open("a", encoding="utf-8") as file:
        file.write("0610000000,Zoé again,Martin,Ville\n")

    answer, seconds, peak = run(
        tmp_path / "home", "http://127.0.0.1:9/v1/public", "check", str(path), *MESSAGE
    )

    assert "100,001 rows = 100,000 to send + 0 rejected + 1 duplicate" in answer
    assert seconds < MOST_SECONDS
    assert peak < MOST_MEMORY
