"""Reads a workbook in a process of its own, as a corrupt xls may kill the process that reads it.

It must not know what a workbook holds: bytes go in, sheets or one sentence come out.
"""

import pickle
import subprocess
import sys
from pathlib import Path

from bulksms.errors import BulkSmsError, LoadError
from bulksms.loader.container import damaged
from bulksms.loader.detection import Kind
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook import Worksheet, read_workbook

TIME_LIMIT = 120.0
MEMORY_LIMIT = 1_500_000_000
# The path is appended, not put first: a package beside ours must not hide the standard library.
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]);"
    "from bulksms.loader.isolated import main; main(int(sys.argv[2]))"
)


def read_isolated(
    data: bytes, name: str, kind: Kind, options: ReadOptions, seconds: float = TIME_LIMIT
) -> tuple[Worksheet, ...]:
    """Read the workbook in a child that may take so long, and so much memory, and no more."""
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-P", "-c", _PROGRAM, root, str(MEMORY_LIMIT)]
    job = pickle.dumps((data, name, kind, options))
    try:
        child = subprocess.run(  # noqa: S603 - our own program, nothing of the user's in it
            command, input=job, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise LoadError(
            f"{name} takes longer than {seconds:.0f} seconds to read: save it as xlsx.",
        ) from error
    if child.returncode != 0:
        raise damaged(name)
    answer = pickle.loads(child.stdout)  # noqa: S301 - written by our own child
    if isinstance(answer, BulkSmsError):
        raise answer
    return tuple(answer)


def main(memory: int) -> None:
    """Be the child: the job on standard input, the answer on standard output."""
    _limit(memory)
    data, name, kind, options = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our parent
    answer: tuple[Worksheet, ...] | BulkSmsError
    try:
        answer = read_workbook(data, name, kind, options)
    except BulkSmsError as error:
        answer = error
    except MemoryError:
        answer = LoadError(f"{name} needs too much memory to read: save it as xlsx.")
    sys.stdout.buffer.write(pickle.dumps(answer))


def _limit(memory: int) -> None:
    """Bound what may be allocated, where the system can; Windows cannot."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    bound = memory if hard == resource.RLIM_INFINITY else min(memory, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
