"""Finds the parts of an xlsx by their relationships: sheets, shared strings, styles."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from bulksms.loader.archive import BAD_XML, Archive, damaged_workbook
from bulksms.loader.display_locale import DisplayLocale
from bulksms.loader.workbook.cell_text import CellFormat, make_cell_format
from bulksms.loader.workbook.sheet_choice import SheetTitle

__all__ = ["XlsxPackage", "find_workbook_part", "open_package"]

_SHEET_PART = re.compile(r"(?:.*/)?sheet(\d+)\.xml$", re.IGNORECASE)
_WORKBOOK = re.compile(rb"<(?:[\w.-]+:)?workbook[\s>]")
_TRUE = frozenset({"1", "true", "on"})


@dataclass(frozen=True, slots=True, kw_only=True)
class XlsxPackage:
    """The parts of an xlsx.

    Attributes:
        sheets: the worksheets, in order.
        parts: the name of the part of each sheet.
        strings: the part with the shared strings; "" when there is none.
        formats: the number format of each cell style.
    """

    archive: Archive
    sheets: tuple[SheetTitle, ...]
    parts: tuple[str, ...]
    strings: str
    formats: tuple[CellFormat, ...]
    date_1904: bool


@dataclass(frozen=True, slots=True)
class _Relationship:
    kind: str
    part: str


def find_workbook_part(archive: Archive) -> str:
    """Find the part that lists the sheets; "" when this is not a workbook.

    Raises:
        LoadError: the archive is damaged.
    """
    links = _relationships(archive, "")
    named = [link.part for link in links.values() if link.kind == "officeDocument"]
    usual = [part for part in archive.parts if part.lower().endswith("workbook.xml")]
    for part in named:
        if part in archive and _WORKBOOK.search(archive.read_head(part)):
            return part
    return next(iter(usual), "")


def open_package(archive: Archive, locale: DisplayLocale) -> XlsxPackage:
    """Read the small parts of an xlsx.

    Raises:
        LoadError: it is damaged.
    """
    part = find_workbook_part(archive)
    body = archive.read(part)
    if not body:
        raise damaged_workbook(archive.name)
    try:
        root = ET.fromstring(body)  # noqa: S314 - DOCTYPE is refused before
        links = _relationships(archive, part)
        sheets = list(_sheets(archive, root, links))
        styles = _part_of_kind(archive, part, links, "styles", "styles.xml")
        formats = _formats(archive.read(styles), locale)
    except BAD_XML as error:
        raise damaged_workbook(archive.name) from error
    return XlsxPackage(
        archive=archive,
        sheets=tuple(sheet for sheet, _ in sheets),
        parts=tuple(part for _, part in sheets),
        strings=_part_of_kind(archive, part, links, "sharedStrings", "sharedStrings.xml"),
        formats=formats,
        date_1904=any(
            node.get("date1904", "").lower() in _TRUE for node in _named(root, "workbookPr")
        ),
    )


def _named(root: ET.Element, name: str) -> Iterator[ET.Element]:
    """The elements of this name, in whatever namespace."""
    return (node for node in root.iter() if node.tag.rpartition("}")[2] == name)


def _relationships(archive: Archive, part: str) -> dict[str, _Relationship]:
    """The relationships of a part or of the package, by id."""
    folder, base = posixpath.split(part)
    body = archive.read(posixpath.join(folder, "_rels", f"{base}.rels"))
    if not body:
        return {}
    try:
        root = ET.fromstring(body)  # noqa: S314 - DOCTYPE is refused before
    except BAD_XML as error:
        raise damaged_workbook(archive.name) from error
    return {
        node.get("Id", ""): _Relationship(
            node.get("Type", "").rpartition("/")[2],
            _resolve(archive, folder, node.get("Target", "")),
        )
        for node in _named(root, "Relationship")
    }


def _resolve(archive: Archive, folder: str, target: str) -> str:
    """The part that a target names: relative or absolute, in any case, or moved."""
    target = target.replace("\\", "/")
    path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
    for candidate in (path, unquote(path)):
        if candidate in archive:
            return candidate
        for part in archive.parts:
            if part.lower() == candidate.lower():
                return part
    end = "/" + "/".join(path.split("/")[-2:])
    moved = [part for part in archive.parts if f"/{part}".endswith(end)]
    return moved[0] if len(moved) == 1 else path


def _sheets(
    archive: Archive, root: ET.Element, links: dict[str, _Relationship]
) -> Iterator[tuple[SheetTitle, str]]:
    """The worksheets; charts, dialogs and macro sheets are none."""
    for at, node in enumerate(_named(root, "sheet"), start=1):
        link = links.get(next((node.attrib[key] for key in node.attrib if _is_id(key)), ""))
        if link is not None and link.kind != "worksheet":
            continue
        part = link.part if link else _numbered_sheet(archive, at)
        if part not in archive:
            raise LookupError(part)
        is_hidden = node.get("state", "visible") in {"hidden", "veryHidden"}
        yield SheetTitle(node.get("name", ""), is_hidden), part


def _is_id(key: str) -> bool:
    return key.endswith("}id") or key == "r:id"


def _numbered_sheet(archive: Archive, number: int) -> str:
    """The part that is called as the sheet of this number, where no relationship names one."""
    for part in archive.parts:
        match = _SHEET_PART.match(part)
        if match and int(match[1]) == number:
            return part
    return ""


def _part_of_kind(
    archive: Archive, part: str, links: dict[str, _Relationship], kind: str, usual: str
) -> str:
    for link in links.values():
        if link.kind == kind and link.part in archive:
            return link.part
    resolved = _resolve(archive, posixpath.dirname(part), usual)
    return resolved if resolved in archive else ""


def _formats(styles: bytes, locale: DisplayLocale) -> tuple[CellFormat, ...]:
    """The number format of each cell style."""
    if not styles:
        return ()
    root = ET.fromstring(styles)  # noqa: S314 - DOCTYPE is refused before
    codes = {
        node.get("numFmtId", ""): node.get("formatCode", "") for node in _named(root, "numFmt")
    }
    cells = next(_named(root, "cellXfs"), None)
    made: dict[str, CellFormat] = {}
    formats = []
    for style in cells if cells is not None else ():
        number = style.get("numFmtId", "0")
        if number not in made:
            format_id = int(number) if number.isdecimal() else 0
            made[number] = make_cell_format(format_id, codes.get(number, ""), locale)
        formats.append(made[number])
    return tuple(formats)
