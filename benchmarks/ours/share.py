"""The same frames through several workers that share a ledger on PostgreSQL.

python -m benchmarks.ours.share PORT FRAMES WORKERS     prints seconds, from post to last answer
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.ours.send import frozen
from benchmarks.peers.post_pool import CONNECTIONS_A_PROCESS
from benchmarks.people import FRAME, people
from bulksms.ledger import open_ledger
from tests.postgres import running_server
from tests.torture.machines import CAMPAIGN, machines
from tests.torture.stand import Stand


def main(port: str, frames: int, workers: int) -> None:
    table = people(frames).assign(source=0, row=range(2, frames * FRAME + 2))
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        provider = Stand(f"http://127.0.0.1:{port}/v1/public", Path(folder), 0)
        with machines(server, provider, Path(folder) / "machines") as made:
            for _ in range(workers):
                made.start_worker(CONNECTIONS_A_PROCESS)
            made.await_workers(workers)
            made.enqueue_frames(frozen(table), frames)
            made.await_end()
            with open_ledger(Path(folder) / "home", made.url) as ledger:
                record = ledger.campaigns.get(CAMPAIGN)
                totals = ledger.frames.totals(record.id)
            assert record.state == "done", record
            assert totals.started_at is not None
            assert totals.finished_at is not None
            print((totals.finished_at - totals.started_at).total_seconds())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
