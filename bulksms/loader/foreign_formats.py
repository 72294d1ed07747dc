"""Names formats that are not read, by the bytes they begin with or contain."""

import re
from collections.abc import Collection

__all__ = [
    "describe_bytes",
    "describe_compound",
    "describe_text",
    "describe_zip",
    "is_old_excel",
]

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
    (b"ARROW1", "an Arrow file"),
    (b"Obj\x01", "an Avro file"),
    (b"bplist", "an Apple property list"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard ", "an Access database"),
    (b"MZ\x90", "a Windows program"),
    (b"!BDN", "an Outlook data file"),
    (b"\x7fELF", "a program"),
)
# Old spreadsheets without a container.
_OLD_EXCEL = re.compile(rb"\x09(?:\x00\x04|[\x02\x04]\x06|\x08[\x06\x08\x10])\x00", re.DOTALL)
_HTML = (
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|"
    r"(?:html|head|body|title|table|thead|tbody|caption|t[rdh]|style|script|meta|link|base|center|div|font"
    r"|form|h[1-6]|p|br|hr|a|b|i|u|strong|span|ul|ol|img)\b)"
)
_XML_START = r"\s*(?:<\?xml|<!--|<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=|\s*/?>))"
_MAIL_HEADERS = r"(?:[A-Za-z][\w-]*:[^\n]*\n(?:[ \t][^\n]*\n)*)*?"
_SQL_COMMENTS = r"(?:--[^\n]*\n|/\*.*?\*/;?|SET [^\n]*\n|\s)*"
_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), description)
    for pattern, description in (
        (r"\s*BEGIN:VCARD\s", "a vCard address book"),
        (r"\s*BEGIN:VCALENDAR\s", "an iCalendar file"),
        (
            rf"\s*{_MAIL_HEADERS}(?:MIME-Version:|Content-Type:\s*multipart/)",
            "a web archive or an e-mail (MHTML)",
        ),
        (
            r"(?-i:ID;P[A-Z0-9]*(?:;[A-Z]+)*[\r\n]+(?:P;P|O;|F;[PW]|B;Y|C;[XY]))",
            "a SYLK spreadsheet",
        ),
        (r"TABLE\r?\n0,1\r?\n", "a DIF spreadsheet"),
        (r"\s*(?:#[^\n]*\n|version:\s*1\s*\n|\s)*dn::?\s*\S", "an LDIF address book"),
        (r"\s*\{\\rtf", "an RTF document"),
        (_HTML, "a web page (HTML)"),
        (r"[^<]{0,500}<table\b[^<>]*>\s*<(?:t[rhd]|thead|tbody|caption|col)", "a web page (HTML)"),
        (
            rf"{_XML_START}.{{0,3000}}urn:schemas-microsoft-com:office:spreadsheet",
            "a spreadsheet in Excel's XML format of 2003",
        ),
        (rf"{_XML_START}.{{0,3000}}<office:document[\s>]", "a flat OpenDocument file"),
        (_XML_START, "an XML file"),
        (r'\s*(?:\{\s*"|\[\s*[\[{"])', "a JSON file"),
        (r"%!PS", "a PostScript document"),
        (r"\[InternetShortcut\]", "a shortcut to a web page"),
        (r"-----BEGIN PGP", "a PGP message"),
        (rf"\s*{_MAIL_HEADERS}(?:Received: |Return-Path: |Message-ID: )", "an e-mail"),
        (r"\s*(?:From|To): [^;\t\n]*\n(?:From|To|Subject|Date): [^;\t\n]*\n", "an e-mail"),
        (
            rf"{_SQL_COMMENTS}(?:CREATE (?:TABLE|DATABASE)|DROP TABLE|INSERT INTO)\b",
            "an SQL script",
        ),
        (r"\s*<\?php", "a PHP program"),
        (r"version https://git-lfs", "a pointer of Git LFS without its file"),
    )
)
_ZIP_PARTS: tuple[tuple[str, str], ...] = (
    (r"(?:.*/)?word/document\d*\.xml", "a Word document"),
    (r"(?:.*/)?ppt/presentation\.xml", "a PowerPoint document"),
    (r"(?:.*/)?visio/document\.xml", "a Visio drawing"),
    (r"index/tables/.*\.iwa|.*calculationengine.*\.iwa", "an Apple Numbers spreadsheet"),
    (r"index\.(?:zip|apxl|xml|xml\.gz)|.*\.iwa", "an Apple iWork document"),
    (r"meta-inf/container\.xml", "an e-book (EPUB)"),
    (r".*\.kml", "a map (KMZ)"),
)
_MIMETYPES: tuple[tuple[bytes, str], ...] = (
    (b"opendocument.text", "an OpenDocument text"),
    (b"opendocument.presentation", "an OpenDocument presentation"),
    (b"opendocument", "an OpenDocument file without a table"),
)
_COMPOUND: tuple[tuple[str, str], ...] = (
    ("worddocument", "a Word document"),
    ("powerpoint document", "a PowerPoint document"),
    ("__properties_version1.0", "an Outlook message"),
    ("visiodocument", "a Visio drawing"),
    ("matost", "a Works document"),
    ("wksssworkbook", "a Works spreadsheet"),
    ("quill", "a Publisher document"),
    ("\x05summaryinformation", "an old Office document"),
)


def describe_bytes(data: bytes) -> str:
    """Name a format by its first bytes; "" for none of these."""
    return next(
        (description for signature, description in _SIGNATURES if data.startswith(signature)), ""
    )


def is_old_excel(data: bytes) -> bool:
    """Whether the file is a worksheet of Excel 2 to 5 without a container."""
    return bool(_OLD_EXCEL.match(data))


def describe_text(text: str) -> str:
    """Name a format of text by its beginning; "" for plain text."""
    return next((description for pattern, description in _TEXTS if pattern.match(text)), "")


def describe_zip(parts: Collection[str], mimetype: bytes) -> str:
    """Name the format of a zip by its parts."""
    for kind, description in _MIMETYPES:
        if kind in mimetype:
            return description
    for pattern, description in _ZIP_PARTS:
        if any(re.fullmatch(pattern, part, re.IGNORECASE) for part in parts):
            return description
    return "a zip archive"


def describe_compound(streams: Collection[str]) -> str:
    """Name the format of an OLE compound file by its streams."""
    return next(
        (description for stream, description in _COMPOUND if stream in streams),
        "an old Office document",
    )
