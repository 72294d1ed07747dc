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
NO_CREDIT = 104  # how the sandbox answers the first request, so that nobody is "texted"
NAMES = ("Zoé", "Inès", "Jean", "Paul", "Chloé")
_SEND = """
import atexit, resource, sys
atexit.register(
    lambda: print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
)
from bulksms.cli import main
sys.exit(main())
"""


def a_list(path: Path, rows: int) -> Path:
    """Write numbers that are only computed with: they may well be somebody's."""
    lines = (
        f"06{row + 10_000_000},{NAMES[row % 5]},Martin {row % 97},Ville {row % 89}\n"
        for row in range(rows)
    )
    with path.open("w", encoding="utf-8") as file:
        file.write("Mobile,Prénom,Nom,Ville\n")
        file.writelines(lines)
    return path


def peak_of(folder: Path, rows: int, base_url: str) -> int:
    """Give the most memory that `send` used until its first request was refused, in bytes."""
    path = a_list(folder / f"list-{rows}.csv", rows)
    text = ["--text", "Bonjour {first_name} {last_name}, soldes à {Ville}. STOP au 30101"]
    options = [*text, "--sender", "SHOP", "--yes", "--no-progress", "--quiet"]
    environment = {
        "BULKSMS_HOME": str(folder / f"home-{rows}"),
        "BULKSMS_BASE_URL": base_url,
        "BULKSMS_API_LOGIN": "me@example.com",
        "BULKSMS_API_KEY": "test-key",
    }
    sent = subprocess.run(
        [sys.executable, "-c", _SEND, "send", str(path), *options],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"{rows:,} not attempted" in sent.stderr, sent.stderr
    peak = int(sent.stderr.rsplit("peak", 1)[1])
    return peak * (1 if sys.platform == "darwin" else 1024)


@pytest.mark.slow
def test_300_000_contacts_more_need_little_more_memory(tmp_path: Path) -> None:
    with Sandbox(SandboxOptions(refuse=NO_CREDIT)) as sandbox:
        short, long = (peak_of(tmp_path, rows, sandbox.base_url) for rows in (SHORT, LONG))

    assert long - short < BYTES_PER_CONTACT * (LONG - SHORT)
