"""Frames posted by so many connections with nothing else to do: what a server lets through.

python -m benchmarks.peers.post_pool PORT FRAMES CONNECTIONS     prints seconds
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from multiprocessing import get_context

import requests

from benchmarks.people import FRAME, TEXT, people
from bulksms.campaign import Parameters
from bulksms.chunker import chunk
from bulksms.octopush import build_body

CONNECTIONS_A_PROCESS = 4


def body() -> bytes:
    """Make one frame as ours are."""
    table = people(1).assign(source=0, row=range(2, FRAME + 2))
    (frame,) = chunk([table], len(table), FRAME)
    return build_body(Parameters(text=TEXT, sender="BENCH"), frame.contacts)


def post_all(port: str, frames: int) -> float:
    """Post by a few threads of one process; returns the seconds that took."""
    url, content = f"http://127.0.0.1:{port}/v1/public/sms-campaign/send", body()
    numbers = count()

    def work() -> None:
        with requests.Session() as session:
            while next(numbers) < frames:
                session.post(url, content, headers={"Content-Type": "application/json"})

    start = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS_A_PROCESS) as pool:
        for done in [pool.submit(work) for _ in range(CONNECTIONS_A_PROCESS)]:
            done.result()
    return time.perf_counter() - start


def main(port: str, frames: int, connections: int) -> None:
    processes = connections // CONNECTIONS_A_PROCESS
    with get_context("spawn").Pool(processes) as pool:
        print(max(pool.starmap(post_all, [(port, frames // processes)] * processes)))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
