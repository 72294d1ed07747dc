"""The programs of `make bench` still run when what they measure has changed."""

import os

import pytest

from benchmarks.measure import python, run
from benchmarks.sending import serve

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="the bench asks POSIX for times")


@pytest.mark.parametrize("ledger", ["kept", "forgotten"])
def test_frames_are_posted_with_a_ledger_and_with_one_that_forgets(ledger: str) -> None:
    with serve(0) as port:
        figures = run(python("benchmarks.ours.send", port, 3, 2, ledger)).said.split()

    assert len([float(figure) for figure in figures]) == 3


@pytest.mark.postgres
def test_frames_are_claimed_on_a_server_and_posted_by_workers() -> None:
    with serve(0) as port:
        shared = run(python("benchmarks.ours.share", port, 4, 1)).said

    assert float(shared) > 0
    assert len(run(python("benchmarks.ours.claim", 20, 2, 0)).said.split()) == 2


def test_the_memory_of_the_bench_itself_does_not_count_as_that_of_a_program() -> None:
    held = bytearray(b"x") * 200_000_000

    spent = run(python("timeit", "-n1", "pass"))

    assert spent.peak < len(held) / 1_000_000 / 2
