"""Runs a program and writes down its seconds, its processor seconds and its peak of memory.

A process counts the peak of the one that started it as its own until it has more, and the bench
is large once it has written its lists. This one is small.

    python -m benchmarks.spent DESCRIPTOR PROGRAM…    writes JSON there; ends as the program does
"""

import json
import os
import subprocess
import sys
import time


def main(descriptor: int, program: list[str]) -> int:
    start = time.perf_counter()
    child = subprocess.Popen(program)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    figures = (time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss)
    with os.fdopen(descriptor, "w") as file:
        json.dump(figures, file)
    return child.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
