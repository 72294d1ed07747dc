"""Opens zipped workbooks within limits, and refuses hostile ones before a reader sees them."""

import io
import zipfile
import zlib
from collections.abc import Container, Iterator
from xml.etree import ElementTree as ET
from xml.parsers import expat

from bulksms.errors import LoadError

MAX_PARTS = 2_000
MAX_PART_BYTES = 1_000_000_000
MAX_TOTAL_BYTES = 1_500_000_000
RATIO_FREE_BYTES = 10_000_000
MAX_RATIO = 100
CHUNK_BYTES = 1 << 20
HEAD_BYTES = 1 << 14
_DOCTYPE = b"<!DOCTYPE"
_WIDE_DOCTYPE = b"\0".join(_DOCTYPE[at : at + 1] for at in range(len(_DOCTYPE)))  # in UTF-16
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)

# An XML part may name an encoding that does not exist, which is a LookupError.
BAD_XML = (expat.ExpatError, ET.ParseError, LookupError, ValueError)


def open_container(data: bytes, name: str) -> zipfile.ZipFile:
    """Open the archive, or refuse one whose directory is broken or false."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise damaged(name) from error
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise LoadError(
            f"{name} has more than {MAX_PARTS} parts and was not opened: save it again in Excel.",
            code="workbook_unusual",
        )
    _normalise_names(archive)
    names = {part.filename for part in parts}
    climbs = any(".." in part.split("/") or part.startswith("/") for part in names)
    overlaps = sum(part.compress_size for part in parts) > len(data)
    if len(names) < len(parts) or climbs or overlaps:
        raise damaged(name)
    return archive


def _normalise_names(archive: zipfile.ZipFile) -> None:
    """Accept the separators of Windows, and names that all begin at the root."""
    parts = archive.infolist()
    all_rooted = all(part.filename.startswith(("/", "\\")) for part in parts)
    for part in parts:
        name = part.filename.replace("\\", "/")
        part.filename = name.lstrip("/") if all_rooted else name
    archive.NameToInfo = {part.filename: part for part in parts}


def is_encrypted(archive: zipfile.ZipFile) -> bool:
    """Whether a part can be read only with a password."""
    return any(part.flag_bits & 1 for part in archive.infolist())


def chunks(
    archive: zipfile.ZipFile, part: str, name: str, chunk_bytes: int = CHUNK_BYTES
) -> Iterator[bytes]:
    """Inflate one part chunk by chunk, counting its size, which may be false."""
    size = 0
    packed = max(archive.getinfo(part).compress_size, 1)
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(chunk_bytes):
                size += len(chunk)
                if size > RATIO_FREE_BYTES and size > MAX_RATIO * packed:
                    raise LoadError(
                        f"{name} grows to more than {MAX_RATIO} times its size when unpacked and"
                        " was not read.",
                        code="workbook_too_large",
                    )
                if size > MAX_PART_BYTES:
                    raise _too_large(name)
                yield chunk
    except _BROKEN as error:
        raise damaged(name) from error


def check_parts(archive: zipfile.ZipFile, name: str, skip: Container[str] = ()) -> int:
    """Inflate every XML part once to check its size and that it has no DOCTYPE.

    The reader of the parts to `skip` checks those. Gives the number of bytes.
    """
    total = 0
    for part in archive.namelist():
        if part in skip or not part.lower().endswith((".xml", ".rels")):
            continue
        tail = b""
        for chunk in chunks(archive, part, name):
            total += len(chunk)
            window = tail + chunk  # so that no match is cut in two
            tail = window[-len(_WIDE_DOCTYPE) :]
            if _DOCTYPE in window or (b"\0" in window and _WIDE_DOCTYPE in window):
                raise has_doctype(name)
            if total > MAX_TOTAL_BYTES:
                raise _too_large(name)
    return total


def read_part(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    """Return the whole of a small part; nothing when the part is missing."""
    if part not in archive.NameToInfo:
        return b""
    return b"".join(chunks(archive, part, name))


def read_head(archive: zipfile.ZipFile, part: str, name: str) -> bytes:
    """The beginning of a part, of text in UTF-16 without its zeros."""
    return next(chunks(archive, part, name, HEAD_BYTES), b"").replace(b"\0", b"")


def has_doctype(name: str) -> LoadError:
    """Make the error for a document type, which could hold entities."""
    return LoadError(
        f"{name} contains a DOCTYPE, which no spreadsheet needs, and was not read:"
        " save it again in Excel.",
        code="workbook_unusual",
    )


def damaged(name: str) -> LoadError:
    """Make the error for a damaged workbook."""
    return LoadError(
        f"{name} is damaged or incomplete: open it in Excel and save it again.",
        code="workbook_damaged",
    )


def _too_large(name: str) -> LoadError:
    return LoadError(
        f"{name} is larger than 1 GB when unpacked and was not read.", code="workbook_too_large"
    )
