"""Reads the sheets of an xlsx or xlsm: large plain ones many bytes at a time, others tag by tag."""

import os
from collections.abc import Generator, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bulksms.loader.archive import BAD_XML, CHUNK_BYTES, Archive, damaged_workbook, doctype_error
from bulksms.loader.display_locale import DisplayLocale
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.cell_text import CellWriter
from bulksms.loader.workbook.protocol import RESTART, RowBatch
from bulksms.loader.workbook.row_batches import OutOfOrder, RowCollector
from bulksms.loader.workbook.sheet_choice import choose_sheets
from bulksms.loader.workbook.sheet_xml import (
    CellReader,
    HasDoctype,
    SheetXmlHandler,
    new_parser,
    read_strings,
)
from bulksms.loader.workbook.xlsx_package import XlsxPackage, open_package

if TYPE_CHECKING:
    from bulksms.loader.workbook.fast_xlsx.fast_reader import FastReader

__all__ = ["read_xlsx"]

# Loading numpy pays off for sheets that are larger than this when unpacked.
LARGE_BYTES = 1_000_000
# With less memory, numpy ends the process instead of loading.
NUMPY_MEMORY = 300_000_000


def read_xlsx(
    data: bytes,
    name: str,
    options: ReadOptions,
    locale: DisplayLocale,
    *,
    large_bytes: int = LARGE_BYTES,
    piece_bytes: int = CHUNK_BYTES,
) -> Iterator[Any]:
    """Yield the lines of the protocol.

    Sheets of more than `large_bytes` are read many bytes at a time: `piece_bytes`.

    Raises:
        LoadError: the workbook is damaged, or has no such sheet.
    """
    archive = Archive(data, name)
    package = open_package(archive, locale)
    chosen, hidden = choose_sheets(package.sheets, name, options)
    archive.check_parts({*(package.parts[at] for at in chosen), package.strings})
    yield {"hidden_sheets": hidden}
    reader = _SheetsReader(package, locale, large_bytes, piece_bytes)
    for at in chosen:
        yield from reader.read(at)


class _SheetsReader:
    def __init__(
        self, package: XlsxPackage, locale: DisplayLocale, large_bytes: int, piece_bytes: int
    ) -> None:
        self._package, self._large_bytes, self._piece_bytes = package, large_bytes, piece_bytes
        self._writer = CellWriter(package.formats, locale, date_1904=package.date_1904)
        self._fast: FastReader | None = None

    def read(self, at: int) -> Iterator[Any]:
        title, part = self._package.sheets[at].title, self._package.parts[at]
        yield {"sheet": title}
        if self._package.archive.size(part) > self._large_bytes and _has_room():
            finished = yield from self._read_fast(part)
            if finished:
                return
            yield RESTART
        try:
            yield from self._read_tags(part, sort=False)
        except OutOfOrder:
            yield RESTART
            yield from self._read_tags(part, sort=True)

    def _read_fast(self, part: str) -> Generator[Any, None, bool]:
        """Read many bytes at a time; give whether the sheet was simple enough for that."""
        # numpy would start a thread for each core, each with memory that counts.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        from bulksms.loader.workbook.fast_xlsx.fast_reader import FastReader, NotSimpleXml

        if self._fast is None:
            self._fast = FastReader(self._package, self._writer, self._piece_bytes)
        try:
            yield from self._fast.read(part)
        except NotSimpleXml:
            return False
        return True

    def _read_tags(self, part: str, *, sort: bool) -> Iterator[RowBatch | dict[str, Any]]:
        collector = RowCollector(sort=sort)
        handler = SheetXmlHandler(CellReader(self._writer, self._strings), collector.take)
        parser = new_parser(handler)
        archive = self._package.archive
        try:
            for chunk in archive.chunks(part):
                parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position
                if collector.is_full():
                    yield collector.batch(handler.hidden_rows)
            parser.Parse(b"", True)  # noqa: FBT003
        except HasDoctype as error:
            raise doctype_error(archive.name) from error
        except BAD_XML as error:
            raise damaged_workbook(archive.name) from error
        yield from collector.finish(handler.hidden_rows, handler.hidden_columns)

    @cached_property
    def _strings(self) -> list[str]:
        archive = self._package.archive
        if not self._package.strings:
            return []
        try:
            return read_strings(archive.chunks(self._package.strings))
        except HasDoctype as error:
            raise doctype_error(archive.name) from error
        except BAD_XML as error:
            raise damaged_workbook(archive.name) from error


def _has_room() -> bool:
    try:
        import resource
    except ImportError:
        return True
    bound, _ = resource.getrlimit(resource.RLIMIT_DATA)
    return bound == resource.RLIM_INFINITY or bound >= NUMPY_MEMORY
