"""An ordered parallel map with few items in flight, so that memory stays flat.

Arrow and numpy release the interpreter lock while they compute, so that two blocks of rows take
hardly longer than one.
"""

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar

__all__ = ["map_in_order"]

MAX_WORKERS = 4  # beyond that, the parts of the work that run one by one decide

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_in_order(work: Callable[[Item], Result], items: Iterable[Item]) -> Generator[Result]:
    """Yield the results of `work` in order; the caller's thread takes the items."""
    remaining = iter(items)
    first = list(islice(remaining, 2))
    workers = min(MAX_WORKERS, _processors())
    if len(first) < 2 or workers < 2:  # noqa: PLR2004 - nothing to share out
        yield from map(work, chain(first, remaining))
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from _in_order(pool, work, chain(first, remaining), workers)


def _in_order(
    pool: ThreadPoolExecutor,
    work: Callable[[Item], Result],
    items: Iterator[Item],
    workers: int,
) -> Iterator[Result]:
    in_flight: deque[Future[Result]] = deque()
    try:
        for item in items:
            in_flight.append(pool.submit(work, item))
            if len(in_flight) > workers:
                yield in_flight.popleft().result()
        while in_flight:
            yield in_flight.popleft().result()
    finally:
        for future in in_flight:
            future.cancel()


def _processors() -> int:
    """Count the processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1
