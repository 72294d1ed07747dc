"""Identifies the format of a file by its content first and its suffix second."""

from enum import StrEnum
from pathlib import PurePath

from bulksms.errors import UnknownFormat
from bulksms.finding import Finding
from bulksms.loader.archive import Archive, damaged_workbook
from bulksms.loader.compound_file import SIGNATURE, stream_names
from bulksms.loader.foreign_formats import (
    describe_bytes,
    describe_compound,
    describe_text,
    describe_zip,
    is_old_excel,
)

__all__ = [
    "FileFormat",
    "detect",
    "may_be_workbook",
    "mislabelled",
    "password_protected",
    "unmarked_utf16",
]


class FileFormat(StrEnum):
    """The formats that the loader reads; csv, tsv and txt are all text."""

    TEXT = "text"
    XLSX = "xlsx"
    XLSM = "xlsm"
    XLS = "xls"
    ODS = "ods"


HEAD_BYTES = 4096
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_TEXT_SUFFIXES = frozenset({"csv", "tsv", "txt"})
_WORKBOOK_SUFFIXES = frozenset({"xlsx", "xlsm", "xls", "ods", "xlsb", "xlt", "xltx"})
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x0b\x0c\x1a\x1b\x00"))
_MAX_CONTROL_SHARE = 0.02
_MANY = 0.4


def may_be_workbook(head: bytes) -> bool:
    """Whether a file that begins so must be read whole to be identified."""
    return head.startswith((*ZIP_SIGNATURES, SIGNATURE)) or is_old_excel(head)


def detect(data: bytes, name: str) -> FileFormat:
    """Identify the format of the content.

    Raises:
        UnknownFormat: it is something else, which the sentence names.
    """
    if PurePath(name).name.startswith("~$"):
        raise _unknown(name, "the lock file of a workbook that is open")
    if data.startswith(ZIP_SIGNATURES):
        return _inside_zip(data, name)
    if data.startswith(SIGNATURE):
        return _inside_compound_file(data, name)
    if is_old_excel(data):
        return FileFormat.XLS
    head = data[:HEAD_BYTES]
    description = describe_bytes(data) or describe_text(_decode(head))
    if not description and _is_binary(head):
        description = "a binary file"
    if description:
        raise _unknown(name, description)
    return FileFormat.TEXT


def unmarked_utf16(data: bytes) -> str | None:
    """Recognise UTF-16 without a byte order mark by where its zero bytes are."""
    probe = data[: HEAD_BYTES // 2 * 2]
    half = len(probe) // 2
    if half < 2:  # noqa: PLR2004 - one character proves nothing
        return None
    even, odd = probe[0::2].count(0) / half, probe[1::2].count(0) / half
    if odd > _MANY and even < _MANY / 10:
        return "utf-16-le"
    if even > _MANY and odd < _MANY / 10:
        return "utf-16-be"
    return None


def mislabelled(path: str, file_format: FileFormat) -> tuple[Finding, ...]:
    """Return a finding when the suffix does not fit the content."""
    suffix = PurePath(path).suffix.lower().lstrip(".")
    fitting, description = frozenset({file_format.value}), f"an {file_format.value} workbook"
    if file_format is FileFormat.TEXT:
        fitting, description = _TEXT_SUFFIXES, "delimited text"
    if suffix not in (_TEXT_SUFFIXES | _WORKBOOK_SUFFIXES) - fitting:
        return ()
    message = f"{path} is named .{suffix} but contains {description}: it was read as such."
    return (Finding(code="mislabelled", message=message),)


def _inside_zip(data: bytes, name: str) -> FileFormat:
    from bulksms.loader.workbook.xlsx_package import find_workbook_part  # a text needs none

    archive = Archive(data, name)
    if archive.is_encrypted:
        raise password_protected(name)
    if any(part.lower().endswith("workbook.bin") for part in archive.parts):
        raise UnknownFormat(
            f"{name} is a binary workbook (xlsb): save it as xlsx.", code="binary_workbook"
        )
    if find_workbook_part(archive):
        has_macros = any(part.lower().endswith("vbaproject.bin") for part in archive.parts)
        return FileFormat.XLSM if has_macros else FileFormat.XLSX
    mimetype = archive.read("mimetype")
    manifest = archive.read("META-INF/manifest.xml")
    if b"opendocument.spreadsheet" in (mimetype or manifest):
        if b"encryption-data" in manifest:
            raise password_protected(name)
        return FileFormat.ODS
    raise _unknown(name, describe_zip(archive.parts, mimetype))


def _inside_compound_file(data: bytes, name: str) -> FileFormat:
    streams = stream_names(data)
    if "encryptedpackage" in streams or (not streams and _ENCRYPTED in data):
        raise password_protected(name)
    if streams & {"workbook", "book"}:
        return FileFormat.XLS
    if not streams:
        raise damaged_workbook(name)
    raise _unknown(name, describe_compound(streams))


def _decode(head: bytes) -> str:
    """Decode the beginning of a text well enough to see its markup."""
    encoding = unmarked_utf16(head) or "latin-1"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    return head.decode(encoding, "replace").removeprefix("\xef\xbb\xbf").removeprefix("\ufeff")


def is_utf16(head: bytes) -> bool:
    """Whether the text is UTF-16 or UTF-32, in which zero bytes are usual."""
    marks = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
    return head.startswith(marks) or unmarked_utf16(head) is not None


def _is_binary(head: bytes) -> bool:
    if is_utf16(head):
        return False
    head = head.rstrip(b"\0\x1a")
    zeros = head.count(0)
    control = len(head) - len(head.translate(None, _CONTROL))
    return control > len(head) * _MAX_CONTROL_SHARE or zeros > len(head) * 0.1


def password_protected(name: str) -> UnknownFormat:
    """Make the error for a workbook that opens only with a password."""
    return UnknownFormat(
        f"{name} is protected by a password: remove the password and save it again.",
        code="list_has_password",
    )


def _unknown(name: str, description: str) -> UnknownFormat:
    return UnknownFormat(
        f"{name} is {description}, which cannot be read: save the contacts as xlsx or csv.",
        code="not_a_list",
    )
