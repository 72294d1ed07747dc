"""A file is what its content says; every refusal is true and names the format."""

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bulksms.errors import UnknownFormat
from bulksms.loader import open_sheets
from bulksms.loader.compound_file import stream_names
from bulksms.loader.sheets import read_sheets
from tests.corpus.formats import ods, with_parts, xls, xlsx
from tests.sheets import cells_of

CASES = Path(__file__).parents[2] / "cases"
LINES = [["phone", "name"], ["0639980001", "Ada"]]
SUFFIXES = ["csv", "txt", "xlsx", "xls", "ods"]


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


FOREIGN: dict[str, tuple[bytes, str]] = {
    "vcard": (b"BEGIN:VCARD\r\nVERSION:3.0\r\nTEL:+33639980001\r\nEND:VCARD\r\n", "a vCard"),
    "vcard with mark": (b"\xef\xbb\xbfbegin:vcard\nTEL:0639980001\n", "a vCard"),
    "calendar": (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "an iCalendar file"),
    "mhtml": (b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n", "a web archive"),
    "mail": (b"From: a@example.com\nTo: b@example.com\nMIME-Version: 1.0\n\n", "a web archive"),
    "sylk": (b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K1\r\n", "a SYLK spreadsheet"),
    "dif": (b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n', "a DIF spreadsheet"),
    "ldif": (b"version: 1\n\ndn: cn=Ada\nmobile: 0639980001\n", "an LDIF address book"),
    "rtf": (b"{\\rtf1\\ansi 0639980001}", "an RTF document"),
    "json": (b'{"contacts": []}', "a JSON file"),
    "xml of 2003": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "a spreadsheet in Excel's XML format of 2003",
    ),
    "flat ods": (
        b'<?xml version="1.0"?>\n<office:document xmlns:office="urn:x">',
        "a flat OpenDocument file",
    ),
    "xml": (b'<?xml version="1.0"?>\n<rows/>', "an XML file"),
    "utf-16 html": ("\ufeff<html><table>".encode("utf-16-le"), "a web page"),
    "numbers": (zipped("Index/Document.iwa", "Index/Tables/DataList.iwa"), "an Apple Numbers"),
    "word": (zipped("[Content_Types].xml", "word/document.xml"), "a Word document"),
    "zip": (zipped("list.csv"), "a zip archive"),
    "iwork": (zipped("index.apxl"), "an Apple iWork document"),
    "shortcut": (b"[InternetShortcut]\r\nURL=https://example.com\r\n", "a shortcut to a web page"),
    "e-mail": (b"From: a@example.com\r\nTo: b@example.com\r\n\r\nBonjour\r\n", "an e-mail"),
    "received": (b"Received: from x\r\nReturn-Path: <a@example.com>\r\n", "an e-mail"),
    "sql": (b"-- dump\n\nINSERT INTO people VALUES ('Ada','0639980001');\n", "an SQL script"),
    "php": (b"<?php echo 1;", "a PHP program"),
    "access": (b"\x00\x01\x00\x00Standard Jet DB\x00", "an Access database"),
}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_format_that_is_not_read_is_named_whatever_its_suffix(kind: str, suffix: str) -> None:
    data, what = FOREIGN[kind]
    with pytest.raises(UnknownFormat) as caught:
        read_sheets(data, f"a.{suffix}")
    sentence = str(caught.value)
    assert sentence.startswith(f"a.{suffix} is {what}")
    assert sentence.endswith(", which cannot be read: save the contacts as xlsx or csv.")


def test_the_cases_of_other_formats_are_named() -> None:
    for file, what in (("vcard.csv", "a vCard address book"), ("mhtml.xls", "a web archive")):
        with pytest.raises(UnknownFormat, match=f"is {what}"):
            open_sheets(CASES / file)


@pytest.mark.parametrize(
    "text",
    [
        "ID;Prenom\nP;Paul\n",
        "ID;PRENOM\nAB;Paul\n",
        "dn;phone\nx;0639980001\n",
        "From;To\n0639980001;0639980002\n",
        "table;phone\n0,1;0639980001\n",
        "From: To\n0639980001\n",
    ],
)
def test_a_list_that_only_begins_like_another_format_is_read(text: str) -> None:
    (sheet,) = read_sheets(text.encode(), "a.csv")
    assert len(sheet.rows) == 1


def rows(data: bytes, name: str = "a.xlsx") -> list[list[str]]:
    (sheet,) = read_sheets(data, name)
    return cells_of(sheet.rows)


@pytest.mark.parametrize("name", ["backslash_entries", "strings_at_root"])
def test_a_workbook_with_unusual_packaging_is_read(name: str) -> None:
    data = (CASES / f"{name}.xlsx").read_bytes()
    assert rows(data) == [["Zoé", "06 12 34 23 01", "Lyon"], ["Max", "06 12 34 23 02", "Nice"]]


def renamed(data: bytes, rename: Callable[[str], str | None]) -> bytes:
    """Rename the parts of a workbook, and what its relationships call them."""
    old = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(rename(name) or name, old.read(name))
    return out.getvalue()


def replaced(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    def change(body: bytes) -> bytes:
        assert old in body
        return body.replace(old, new)

    return with_parts(data, {part: change})


BOOK = "xl/workbook.xml"
LINKS = "xl/_rels/workbook.xml.rels"
PACKAGINGS: dict[str, Callable[[bytes], bytes]] = {
    "capitals": lambda data: renamed(data, str.upper),
    "from the root": lambda data: renamed(data, lambda name: f"/{name}"),
    "relative targets": lambda data: replaced(data, LINKS, b'"/xl/', b'"'),
    "backslash targets": lambda data: replaced(data, LINKS, b"worksheets/", b"worksheets\\"),
    "no relationships": lambda data: without(data, LINKS, "_rels/.rels"),
    "nothing but the sheet": lambda data: without(
        data, "[Content_Types].xml", "_rels/.rels", "xl/styles.xml", "docProps/app.xml"
    ),
    "another name": lambda data: replaced(
        replaced(
            renamed(
                data,
                {BOOK: "xl/book.xml", LINKS: "xl/_rels/book.xml.rels"}.get,
            ),
            "_rels/.rels",
            b"xl/workbook.xml",
            b"xl/book.xml",
        ),
        "[Content_Types].xml",
        b"xl/workbook.xml",
        b"xl/book.xml",
    ),
    "no folder": lambda data: replaced(
        renamed(data, lambda name: name.removeprefix("xl/")),
        "_rels/.rels",
        b"xl/workbook",
        b"workbook",
    ),
}


def without(data: bytes, *parts: str) -> bytes:
    old = zipfile.ZipFile(io.BytesIO(data))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
    return out.getvalue()


@pytest.mark.parametrize("packaging", PACKAGINGS)
def test_a_workbook_is_read_however_it_is_packed(packaging: str) -> None:
    assert rows(PACKAGINGS[packaging](xlsx(LINES))) == [["0639980001", "Ada"]]


def test_a_macro_sheet_beside_the_list_is_no_list() -> None:
    data = replaced(
        xlsx(LINES),
        BOOK,
        b"</sheets>",
        b'<sheet name="Macro1" sheetId="9" r:id="rId99" xmlns:r="http://schemas.openxmlformats'
        b'.org/officeDocument/2006/relationships"/></sheets>',
    )
    macro = (
        b'<Relationship Id="rId99" Target="/xl/macrosheets/sheet1.xml" Type="http://schemas'
        b'.microsoft.com/office/2006/relationships/xlMacrosheet"/></Relationships>'
    )
    data = replaced(data, LINKS, b"</Relationships>", macro)
    data = with_parts(data, {"xl/macrosheets/sheet1.xml": lambda _: b"<xm:macrosheet/>"})
    assert rows(data) == [["0639980001", "Ada"]]


def test_an_xls_whose_stream_is_named_in_capitals_is_read() -> None:
    name = "Workbook".encode("utf-16-le")
    data = xls(LINES)
    assert data.count(name) == 1
    assert rows(data.replace(name, "WORKBOOK".encode("utf-16-le")), "a.xls") == [
        ["0639980001", "Ada"]
    ]


def test_a_password_protected_xls_is_called_protected() -> None:
    data = xls(LINES)
    # FILEPASS follows the beginning of the workbook, here in place of an unimportant record.
    begin = data.index(struct.pack("<HH", 0x0809, 16))
    at = begin + 4 + 16
    size = struct.unpack_from("<H", data, at + 2)[0]
    data = data[:at] + struct.pack("<HH", 0x2F, size) + data[at + 4 :]
    with pytest.raises(UnknownFormat, match="is protected by a password"):
        read_sheets(data, "a.xls")


def test_the_streams_of_a_compound_file_are_listed() -> None:
    assert stream_names(xls(LINES)) == {"root entry", "workbook"}
    assert stream_names(xls(LINES)[:600]) == frozenset()


def test_a_zip_with_a_password_is_called_protected() -> None:
    data = bytearray(xlsx(LINES))
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(UnknownFormat, match="is protected by a password"):
        read_sheets(bytes(data), "a.xlsx")


def test_a_protected_ods_is_called_protected() -> None:
    data = with_parts(
        ods(LINES),
        {"META-INF/manifest.xml": lambda _: b"<manifest:encryption-data/>"},
    )
    with pytest.raises(UnknownFormat, match="is protected by a password"):
        read_sheets(data, "a.ods")


def test_the_lock_file_of_an_open_workbook_is_named() -> None:
    with pytest.raises(UnknownFormat, match="is the lock file of a workbook that is open"):
        read_sheets(b"\x05Ada L" + b" " * 150, "shop/~$list.xlsx")


@pytest.mark.parametrize(
    "start",
    ["<center>", "<div class='x'>", "<font size=2>", "<tr><td>", "<p>Liste</p>", "<br>",
     "<title>x</title>", "<script>x</script>", "<h1>Liste</h1>", "Liste des clients\n<table><tr>",
     "<thead><tr>", "<base href=x>"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".xls", ".csv"])
def test_a_web_page_is_named_whatever_it_begins_with(start: str, suffix: str) -> None:
    page = f"{start}<td>Portable</td></tr><tr><td>0639980001</td></tr></table>"
    with pytest.raises(UnknownFormat, match=r"a web page \(HTML\)"):
        list(read_sheets(page.encode(), f"list{suffix}"))
