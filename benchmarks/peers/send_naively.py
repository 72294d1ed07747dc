"""The sending loop a user would write: one requests.post after the other, no ledger.

python -m benchmarks.peers.send_naively PORT FRAMES     prints seconds and processor seconds
"""

import sys
import time

import requests

from benchmarks.people import TEXT, people


def main(port: str, frames: int) -> None:
    url = f"http://127.0.0.1:{port}/v1/public/sms-campaign/send"
    headers = {"api-login": "bench@example.com", "api-key": "test-bench"}
    table = people(frames)
    start, used = time.perf_counter(), time.process_time()
    for at in range(0, len(table), 500):
        frame = table.iloc[at : at + 500].to_dict("records")
        body = {"text": TEXT, "sender": "BENCH", "recipients": frame}
        answer = requests.post(url, json=body, headers=headers, timeout=30)
        answer.raise_for_status()
        assert answer.json()["sms_ticket"]
    print(time.perf_counter() - start, time.process_time() - used)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
