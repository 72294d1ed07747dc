"""The files every program reads: a CRM export of twelve columns, the same for the same seed.

python -m benchmarks.inputs ROWS FILE.csv|FILE.xlsx
"""

import csv
import random
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.mix import mixed

SEED = 7
HEADER = (
    "Record ID", "First Name", "Last Name", "Mobile", "Email", "Company", "City", "Postal Code",
    "Tags", "Created", "Language", "Notes",
)  # fmt: skip
FIRST = ("Zoë", "Inès", "Jean", "Éloïse", "Paul", "Maël", "Anaïs", "François", "Chloé", "Léa")
LAST = ("Martin", "Bernard", "de La Cruz", "Lefèvre", "Müller", "O'Brien", "Garcia", "Noël")
CITIES = ("Paris", "Lyon", "Saint-Étienne", "Bordeaux", "Nîmes", "Orléans", "L'Haÿ-les-Roses")
NOTES = ("", "", "", "", "à rappeler, urgent", 'dit "Jo", merci', "client; depuis 2019")
QUOTED_NEWLINES = 0.02


def rows(count: int) -> Iterator[list[str]]:
    """Write the rows below the header."""
    chance = random.Random(SEED)
    for number, phone in enumerate(mixed(count)):
        last = chance.choice(LAST)
        lines = chance.random() < QUOTED_NEWLINES
        yield [
            str(number),
            chance.choice(FIRST),
            last,
            phone,
            f"person{number}@example.com",
            f"{last} et fils",
            chance.choice(CITIES),
            f"{chance.randrange(1000, 98999):05}",
            "client;actif",
            f"2026-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}",
            "fr",
            "première ligne\nseconde ligne" if lines else chance.choice(NOTES),
        ]


def write_csv(path: Path, count: int) -> None:
    """Write a CSV of so many rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(rows(count))


def write_workbook(path: Path, count: int) -> None:
    """Write an XLSX of so many rows, every cell as text."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Contacts")
        for at, cells in enumerate(_all(count)):
            for column, cell in enumerate(cells):
                sheet.write_string(at, column, cell)


def write_contacts(path: Path, count: int) -> None:
    """Write a CSV of so many people, each with a mobile number that no one else there has.

    The numbers are counted up through the French plan and may well be someone's: they may be
    sent to a sandbox only.
    """
    chance = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("Mobile,First Name,Last Name,City\n")
        file.writelines(
            f"06{number + 10_000_000},{chance.choice(FIRST)},{chance.choice(LAST)},"
            f"{chance.choice(CITIES)}\n"
            for number in range(count)
        )


def _all(count: int) -> Iterator[list[str]]:
    yield list(HEADER)
    yield from rows(count)


if __name__ == "__main__":
    target = Path(sys.argv[2])
    write = write_workbook if target.suffix == ".xlsx" else write_csv
    write(target, int(sys.argv[1]))
