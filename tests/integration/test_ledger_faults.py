"""No ledger, no post: a write that fails ends the run, and no one is posted twice afterwards."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor limits")
LINUX = pytest.mark.skipif(
    sys.platform != "linux" or not shutil.which("cc"), reason="loads a library before Python"
)
ROOT_USER = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0,
    reason="becomes the user nobody, which only root can",
)
FRAMES = 12

SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
static int left = 0;
void arm(int number) { left = number; }
static int fails(void) { if (left > 0 && --left == 0) { errno = EIO; return 1; } return 0; }
int fsync(int fd) {
    if (fails()) return -1;
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fsync"))(fd);
}
int fdatasync(int fd) {
    if (fails()) return -1;
    return ((int (*)(int)) dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"""


def _run(folder: Path, fault: str, values: list[str], **environ: str) -> list[dict[str, Any]]:
    said = subprocess.run(
        [sys.executable, "-m", "tests.integration.faulty", str(folder), fault, *values],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines()]


def _check(case: dict[str, Any]) -> None:
    """What was posted was posted once, and whatever was not answered is in doubt, one at most."""
    posted = Counter(case["posts"] + case["again"])
    assert set(posted.values()) <= {1}, case
    states = case["states"]
    assert case["then"] == "done", case
    assert set(states) <= {"accepted", "in_doubt"}, case
    assert states.count("in_doubt") <= 1, case
    accepted = {number for number, state in enumerate(states, 1) if state == "accepted"}
    assert accepted <= posted.keys(), case
    if case["end"] != "done":
        assert case["end"].startswith("LedgerError"), case
        # Every post but the last one had its answer written down, so none followed a failure.
        assert all(states[number - 1] == "accepted" for number in case["posts"][:-1]), case


@pytest.mark.slow
@POSIX
def test_a_disk_that_is_full_at_any_size_ends_the_run_and_is_gone_on_with(tmp_path: Path) -> None:
    # Below a page, the journal and the witnesses; then the ledger, which is a hundred kB.
    small = [str(size) for size in [*range(0, 4096, 205), *range(4096, 90_000, 6600)]]
    sizes = [*small, "-8192", "-4096", "+0", "+4096", "+8192", "+12288", "+1000000"]
    cases = _run(tmp_path, "full", sizes)
    assert len(cases) == len(sizes) >= 40
    for case in cases:
        _check(case)
    ends = [case["end"] == "done" for case in cases]
    assert not ends[0]
    assert ends[-1]
    assert cases[0]["posts"] == []
    # Some run out of room in the middle.
    assert any(0 < len(case["posts"]) < FRAMES for case in cases)


@pytest.mark.slow
@LINUX
def test_an_fsync_that_fails_once_ends_the_run(tmp_path: Path) -> None:
    source, shim = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(SHIM, encoding="utf-8")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", shim, source, "-ldl"], check=True)
    folder = tmp_path / "desk"
    folder.mkdir()
    numbers = [str(number) for number in range(1, 61, 3)]
    cases = _run(folder, "fsync", numbers, LD_PRELOAD=str(shim))
    for case in cases:
        _check(case)
    failed = [case for case in cases if case["end"] != "done"]
    assert len(failed) >= 12
    assert any(0 < len(case["posts"]) < FRAMES for case in failed)


def _sent_while_only_read(what: str) -> dict[str, Any]:
    # Not below pytest's folder, which no one else may enter.
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        (case,) = _run(Path(name), "readonly", [what])
    return case


@ROOT_USER
@pytest.mark.parametrize(
    "what",
    [
        "ledger.sqlite3",
        "ledger.sqlite3-journal",
        "ledger.sqlite3.intents",
        "[0-9a-f]*.intents",
        "witness.lock",
    ],
)
def test_what_may_only_be_read_is_noticed_before_the_first_post(what: str) -> None:
    case = _sent_while_only_read(what)
    assert case["posts"] == []
    assert case["end"].startswith("LedgerError"), case


@ROOT_USER
def test_a_folder_that_may_only_be_read_is_enough_for_files_that_may_be_written() -> None:
    case = _sent_while_only_read("folder")
    assert case["posts"] == list(range(1, case["posts"][-1] + 1))
    assert case["end"] == "done"
