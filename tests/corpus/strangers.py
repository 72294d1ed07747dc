"""Files that are no spreadsheet, under every suffix we accept."""

from bulksms.errors import UnknownFormat
from tests.corpus.case import ROWS, Case
from tests.corpus.texts import PLAIN

SUFFIXES = ("csv", "tsv", "txt", "xlsx", "xlsm", "xls", "ods")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
STRANGERS: dict[str, tuple[bytes, str]] = {
    "png": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 40, "PNG picture"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF document"),
    "html": (b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "web page"),
    "password": (_OLE + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "zip": (b"PK\x05\x06" + b"\0" * 18, "zip archive"),
    "json": (b'[{"phone": "0639980001"}]', "JSON"),
}


def stranger_cases() -> list[Case]:
    """Return every case of this family."""
    refused = [
        Case(file=f"{name}-named.{suffix}", data=data, error=UnknownFormat, sentence=say)
        for name, (data, say) in STRANGERS.items()
        for suffix in SUFFIXES
    ]
    renamed = [
        Case(
            file=f"text-named.{suffix}",
            data=PLAIN.encode(),
            rows=ROWS,
            findings=frozenset({"mislabelled"}),
        )
        for suffix in ("xlsx", "xlsm", "xls", "ods")
    ]
    return refused + renamed
