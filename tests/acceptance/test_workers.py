"""Several workers post a campaign of a shared ledger, whatever happens to them."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.driver import PROGRAM, Desk
from tests.postgres import PostgresServer
from tests.torture.machines import Machines
from tests.torture.workers import CONCURRENCY, kill_one, share

FRAMES = 120


@pytest.mark.postgres
def test_workers_killed_made_to_forget_and_cut_off_text_no_one_twice_and_lose_no_one(
    postgres_server: PostgresServer, tmp_path: Path
) -> None:
    if not postgres_server.can_restart:
        pytest.skip("the server is not ours to restart")

    def trouble(made: Machines) -> None:
        made.await_posts(FRAMES // 8)
        kill_one(made)
        made.await_posts(FRAMES // 4)
        made.forget()
        made.await_posts(FRAMES // 2)
        made.server.stop()
        made.server.start()
        made.await_posts(FRAMES - CONCURRENCY)
        # Those of the dead worker stay in flight until its lease ends.
        made.await_states(lambda states: states["planned"] == 0)
        for process in made.processes[1:]:
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0

    outcome = share(
        tmp_path, postgres_server, frames=FRAMES, workers=3, trouble=trouble, to_the_end=False
    )
    assert (outcome.twice, outcome.lost, outcome.false_sent) == (0, 0, 0), outcome
    assert outcome.doubts <= CONCURRENCY


def test_a_worker_without_a_shared_ledger_says_what_it_needs(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for command in (["worker"], ["resume", "--enqueue"]):
        done = subprocess.run(
            [*PROGRAM, *command],
            env={**os.environ, **desk.environment()},
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 2
        assert done.stderr == (
            "Error: Workers need a ledger that all of them can open: set BULKSMS_LEDGER to the "
            "address of a PostgreSQL database, postgresql://USER@HOST/NAME.\n"
        )


@pytest.mark.parametrize("option", ["--results", "--contact-results", "--report"])
def test_workers_are_asked_for_no_files_and_the_command_that_writes_them_is_named(
    tmp_path: Path, option: str
) -> None:
    desk = Desk(tmp_path)
    asked = [option, str(tmp_path / "wanted.csv")]
    people = tmp_path / "people.csv"
    people.write_text("Mobile\n06 39 98 00 01\n", encoding="utf-8")
    for command in (
        ["send", str(people), "--text", "Hello", "--yes", "--enqueue"],
        ["resume", "spring", "--enqueue"],
    ):
        done = subprocess.run(
            [*PROGRAM, *command, *asked],
            env={
                **os.environ,
                **desk.environment(),
                "BULKSMS_LEDGER": "postgresql://nobody@127.0.0.1:9/nothing",
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 2
        assert done.stderr == (
            f"Error: Workers write no files: leave {option} out, and write it at the end with "
            f"`bulksms report CAMPAIGN {option} {tmp_path}/wanted.csv`.\n"
        )
