"""A list that is longer than memory, sent to a sandbox that forgets whom it texts."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.inputs import write_contacts
from benchmarks.measure import python, run
from benchmarks.row import Row, at_most, megabytes

LIMIT = 800  # MB, whatever the number of contacts, up to ten million


def send_long_list(contacts: int, folder: Path) -> Row:
    """Check and send a list of so many contacts with three placeholders."""
    path = folder / f"contacts-{contacts}.csv"
    write_contacts(path, contacts)
    with _sandbox(credit=contacts) as url:
        spent = run(
            [
                *python("bulksms"),
                *("send", str(path), "--sender", "BENCH", "--purpose", "alert", "--yes"),
                *("--text", "Bonjour {first_name} {last_name}, à bientôt à {City}."),
                *("--no-progress", "--quiet"),
            ],
            BULKSMS_HOME=str(folder / "home"),
            BULKSMS_BASE_URL=url,
            BULKSMS_API_LOGIN="bench@example.com",
            BULKSMS_API_KEY="test-bench",
        )
    path.unlink()
    return at_most(
        "X3",
        f"send to {contacts:,} contacts in {spent.wall:.0f} s, peak memory",
        megabytes(spent),
        f"{LIMIT} MB",
        spent.peak / LIMIT,
        "of the limit",
        1,
    )


@contextmanager
def _sandbox(credit: int) -> Iterator[str]:
    """Run a sandbox as a process of its own; give its address."""
    program = [*python("bulksms"), "sandbox", "--port", "0", "--forget", "--credit", str(credit)]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert child.stdout is not None
    try:
        yield child.stdout.readline().strip()
    finally:
        child.kill()
        child.wait()
