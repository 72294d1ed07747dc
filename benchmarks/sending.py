"""The rows about sending: frames posted to a plain server, near or 200 ms away."""

import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.bench import Bench
from benchmarks.measure import python, run
from benchmarks.row import Row, at_least, at_most


def sending(bench: Bench) -> Iterator[Row]:
    """Compare B8 and B10: a server 200 ms away, 16 frames in flight, with and without a ledger."""
    few, frames, delay, in_flight = 400, 2_000, 0.2, 16
    short, kept, forgotten, bare = [], [], [], []
    with serve(delay) as port:
        for _ in range(bench.pairs):
            short.append(_sent(port, few, in_flight, "kept")[0])
            kept.append(_sent(port, frames, in_flight, "kept")[0])
            forgotten.append(_sent(port, frames, in_flight, "forgotten")[0])
            pool = python("benchmarks.peers.post_pool", port, frames, in_flight)
            bare.append(_figures(pool)[0])
    brief, mine, free, pooled = map(statistics.median, (short, kept, forgotten, bare))
    # The first frame goes alone by design, so that much is added to the ideal, and to the pool.
    ideal = delay + (frames - 1) * delay / in_flight
    # Two lengths tell what a run costs once from what each round of 16 frames costs.
    a_round = (mine - brief) / (frames - few) * in_flight
    once = mine - frames / in_flight * a_round
    lost = f"{once:.2f} s once + {a_round * 1000:.0f} ms a round"
    for name, what, peer, unit, goal in (
        ("B8", f"200 ms away, 16 in flight ({lost}), or the ideal", ideal, "of the ideal", 0.97),
        ("B8p", "the same, or a bare pool of 16 connections", delay + pooled, "of the pool", 0.99),
    ):
        yield at_least(
            name, what, f"{frames / mine:.1f}/s", f"{frames / peer:.1f}/s", peer / mine, unit, goal
        )
    cost = mine / free - 1
    yield Row(
        name="B10",
        what="the same, or with a ledger that forgets",
        ours=f"{mine:.2f} s",
        peer=f"{free:.2f} s",
        ratio=cost,
        unit="slower",
        goal="< 0.02",
        met=cost < 0.02,
    )


def sharing(bench: Bench) -> Iterator[Row]:
    """Compare B13: workers of four connections each, or a bare pool of as many connections."""
    delay, rounds = 0.2, 50
    with serve(delay) as port:
        for workers in (1, 2, 4):
            connections = 4 * workers
            frames = rounds * connections
            ours, bare = [], []
            for _ in range(bench.pairs):
                ours.append(_figures(python("benchmarks.ours.share", port, frames, workers))[0])
                pool = python("benchmarks.peers.post_pool", port, frames, connections)
                bare.append(_figures(pool)[0])
            mine, theirs = sorted(ours)[len(ours) // 2], sorted(bare)[len(bare) // 2]
            yield at_least(
                f"B13.{workers}",
                f"{workers} workers x 4 in flight, 200 ms away, or a bare pool",
                f"{frames / mine:.1f}/s",
                f"{frames / theirs:.1f}/s",
                theirs / mine,
                "of the pool",
                0.95,
            )


def claiming(bench: Bench) -> Iterator[Row]:
    """Measure B14: claims and answers of a worker whose database is 2.7 ms away."""
    frames, threads, wanted = 3_000, 16, 500
    program = python("benchmarks.ours.claim", frames, threads, 0.0027)
    took = statistics.median(_figures(program)[0] for _ in range(bench.pairs))
    rate = frames / took
    yield at_least(
        "B14",
        "claims and answers a second, database 2.7 ms away, 16 threads",
        f"{rate:.0f}/s",
        f"{wanted}/s",
        rate / wanted,
        "of the goal",
        1,
    )


def flat_out(bench: Bench) -> Iterator[Row]:
    """Compare B9: a server that answers at once, or requests.post in a loop."""
    frames = 2_000  # a million contacts, as for B8
    ours, naive = [], []
    with serve(0) as port:
        for _ in range(bench.pairs):
            ours.append(_sent(port, frames, 16, "kept"))
            naive.append(_figures(python("benchmarks.peers.send_naively", port, frames)))
    mine, theirs = sorted(ours)[len(ours) // 2], sorted(naive)[len(naive) // 2]
    ratio, share = theirs[0] / mine[0], mine[1] / theirs[1]
    yield at_least(
        "B9",
        "a server next door, or requests in a loop",
        f"{frames / mine[0]:.0f}/s",
        f"{frames / theirs[0]:.0f}/s",
        ratio,
        "times faster",
        3,
    )
    yield at_most(
        "B9c",
        "the same, processor time a frame",
        f"{mine[1] / frames * 1000:.2f} ms",
        f"{theirs[1] / frames * 1000:.2f} ms",
        share,
        "of it",
        0.6,
    )


@contextmanager
def serve(delay: float) -> Iterator[int]:
    """Run the plain server as a process of its own."""
    program = python("benchmarks.server", delay)
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield int(child.stdout.readline())
        finally:
            child.kill()


def _sent(port: int, frames: int, in_flight: int, book: str) -> tuple[float, ...]:
    return _figures(python("benchmarks.ours.send", port, frames, in_flight, book))


def _figures(program: list[str]) -> tuple[float, ...]:
    return tuple(float(figure) for figure in run(program).said.split())
