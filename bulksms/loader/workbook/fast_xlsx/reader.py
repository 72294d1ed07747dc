"""Reads a plain workbook: its small parts by the library, its large ones in one pass.

It must not know how a piece of XML is read.
"""

import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bulksms.errors import LoadError
from bulksms.loader.archive import (
    BAD_XML,
    CHUNK_BYTES,
    MAX_TOTAL_BYTES,
    check_parts,
    chunks,
    open_container,
    read_part,
)
from bulksms.loader.interface import ReadOptions
from bulksms.loader.workbook.cell_text import Padding, read_paddings
from bulksms.loader.workbook.fast_xlsx.blocks import Blocks
from bulksms.loader.workbook.fast_xlsx.calamine_probe import STRINGS, Probe, open_small
from bulksms.loader.workbook.fast_xlsx.cell_types import Kinds
from bulksms.loader.workbook.fast_xlsx.plainness import NotPlain, require
from bulksms.loader.workbook.fast_xlsx.shared_strings import NO_STRINGS, Strings, read_strings
from bulksms.loader.workbook.fast_xlsx.unusual_cells import OddCells
from bulksms.loader.workbook.fast_xlsx.xml_parts import Part
from bulksms.loader.workbook.library_reader import MAX_CELLS, choose_sheets, sheet_parts
from bulksms.loader.workbook.protocol import Packed
from bulksms.loader.workbook.sheet_metadata import Walker

MAX_SMALL_BYTES = 2_000_000
_SMALL = (
    "[Content_Types].xml",
    "_rels/.rels",
    "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels",
    "xl/styles.xml",
)
_FRACTION = b"><v>45000.5</v></c>"


def read_streamed(
    data: bytes, name: str, options: ReadOptions, piece_bytes: int = CHUNK_BYTES
) -> Iterator[Any]:
    """Give what `child` says of a plain workbook, of so many bytes of XML at a time.

    Raises:
        NotPlain: it is not, which may be found out late; all that was given is void.
    """
    try:
        yield from _Book(open_container(data, name), name, piece_bytes).read(options)
    except (LoadError, ValueError) as error:
        # What is wrong, and what is wrong first, is for the library reader to say.
        raise NotPlain(str(error)) from error


@dataclass(slots=True)
class _Counted:
    """Chunks, and how many bytes went by."""

    size: int = 0

    def through(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.size += len(piece)
            require(self.size <= MAX_TOTAL_BYTES, "too much of it")
            yield piece


def _ahead(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Let the next piece be inflated while the one before it is read."""
    with ThreadPoolExecutor(max_workers=1) as worker:
        waiting = worker.submit(next, pieces, None)
        while (piece := waiting.result()) is not None:
            waiting = worker.submit(next, pieces, None)
            yield piece


class _Book:
    def __init__(self, archive: zipfile.ZipFile, name: str, piece_bytes: int) -> None:
        self._archive, self._name, self._piece_bytes = archive, name, piece_bytes
        self._counted = _Counted()
        parts = archive.infolist()
        require(len({part.filename.lower() for part in parts}) == len(parts), "alike parts")
        for part in parts:
            known = part.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
            require(known and not part.flag_bits & 1, "another kind of archive")
            require("\\" not in part.filename, "another kind of path")
        self._small = {part: self._part(part) for part in _SMALL if part in archive.NameToInfo}

    def read(self, options: ReadOptions) -> Iterator[Any]:
        paths, paddings = self._lists()
        book = open_small(self._small)
        require(len(book.sheets_metadata) == len(paths), "sheets of one name")
        chosen, hidden = choose_sheets(book, self._name, options)
        parts = [paths[title] for title in chosen]
        require(set(parts) <= self._archive.NameToInfo.keys(), "a sheet that is not there")
        require(len(set(parts)) == len(parts), "sheets of one part")
        large = {*parts, STRINGS}
        require(not large & self._small.keys(), "a sheet that is none")
        self._counted.size += check_parts(self._archive, self._name, large)
        yield {"hidden_sheets": hidden}
        yield from self._sheets(chosen, parts, paddings)

    def _sheets(
        self, titles: Sequence[str], parts: Sequence[str], paddings: dict[str, Padding]
    ) -> Iterator[Any]:
        strings: Strings | None = None
        for title, part in zip(titles, parts, strict=True):
            probe = Probe(self._small, part, title)
            if strings is None:
                strings = self._strings(probe)
            yield from self._sheet(title, part, _reader(probe, paddings, strings))

    def _sheet(self, title: str, part: str, blocks: Blocks) -> Iterator[dict[str, Any] | Packed]:
        yield {"sheet": title, "streamed": True}
        walker = Walker({})
        source = Part(self._chunks(part), b"<sheetData>", b"</sheetData>", b"</row>")
        source.open(lambda tag, said: _hear(walker, tag, said))
        for piece in source.pieces():
            yield blocks.read(piece)
        reach = blocks.reach
        require(reach.height * reach.width <= MAX_CELLS, "a stray cell")
        require(reach.broken <= reach.height, "an error below all values")
        yield {
            "height": reach.height,
            "width": reach.width,
            "hidden_columns": sorted(walker.overlay.hidden_columns),
        }

    def _strings(self, probe: Probe) -> Strings:
        if STRINGS not in self._archive.NameToInfo:
            return NO_STRINGS
        source = Part(self._chunks(STRINGS), b"<sst", b"</sst>", b"</si>")
        source.open(lambda *_: None)
        return read_strings(source.pieces(), probe)

    def _lists(self) -> tuple[dict[str, str], dict[str, Padding]]:
        """Where each sheet lives, and the styles that pad."""
        styles = self._small.get("xl/styles.xml", b"")
        try:
            return sheet_parts(self._archive, self._name), read_paddings(styles)
        except BAD_XML as error:
            raise NotPlain("no XML") from error

    def _part(self, part: str) -> bytes:
        require(self._archive.getinfo(part).file_size <= MAX_SMALL_BYTES, "a large part")
        body = read_part(self._archive, part, self._name)
        require(b"<!DOCTYPE" not in body and b"\0" not in body, "a declaration")
        return body

    def _chunks(self, part: str) -> Iterator[bytes]:
        pieces = chunks(self._archive, part, self._name, self._piece_bytes)
        return _ahead(self._counted.through(pieces))


def _reader(probe: Probe, paddings: dict[str, Padding], strings: Strings) -> Blocks:
    def is_number(attributes: bytes) -> bool:
        return isinstance(probe.values([attributes + _FRACTION])[0], float)

    return Blocks(Kinds(paddings, is_number), OddCells(probe, paddings), strings)


def _hear(walker: Walker, tag: str, attributes: dict[str, str]) -> None:
    """Take note of the columns that are hidden."""
    kind = tag.rpartition(":")[2]
    require(kind not in {"row", "c", "sheetData"}, "cells out of place")
    if kind == "col":
        walker.start(tag, attributes)
