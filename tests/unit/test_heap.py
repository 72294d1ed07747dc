"""The heap is shared by all threads once a plan is made; looked at from outside, in a process."""

import subprocess
import sys

import pytest

PLANNED = """
from bulksms.use_cases.planning import PlanRequest, make_plan
import pyarrow as pa

try:
    make_plan(PlanRequest(files=("there-is-no-such-file.csv",)))
except Exception:
    pass
print(pa.default_memory_pool().backend_name)
"""
HEAPS = """
import ctypes
import sys
import threading

from bulksms.heap import share_one_heap

if sys.argv[1] == "shared":
    share_one_heap()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
held = []
together = threading.Barrier(4)

def work():
    together.wait()
    held.append(libc.malloc(ctypes.c_size_t(1000)))

threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with open("/proc/self/maps") as maps:
    (heap,) = [line.split()[0] for line in maps if line.rstrip().endswith("[heap]")]
first, end = (int(place, 16) for place in heap.split("-"))
print(sum(first <= place < end for place in held))
"""


def _said(program: str, *args: str) -> str:
    command = [sys.executable, "-c", program, *args]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_whoever_makes_a_plan_takes_columns_from_the_common_heap() -> None:
    assert _said(PLANNED) == "system"


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has a heap for each thread")
def test_threads_take_from_the_common_heap() -> None:
    assert _said(HEAPS, "apart") == "0", "else this test could not fail"
    assert int(_said(HEAPS, "shared")) > 0
