"""The process that reads one workbook for `isolated`: a job on stdin, lines of JSON on stdout.

First the hidden sheets that were left out; then for each sheet what stands over it, its rows in
blocks, and how many filled rows were hidden. An error is a line too. It must stay quick to
start: it loads neither pandas nor pyarrow.
"""

import gc
import json
import os
import sys
from collections.abc import Generator, Iterator
from itertools import islice
from typing import Any

import orjson

from bulksms.errors import BulkSmsError, LoadError
from bulksms.loader.archive import damaged, open_container
from bulksms.loader.detection import Kind
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.library_reader import Page, read_pages
from bulksms.loader.workbook.protocol import ANEW, MAX_ANSWER_BYTES, Packed, too_much

BLOCK_CELLS = 50_000
# A sheet that inflates to more than this is worth the time that numpy takes to load.
STREAMED_BYTES = 1_000_000
# With less, numpy does not load but end the process.
STREAMED_MEMORY = 300_000_000


def main(memory: int, seconds: int) -> None:
    """Read the job, then answer it within so many bytes and seconds of work."""
    _limit(memory, seconds)
    gc.disable()  # rows hold no circles, and a look for them at every block takes long
    job = json.loads(sys.stdin.buffer.readline())
    name = job["name"]
    try:
        if not _say_all(_answer(sys.stdin.buffer.read(), job)):
            _refuse(too_much(name))
    except BulkSmsError as error:
        _refuse(error)
    except MemoryError:
        _refuse(too_much(name))
    except OverflowError:  # a date or a time that is none
        _refuse(damaged(name))
    except BaseException as error:
        # A bug of calamine panics: no `Exception`, and of a class that cannot be imported.
        if type(error).__name__ != "PanicException":
            raise
        _refuse(damaged(name))


def _answer(data: bytes, job: dict[str, Any]) -> Iterator[Any]:
    name, kind, options = job["name"], Kind(job["kind"]), ReadOptions(**job["options"])
    if kind is Kind.XLSX and _is_large(data, name) and _has_room():
        given_up = yield from _streamed(data, name, options)
        if not given_up:
            return
        yield ANEW
    for page in read_pages(data, name, kind, options):
        if isinstance(page, Page):
            yield from tell(page)
        else:
            yield {"hidden_sheets": page}


def _is_large(data: bytes, name: str) -> bool:
    """Believe what the parts say of their sizes: it only decides which reader begins."""
    try:
        parts = open_container(data, name).infolist()
    except LoadError:
        return False
    return any(part.file_size > STREAMED_BYTES for part in parts)


def _has_room() -> bool:
    try:
        import resource
    except ImportError:
        return True
    bound, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return bound == resource.RLIM_INFINITY or bound >= STREAMED_MEMORY


def _streamed(data: bytes, name: str, options: ReadOptions) -> Generator[Any, None, bool]:
    """Read in one pass; give whether the workbook is not plain enough for that."""
    # numpy would start a thread for each core, each with memory that counts.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from bulksms.loader.workbook.fast_xlsx.plainness import NotPlain
    from bulksms.loader.workbook.fast_xlsx.reader import read_streamed

    try:
        yield from read_streamed(data, name, options)
    except NotPlain:
        return True
    return False


def tell(page: Page) -> Iterator[Any]:
    """Say a sheet that the library reads."""
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


def _say_all(lines: Iterator[Any]) -> bool:
    """Write the lines, unless they are more than the parent can hold."""
    said = 0
    for line in lines:
        said = _say(line) if line == ANEW else said + _say(line)
        if said > MAX_ANSWER_BYTES:
            return False
    return True


def _refuse(error: BulkSmsError) -> None:
    _say({"error": type(error).__name__, "sentence": str(error)})


def _say(line: Any) -> int:  # noqa: ANN401 - whatever JSON can hold, or columns
    """Write a line and give its bytes; columns follow the line that tells of them."""
    out = sys.stdout.buffer
    if isinstance(line, Packed):
        return out.write(orjson.dumps(line.told()) + b"\n") + out.write(line.body)
    return out.write(orjson.dumps(line) + b"\n")


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
