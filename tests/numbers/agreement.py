"""Does the number table say what `phonenumbers` says? Counts what it proves and where they differ.

And is a column that is judged in blocks judged as its texts are one by one, by the library alone?

`python -m tests.numbers.agreement --mutated 250000 --mix 1000000` (or `make tables-check`).
"""

import argparse
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import phonenumbers
import pyarrow as pa
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from benchmarks.mix import mixed
from bulksms.contacts.numbers import SHIPPED, NumberTable, load_number_table, prepare
from bulksms.contacts.phones.parse import NumberRules, ParsedNumber, parse_number
from bulksms.contacts.phones.parse_columns import ColumnParser
from tools.number_table import compile_table

REGIONS = ("FR", "BE", "GB", "DE", "ES", "CH", "LU", "PT")
# What the library skips between digits, and the table never sees.
PROVABLE = re.compile(r"(\+?)([0-9 .\-()/\u00a0]+)")
BEFORE = ("+", "+", "", "", "0", "00", "000", "+0", "1", "8", "06", "15")
AFTER_CODE = ("", "", "0", "00", "1", "8", "06", "15")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many texts were proved, and those on which table and library differ."""

    counts: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)


@cache
def fresh_table() -> NumberTable:
    """The shipped table, or one made now when other metadata is installed."""
    return load_number_table(SHIPPED) or compile_table()


@cache
def examples() -> tuple[PhoneNumber, ...]:
    """Every example number of the metadata, of every type and region."""
    kinds = PhoneNumberType.values()
    found = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in kinds
    ]
    found += [
        phonenumbers.example_number_for_non_geo_entity(code)
        for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    ]
    return tuple(one for one in found if one is not None)


def renderings(number: PhoneNumber) -> Iterator[str]:
    """Write a number in eight ways."""
    for style in (
        PhoneNumberFormat.E164,
        PhoneNumberFormat.INTERNATIONAL,
        PhoneNumberFormat.NATIONAL,
        PhoneNumberFormat.RFC3966,
    ):
        yield phonenumbers.format_number(number, style)
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    yield f"00{written[1:]}"
    yield written[1:]
    yield phonenumbers.national_significant_number(number)
    yield f"+{number.country_code} (0) {phonenumbers.national_significant_number(number)}"


def mutated(times: int, seed: int) -> Iterator[tuple[str, str]]:
    """Spoil example numbers: a text and the region it is read in, half of them of that region."""
    dice = random.Random(seed)
    by_code: dict[int, list[PhoneNumber]] = {}
    for one in examples():
        by_code.setdefault(one.country_code or 0, []).append(one)
    for _ in range(times):
        region = dice.choice(REGIONS)
        own = by_code[phonenumbers.country_code_for_region(region)]
        number = dice.choice(own if dice.random() < 0.5 else examples())
        yield _spoiled(number, dice), region


def _spoiled(number: PhoneNumber, dice: random.Random) -> str:
    digits = list(phonenumbers.national_significant_number(number))
    for _ in range(dice.choice((0, 0, 1, 1, 2))):
        at = dice.randrange(len(digits))
        if dice.random() < 0.6:
            digits[at] = str(dice.randrange(10))
        elif dice.random() < 0.5 or len(digits) < 4:
            digits.insert(at, str(dice.randrange(10)))
        else:
            digits.pop(at)
    code = str(number.country_code) + dice.choice(AFTER_CODE) if dice.random() < 0.6 else ""
    written = f"{code}{''.join(digits)}"
    cut = dice.randrange(1, len(written))
    return f"{dice.choice(BEFORE)}{written[:cut]}{dice.choice(' .-)')}{written[cut:]}"


def compare(table: NumberTable, texts: Iterable[tuple[str, str]], tally: Tally) -> None:
    """Ask both about each text in its region, and note where they differ."""
    for text, region in texts:
        told = _by_table(table, text, region)
        if told is None:
            tally.counts["left to the library"] += 1
            continue
        tally.counts["valid" if told[1] != PhoneNumberType.UNKNOWN else "not valid"] += 1
        library = _by_library(text, region)
        if told != library:
            tally.differences.append(f"{text!r} in {region}: {told}, but the library {library}")


def _by_table(table: NumberTable, text: str, region: str) -> tuple[str, int, str] | None:
    written = PROVABLE.fullmatch(text)
    if written is None:
        return None
    digits = re.sub(r"\D", "", written[2])
    abroad = re.match("00[1-9]", digits)  # all of `REGIONS` dial 00
    if abroad and not written[1]:
        digits = digits[2:]
    reading = table.read(digits, None if abroad or written[1] else region)
    if reading is None or len(digits) <= 2:
        return None
    return f"+{reading.code}{digits[reading.dropped :]}", reading.kind, reading.region


def _by_library(text: str, region: str) -> tuple[str, int, str] | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if not phonenumbers.is_valid_number(number):
        return written, PhoneNumberType.UNKNOWN, ""
    country = phonenumbers.region_code_for_number(number) or ""
    return written, phonenumbers.number_type(number), country


def judged_in_blocks(
    texts: list[str], region: str, rules: NumberRules, block: int
) -> list[ParsedNumber]:
    """Judge a column as the program does: block after block, two at a time."""
    if table := load_number_table(rules.table):  # as if the blocks were many
        prepare(table, (table.start(None) or 0, table.start(region) or 0))
    parser, column = ColumnParser(rules), pa.array(texts, pa.string())
    blocks = [column.slice(first, block) for first in range(0, len(column), block)]
    with ThreadPoolExecutor(2) as pool:
        judged = list(pool.map(lambda one: parser.parse(one, region), blocks))
    return [
        replace(parser.outcomes[code], phone_number=number)
        for one in judged
        for code, number in zip(one.codes.tolist(), one.phone_numbers.tolist(), strict=True)
    ]


def compare_judged(
    texts: Iterable[tuple[str, str]], fast: NumberRules, slow: NumberRules, tally: Tally
) -> None:
    """Judge texts in blocks, and each by itself with rules that leave all to the library."""
    by_region: dict[str, list[str]] = {}
    for text, region in texts:
        by_region.setdefault(region, []).append(text)
    for region, column in by_region.items():
        found = judged_in_blocks(column, region, fast, block=3_000)
        for text, told in zip(column, found, strict=True):
            library = parse_number(text, region, slow)
            tally.counts["judged"] += 1
            if told != (replace(library, phone_number=0) if library.reason else library):
                tally.differences.append(f"{text!r} in {region}: {told}, but alone {library}")


def two_tables(folder: Path) -> tuple[NumberRules, NumberRules]:
    """Rules with a table, and such as leave all to the library, for theirs is stale."""
    fresh, stale = folder / "fresh.npz", folder / "stale.npz"
    fresh_table().save(fresh)
    replace(fresh_table(), stamp=f"8.0.0 {'0' * 32}").save(stale)
    return NumberRules(table=fresh), NumberRules(table=stale)


def main() -> int:
    """Compare as the command line says; one when anything differs."""
    parser = argparse.ArgumentParser(description="Compare the number table with the library.")
    parser.add_argument("--mutated", type=int, default=250_000)
    parser.add_argument("--mix", type=int, default=1_000_000, help="rows, for each region")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    table, tally = fresh_table(), Tally()
    for region in REGIONS:
        texts = (text for number in examples() for text in renderings(number))
        compare(table, ((text, region) for text in texts), tally)
        compare(table, ((text, region) for text in mixed(told.mix)), tally)
    compare(table, mutated(told.mutated, told.seed), tally)
    with TemporaryDirectory() as folder:
        rules = two_tables(Path(folder))
        compare_judged(mutated(told.mutated, told.seed), *rules, tally)
        for region in REGIONS:
            texts = (text for number in examples() for text in renderings(number))
            compare_judged(((text, region) for text in texts), *rules, tally)
            compare_judged(((text, region) for text in mixed(told.mix // 10)), *rules, tally)
    sys.stdout.write("".join(f"{one}\n" for one in tally.differences[:100]))
    sys.stdout.write(f"{dict(tally.counts)}, {len(tally.differences)} disagreements\n")
    return 1 if tally.differences else 0


if __name__ == "__main__":
    sys.exit(main())
