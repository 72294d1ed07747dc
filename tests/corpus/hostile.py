"""Workbooks that no one's spreadsheet program writes: archives that lie, and far too much of it."""

import io
import re
import struct
import warnings
import zipfile
from collections.abc import Callable

from bulksms.errors import LoadError, UnknownFormat
from tests.corpus.case import HEADER, ROWS, Case
from tests.corpus.formats import ods, with_parts, xls, xlsx

LINES = [HEADER, *ROWS.values()]
SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"


def hostile_cases() -> list[Case]:
    """Return every case of this family."""
    whole = xlsx(LINES)
    return [
        _refused("twice-the-part.xlsx", _twice(whole), "is damaged"),
        _refused("overlap.xlsx", _overlapping(whole), "is damaged"),
        _refused("rooted.xlsx", with_parts(whole, {"/etc/a.xml": bytes}), "is damaged"),
        _refused("size-that-lies.xlsx", _false_size(whole), "is damaged"),
        _refused("directory-gone.xlsx", whole[: whole.rindex(b"PK\x01\x02")], "is damaged"),
        *_doctypes(whole),
        _refused(
            "content-bomb.ods", with_parts(ods(LINES), {"content.xml": _bomb}), "when unpacked"
        ),
        _refused("cut-short.ods", ods(LINES)[:-400], "is damaged"),
        _refused("cut-short.xls", xls(LINES)[:-300], "is damaged or"),
        Case(
            file="binary.xlsb",
            data=with_parts(whole, {"xl/workbook.bin": bytes}),
            error=UnknownFormat,
            sentence="save it as xlsx",
        ),
        _repeated_rows(),
    ]


def _twice(data: bytes) -> bytes:
    out = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(out, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


def _overlapping(data: bytes) -> bytes:
    """Let every entry of the directory begin where the largest does, as a bomb of Fifield's."""
    entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    largest = max(entries, key=lambda entry: entry.compress_size)
    body = bytearray(data)
    for offset in (match.start() for match in re.finditer(rb"PK\x01\x02", data)):
        struct.pack_into("<I", body, offset + 20, largest.compress_size)
        struct.pack_into("<I", body, offset + 42, largest.header_offset)
    return bytes(body)


def _false_size(data: bytes) -> bytes:
    """Say of every part that it inflates to one byte."""
    body = bytearray(data)
    for offset in (match.start() for match in re.finditer(rb"PK\x01\x02", data)):
        struct.pack_into("<I", body, offset + 24, 1)
    return bytes(body)


def _doctypes(whole: bytes) -> list[Case]:
    entities = b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;&b;&b;">]>'
    outside = b'<!DOCTYPE a SYSTEM "file:///etc/passwd">'

    def before(tag: bytes, doctype: bytes) -> Callable[[bytes], bytes]:
        return lambda body: body.replace(tag, doctype + tag, 1)

    return [
        _refused(f"{name}.{suffix}", with_parts(data, {part: before(tag, doctype)}), "DOCTYPE")
        for name, doctype in {"entity-bomb": entities, "outside-entity": outside}.items()
        for suffix, data, part, tag in (
            ("xlsx", whole, BOOK, b"<workbook"),
            ("ods", ods(LINES), "content.xml", b"<office:document-content"),
        )
    ]


def _bomb(body: bytes) -> bytes:
    return body.replace(b"</office:body>", b" " * 30_000_000 + b"</office:body>")


def _repeated_rows() -> Case:
    """Let an ods say that its blank last row is repeated a million times, as most of them do."""
    many = b'<table:table-row table:number-rows-repeated="1048572"><table:table-cell'
    many += b' table:number-columns-repeated="16384"/></table:table-row></table:table>'

    def fill(body: bytes) -> bytes:
        return body.replace(b"</table:table>", many, 1)

    return Case(file="repeated-rows.ods", data=with_parts(ods(LINES), {"content.xml": fill}))


def _refused(file: str, data: bytes, say: str) -> Case:
    return Case(file=file, data=data, error=LoadError, sentence=say)
