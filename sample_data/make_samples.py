"""Writes the sample spreadsheets, byte for byte the same on every run.

Run it after changing a table below: `python sample_data/make_samples.py [FOLDER]`.
Every number is from a range kept for fiction, so nobody can be texted by mistake.
It must not know anything of `bulksms`: the samples are what the program is tried against.
"""
# ruff: noqa: INP001  a folder of data with its recipe, not a package

import csv
import io
import re
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

Table = Sequence[Sequence[str]]

HEADER = ("Prénom", "Nom", "Téléphone portable", "Ville", "Code postal")

# Twenty people, as many spellings of a number as people really use.
PEOPLE: Table = (
    ("Éloïse", "Marchand", "06 39 98 01 01", "Lyon", "69003"),
    ("Zoë", "Lefèvre", "0639980102", "Besançon", "25000"),
    ("Anaïs", "Dupré", "06.39.98.01.03", "Nîmes", "30000"),
    ("Hélène", "Béranger", "06-39-98-01-04", "Orléans", "45000"),
    ("François", "Lemaître", "+33 6 39 98 01 05", "Saint-Étienne", "42000"),
    ("Jérôme", "Garçon", "+33639980106", "Béziers", "34500"),
    ("Chloé", "Piñol", "0033 6 39 98 01 07", "Perpignan", "66000"),
    ("Noël", "Châtelain", "+33 (0)6 39 98 01 08", "Angoulême", "16000"),
    ("Inès", "Benali", "06/39/98/01/09", "Évreux", "27000"),
    ("Maëlle", "Le Goff", "06 39 98 01 10", "Rennes", "35000"),
    ("Benoît", "D'Arcy", "33639980111", "Nice", "06000"),
    ("Aurélie", "Fournier", "06\u00a039\u00a098\u00a001\u00a012", "Paris", "75011"),
    ("Théo", "Müller", "tel:+33639980113", "Strasbourg", "67000"),
    ("Cécile", "Rousseau", "(06) 39 98 01 14", "Bordeaux", "33000"),
    ("Stéphane", "Morel", "06 39 980 115", "Toulouse", "31000"),
    ("Gaëlle", "Kerbrat", "0639 98 01 16", "Nantes", "44000"),
    ("Loïc", "Thévenot", "+33.6.39.98.01.17", "Grenoble", "38000"),
    ("Siân", "Evans", "+44 7700 900118", "Cardiff", "CF10"),
    ("Renée", "Saint-Just", " 06 39 98 01 19 ", "Bourg-en-Bresse", "01000"),
    ("Agnès", "De La Cruz", "06 39 98 01 20", "Dijon", "21000"),
)

LONG_CITY = "Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson (Marne)"

# One trouble a row; `sample_data/README.md` says which, in the same order.
MESSY: Table = (
    ("Léa", "Bonnet", "06 39 98 02 02", "Lyon", "69003"),
    ("Hugo", "Perrin", "01 99 00 02 03", "Paris", "75011"),
    ("Léa", "Bonnet", "+33 6 39 98 02 02", "Lyon", "69003"),
    ("Adèle", "Colin", "06 39 98 02", "Nîmes", "30000"),
    ("Rémi", "Gaillard", "", "Évreux", "27000"),
    ("Émile", "Renard", "3.36399E+10", "Dijon", "21000"),
    ("Nadia", "Haddad", "06 39 98 02 08 / 06 39 98 12 08", "Lille", "59000"),
    ("Paul", "Joly", "demander à Claire", "Nantes", "44000"),
    ("Manon", "Blanc", "06.39.98.02.10", "Rennes", "35000"),
    ("Yanis", "Robin", "639980211", "Bordeaux", "33000"),
    ("Solène", "Picard", "06 39 98 02 12", LONG_CITY, "51290"),
    ("Marius", "Fabre", "01 99 00 02 13 / 06 39 98 02 13", "Marseille", "13001"),
    ("Océane", "Leroy", "06 39 98 02 14 00 00", "Toulon", "83000"),
    ("", "", "", "", ""),
    ("Gaspard", "Masson", "06 39 98 02 16", "Tours", "37000", "ancien client"),
    ("=1+1", "Formule", "06 39 98 02 17", "Metz", "57000"),
    ("", "Sansprénom", "06 39 98 02 18", "Caen", "14000"),
    ("Owen", "Price", "+44 7700 900219", "Swansea", "SA1"),
)

CRM_HEADER = ("Customer ID", "Created", "Prénom", "Nom", "Mobile", "SMS opt-in")

# What a CRM exports every night: everybody, old and new.
CRM_DUMP: Table = (
    ("10421", "2026-11-02", "Éloïse", "Marchand", "+33639980301", "yes"),
    ("10422", "2026-11-09", "Zoë", "Lefèvre", "+33639980302", "yes"),
    ("10423", "2026-11-16", "Anaïs", "Dupré", "+33639980303", "no"),
    ("10424", "2026-11-17", "Théo", "Müller", "+33199000304", "yes"),
    ("10425", "2026-11-23", "Inès", "Benali", "+33639980305", "yes"),
    ("10426", "2026-11-25", "Loïc", "Thévenot", "+33639980306", "yes"),
    ("10427", "2026-11-27", "", "Rousseau", "+33639980307", "yes"),
    ("10428", "2026-11-28", "Maëlle", "Le Goff", "+33639980308", "yes"),
)

# In other spellings than the lists have them; the last is on no list.
OPT_OUTS: Table = (
    ("+33639980210", "2026-02-14"),
    ("0033 6 39 98 01 20", "2026-03-02"),
    ("06 39 98 99 99", "2026-03-09"),
)

A_DAY_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first a zip archive can hold


def delimited(header: Sequence[str], rows: Table, *, delimiter: str, encoding: str) -> bytes:
    """Write a table as a text file, with the line ends Excel writes."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows([header, *rows])
    return out.getvalue().encode(encoding)


def workbook(header: Sequence[str], rows: Table) -> bytes:
    """Write a table as a workbook whose cells are all text."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Clients"
    for row in [header, *rows]:
        sheet.append(list(row))
    for cell in (cell for cells in sheet.iter_rows() for cell in cells):
        cell.number_format = "@"
    out = io.BytesIO()
    book.save(out)
    return _timeless(out.getvalue())


def _timeless(archive: bytes) -> bytes:
    """Pack a workbook again without the moment it was made and without compression."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w") as new:
        for name in sorted(old.namelist()):
            part = re.sub(
                rb"(?<=W3CDTF\">)[^<]+", b"2026-01-01T00:00:00Z", old.read(name)
            )  # "created" and "modified" in docProps/core.xml
            new.writestr(zipfile.ZipInfo(name, A_DAY_LONG_AGO), part)
    return out.getvalue()


def samples() -> dict[str, bytes]:
    """Give every sample file by name."""
    return {
        "contacts.csv": delimited(HEADER, PEOPLE, delimiter=",", encoding="utf-8"),
        "contacts-windows.csv": delimited(HEADER, PEOPLE, delimiter=";", encoding="cp1252"),
        "contacts.xlsx": workbook(HEADER, PEOPLE),
        "crm-dump.csv": delimited(CRM_HEADER, CRM_DUMP, delimiter=";", encoding="utf-8"),
        "messy.csv": delimited(HEADER, MESSY, delimiter=",", encoding="utf-8"),
        "opt-outs.csv": delimited(("Téléphone", "Date"), OPT_OUTS, delimiter=",", encoding="utf-8"),
    }


def main(folder: Path) -> None:
    """Write every sample into the folder."""
    for name, content in samples().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
