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


class Archive:
    """A zipped workbook, of which parts are unpacked within limits.

    Attributes:
        name: the file in messages.
        parts: the names of its parts, in order.
    """

    def __init__(self, data: bytes, name: str) -> None:
        """Open it.

        Raises:
            LoadError: its directory is broken or false.
        """
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN as error:
            raise damaged_workbook(name) from error
        parts = self._zip.infolist()
        if len(parts) > MAX_PARTS:
            raise LoadError(
                f"{name} has more than {MAX_PARTS} parts and was not opened: save it again in"
                " Excel.",
                code="workbook_unusual",
            )
        self._normalise_names()
        self.parts = tuple(part.filename for part in parts)
        climbs = any(".." in part.split("/") or part.startswith("/") for part in self.parts)
        overlaps = sum(part.compress_size for part in parts) > len(data)
        if len(set(self.parts)) < len(parts) or climbs or overlaps:
            raise damaged_workbook(name)

    def _normalise_names(self) -> None:
        """Accept the separators of Windows, and names that all begin at the root."""
        parts = self._zip.infolist()
        all_rooted = all(part.filename.startswith(("/", "\\")) for part in parts)
        for part in parts:
            name = part.filename.replace("\\", "/")
            part.filename = name.lstrip("/") if all_rooted else name
        self._zip.NameToInfo = {part.filename: part for part in parts}

    def __contains__(self, part: str) -> bool:
        return part in self._zip.NameToInfo

    @property
    def is_encrypted(self) -> bool:
        """Whether a part can be read only with a password."""
        return any(part.flag_bits & 1 for part in self._zip.infolist())

    def size(self, part: str) -> int:
        """Return how many bytes a part is said to have when it is unpacked."""
        return self._zip.getinfo(part).file_size

    def chunks(self, part: str, chunk_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
        """Inflate one part chunk by chunk, counting its size, which may be false.

        Raises:
            LoadError: it is damaged or too large.
        """
        size = 0
        packed = max(self._zip.getinfo(part).compress_size, 1)
        try:
            with self._zip.open(part) as stream:
                while chunk := stream.read(chunk_bytes):
                    size += len(chunk)
                    if size > RATIO_FREE_BYTES and size > MAX_RATIO * packed:
                        raise LoadError(
                            f"{self.name} grows to more than {MAX_RATIO} times its size when"
                            " unpacked and was not read.",
                            code="workbook_too_large",
                        )
                    if size > MAX_PART_BYTES:
                        raise _too_large(self.name)
                    yield chunk
        except _BROKEN as error:
            raise damaged_workbook(self.name) from error

    def read(self, part: str) -> bytes:
        """Return the whole of a small part; nothing when the part is missing."""
        return b"".join(self.chunks(part)) if part in self else b""

    def read_head(self, part: str) -> bytes:
        """Return the beginning of a part, of text in UTF-16 without its zeros."""
        return next(self.chunks(part, HEAD_BYTES), b"").replace(b"\0", b"")

    def check_parts(self, skip: Container[str] = ()) -> None:
        """Inflate every XML part once to check its size and that it has no DOCTYPE.

        The reader of the parts to `skip` checks those.
        """
        total = 0
        for part in self.parts:
            if part in skip or not part.lower().endswith((".xml", ".rels")):
                continue
            tail = b""
            for chunk in self.chunks(part):
                total += len(chunk)
                window = tail + chunk  # so that no match is cut in two
                tail = window[-len(_WIDE_DOCTYPE) :]
                if _DOCTYPE in window or (b"\0" in window and _WIDE_DOCTYPE in window):
                    raise doctype_error(self.name)
                if total > MAX_TOTAL_BYTES:
                    raise _too_large(self.name)


def doctype_error(name: str) -> LoadError:
    """Make the error for a document type, which could hold entities."""
    return LoadError(
        f"{name} contains a DOCTYPE, which no spreadsheet needs, and was not read:"
        " save it again in Excel.",
        code="workbook_unusual",
    )


def damaged_workbook(name: str) -> LoadError:
    """Make the error for a damaged workbook."""
    return LoadError(
        f"{name} is damaged or incomplete: open it in Excel and save it again.",
        code="workbook_damaged",
    )


def _too_large(name: str) -> LoadError:
    return LoadError(
        f"{name} is larger than 1 GB when unpacked and was not read.", code="workbook_too_large"
    )
