"""Identifies the format of a file by its content first and its suffix second."""

import re
import zipfile
from enum import StrEnum
from pathlib import PurePath

from bulksms.errors import UnknownFormat
from bulksms.finding import Finding
from bulksms.loader.archive import open_container, read_part


class Kind(StrEnum):
    """The families of content the loader reads."""

    TEXT = "text"
    XLSX = "xlsx"
    XLSM = "xlsm"
    XLS = "xls"
    ODS = "ods"


HEAD_BYTES = 4096
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a media file"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"MZ\x90", "a Windows program"),
    (b"\x7fELF", "a program"),
)
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table)",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(r"\s*<\?xml|\s*<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=|\s*/?>)")
_JSON = re.compile(r'\s*(?:\{\s*"|\[\s*[\[{"])')
_SUFFIXES = {
    Kind.TEXT: frozenset({"csv", "tsv", "txt", "tab", ""}),
    Kind.XLSX: frozenset({"xlsx", ""}),
    Kind.XLSM: frozenset({"xlsm", ""}),
    Kind.XLS: frozenset({"xls", ""}),
    Kind.ODS: frozenset({"ods", ""}),
}
_KNOWN = frozenset({"csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods", "xlsb", "xlt", "xltx"})
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a\x1b\x00"))
_MAX_CONTROL_SHARE = 0.02
_PROBE_BYTES = 4096
_MANY = 0.4


def detect(data: bytes, name: str) -> Kind:
    """Identify the kind of the content.

    Raises:
        UnknownFormat: it is something else, which the sentence names.
    """
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _inside_zip(data, name)
    if data.startswith(_OLE):
        return _inside_ole(data, name)
    for signature, what in _SIGNATURES:
        if data.startswith(signature):
            raise _unknown(name, what)
    head = data[:HEAD_BYTES]
    _refuse_markup(head, name)
    if _is_binary(head):
        raise _unknown(name, "a binary file")
    return Kind.TEXT


def unmarked_utf16(data: bytes) -> str | None:
    """Recognise UTF-16 without a byte order mark by where its zero bytes are."""
    probe = data[: _PROBE_BYTES // 2 * 2]
    half = len(probe) // 2
    if half < 2:  # noqa: PLR2004 - one character proves nothing
        return None
    even, odd = probe[0::2].count(0) / half, probe[1::2].count(0) / half
    if odd > _MANY and even < _MANY / 10:
        return "utf-16-le"
    if even > _MANY and odd < _MANY / 10:
        return "utf-16-be"
    return None


def mislabelled(path: str, kind: Kind) -> tuple[Finding, ...]:
    """Give a finding when the suffix does not fit the content."""
    suffix = PurePath(path).suffix.lower().lstrip(".")
    if suffix not in _KNOWN or suffix in _SUFFIXES[kind]:
        return ()
    what = "delimited text" if kind is Kind.TEXT else f"an {kind.value} workbook"
    message = f"{path} is named .{suffix} but contains {what}: it was read as such."
    return (Finding(code="mislabelled", message=message),)


def _inside_zip(data: bytes, name: str) -> Kind:
    archive = open_container(data, name)
    names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        raise UnknownFormat(f"{name} is a binary workbook (xlsb): save it as xlsx.")
    if any(part.startswith("xl/") for part in names):
        return Kind.XLSM if "xl/vbaProject.bin" in names else Kind.XLSX
    if b"opendocument.spreadsheet" in read_part(archive, "mimetype", name):
        _refuse_encrypted_ods(archive, name)
        return Kind.ODS
    for prefix, what in (("word/", "a Word document"), ("ppt/", "a PowerPoint document")):
        if any(part.startswith(prefix) for part in names):
            raise _unknown(name, what)
    raise _unknown(name, "a zip archive")


def _refuse_encrypted_ods(archive: zipfile.ZipFile, name: str) -> None:
    if b"encryption-data" in read_part(archive, "META-INF/manifest.xml", name):
        raise password_protected(name)


def _inside_ole(data: bytes, name: str) -> Kind:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise password_protected(name)
    if any(stream.encode("utf-16-le") in data for stream in ("Workbook", "Book")):
        return Kind.XLS
    if "WordDocument".encode("utf-16-le") in data:
        raise _unknown(name, "a Word document")
    raise _unknown(name, "an old Office document")


def _refuse_markup(head: bytes, name: str) -> None:
    encoding = unmarked_utf16(head) or "latin-1"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    text = head.decode(encoding, "replace")
    text = text.removeprefix("\xef\xbb\xbf").removeprefix("\ufeff")
    for pattern, what in (
        (_HTML, "a web page (HTML)"),
        (_XML, "an XML file"),
        (_JSON, "a JSON file"),
    ):
        if pattern.match(text):
            raise _unknown(name, what)


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")) or unmarked_utf16(head):
        return False
    zeros = head.count(0)
    control = len(head) - len(head.translate(None, _CONTROL))
    return control > len(head) * _MAX_CONTROL_SHARE or zeros > len(head) * 0.1


def password_protected(name: str) -> UnknownFormat:
    """Make the error for a workbook that opens only with a password."""
    return UnknownFormat(
        f"{name} is protected by a password: remove the password and save it again."
    )


def _unknown(name: str, what: str) -> UnknownFormat:
    return UnknownFormat(f"{name} is {what}, not a spreadsheet: save the contacts as xlsx or csv.")
