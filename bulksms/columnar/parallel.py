"""Works on several things at once and gives the answers in their order; knows nothing else.

Arrow and numpy let other threads run while they compute, so that two blocks of rows take hardly
longer than one. No more than a few are ever under way: memory stays flat.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

__all__ = ["map_in_order"]

MOST = 4  # threads: beyond that, those parts of the work that run one by one decide

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")


def map_in_order(work: Callable[[Thing], Answer], things: Iterable[Thing]) -> Generator[Answer]:
    """Give what `work` makes of each thing; the things are taken from the caller's thread."""
    waiting = iter(things)
    first = list(islice(waiting, 2))
    workers = min(MOST, _processors())
    if len(first) < 2 or workers < 2:  # noqa: PLR2004 - nothing to share out
        yield from map(work, chain(first, waiting))
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from _in_order(pool, work, chain(first, waiting), workers)


def _in_order(
    pool: ThreadPoolExecutor,
    work: Callable[[Thing], Answer],
    things: Iterator[Thing],
    workers: int,
) -> Iterator[Answer]:
    under_way: deque[Future[Answer]] = deque()
    try:
        for thing in things:
            under_way.append(pool.submit(work, thing))
            if len(under_way) > workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for one in under_way:
            one.cancel()


def _processors() -> int:
    """Count the processors this program may use, where the system tells."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
