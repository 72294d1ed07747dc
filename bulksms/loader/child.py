"""The process that reads one workbook for `isolated`: a job on stdin, lines of JSON on stdout.

First the hidden sheets that were left out; then for each sheet what stands over it, its rows in
blocks, and how many filled rows were hidden. An error is a line too. It must stay quick to
start: it loads neither pandas nor pyarrow.
"""

import gc
import json
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any

import orjson

from bulksms.errors import BulkSmsError, LoadError
from bulksms.loader.container import damaged
from bulksms.loader.detection import Kind
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook import Page, read_pages

BLOCK_CELLS = 50_000
# One shared text may stand in a million cells: what the parent has to hold is counted too.
MAX_ANSWER_BYTES = 400_000_000


def main(memory: int, seconds: int) -> None:
    """Read the job, then answer it within so many bytes and seconds of work."""
    _limit(memory, seconds)
    gc.disable()  # rows hold no circles, and a look for them at every block takes long
    job = json.loads(sys.stdin.buffer.readline())
    name = job["name"]
    try:
        if not _say_all(_answer(sys.stdin.buffer.read(), job)):
            _refuse(_too_much(name))
    except BulkSmsError as error:
        _refuse(error)
    except MemoryError:
        _refuse(_too_much(name))
    except BaseException as error:
        # A bug of calamine panics: no `Exception`, and of a class that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        _refuse(damaged(name))


def _answer(data: bytes, job: dict[str, Any]) -> Iterator[Any]:
    options = ReadOptions(**job["options"])
    for page in read_pages(data, job["name"], Kind(job["kind"]), options):
        if isinstance(page, Page):
            yield from _tell(page)
        else:
            yield {"hidden_sheets": page}


def _tell(page: Page) -> Iterator[Any]:
    rows, columns = page.size
    overlay = page.overlay
    yield {
        "sheet": page.name,
        "height": rows,
        "width": max(columns, overlay.last[1] if overlay.broken else 0),
        "broken": sorted(overlay.broken),
        "hidden_columns": sorted(overlay.hidden_columns),
    }
    size = max(1, BLOCK_CELLS // max(columns, 1))
    while block := list(islice(page.records, size)):
        yield block
    yield {"hidden_rows": len(page.unseen)}


def _too_much(name: str) -> LoadError:
    return LoadError(f"{name} needs too much memory to read: save only what is needed as csv.")


def _say_all(lines: Iterator[Any]) -> bool:
    """Write the lines, unless they are more than the parent can hold."""
    said = 0
    for line in lines:
        said += _say(line)
        if said > MAX_ANSWER_BYTES:
            return False
    return True


def _refuse(error: BulkSmsError) -> None:
    _say({"error": type(error).__name__, "sentence": str(error)})


def _say(line: Any) -> int:  # noqa: ANN401 - whatever JSON can hold
    """Write a line and give its bytes."""
    return sys.stdout.buffer.write(orjson.dumps(line) + b"\n")


def _limit(memory: int, seconds: int) -> None:
    """Bound what may be allocated and worked, where the system can; Windows cannot."""
    try:
        import resource
    except ImportError:
        return
    # The parent keeps the time; work is bounded too, should the parent be killed meanwhile.
    for what, wanted in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, seconds)):
        _, hard = resource.getrlimit(what)
        bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(what, (bound, hard))
